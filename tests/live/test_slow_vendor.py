"""A vendor that hangs holds up its own channel, and nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings
from config.vendors import Twilio
from domain.policy import Channel
from domain.wire import InvoiceRef
from tests.channels.vendor import answering, vendor
from tests.databases import database_of
from tests.gateway.cases import at, opening
from tests.live.house import House, open_house
from worker import CHANNEL_THREADS, THREADS

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


def is_out(house: House, ref: InvoiceRef) -> bool:
    sends = house.books.cases.read(ref.id).facts.sends
    return any(send.is_out for send in sends if send.channel in (Channel.EMAIL, Channel.SMS))
