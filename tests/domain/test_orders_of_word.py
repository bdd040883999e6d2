"""What is heard of a message comes in any order, late, twice: none charges twice, revives what came back, or stalls."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.decisions import End, Note, Recall, Reconcile, Send, Wait
from domain.events import Delivered, Event, Failed, Paid, Recalled, Reserved, Settled, Skipped, Sought
from domain.facts import ChargeState
from domain.rules import decide
from domain.simulation import LONGEST, reserve
from domain.words import Reason, SendId, Status
from tests.domain.build import LETTER, Life, a_policy, after_due, sek
from tests.domain.strategies import STEADY

MINUTE = timedelta(minutes=1)
REMINDER = "04-07 09:00"
FINAL = (Reason.BOUNCED, Reason.REFUSED, Reason.OPTED_OUT)

WORDS = {
    "sent": lambda at, send: Settled(at=at, send=send, status=Status.SENT, recall_until=at + timedelta(hours=2)),
    "not sent": lambda at, send: Settled(at=at, send=send, status=Status.NOT_SENT),
    "refused": lambda at, send: Settled(at=at, send=send, status=Status.FAILED, why=Reason.REFUSED),
    "sought": lambda at, send: Sought(at=at, send=send),
    "delivered": lambda at, send: Delivered(at=at, send=send),
    "bounced": lambda at, send: Failed(at=at, send=send, reason=Reason.BOUNCED),
    "recalled": lambda at, send: Recalled(at=at, send=send, status=Status.NOT_SENT),
    "too late": lambda at, send: Recalled(at=at, send=send, status=Status.SENT),
    "who knows": lambda at, send: Recalled(at=at, send=send, status=Status.UNKNOWN),
    "paid": lambda at, _: Paid(at=at, amount=sek("400.00"), dated=at.date()),
    "taken back": lambda at, _: Paid(at=at, amount=sek("-400.00"), dated=at.date()),
}
"""What may be heard of a message, and what may happen to its case meanwhile."""

heard = st.lists(st.tuples(st.sampled_from(sorted(WORDS)), st.integers(0, 300), st.booleans()), max_size=9)
"""A word, the minutes before it comes, and whether the loop looks, and sends what it decides, before it does."""


class Journal(Life):
    """A life in the books: what has been written once is not written again, as ``store/cases.py`` has it."""

    def __init__(self) -> None:
        super().__init__(a_policy(distribution=(LETTER,), due_reminder=(), reminders=(after_due(5, "60.00", LETTER),)))
        self.keys: set[object] = set()

    def learn(self, event: Event) -> None:
        self.write(event)

    def write(self, event: Event) -> bool:
        key: object = len(self.events)
        if isinstance(event, Settled):
            key = event.send, event.status
        elif isinstance(event, Reserved | Skipped):
            key = event.send
        if key in self.keys:
            return False
        self.keys.add(key)
        super().learn(event)
        return True

    def rest(self) -> Send | Wait | Reconcile | Recall | End:
        """Decide until there is something to do or to wait for, as a look does."""
        for _ in range(LONGEST):
            decision = decide(self.facts, self.policy, self.law, self.now)
            if not isinstance(decision, Note):
                return decision
            assert self.write(decision.event), f"{decision.event} would be written for ever"
        raise AssertionError("the rules go round in circles")

    def obey(self) -> None:
        decision = self.rest()
        if isinstance(decision, Send):
            self.write(reserve(decision, self.now))


def reminded(words: list[tuple[str, int, bool]]) -> tuple[Journal, SendId]:
    """A reminder with a fee whose vendor was asked, and all that was heard of it."""
    life = Journal()
    send = life.reserve(REMINDER)
    for word, minutes, looks in words:
        life.now += minutes * MINUTE
        if looks:
            life.obey()
        life.write(WORDS[word](life.now, send))
    return life, send


@STEADY
@given(heard)
def test_no_order_of_words_charges_a_step_twice(words):
    life, _ = reminded(words)
    charges = life.facts.charges
    booked = [charge.amount.minor for charge in charges if charge.state is ChargeState.BOOKED]

    assert len({charge.step for charge in charges}) == len(charges)
    assert life.facts.charged.minor == sum(booked) <= sek("60.00").minor


@STEADY
@given(heard)
def test_no_order_of_words_brings_back_what_came_back(words):
    life = Journal()
    send = life.reserve(REMINDER)
    states = []
    for word, minutes, _ in words:
        life.now += minutes * MINUTE
        life.write(WORDS[word](life.now, send))
        states.append(life.facts.send(send))

    for before, after in pairwise(states):
        if before.status is Status.FAILED and before.why in FINAL:
            assert (after.status, after.why, after.since) == (before.status, before.why, before.since)


@STEADY
@given(heard)
def test_no_order_of_words_makes_the_rules_stumble_circle_or_stall(words):
    """A case waits for a moment ahead, for a person, or for a step; it ends, or it acts."""
    life, send = reminded(words)
    decision = life.rest()

    if isinstance(decision, Wait):
        assert decision.until is None or decision.until > life.now
        asked = any(not ask.resolved for ask in life.facts.asks)
        assert decision.until is not None or asked or life.facts.in_collection
    if isinstance(decision, End):
        assert life.facts.closed is not None
        assert life.facts.send(send).status not in (Status.RESERVED, Status.UNKNOWN)


@STEADY
@given(heard)
def test_a_case_is_over_only_while_nothing_is_owed(words):
    """A fee that is found to be owed late, or a payment that was taken back, opens it again."""
    life, _ = reminded(words)
    life.rest()

    if life.facts.closed:
        assert life.facts.balance <= life.facts.charged + life.policy.tolerance


def test_all_there_is_to_hear_is_heard_by_these_tests():
    said = {type(make(Life().now, SendId("s", 0, 1))) for make in WORDS.values()}

    assert said == {Settled, Sought, Delivered, Failed, Recalled, Paid}
