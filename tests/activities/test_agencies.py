"""What an agency says becomes facts: in whatever order, however often; money always, the rest only of its own claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.agencies import TOLD, event_of
from channels.hearing import Heard, Word, key_of
from domain.events import Acknowledged, AgencyClosed, AgencyTold, Collected, WithdrawalConfirmed, fold
from domain.facts import Facts
from domain.money import Money
from domain.words import AgencyOutcome, Message, SendId, Status
from tests.domain.build import Life, sek

DAY = date(2026, 5, 7)


@cache
def handed_over() -> tuple[Facts, SendId]:
    """A case at the agency, and its claim."""
    facts = Life().live("05-08 12:00").facts
    (claim,) = (send for send in facts.sends if send.message is Message.CLAIM)
    assert facts.in_collection
    return facts, claim.id


def said(word: Word, **told: object) -> Heard:
    return Heard(key_of(word, *sorted(told.items())), word, "a1", agency="nordinkasso")._replace(**told)


def paid(payment: str, amount: str = "100.00", currency: str = "SEK") -> Heard:
    return said(Word.COLLECTED, amount=Money.parse(amount, currency), dated=DAY)._replace(key=f"paid {payment}")


def at(facts: Facts):  # type: ignore[no-untyped-def]
    return facts.sends[-1].since + timedelta(hours=1)


@pytest.mark.parametrize(
    ("heard", "event", "fields"),
    [
        (said(Word.ACKNOWLEDGED, case="K-1"), Acknowledged, {"case": "K-1"}),
        (said(Word.TOLD, code="demand_sent"), AgencyTold, {"status": "demand_sent"}),
        (paid("P-1"), Collected, {"amount": sek("100.00"), "dated": DAY}),
        (said(Word.AGENCY_CLOSED, code="returned"), AgencyClosed, {"outcome": AgencyOutcome.RETURNED}),
        (said(Word.WITHDRAWAL_CONFIRMED), WithdrawalConfirmed, {}),
    ],
)
def test_each_word_is_one_event(heard: Heard, event: type, fields: dict[str, object]):
    facts, claim = handed_over()

    assert event_of(heard, claim, facts, at(facts)) == event(at=at(facts), **fields)


def test_every_word_of_agencies_is_known():
    assert {Word.ACKNOWLEDGED, Word.TOLD, Word.COLLECTED, Word.AGENCY_CLOSED, Word.WITHDRAWAL_CONFIRMED} == TOLD


@pytest.mark.parametrize("heard", [paid("P-1", currency="EUR"), said(Word.COLLECTED, dated=DAY), said(Word.COLLECTED)])
def test_money_that_does_not_fit_the_invoice_is_for_a_person(heard: Heard):
    facts, claim = handed_over()

    with pytest.raises(ValueError, match="payment"):
        event_of(heard, claim, facts, at(facts))


def test_money_is_told_of_the_claim_and_of_nothing_else():
    """A payment is known by the claim and its own id: told of a notice, it would count once more."""
    facts, claim = handed_over()
    notice = replace(facts.send(claim), id=SendId("collection", 1, 1), message=Message.WITHDRAWAL)
    with_notice = replace(facts, sends=(*facts.sends, notice))

    assert isinstance(event_of(paid("P-1"), claim, with_notice, at(facts)), Collected)
    with pytest.raises(ValueError, match="claim"):
        event_of(paid("P-1"), notice.id, with_notice, at(facts))


@pytest.mark.parametrize("is_out", [True, False])
def test_of_a_claim_that_was_handed_over_anew_only_money_counts(is_out: bool):
    facts, claim = handed_over()
    status = Status.SENT if is_out else Status.FAILED
    again = replace(facts.send(claim), id=claim._replace(attempt=2), status=status)
    anew = replace(facts, sends=(*facts.sends, again))

    assert (event_of(said(Word.AGENCY_CLOSED, code="returned"), claim, anew, at(facts)) is None) is is_out
    assert isinstance(event_of(paid("P-1"), claim, anew, at(facts)), Collected)
    assert isinstance(event_of(said(Word.TOLD, code="x"), again.id, anew, at(facts)), AgencyTold)


WORDS = st.sampled_from(
    [
        said(Word.ACKNOWLEDGED, case="K-1"),
        said(Word.TOLD, code="demand_sent"),
        said(Word.TOLD, code="court"),
        said(Word.AGENCY_CLOSED, code="returned"),
        said(Word.AGENCY_CLOSED, code="paid"),
        said(Word.WITHDRAWAL_CONFIRMED),
        paid("P-1", "10.00"),
        paid("P-2", "10.00"),
        paid("P-3", "20.00"),
    ]
)


def told(words: list[Heard]) -> Facts:
    """The facts after these, each key heard once as the inbox sees to it."""
    facts, claim = handed_over()
    for heard in {word.key: word for word in words}.values():
        event = event_of(heard, claim, facts, at(facts))
        facts = fold(facts, [event] if event else [])
    return facts


@given(words=st.lists(WORDS, max_size=12), data=st.data())
def test_in_any_order_and_however_often_the_money_is_the_same_and_a_closing_stays(
    words: list[Heard], data: st.DataObject
):
    """Trap 13."""
    shuffled = data.draw(st.permutations([*words, *words]))
    facts, other = told(words), told(shuffled)
    start, _ = handed_over()
    amounts = {word.key: word.amount for word in words if word.amount}
    closings = [word.code for word in shuffled if word.word is Word.AGENCY_CLOSED]

    assert facts.paid == other.paid == sum(amounts.values(), start.paid)
    assert facts.balance == other.balance
    assert other.agency.closed == (AgencyOutcome(closings[0]) if closings else None)
    assert other.agency.case == ("K-1" if any(word.case for word in words) else None)


@given(before=st.lists(WORDS, max_size=6), late=st.lists(WORDS, max_size=6))
def test_nothing_that_comes_late_undoes_a_closing(before: list[Heard], late: list[Heard]):
    closing = said(Word.AGENCY_CLOSED, code="uncollectible")
    closed = told([*[word for word in before if word.word is not Word.AGENCY_CLOSED], closing])
    after = told([*[word for word in before if word.word is not Word.AGENCY_CLOSED], closing, *late])

    assert closed.agency.closed is after.agency.closed is AgencyOutcome.UNCOLLECTIBLE
    assert after.agency.status == closed.agency.status
    assert not after.in_collection
