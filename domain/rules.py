"""The rules, in order. ``decide`` is the whole product in one function.

The first rules answer alone. The others each propose a moment; the earliest wins, and ties go by order. A proposal
whose time has passed is overtaken by one whose time came later: after an outage a case gets the one step that is due
now, not all it missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from domain import answers, steps
from domain.case import Case
from domain.decisions import Decision
from domain.facts import Facts
from domain.ladder import Proposal
from domain.law import Law
from domain.moving import takes_over
from domain.policy import Policy
from domain.steps import when_open

ANSWERS: tuple[Callable[[Case], Decision | None], ...] = (
    answers.books,
    answers.call_back,
    answers.settled,
    answers.stopped,
    answers.hold_over,
    answers.unknown_outcome,
    answers.in_collection,
    answers.given_back,
    answers.on_hold,
    answers.not_issued,
    answers.stuck,
    answers.unreachable,
)


def decide(facts: Facts, policy: Policy, law: Law, now: datetime) -> Decision:
    """What follows from the facts at an aware moment. Same input, same answer."""
    case = Case.at(facts, policy, law, now)
    decision = _decided(case)
    return (takes_over(facts, decision, now) or decision) if facts.moving else decision


def _decided(case: Case) -> Decision:
    for rule in ANSWERS:
        decision = rule(case)
        if decision is not None:
            return decision
    proposals = [proposal for proposal in _proposed(case) if proposal]
    return _choose(case, proposals) if proposals else answers.exhausted(case)


def _proposed(case: Case) -> Iterator[Proposal | None]:
    yield steps.distribution(case)
    if case.facts.answers:
        yield from steps.answers(case)
    if case.facts.charges:
        yield steps.correction(case)
    yield steps.due_reminder(case)
    yield from steps.reminders(case)
    yield steps.hand_over(case)


def _choose(case: Case, proposals: list[Proposal]) -> Decision:
    come = [proposal for proposal in proposals if proposal.at <= case.now]
    chosen = max(come, key=lambda p: p.at) if come else min(proposals, key=lambda p: p.at)
    return when_open(case, chosen)
