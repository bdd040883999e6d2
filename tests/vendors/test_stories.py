"""The example stories, out in the world: sent through SendGrid, Twilio and a print house, told back by them, and ended
in the very lives that the simulation tells. Nothing differs from the outbox but settings.

The stand-ins are real servers with books of their own: what they took is counted against ours.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from activities.asking import Asking
from activities.hearing import Hearing
from activities.vendors import PARSERS, mailboxes, rounds, ways
from config.settings import Settings
from config.vendors import PrintHouse, SendGrid, Twilio
from domain.policy import Channel
from domain.stories import Happening, What, last_out
from domain.wire import InvoiceRef
from domain.words import SendId
from gateway.app import create_app
from gateway.seal import Seal
from gateway.serve import serving_gateway
from store.sends import KeptSend
from tests.channels.house import USER, Press, Server
from tests.channels.sendgrid_account import Account, Signer
from tests.channels.vendor import vendor
from tests.databases import database_of
from tests.live.house import STORIES, House, open_house, simulated, story
from tests.vendors import servers
from tests.vendors.twilio import ACCOUNT, SERVICE, TOKEN, ask, messages
from workflows.opening import opening_of
from workflows.play import Player, _Turn

SECRET = "a secret of these tests, long enough"
LATER = timedelta(days=2)
"""When the print house has printed whatever lies there now, whatever the hour is: a batch that is begun after today's
cut-off gets its last call tomorrow evening."""


@dataclass(frozen=True)
class World:
    """The vendors, and how each is made to say something of a send."""

    house: House
    account: Account
    signer: Signer
    emulator: str
    press: Press
    asking: Asking

    async def say(self, what: What, send: KeptSend) -> None:
        """Let the vendor that took a send, or the person who got it, do this."""
        if what is What.VIEWED:
            await self._view(send)
        elif send.channel == Channel.EMAIL:
            await self._sendgrid(what, send)
        elif send.channel == Channel.SMS:
            await self._twilio(what, send)
        else:
            await self._print_house(what, send)

    async def _view(self, send: KeptSend) -> None:
        """Open the page, and do what its script does after two seconds."""
        address = self.house.settings.address
        seal = Seal(SECRET.encode()).issue(send.token, datetime.now(UTC) - timedelta(seconds=3))
        async with httpx.AsyncClient(base_url=address, headers={"Origin": address}, trust_env=False) as web:
            assert (await web.get(f"/i/{send.token}")).status_code == 200
            assert (await web.post(f"/i/{send.token}/viewed", data={"seal": seal})).status_code == 204

    async def _sendgrid(self, what: What, send: KeptSend) -> None:
        [index] = [i for i, sent in enumerate(self.account.messages) if sent["arguments"]["kvitt_send"] == send.id]
        if what is What.DELIVERED:
            self.account.happen(index, "delivered")
        else:
            kind = "bounce" if what is What.BOUNCED else "blocked"
            self.account.happen(index, "bounce", type=kind, reason="550 5.1.1 unknown")
        events = [event | event["custom_args"] for event in self.account.messages[index]["events"]]
        hook = self.signer.hook(json.dumps(events).encode(), datetime.now(UTC))
        url = f"{self.house.settings.address}/hooks/sendgrid"
        async with httpx.AsyncClient(trust_env=False) as web:
            assert (await web.post(url, content=hook.body, headers=dict(hook.headers))).status_code == 204

    async def _twilio(self, what: What, send: KeptSend) -> None:
        assert send.parcel
        text = send.parcel.body.decode()
        sent = await asyncio.to_thread(messages, self.emulator, send.parcel.recipient)
        [sid] = [message["sid"] for message in sent if message["body"] == text]
        status = {What.DELIVERED: "delivered", What.BOUNCED: "undelivered", What.REFUSED: "failed"}[what]
        url = f"{self.emulator}/_twilio/simulate/message-status"
        await asyncio.to_thread(ask, "POST", url, MessageSid=sid, Status=status)

    async def _print_house(self, what: What, send: KeptSend) -> None:
        later = datetime.now(UTC) + LATER
        for task in self.asking.rounds:
            await asyncio.to_thread(task.tend, later)
        await asyncio.to_thread(self.press.work, later)
        if what is not What.DELIVERED:
            self.press.give_back(send.id)
        for mailbox in self.asking.mailboxes:
            await self.asking.empty(mailbox)


@dataclass(frozen=True, slots=True)
class WorldPlayer(Player):
    """Plays stories in which vendors and people speak for themselves."""

    world: World | None = None

    async def _meet(self, ref: InvoiceRef, turn: _Turn, at: datetime) -> None:
        if turn.happening.channel is None:
            await Player._meet(self, ref, turn, at)
            return
        await self._move_to(ref, at)
        await self._let_speak(ref, turn.happening)
        await self.client.rest(ref)

    async def _let_speak(self, ref: InvoiceRef, happening: Happening) -> None:
        """Nobody can speak of a message that did not go out."""
        assert self.world
        assert happening.channel
        books = self.client.books
        case = books.cases.read(ref.id)
        out = last_out(case.facts, happening.channel)
        kept = books.sends.of_place(ref.id, out.id) if out else None
        if kept:
            await self.world.say(happening.what, kept)
            await until(lambda: len(books.cases.read(ref.id).events) > len(case.events))


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(claim):
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    home = tmp_path_factory.mktemp("world")
    account, signer = Account(datetime.now(UTC)), Signer()
    press = Press(home / "press")
    async with AsyncExitStack() as stack:
        sendgrid = stack.enter_context(vendor(account))
        emulator = stack.enter_context(servers.emulate_twilio())
        (home / "keys").mkdir()
        sftp = stack.enter_context(Server(home / "press", home / "keys"))
        settings = Settings(
            home=home,
            database_url=database_of(home),
            gateway_port=servers.free_port(),
            gateway_secret=SecretStr(SECRET),
            email="sendgrid",
            sms="twilio",
            letter="printhouse",
            sendgrid=SendGrid(key=SecretStr("SG.key"), host=sendgrid.url, webhook_keys=(signer.public,)),
            twilio=Twilio(account=ACCOUNT, tokens=(SecretStr(TOKEN),), host=emulator, messaging_service=SERVICE),
            printhouse=PrintHouse(
                host="127.0.0.1", port=sftp.port, user=USER, key=sftp.key_path, host_key=sftp.host_key
            ),
        )
        house = await stack.enter_async_context(open_house(home, settings=settings))
        app = create_app(house.client, settings)
        await stack.enter_async_context(serving_gateway(app, settings.gateway_host, settings.gateway_port))
        out = ways(settings)
        asking = Asking(Hearing(house.client, PARSERS), out, mailboxes(settings), rounds(out))
        yield World(house, account, signer, emulator, press, asking)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_a_story_lived_in_the_world_equals_its_simulation(world: World, path: Path):
    told = story(path.stem)
    house, opening = world.house, opening_of(told.invoice, told.loaded)
    stormy = any(happening.what is What.DOWN for happening in told.happens)

    player = WorldPlayer(house.client, house.outage, world) if stormy else WorldPlayer(house.client, world=world)
    ref = await player.play(opening, told.happens)

    assert house.life(ref) == simulated(told)
    await count(world, ref)


async def count(world: World, ref: InvoiceRef) -> None:
    """Every message that our books call sent was taken once by its vendor, and no other was."""
    facts = world.house.books.cases.read(ref.id).facts
    out = {send.id for send in facts.sends if send.out_at and send.channel is not Channel.COLLECTION}
    taken: Counter[SendId] = Counter()
    emails = Counter(message["arguments"]["kvitt_send"] for message in world.account.messages)
    for send in world.house.books.sends.of_invoice(ref.id):
        if send.channel == Channel.COLLECTION or send.parcel is None:
            continue
        if send.channel == Channel.EMAIL:
            taken[send.send] += emails[send.id]
        elif send.channel == Channel.SMS:
            sent = await asyncio.to_thread(messages, world.emulator, send.parcel.recipient)
            taken[send.send] += sum(message["body"] == send.parcel.body.decode() for message in sent)
        else:
            taken[send.send] += len(list((world.press.root / "in").glob(f"*/{send.id}.pdf")))
    assert {send: times for send, times in taken.items() if times} == dict.fromkeys(out, 1)


async def test_the_stories_have_used_every_vendor(world: World):
    """So that the lives above did not equal their simulations by never leaving the house."""
    emails = len(world.account.messages)
    sent = ask("GET", f"{world.emulator}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", PageSize="1000")
    texts = len(sent["messages"])
    letters = len(list((world.press.root / "in").glob("*/*.pdf")))

    assert min(emails, texts, letters) >= 5, (emails, texts, letters)
    assert set(world.house.books.inbox.counts()) == {"read"}
