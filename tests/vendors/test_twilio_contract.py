"""The real client against Twilio's own specification: alone, and in front of a Twilio that remembers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels.twilio.hooks import word_of
from channels.twilio.way import TwilioWay
from domain.words import Status
from tests.vendors import servers
from tests.vendors.twilio import ACCOUNT, ITEM, LATER, SERVICE, SID, messages, way_to


@pytest.fixture
def way(twilio_contract: str) -> TwilioWay:
    return way_to(twilio_contract)


@pytest.mark.parametrize("service", ["", SERVICE])
def test_what_we_send_is_what_twilio_describes(way: TwilioWay, service: str) -> None:
    answer = replace(way, messaging_service=service).send(ITEM)

    assert answer.status is Status.SENT
    assert answer.vendor_id == SID


def test_what_twilio_describes_we_read(way: TwilioWay) -> None:
    (heard,) = way.status(replace(ITEM, vendor_id=SID))

    assert heard.said.split()[0]
    assert heard.word is word_of(heard.said.split()[0], "")
    assert heard.at


def test_a_list_of_examples_that_never_ends_proves_nothing(way: TwilioWay) -> None:
    assert way.evidence(ITEM, LATER).status is Status.UNKNOWN


def test_what_is_not_described_is_not_sent(way: TwilioWay) -> None:
    answer = replace(way, account="not an account").send(ITEM)

    assert answer.status is Status.NOT_SENT
    assert "422" in answer.said


@pytest.fixture(scope="module")
def between(twilio_emulator: str) -> Iterator[str]:
    """A gate that lets through what keeps to the specification."""
    with servers.prism(servers.twilio_spec(), upstream=twilio_emulator) as url:
        yield url


def test_a_life_of_an_sms_keeps_to_the_specification(between: str, twilio_emulator: str) -> None:
    way, item = way_to(between), replace(ITEM, id="contract")
    item = replace(item, parcel=replace(item.parcel, body=item.parcel.body + b"/contract", recipient="+46701740606"))

    answer = way.send(item)

    assert answer.status is Status.SENT
    assert way.status(replace(item, vendor_id=answer.vendor_id))
    (kept,) = messages(twilio_emulator, item.parcel.recipient)
    assert kept["body"] == item.parcel.body.decode()
    assert kept["account_sid"] == ACCOUNT
