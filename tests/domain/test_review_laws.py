"""Law against policy where the laws differ: by channel, by size, by what must come first, by whom they protect."""

from dataclasses import replace
from datetime import date

import pytest

from domain.law import Law, law_of
from domain.law.caps import ByChannel
from domain.law.pack import LONG_AGO, Known, Source, Who, since
from domain.money import Money
from domain.policy import Anchor, Channel, Claim, Collection, Policy, Reminder, Rung
from domain.review import Finding, Severity, review, review_all
from domain.words import DebtorKind, Message
from tests.domain.build import EMAIL, LETTER, SMS, a_policy, days

DAY = date(2026, 3, 2)
CONSUMER, COMPANY = DebtorKind


def consumers(country: str) -> Law:
    return law_of(country, CONSUMER)


def companies(country: str) -> Law:
    return law_of(country, COMPANY)


def money(amount: str, currency: str = "EUR") -> Money:
    return Money.parse(amount, currency)


def step(wait: int, fee: Money, *rungs: Rung, demand: bool = False, legal: bool = False) -> Reminder:
    return Reminder(Anchor.AFTER_PREVIOUS, days(wait), fee, rungs or (EMAIL, LETTER), None, legal, demand)


def policy(*reminders: Reminder, currency: str = "EUR", **more: object) -> Policy:
    made = a_policy(currency=currency, reminders=reminders, collection=None, tolerance=Money.zero(currency))
    return replace(made, **more)


def collected(wait: int = 40, currency: str = "EUR", fee: Money | None = None) -> Collection:
    return Collection(Anchor.AFTER_PREVIOUS, days(wait), "outbox", Money.zero(currency), fee)


def only(looked_at: Policy, law: Law) -> Finding:
    (finding,) = review(looked_at, law, DAY)
    return finding


def told(looked_at: Policy, law: Law) -> list[tuple[str, str, str]]:
    """Each finding's severity, key and nearest lawful value."""
    return [(one.severity, ".".join(map(str, one.where[1:])), one.value) for one in review(looked_at, law, DAY)]


FREE = money("0.00")
DKK_100, SEK_60, SEK_180 = money("100.00", "DKK"), money("60.00", "SEK"), money("180.00", "SEK")

# --- by channel and by size ------------------------------------------------------------------------------------------


def test_a_german_fee_is_what_its_letter_costs() -> None:
    germany, first = consumers("DE"), step(5, FREE)

    assert review(policy(first, step(14, money("0.76"), LETTER)), germany, DAY) == ()
    assert review(policy(first, step(14, money("0.76"))), germany, DAY) == ()
    dear = only(policy(first, step(14, money("5.00"))), germany)
    by_mail = only(policy(first, step(14, money("5.00"), EMAIL)), germany)

    assert (dear.severity, dear.value) == (Severity.ERROR, "0.76")
    assert dear.cure == "write at most 0.76, by letter only"
    assert (by_mail.value, by_mail.cure) == ("0.00", "write 0.00, or by letter at most 0.76")


def test_where_channels_cost_differently_the_cheapest_that_costs_is_the_limit() -> None:
    germany = consumers("DE")
    cap = since(LONG_AGO, ByChannel("EUR", {Channel.EMAIL: money("0.10"), Channel.LETTER: money("0.76")}), SOURCE)
    law = replace(germany, reminders=replace(germany.reminders, cap=cap))

    assert only(policy(step(5, FREE), step(14, money("0.76"))), law).value == "0.10"


def test_a_fee_by_the_size_of_the_debt_is_legal_or_within_the_scale() -> None:
    netherlands = companies("NL")

    assert review(policy(step(5, FREE, legal=True)), netherlands, DAY) == ()
    assert review(policy(step(5, money("40.00"))), netherlands, DAY) == ()
    cut = only(policy(step(5, money("41.00"))), netherlands)
    dear = only(policy(step(5, money("6775.01"))), netherlands)

    assert (cut.severity, cut.value) == (Severity.WARNING, "legal")
    assert "15 % of the first 2500.00" in cut.problem
    assert (dear.severity, dear.cure) == (Severity.ERROR, 'write at most 6775.00 or "legal"')


# --- what is unknown, and what is nothing ----------------------------------------------------------------------------

SOURCE = Source("XX: an act § 1", Known.PRIMARY)


def test_where_the_law_allows_nothing_a_fee_is_an_error_and_all_that_is_legal_a_warning() -> None:
    france = consumers("FR")

    assert told(policy(step(7, money("1.00"))), france) == [("error", "reminders.0.fee", "0.00")]
    assert told(policy(step(7, FREE, legal=True)), france) == [("warning", "reminders.0.fee", "0.00")]


@pytest.mark.parametrize("known", [Known.MEMORY, Known.UNKNOWN])
def test_a_cap_that_is_not_firmly_known_charges_nobody(known: Known) -> None:
    germany = consumers("DE")
    cap = since(LONG_AGO, ByChannel("EUR", {Channel.LETTER: money("0.76")}), replace(SOURCE, known=known))
    law = replace(germany, reminders=replace(germany.reminders, cap=cap))

    found = only(policy(step(5, FREE), step(14, money("0.50"))), law)

    assert found.severity is Severity.WARNING
    assert found.problem.endswith("is not firmly known, so no fee will be charged")


