"""What holds in the lives of every country: a message asks for what the books say, and leaves time to pay it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.charge import ChargeKind
from domain.events import Reserved
from domain.law import LAWS, law_of
from domain.policy import Channel, Claim, FeeRemainder
from domain.words import REMINDERS, DebtorKind, Outcome
from tests.domain.law.living import after_due, after_previous, asked, begin, handed_over, live

EVERY = pytest.mark.parametrize("law", LAWS.values(), ids=[f"{country} {kind}" for country, kind in LAWS])
SWEDISH, GERMAN, FINNISH = (law_of(country, DebtorKind.CONSUMER) for country in ("SE", "DE", "FI"))


@EVERY
def test_what_is_charged_in_the_books_is_in_the_message(law):
    """Trap 24: the charges of a message are in its total, and the books come to it when it is out."""
    life = begin(law, *[after_due(14)], *[after_previous(15)] * 3, interest=Claim.LEGAL)
    totals = []
    for month in (4, 5, 6, 7):
        life.live(f"{month:02}-28 12:00")
        newest = [event for event in life.events if isinstance(event, Reserved)][-1]
        totals.append(newest.total)

        assert newest.total == life.facts.balance

    assert totals == sorted(totals)


@EVERY
@pytest.mark.parametrize("demand", [False, True], ids=["reminder", "demand"])
def test_the_last_step_has_its_own_time_to_pay_even_where_collection_names_none(law, demand):
    """Trap 22."""
    life = live(law, after_due(14), after_previous(15, demand=demand), collect=True)
    last = [send for send in life.facts.sends if send.message in REMINDERS][-1]

    assert last.pay_by > law.calendar.wall(last.out_at).date()
    assert handed_over(life) > last.pay_by


@EVERY
def test_a_consumer_owes_no_compensation_and_nobody_interest_or_compensation_that_was_not_wished(law):
    reminders = after_due(14), after_previous(15), after_previous(15)
    wished = live(law, *reminders, interest=Claim.LEGAL)
    unwished = live(law, *reminders, compensation=Claim.NONE)

    kinds = {charge.kind for charge in wished.facts.charges}

    assert (ChargeKind.COMPENSATION in kinds) is (law.kind is DebtorKind.COMPANY)
    assert {charge.kind for charge in unwished.facts.charges} <= {ChargeKind.FEE}


@EVERY
def test_an_sms_adds_nothing_but_where_a_law_does_not_want_writing(law):
    life = live(law, after_due(14, "sms"), after_previous(15, "sms"), interest=Claim.LEGAL)
    needs_writing = law.reminders.needs_writing.at(life.facts.due)

    assert asked(life) == [] or not needs_writing
    assert {charge.kind for charge in life.facts.charges} <= {ChargeKind.FEE}


# --- trap 16: the principal is paid, what was added to it is not -----------------------------------------------------


@pytest.mark.parametrize(
    ("law", "reminders", "left"),
    [
        (SWEDISH, [after_due(14)], "63.83"),  # 60 and 1 000 x 10 x 14 / 36 500
        (FINNISH, [after_due(14)], "8.64"),  # 5 and 1 000 x 9.50 x 14 / 36 500
        (GERMAN, [after_due(14), after_previous(15)], "2.30"),  # 0.76 and 1 000 x 6.27 x 9 / 36 500
    ],
)
def test_when_only_what_was_added_remains_it_is_written_off_or_chased(law, reminders, left):
    """Trap 16, also where a payment covers costs and interest before the principal."""
    life = begin(law, *reminders, after_previous(30), interest=Claim.LEGAL).hear("05-04 10:00 paid 1000.00")
    chased = begin(law, *reminders, after_previous(30), interest=Claim.LEGAL, fee_remainder=FeeRemainder.CHASE)
    chased.hear("05-04 10:00 paid 1000.00").live("05-05 12:00")
    life.look()

    assert str(life.facts.balance) == str(chased.facts.balance) == left
    assert life.facts.closed is Outcome.WRITTEN_OFF
    assert chased.facts.closed is None


def test_what_is_chased_is_asked_for_again_and_neither_grows_nor_is_handed_over():
    """Trap 16."""
    reminders = after_due(14), after_previous(15), after_previous(15)
    life = begin(SWEDISH, *reminders, interest=Claim.LEGAL, fee_remainder=FeeRemainder.CHASE, collect=True)
    life.hear("04-20 10:00 paid 1000.00").live("07-31 12:00")
    totals = [event.total for event in life.events if isinstance(event, Reserved) and event.message in REMINDERS]

    assert totals[1:] == [life.facts.charged] * 2
    assert life.facts.balance == life.facts.charged
    assert all(send.channel is not Channel.COLLECTION for send in life.facts.sends)


def test_a_merchant_may_change_its_mind_and_give_up_what_it_chased():
    """Trap 16."""
    life = begin(SWEDISH, after_due(14), fee_remainder=FeeRemainder.CHASE).hear("04-20 10:00 paid 1000.00")
    life.live("04-21 12:00")
    life.policy = replace(life.policy, fee_remainder=FeeRemainder.WRITE_OFF)
    life.look()

    assert life.facts.closed is Outcome.WRITTEN_OFF
