"""A vendor that hangs holds up its own channel, and nobody else: no other send, no look, no waking."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncssh
import pytest
from pydantic import SecretStr

from config.settings import Settings
from config.vendors import PrintHouse, Twilio
from domain.policy import Channel
from domain.wire import InvoiceRef
from tests.channels.vendor import answering, vendor
from tests.databases import database_of
from tests.gateway.cases import at, opening
from tests.live.house import House, open_house
from worker import CHANNEL_THREADS, THREADS, sweeping

ONLY_SMS = {"email": None, "address": ()}


async def begin(house: House, number: str, **customer: object) -> InvoiceRef:
    shift = at("2026-03-02 10:00") - datetime.now(UTC)
    return (await house.client.start(replace(opening(number, **customer), shift=shift))).ref


async def test_while_one_vendor_hangs_others_are_looked_at_and_sent(tmp_path: Path):
    """More texts are due than there are threads in all; an e-mail goes out before any of them is answered."""
    with vendor(answering(500)) as twilio:
        twilio.act = twilio.hang
        group = Twilio(account=f"AC{'a' * 32}", tokens=(SecretStr("token"),), host=twilio.url, timeout=60)
        settings = Settings(home=tmp_path, database_url=database_of(tmp_path), sms="twilio", twilio=group)
        async with open_house(tmp_path, settings=settings) as house:
            try:
                texts = [await begin(house, f"text-{n}", **ONLY_SMS) for n in range(THREADS + CHANNEL_THREADS)]
                async with asyncio.timeout(30):
                    while twilio.times() < CHANNEL_THREADS:
                        await asyncio.sleep(0.05)

                email = await begin(house, "email-1")
                async with asyncio.timeout(15):
                    while not is_out(house, email):
                        await asyncio.sleep(0.05)

                assert not any(is_out(house, text) for text in texts)
                assert twilio.times() == CHANNEL_THREADS
            finally:
                twilio.done.set()


async def test_while_the_rounds_wait_for_a_vendor_cases_are_woken_all_the_same(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("worker.SWEEP_EVERY", timedelta(milliseconds=100))
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "key")
    shown = key.export_public_key().decode().strip()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        group = PrintHouse(host="127.0.0.1", port=port, user="kvitt", key=tmp_path / "key", host_key=shown, timeout=30)
        settings = house.settings.model_copy(update={"letter": "printhouse", "printhouse": group})
        async with sweeping(house.client, settings):
            line, _ = await asyncio.to_thread(mute.accept)
            with line:  # the round has begun; nobody answers it
                opened = house.books.registry.open(opening("slow-1"), datetime.now(UTC))
                async with asyncio.timeout(20):
                    while house.books.looks.last(opened.id)[0] is None:
                        await asyncio.sleep(0.05)


def is_out(house: House, ref: InvoiceRef) -> bool:
    sends = house.books.cases.read(ref.id).facts.sends
    return any(send.is_out for send in sends if send.channel in (Channel.EMAIL, Channel.SMS))
