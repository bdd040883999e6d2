"""No name, address, phone or e-mail leaves the store: not into Temporal's history, its columns, or a log."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from email import message_from_bytes
from email.policy import default

import pytest

from domain.events import Answered, Disputed, Stopped
from domain.law.bank_days import calendar_of
from domain.money import Money
from domain.wire import InvoiceRef
from domain.words import Message
from store.orders import Order
from tests.live.histories import words_of
from tests.live.house import House, numbered, story
from workflows.opening import opening_of


async def test_nothing_personal_is_in_history_columns_or_logs(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    told = story("collection-withdrawn-then-paid")
    debtor = told.invoice.debtor
    personal = [debtor.name, *debtor.name.split(), debtor.email, debtor.phone, *debtor.address]
    assert len([text for text in personal if text]) >= 6

    with caplog.at_level(logging.DEBUG):
        ref = await house.play(told, "people-1")

    history = await words_of(house.client.handle(ref))
    assert ref.number in history
    description = await house.client.handle(ref).describe()
    columns = str(description.raw_description)
    printed = capfd.readouterr()
    for text in filter(None, personal):
        for place, content in {
            "history": history,
            "columns": columns,
            "logs": caplog.text,
            "output": printed.out + printed.err,
        }.items():
            assert text not in content, f"{place} hold {text!r}"


async def test_what_goes_wrong_is_told_without_its_words(house: House, caplog: pytest.LogCaptureFixture):
    """A check or a database may quote what it read; history and log get the kind of fault and its place in the code."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "people-4")
    begins = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    unreadable = opening.details.replace('"name"', '"nom"')
    assert unreadable != opening.details

    started = await house.client.start(replace(opening, details=unreadable, shift=begins - datetime.now(UTC)))
    history = await _history_with(house, started.ref, "EVENT_TYPE_ACTIVITY_TASK_FAILED")

    assert '"message": "ValidationError"' in history
    assert "ValidationError" in caplog.text
    for text in filter(None, (told.invoice.debtor.name, told.invoice.debtor.email, told.invoice.debtor.phone)):
        assert text not in history
        assert text not in caplog.text
    await house.client.order(started.ref, Order("people-4", "stop", "ops"), Stopped(at=datetime.now(UTC)))


REPLY = "Dear Anna, your meter in Storgatan was read by Per on 3 March."


async def test_what_we_write_in_answer_is_in_the_message_and_nowhere_in_temporal(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    """Nor why somebody disputed it: people write names there."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "people-5")
    begins = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    with caplog.at_level(logging.DEBUG):
        ref = (await house.client.start(replace(opening, shift=begins - datetime.now(UTC)))).ref
        await house.client.rest(ref)
        disputed = Disputed(at=await house.client.clock.now(ref, house.books), amount=Money.parse("49.00", "SEK"))
        await house.client.order(ref, Order("people-5-d", "dispute", "ops", "Anna says so"), disputed)
        columns = str((await house.client.handle(ref).describe()).raw_description)
        answered = Answered(at=await house.client.clock.now(ref, house.books), reply=True)
        await house.client.order(ref, Order("people-5-a", "answer", "ops", "asked Per", REPLY), answered)
        await house.client.rest(ref)

    history = await words_of(house.client.handle(ref))
    columns += str((await house.client.handle(ref).describe()).raw_description)
    sent = next(send for send in house.books.sends.of_invoice(ref.id) if send.message == Message.ANSWER)
    mail = message_from_bytes(sent.parcel.body, policy=default) if sent.parcel else None
    printed = capfd.readouterr()

    assert "49.00 SEK is disputed" in history
    assert "Answer to the dispute by e-mail" in history
    assert mail
    assert REPLY in " ".join(mail.get_body(("plain",)).get_content().split())
    for text in (REPLY, "Anna", "your meter", "Storgatan", "by Per", "asked Per"):
        for place in (history, columns, caplog.text, printed.out + printed.err):
            assert text not in place
    await house.client.order(ref, Order("people-5-s", "stop", "ops"), Stopped(at=disputed.at))


async def _history_with(house: House, ref: InvoiceRef, event: str) -> str:
    async with asyncio.timeout(20):
        while event not in (text := (await house.client.handle(ref).fetch_history()).to_json()):
            await asyncio.sleep(0.1)
    return text


async def test_ops_see_where_a_case_stands(house: House):
    told = story("nothing-reaches")

    ref = await house.play(told, "people-2")

    description = await house.client.handle(ref).describe()
    columns = {
        key.name: value for key, value in ((pair.key, pair.value) for pair in description.typed_search_attributes)
    }
    assert columns["Merchant"] == told.merchant.id
    assert columns["Stage"] == "needs_attention"
    assert columns["DueDay"] == told.invoice.due.isoformat()
    assert (
        await description.static_summary()
        == f"Invoice people-2, {told.invoice.total(told.merchant)} SEK, due {told.invoice.due}"
    )


async def test_timers_and_activities_are_told_in_words(house: House):
    told = story("email-unseen-then-sms")

    ref = await house.play(told, "people-3")

    history = (await house.client.handle(ref).fetch_history()).to_json()
    summaries = _summaries(history)
    assert "Invoice by e-mail" in summaries
    assert any(summary.startswith("Distribution, SMS ") and summary.endswith(" unless viewed") for summary in summaries)


def _summaries(history: str) -> set[str]:
    found = set()
    for event in json.loads(history)["events"]:
        data = event.get("userMetadata", {}).get("summary", {}).get("data")
        if data:
            found.add(json.loads(base64.b64decode(data)))
    return found