def test_a_british_fee_needs_a_contract_and_is_not_charged_even_then() -> None:
    fee = policy(step(7, money("10.00", "GBP")), currency="GBP", fee_agreed=False)

    assert told(fee, consumers("GB")) == [("warning", "reminders.0.fee", "0.00"), ("error", "reminders.0.fee", "0.00")]
    assert told(replace(fee, fee_agreed=True), consumers("GB")) == [("warning", "reminders.0.fee", "0.00")]


def test_elsewhere_in_the_union_no_fee_is_known() -> None:
    assert told(policy(step(7, money("10.00"))), companies("AT")) == [("warning", "reminders.0.fee", "0.00")]


def test_handing_over_may_cost_what_the_law_says_or_nothing() -> None:
    danish = policy(step(10, FREE), currency="DKK", reminders=(step(10, money("0.00", "DKK")),))
    dear = replace(danish, collection=collected(currency="DKK", fee=money("100.01", "DKK")))
    right = replace(danish, collection=collected(currency="DKK", fee=DKK_100))
    finnish = policy(step(14, FREE), collection=collected(fee=money("5.00")))

    assert review(right, consumers("DK"), DAY) == ()
    assert told(dear, consumers("DK")) == [("error", "collection.fee", "100.00")]
    assert told(finnish, consumers("FI")) == [("error", "collection.fee", "0.00")]


# --- what must come first --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["DE", "NL"])
def test_a_fee_comes_after_a_free_message_in_writing(country: str) -> None:
    law, fee = consumers(country), money("0.76")

    first = only(policy(step(5, fee, LETTER)), law)
    spoken = only(policy(step(5, FREE, SMS), step(30, fee, LETTER)), law)

    assert (first.where, first.value) == (("policy", "reminders", 0, "fee"), "0.00")
    assert spoken.where == ("policy", "reminders", 1, "fee")
    assert review(policy(step(5, FREE, EMAIL), step(30, fee, LETTER)), law, DAY) == ()


def test_the_dutch_letter_gives_fourteen_full_days_from_the_day_after_its_receipt() -> None:
    netherlands, costs = consumers("NL"), step(15, FREE, legal=True)

    by_mail = only(policy(step(5, FREE, EMAIL), costs), netherlands)
    by_post = only(policy(step(5, FREE, LETTER), costs), netherlands)

    assert by_mail.where == by_post.where == ("policy", "reminders", 1, "after_previous")
    assert (by_mail.value, by_post.value) == ("16 days", "19 days")
    assert review(policy(step(5, FREE, EMAIL), replace(costs, wait=days(16))), netherlands, DAY) == ()


def test_danish_fees_lie_ten_days_apart_also_over_a_free_reminder() -> None:
    free = step(6, money("0.00", "DKK"))
    near = policy(step(5, DKK_100), replace(free, wait=days(3)), step(6, DKK_100), currency="DKK")
    far = policy(step(5, DKK_100), replace(free, wait=days(4)), step(6, DKK_100), currency="DKK")

    assert told(near, consumers("DK")) == [("error", "reminders.2.after_previous", "7 days")]
    assert review(far, consumers("DK"), DAY) == ()


# --- the creditor's own demand ---------------------------------------------------------------------------------------


def swedish(*reminders: Reminder, wait: int = 9) -> Policy:
    return policy(*reminders, currency="SEK", collection=collected(wait, "SEK"))


def test_a_demand_is_the_last_step_and_has_a_cap_of_its_own() -> None:
    sweden, demand = consumers("SE"), step(10, SEK_180, demand=True)

    assert review(swedish(step(5, SEK_60), demand), sweden, DAY) == ()
    assert told(swedish(step(5, SEK_60), replace(demand, fee=money("181.00", "SEK"))), sweden) == [
        ("error", "reminders.1.fee", "180.00")
    ]
    early = review(swedish(demand, step(9, money("0.00", "SEK"))), sweden, DAY)
    assert [(one.where[1:], one.value) for one in early] == [(("reminders", 0, "demand"), "false")]


def test_a_demand_gives_its_term_and_is_in_writing() -> None:
    sweden = consumers("SE")
    demand = step(10, money("0.00", "SEK"), demand=True)

    assert told(swedish(replace(demand, time_to_pay=days(7)), wait=8), sweden) == [
        ("error", "reminders.0.time_to_pay", "8 days"),
        ("error", "collection.after_previous", "9 days"),
    ]
    assert told(swedish(replace(demand, rungs=(LETTER,))), sweden) == [
        ("error", "collection.after_previous", "10 days")
    ]
    assert only(swedish(replace(demand, rungs=(SMS,))), sweden).problem == "a demand must be in writing"


@pytest.mark.parametrize("country", ["DE", "NL", "FR"])
def test_where_the_law_knows_no_demand_there_is_none(country: str) -> None:
    found = only(policy(step(5, FREE, demand=True)), consumers(country))

    assert (found.severity, found.where, found.value) == (Severity.ERROR, ("policy", "reminders", 0, "demand"), "false")


