"""Sweden: one written reminder that was agreed, a demand of the creditor's own, no notice before it."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import law_of
from domain.law.pack import DayCount, Known, Part, Start, Statement
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.build import sek
from tests.domain.law.reading import DAY, demanded, eur, fee, rate

CONSUMER, COMPANY = (law_of("SE", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("day", "reminder", "demand"),
    [
        # lag (1981:739) 4 § in its wording of SFS 2013:56; before it the sums stood in a decree that is not carried
        (date(2013, 3, 15), None, None),
        (date(2013, 3, 16), sek("60.00"), sek("180.00")),
        (date(2026, 3, 2), sek("60.00"), sek("180.00")),
    ],
)
@pytest.mark.parametrize("owed", ["1.00", "249.00", "100000.00"])
def test_a_reminder_costs_sixty_and_a_demand_a_hundred_and_eighty_whatever_is_owed(law, day, reminder, demand, owed):
    assert fee(law, sek(owed), Channel.LETTER, day) == reminder
    assert demanded(law, sek(owed), day=day) == demand
    assert fee(law, eur(owed), Channel.LETTER, day) is None


@EVERY
def test_only_the_reminder_must_have_been_agreed_and_both_are_in_writing(law):
    assert law.reminders.needs_agreement.at(DAY)  # lag (1981:739) 2 §
    assert law.demand.needs_agreement.at(DAY) is None  # 3 §: the debtor owes it
    assert law.reminders.needs_writing.at(DAY)
    assert law.demand.needs_writing.at(DAY)


@EVERY
def test_the_law_counts_no_reminders_but_practice_accepts_one(law):
    usual = law.reminders.usual.on(DAY)

    assert (law.reminders.count.at(DAY), law.reminders.spacing.at(DAY), law.reminders.not_before.at(DAY)) == (None,) * 3
    assert usual is not None
    assert (usual.value, usual.source.known) == (1, Known.MEMORY)


@pytest.mark.parametrize(
    ("channel", "sent", "last"),
    [
        # Inkassonämnden 273-2021: eight days from sending and four bank days after presumed receipt
        (Channel.EMAIL, date(2026, 3, 2), date(2026, 3, 10)),  # four bank days would be Friday the 6th
        (Channel.LETTER, date(2026, 3, 2), date(2026, 3, 11)),  # received on Thursday the 5th: 6, 9, 10, 11
        (Channel.LETTER, date(2026, 4, 2), date(2026, 4, 15)),  # Easter: received on the 9th: 10, 13, 14, 15
        (Channel.LETTER, date(2026, 6, 17), date(2026, 6, 29)),  # Midsummer: received on the 23rd: 24, 25, 26, 29
        (Channel.EMAIL, date(2026, 12, 18), date(2026, 12, 28)),  # Christmas: 21, 22, 23, 28; eight days is the 26th
        (Channel.EMAIL, date(2028, 2, 25), date(2028, 3, 4)),  # a leap year
    ],
)
def test_a_demand_gives_eight_days_and_four_bank_days_after_receipt(channel, sent, last):
    terms = CONSUMER.demand.term.at(sent)

    assert CONSUMER.last_day(terms, sent, channel) == last


@EVERY
def test_nothing_must_come_before_collection(law):
    assert law.collection.notice.at(DAY) is None
    assert law.collection.fee.cap.firm(DAY) is None


@EVERY
@pytest.mark.parametrize(
    ("day", "percent"),
    [
        # räntelag 6 § and 9 §: Riksbanken's table, as updated in 2024, + 8
        (date(2022, 6, 30), None),  # not carried
        (date(2022, 7, 1), "8.50"),  # 0.50
        (date(2023, 1, 1), "10.50"),  # 2.50
        (date(2023, 12, 31), "11.50"),  # 3.50
        (date(2024, 1, 1), "12.00"),  # 4.00
        (date(2024, 12, 31), "12.00"),  # 4.00
        (date(2025, 1, 1), "11.00"),  # the policy rate 2.75 until 8 January, rounded up to 3.00
        (date(2025, 7, 1), "10.00"),  # 2.00
        (date(2026, 6, 30), "10.00"),  # 1.75, rounded up to 2.00
        (date(2026, 7, 1), None),  # not found
        (date(2026, 11, 22), None),
    ],
)
def test_interest_is_eight_points_above_the_reference_rate_while_that_is_known(law, day, percent):
    assert rate(law, day) == percent


@EVERY
def test_interest_runs_from_the_due_date_by_the_days_of_the_year(law):
    assert law.interest.starts.at(DAY) is Start.DUE  # räntelag 3 §
    assert law.interest.day_count.at(DAY) is DayCount.ACTUAL_ACTUAL


def test_how_surely_a_rate_is_known_stands_with_it():
    known = {f"{line.since}": line.source.known for line in CONSUMER.interest.reference.values}

    assert known["2024-07-01"] is Known.PRIMARY  # Riksbanken's table
    assert known["2026-01-01"] is Known.SECONDARY  # worked out from the policy rate
    assert known["2026-07-01"] is Known.UNKNOWN


@pytest.mark.parametrize(("day", "sum_"), [(date(2013, 3, 15), None), (date(2013, 3, 16), sek("450.00"))])
def test_only_a_company_owes_compensation(day, sum_):
    assert COMPANY.compensation_of(sek("249.00"), day) == sum_  # lag (1981:739) 4 a §
    assert CONSUMER.compensation_of(sek("249.00"), day) is None


@EVERY
def test_that_interest_comes_first_is_from_memory_so_the_principal_does(law):
    assert law.allocation.at(DAY) == (Part.INTEREST, Part.PRINCIPAL, Part.COSTS)
    assert law.allocation.firm(DAY) is None
    assert law.allocates(DAY) == (Part.PRINCIPAL, Part.INTEREST, Part.COSTS)


@EVERY
def test_a_demand_states_each_sum_apart_how_interest_runs_and_a_day_to_pay_or_object(law):
    stated = set(law.must_state[Message.DEMAND].at(DAY))  # inkassolag 5 §

    assert {Statement.PRINCIPAL, Statement.INTEREST, Statement.COSTS, Statement.INTEREST_RATE} <= stated
    assert {Statement.PAY_BY, Statement.OBJECT} <= stated


@EVERY
def test_a_reminder_says_why_it_costs_and_the_last_one_that_collection_follows(law):
    assert Statement.FEE_BASIS in law.must_state[Message.REMINDER].at(DAY)
    assert Statement.COLLECTION_FOLLOWS not in law.must_state[Message.REMINDER].at(DAY)
    assert Statement.COLLECTION_FOLLOWS in law.must_state[Message.LAST_REMINDER].at(DAY)


@EVERY
def test_no_hours_were_found_so_the_merchants_hold(law):
    line = law.contact.weekdays.on(DAY)

    assert line is not None
    assert (line.value, line.source.known) == (None, Known.UNKNOWN)
