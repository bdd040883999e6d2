"""Norway: two paid reminders, a notice of fourteen days, then a demand; the notice may become the agencies' alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from domain.calendar import Hours
from domain.law import law_of
from domain.law.pack import Dated, Known, Source, Start, Statement, Value, Who
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.build import nok
from tests.domain.law.reading import DAY, demanded, fee, rate

CONSUMER, COMPANY = (law_of("NO", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("day", "reminder", "demand"),
    [
        # inkassoforskriften § 1-2: a twentieth and three twentieths of the collection rate
        (date(2024, 12, 31), None, None),  # not carried
        (date(2025, 1, 1), nok("35.00"), nok("105.00")),  # of 700
        (date(2025, 12, 31), nok("35.00"), nok("105.00")),
        (date(2026, 1, 1), nok("37.00"), nok("112.00")),  # of 750: 37.50 and 112.50, rounded down
        (date(2026, 11, 22), nok("37.00"), nok("112.00")),
    ],
)
def test_what_a_reminder_and_a_demand_may_cost_on_a_day(law, day, reminder, demand):
    assert {fee(law, nok(owed), Channel.LETTER, day) for owed in ("10.00", "90000.00")} == {reminder}
    assert demanded(law, nok("900.00"), day=day) == demand


@EVERY
def test_two_may_cost_from_a_fortnight_after_the_due_date_and_each_prints_a_new_one(law):
    reminders = law.reminders

    assert reminders.count.at(DAY) == 2  # § 1-3: two reminders, or one and the notice
    assert reminders.not_before.at(DAY) == 14  # § 1-2
    assert reminders.new_due.at(DAY) == 14
    assert reminders.spacing.at(DAY) == 15  # § 1-3: the first's term of 14 days has run out
    assert (law.demand.count.at(DAY), law.demand.not_before.at(DAY)) == (1, 14)


@EVERY
def test_no_agreement_is_needed_but_writing_is(law):
    assert law.reminders.needs_agreement.at(DAY) is None
    assert law.reminders.needs_writing.at(DAY)
    assert law.demand.needs_writing.at(DAY)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
@pytest.mark.parametrize(
    ("sent", "last"),
    [
        # inkassoloven § 9: 14 days from sending; Ot.prp. nr. 2: the same day of the week, even if it is a holiday
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2026, 2, 20), date(2026, 3, 6)),  # a February of 28 days
        (date(2028, 2, 20), date(2028, 3, 5)),  # a leap year; a Sunday stays the last
        (date(2026, 3, 23), date(2026, 4, 6)),  # Easter Monday stays the last
    ],
)
def test_the_notice_and_the_demand_give_fourteen_days_from_sending(channel, sent, last):
    assert CONSUMER.last_day(CONSUMER.collection.notice.at(sent), sent, channel) == last
    assert CONSUMER.last_day(CONSUMER.demand.term.at(sent), sent, channel) == last


@EVERY
@pytest.mark.parametrize(
    ("day", "percent"),
    [
        # forsinkelsesrenteloven § 3: what the ministry sets for the half-year
        (date(2023, 12, 31), None),  # not carried
        (date(2024, 1, 1), "12.50"),
        (date(2024, 7, 1), None),  # not found
        (date(2025, 1, 1), "12.50"),  # forskrift 2024-12-19-3279
        (date(2025, 7, 1), None),  # not found
        (date(2026, 1, 1), "12.00"),
        (date(2026, 6, 30), "12.00"),
        (date(2026, 7, 1), None),  # not found
    ],
)
def test_interest_is_what_the_ministry_sets_while_that_is_known(law, day, percent):
    assert rate(law, day) == percent
    assert law.interest.starts.at(day) is Start.DUE


@pytest.mark.parametrize(
    ("day", "sum_"),
    [
        (date(2024, 1, 1), nok("470.00")),
        (date(2024, 7, 1), None),
        (date(2025, 6, 30), nok("470.00")),
        (date(2025, 7, 1), None),
        (date(2026, 1, 1), nok("460.00")),
        (date(2026, 7, 1), None),
    ],
)
def test_only_a_company_owes_the_compensation_of_the_half_year(day, sum_):
    assert COMPANY.compensation_of(nok("900.00"), day) == sum_
    assert CONSUMER.compensation_of(nok("900.00"), day) is None


@EVERY
def test_the_narrower_of_the_hours_that_sources_tell(law):
    assert law.contact.weekdays.at(DAY) == Hours(time(8), time(21))
    assert law.contact.saturdays.at(DAY) == Hours(time(9), time(15))


@EVERY
def test_the_creditor_may_send_the_notice_until_one_added_line_says_otherwise(law):
    """Prop. 3 L (2025-2026) leaves the notice to agencies; its first day is not known, this one is made up."""
    today = law.may_send[Message.LAST_REMINDER]
    bill = Value(date(2027, 1, 1), Who.AGENCY, Source("NO: lov om inkasso", Known.PRIMARY))
    switched = replace(law, may_send={**law.may_send, Message.LAST_REMINDER: Dated((*today.values, bill))})

    assert law.creditor_may_send(Message.LAST_REMINDER, date(2030, 1, 1))
    assert switched.creditor_may_send(Message.LAST_REMINDER, date(2026, 12, 31))
    assert not switched.creditor_may_send(Message.LAST_REMINDER, date(2027, 1, 1))
    assert switched.creditor_may_send(Message.REMINDER, date(2027, 1, 1))


@EVERY
def test_the_notice_says_that_collection_follows_and_the_demand_what_the_law_lists(law):
    notice, demand = (set(law.must_state[m].at(DAY)) for m in (Message.LAST_REMINDER, Message.DEMAND))

    assert {Statement.COLLECTION_FOLLOWS, Statement.PAY_BY} <= notice  # § 9
    assert demand == {
        # § 10, second paragraph, a to e; f, the complaint board, where an agency collects
        *(Statement.CREDITOR, Statement.NUMBER, Statement.PRINCIPAL, Statement.INTEREST, Statement.COSTS),
        *(Statement.INTEREST_RATE, Statement.LEGAL_FOLLOWS, Statement.PAY_BY, Statement.OBJECT),
    }
