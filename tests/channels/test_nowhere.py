"""A channel that is not used refuses, so that the next one follows at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activities.vendors import ways
from channels.nowhere import Nowhere
from channels.way import Item
from config.settings import Settings
from domain.parcel import Parcel
from domain.policy import Channel
from domain.words import Reason, Status

ITEM = Item("a" * 32, Parcel("text/plain", b"hello", "+46701740605"), datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("asked", ["send", "evidence"])
def test_it_refuses_for_good(asked: str):
    way = Nowhere()
    answer = way.send(ITEM) if asked == "send" else way.evidence(ITEM, ITEM.kept_at)

    assert (answer.status, answer.why) == (Status.FAILED, Reason.REFUSED)


def test_a_line_of_settings_chooses_it():
    assert ways(Settings(letter="none"))[Channel.LETTER] == Nowhere()