def test_a_norwegian_demand_follows_the_notice_and_costs_as_a_reminder_until_then() -> None:
    norway, free = consumers("NO"), money("0.00", "NOK")
    demand = step(15, money("112.00", "NOK"), demand=True)
    alone = policy(replace(demand, wait=days(20)), currency="NOK", collection=collected(15, "NOK"))

    noticed = replace(alone, reminders=(step(14, free), demand))

    assert review(noticed, norway, DAY) == ()
    assert told(alone, norway) == [("error", "reminders.0.fee", "37.00"), ("warning", "reminders.0.demand", "false")]


# --- collection ------------------------------------------------------------------------------------------------------


def test_a_notice_whose_sms_goes_out_is_none_in_writing() -> None:
    reminder = step(14, money("0.00", "NOK"), SMS, LETTER)
    notice = policy(reminder, currency="NOK", collection=collected(currency="NOK"))
    unseen = replace(reminder, rungs=(Rung(Channel.SMS, days(3)), LETTER))

    found = only(notice, consumers("NO"))

    assert (found.severity, found.cure) == (Severity.WARNING, "put email or letter first")
    assert review(replace(notice, reminders=(unseen,)), consumers("NO"), DAY) == ()


def test_where_only_agencies_send_the_notice_the_creditor_needs_none() -> None:
    norway = consumers("NO")
    law = replace(norway, may_send={Message.LAST_REMINDER: since(LONG_AGO, Who.AGENCY, SOURCE)})
    bare = policy(currency="NOK", collection=collected(currency="NOK"))

    assert told(bare, norway) == [("error", "collection", "never")]
    assert review(bare, law, DAY) == ()


# --- order -----------------------------------------------------------------------------------------------------------


def test_a_step_that_comes_before_the_one_before_it_is_moved() -> None:
    free = money("0.00", "SEK")
    second = replace(step(3, free), anchor=Anchor.AFTER_DUE)

    assert told(policy(step(5, free), second, currency="SEK"), consumers("SE")) == [
        ("warning", "reminders.1.after_due", "6 days")
    ]


def test_a_step_that_comes_before_the_time_to_pay_is_over_is_moved() -> None:
    free = money("0.00", "SEK")
    patient = replace(step(5, free), time_to_pay=days(20))

    found = only(policy(patient, step(10, free), currency="SEK"), consumers("SE"))

    assert (found.severity, found.value) == (Severity.WARNING, "21 days")
    assert found.problem == "the step before gives 20 days to pay, so this will be moved"


def test_where_reminders_set_a_new_due_date_the_next_counts_from_that() -> None:
    free = money("0.00", "NOK")
    second = replace(step(1, free), anchor=Anchor.AFTER_DUE)

    assert (
        review(policy(replace(step(5, free), time_to_pay=days(14)), second, currency="NOK"), consumers("NO"), DAY) == ()
    )


# --- interest and compensation ---------------------------------------------------------------------------------------


def test_interest_at_a_rate_that_nobody_knows_is_told_with_what_is_missing() -> None:
    claimed = policy(interest=Claim.LEGAL)

    assert review(claimed, consumers("FI"), DAY) == ()
    assert [str(only(claimed, law).source) for law in (consumers("FR"), consumers("NL"))] == [
        "FR: code civil art. 1231-6",
        "NL: BW art. 6:81",
    ]


def test_only_companies_owe_compensation() -> None:
    claimed = policy(compensation=Claim.LEGAL)
    private = replace(claimed, debtors=frozenset({CONSUMER}))

    assert review_all(claimed, (consumers("FI"), companies("FI")), DAY) == ()
    found = only(private, consumers("FI"))
    assert (found.severity, found.value) == (Severity.ERROR, "none")
    assert str(found.source) == str(companies("FI").compensation.values[0].source)


def test_compensation_of_which_the_sum_is_unknown_is_not_charged() -> None:
    later = date(2026, 9, 1)
    claimed = policy(currency="NOK", compensation=Claim.LEGAL)

    assert review(claimed, companies("NO"), DAY) == ()
    assert [one.severity for one in review(claimed, companies("NO"), later)] == [Severity.WARNING]


# --- both kinds of debtors -------------------------------------------------------------------------------------------


def test_what_both_laws_find_is_told_once_and_what_one_finds_names_its_debtors() -> None:
    both = (consumers("FI"), companies("FI"))

    dear = review_all(policy(step(14, money("12.00"))), both, DAY)
    last = review_all(replace(policy(), distribution=()), both, DAY)

    assert [(one.kinds, one.value) for one in dear] == [((CONSUMER,), "5.00")]
    assert [one.kinds for one in last] == [()]


def test_what_was_told_before_is_left_out() -> None:
    finland, dear = consumers("FI"), policy(step(14, money("12.00")))

    assert review_all(dear, (finland,), DAY, {CONSUMER: review(dear, finland, DAY)}) == ()
    assert review_all(dear, (finland,), DAY, {COMPANY: review(dear, finland, DAY)}) != ()
