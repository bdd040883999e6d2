"""Law against policy: each rule finds what it should, where it should, and nothing in a policy that is right."""

from dataclasses import replace
from datetime import date, time

import pytest

from domain.calendar import Hours, Span, Unit
from domain.law import Law, law_of
from domain.money import Money
from domain.policy import Anchor, Channel, Collection, Policy, Reminder, Rung
from domain.review import Finding, Severity, review
from domain.words import DebtorKind

DAY = date(2026, 3, 2)
SWEDEN, NORWAY = law_of("SE", DebtorKind.CONSUMER), law_of("NO", DebtorKind.CONSUMER)
EMAIL, SMS, LETTER = Rung(Channel.EMAIL), Rung(Channel.SMS), Rung(Channel.LETTER)


def reminder(
    wait: int = 14, fee: str = "35.00", currency: str = "NOK", *rungs: Rung, after: str = "after_due"
) -> Reminder:
    return Reminder(Anchor(after), Span(wait), Money.parse(fee, currency), rungs or (EMAIL,))


NORSK = Policy(
    currency="NOK",
    contact_hours=Hours(time(9), time(19)),
    distribution=(EMAIL, LETTER),
    due_reminder=(),
    reminders=(reminder(), reminder(15, after="after_previous")),
    collection=Collection(Anchor.AFTER_PREVIOUS, Span(15), "outbox", Money.zero("NOK")),
    tolerance=Money.zero("NOK"),
)
SVENSK = replace(
    NORSK,
    currency="SEK",
    reminders=(reminder(5, "60.00", "SEK"),),
    collection=Collection(Anchor.AFTER_PREVIOUS, Span(12), "outbox", Money.zero("SEK")),
    tolerance=Money.zero("SEK"),
    fee_agreed=True,
)


def only(policy: Policy, law: Law, day: date = DAY) -> Finding:
    (finding,) = review(policy, law, day)
    return finding


@pytest.mark.parametrize(("policy", "law"), [(NORSK, NORWAY), (SVENSK, SWEDEN)], ids=["NO", "SE"])
def test_nothing_is_found_in_a_policy_that_is_right(policy: Policy, law: Law) -> None:
    assert review(policy, law, DAY) == ()


def test_a_fee_above_the_cap_of_the_day_is_an_error_that_names_cap_and_statute() -> None:
    policy = replace(NORSK, reminders=(reminder(fee="37.00"),))

    assert review(policy, NORWAY, DAY) == ()
    found = only(policy, NORWAY, date(2025, 6, 1))

    assert (found.severity, found.where) == (Severity.ERROR, ("policy", "reminders", 0, "fee"))
    assert found.cure == "write at most 35.00"
    assert "inkassoforskriften" in str(found.source)


def test_a_fee_without_a_known_cap_will_not_be_charged() -> None:
    before = only(replace(NORSK, reminders=(reminder(),)), NORWAY, date(2020, 1, 1))
    foreign = only(replace(NORSK, currency="EUR", reminders=(reminder(14, "5.00", "EUR"),)), NORWAY)

    assert before.severity is foreign.severity is Severity.WARNING
    assert "no cap is known for 2020-01-01" in before.problem
    assert "no cap is known in EUR" in foreign.problem


def test_a_swedish_fee_must_have_been_agreed_and_is_told_once() -> None:
    two = (reminder(5, "60.00", "SEK"), reminder(10, "0.00", "SEK", after="after_previous"))

    found = only(replace(SVENSK, fee_agreed=False, reminders=two), SWEDEN)

    assert (found.severity, found.where) == (Severity.ERROR, ("policy", "reminders", 0, "fee"))
    assert review(replace(SVENSK, fee_agreed=False, reminders=()), SWEDEN, DAY) == ()


def test_more_fees_than_the_law_allows_are_an_error_and_more_than_usual_a_warning() -> None:
    third = reminder(15, after="after_previous")
    norsk = only(replace(NORSK, reminders=(*NORSK.reminders, third)), NORWAY)
    svensk = only(
        replace(SVENSK, reminders=(*SVENSK.reminders, reminder(10, "60.00", "SEK", after="after_previous"))), SWEDEN
    )

    assert (norsk.severity, norsk.where) == (Severity.ERROR, ("policy", "reminders", 2, "fee"))
    assert (svensk.severity, svensk.where) == (Severity.WARNING, ("policy", "reminders", 1, "fee"))


