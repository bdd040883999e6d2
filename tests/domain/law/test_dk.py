"""Denmark: three paid reminders ten days apart, a letter with ten days, one fee for handing over."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import law_of
from domain.law.pack import Part, Start, Statement
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.law.reading import DAY, charged, demanded, dkk, fee, rate

CONSUMER, COMPANY = (law_of("DK", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("day", "most"),
    # renteloven § 9 b: DKK 100 with VAT; for every debt since 1 August 2002
    [(date(2002, 7, 31), None), (date(2002, 8, 1), dkk("100.00")), (date(2026, 3, 2), dkk("100.00"))],
)
def test_a_reminder_and_the_hand_over_may_cost_a_hundred_each(law, day, most):
    assert fee(law, dkk("89.00"), Channel.LETTER, day) == most
    assert charged(law.collection.fee.cap, dkk("89.00"), Channel.LETTER, day) == most


@EVERY
def test_three_reminders_may_cost_ten_days_apart_and_handing_over_once(law):
    assert (law.reminders.count.at(DAY), law.reminders.spacing.at(DAY)) == (3, 10)
    assert law.collection.fee.count.at(DAY) == 1
    assert law.reminders.not_before.at(DAY) is None


@EVERY
def test_a_demand_as_such_costs_nothing(law):
    assert demanded(law, dkk("89.00")) is None
    assert law.demand.term.at(DAY)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
@pytest.mark.parametrize(
    ("sent", "last"),
    [
        # inkassoloven § 10 (3): at least ten days from sending
        (date(2026, 3, 2), date(2026, 3, 12)),
        (date(2026, 2, 20), date(2026, 3, 2)),  # a February of 28 days
        (date(2028, 2, 20), date(2028, 3, 1)),  # a leap year
        (date(2026, 12, 21), date(2026, 12, 31)),  # a day on which banks are closed stays the last
    ],
)
def test_the_notice_and_the_demand_give_ten_days_from_sending(channel, sent, last):
    assert CONSUMER.last_day(CONSUMER.collection.notice.at(sent), sent, channel) == last
    assert CONSUMER.last_day(CONSUMER.demand.term.at(sent), sent, channel) == last


@EVERY
@pytest.mark.parametrize(
    ("day", "percent"),
    [
        # renteloven § 5: Nationalbanken's lending rate of 1 January and 1 July + 8
        (date(2022, 6, 30), None),  # not carried
        (date(2022, 7, 1), "7.55"),  # forbrug.dk
        (date(2023, 1, 1), "9.90"),  # forbrug.dk
        (date(2023, 12, 31), "11.25"),  # forbrug.dk
        (date(2024, 1, 1), "11.75"),  # Selandia Advokater
        (date(2024, 7, 1), "11.50"),  # 3.50 since 6 June
        (date(2025, 1, 1), "10.75"),  # 2.75 since December
        (date(2025, 12, 31), "9.75"),  # 1.75 since 5 June
        (date(2026, 1, 1), None),  # not found
        (date(2026, 11, 22), None),
    ],
)
def test_interest_is_eight_points_above_the_lending_rate_while_that_is_known(law, day, percent):
    assert rate(law, day) == percent
    assert law.interest.starts.at(day) is Start.DUE


@pytest.mark.parametrize(("day", "sum_"), [(date(2013, 2, 28), None), (date(2013, 3, 1), dkk("310.00"))])
def test_only_a_company_owes_compensation(day, sum_):
    assert COMPANY.compensation_of(dkk("89.00"), day) == sum_  # bekendtgørelse nr. 105/2013
    assert CONSUMER.compensation_of(dkk("89.00"), day) is None


@EVERY
def test_no_order_of_payments_was_found_so_the_principal_comes_first(law):
    assert law.allocation.at(DAY) is None
    assert law.allocates(DAY)[0] is Part.PRINCIPAL


@EVERY
def test_the_letter_before_collection_holds_all_that_is_needed_to_judge_the_claim(law):
    notice = law.must_state[Message.LAST_REMINDER].at(DAY)

    assert {Statement.PRINCIPAL, Statement.INTEREST, Statement.COSTS, Statement.NUMBER, Statement.PAY_BY} <= set(notice)
    assert law.must_state[Message.DEMAND].at(DAY) == notice
    assert Statement.PAY_BY in law.must_state[Message.REMINDER].at(DAY)
