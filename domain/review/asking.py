"""All the questions that a policy is asked, and their answers in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from domain.law.pack import Law
from domain.policy import Policy
from domain.review import fees, steps, times
from domain.review.finding import Finding
from domain.review.looking import Look
from domain.words import DebtorKind

Told: TypeAlias = Mapping[DebtorKind, Collection[Finding]]
"""What was found before, by whom the law protects."""

_QUESTIONS: tuple[Callable[[Look], Iterator[Finding]], ...] = (
    times.contact_hours,
    times.spread,
    steps.interest,
    steps.compensation,
    steps.distribution,
    steps.last_rungs,
    fees.caps,
    fees.agreement,
    fees.counts,
    fees.free_first,
    fees.writing,
    fees.delays,
    times.times_to_pay,
    times.waits,
    steps.demands,
    steps.notice,
)
_ORDER: tuple[str | int, ...] = (
    "contact_hours",
    "spread",
    "interest",
    "compensation",
    "distribution",
    "due_reminder",
    "reminders",
    "collection",
    "receipt",
)


def review(policy: Policy, law: Law, day: date) -> tuple[Finding, ...]:
    """All that the law of a day, and plain sense, find in a policy; in the order of the file."""
    look = Look(policy, law, day)
    return tuple(sorted((finding for ask in _QUESTIONS for finding in ask(look)), key=_place))


def review_all(
    policy: Policy, laws: Iterable[Law], day: date, told: Told = MappingProxyType({})
) -> tuple[Finding, ...]:
    """What several laws find: once what all of them do, with its debtors what only some do; ``told`` is left out."""
    asked = tuple(laws)
    found: dict[Finding, tuple[DebtorKind, ...]] = {}
    for law in asked:
        for finding in review(policy, law, day):
            if finding not in told.get(law.kind, ()):
                found[finding] = (*found.get(finding, ()), law.kind)
    whose = (finding if len(kinds) == len(asked) else replace(finding, kinds=kinds) for finding, kinds in found.items())
    return tuple(sorted(whose, key=_place))


def _place(finding: Finding) -> tuple[int, int]:
    """Where a finding stands in a file, nearly."""
    _, key, *rest = finding.where
    return _ORDER.index(key), rest[0] if rest and isinstance(rest[0], int) else 0