@pytest.mark.parametrize(
    ("wait", "is_early"),
    [(Span(13), True), (Span(14), False), (Span(9, Unit.BANK_DAYS), True), (Span(10, Unit.BANK_DAYS), False)],
    ids=str,
)
def test_a_norwegian_fee_waits_fourteen_days(wait: Span, is_early: bool) -> None:
    policy = replace(NORSK, reminders=(replace(reminder(), wait=wait),))

    found = review(policy, NORWAY, DAY)

    assert bool(found) is is_early
    assert all(finding.severity is Severity.ERROR for finding in found)


def test_an_early_free_reminder_may_come_before_a_late_paid_one() -> None:
    policy = replace(NORSK, reminders=(reminder(3, "0.00"), reminder(15, after="after_previous")))

    assert review(policy, NORWAY, DAY) == ()


def test_a_fee_by_sms_alone_will_never_be_charged() -> None:
    found = only(replace(SVENSK, reminders=(reminder(5, "60.00", "SEK", SMS),)), SWEDEN)

    assert found.severity is Severity.WARNING
    assert review(replace(SVENSK, reminders=(reminder(5, "60.00", "SEK", SMS, LETTER),)), SWEDEN, DAY) == ()


def test_a_time_to_pay_below_the_laws_is_an_error() -> None:
    short = replace(NORSK.reminders[0], time_to_pay=Span(10))

    found = only(replace(NORSK, reminders=(short, NORSK.reminders[1])), NORWAY)

    assert (found.severity, found.where) == (Severity.ERROR, ("policy", "reminders", 0, "time_to_pay"))
    assert found.cure == "write 14 days"


def test_a_step_that_follows_before_the_laws_days_are_over_will_be_moved() -> None:
    soon = only(replace(NORSK, reminders=(reminder(), reminder(14, after="after_previous"))), NORWAY)
    collected = Collection(Anchor.AFTER_PREVIOUS, Span(7), "outbox", Money.zero("NOK"))
    handed = only(replace(NORSK, collection=collected), NORWAY)

    assert soon.where == ("policy", "reminders", 1, "after_previous")
    assert handed.where == ("policy", "collection", "after_previous")
    assert soon.cure == handed.cure == "write 15 days"


def test_hours_outside_the_laws_are_narrowed_and_refused_if_nothing_is_left() -> None:
    wide = only(replace(NORSK, contact_hours=Hours(time(7), time(20))), NORWAY)
    night = only(replace(NORSK, contact_hours=Hours(time(21, 30), time(23))), NORWAY)

    assert (wide.severity, wide.cure) == (Severity.WARNING, "write 08:00-20:00")
    assert night.severity is Severity.ERROR
    assert night.problem.endswith("nothing is left")


def test_a_spread_must_fit_into_the_hours() -> None:
    assert review(replace(SVENSK, spread_minutes=600), SWEDEN, DAY) == ()
    assert only(replace(SVENSK, spread_minutes=601), SWEDEN).where == ("policy", "spread")


def test_a_notice_before_collection_must_be_there_and_in_writing() -> None:
    none = only(replace(NORSK, reminders=()), NORWAY)
    spoken = only(replace(NORSK, reminders=(reminder(14, "0.00", "NOK", SMS),)), NORWAY)

    assert (none.severity, none.where) == (Severity.ERROR, ("policy", "collection"))
    assert (spoken.severity, spoken.where) == (Severity.ERROR, ("policy", "reminders", 0, "channels"))
    assert review(replace(NORSK, reminders=(), collection=None), NORWAY, DAY) == ()
    assert review(replace(SVENSK, reminders=()), SWEDEN, DAY) == ()


def test_an_invoice_must_go_out_somehow() -> None:
    found = only(replace(SVENSK, distribution=()), SWEDEN)

    assert (found.severity, found.where) == (Severity.ERROR, ("policy", "distribution"))


def test_a_last_channel_that_waits_for_a_view_waits_for_nothing() -> None:
    waiting = Rung(Channel.EMAIL, Span(3))

    found = review(
        replace(SVENSK, distribution=(waiting,), receipt=(waiting,), due_reminder=(waiting, SMS)), SWEDEN, DAY
    )

    assert [finding.where for finding in found] == [
        ("policy", "distribution", 0, "viewed_within"),
        ("policy", "receipt", 0, "viewed_within"),
    ]


def test_findings_come_in_the_order_of_the_file() -> None:
    wrong = replace(NORSK, contact_hours=Hours(time(6), time(19)), distribution=(), reminders=(reminder(fee="99.00"),))

    assert [finding.where[1] for finding in review(wrong, NORWAY, DAY)] == [
        "contact_hours",
        "distribution",
        "reminders",
    ]
