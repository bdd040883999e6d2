"""Merchants' policies before the law: what it finds in them, and where in the file that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.merchant_source import Source
from config.problems import Problem, Where
from domain.law import UnknownLawError, law_of
from domain.law.pack import Known, Law
from domain.law.telling import MARKS, WHOM
from domain.merchant import Merchant
from domain.policy import Policy
from domain.review import Finding, Severity, review, review_all
from domain.words import DebtorKind


@dataclass(frozen=True, slots=True)
class Ruling(Problem):
    """A problem that the law, or plain sense, finds in a policy."""

    severity: Severity = Severity.ERROR
    limit: str = ""
    """What the law allows; empty where it is plain sense."""
    statute: str = ""
    known: str = ""
    """How the statute is known."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The debtors whose law is asked: of a country, of a kind; None: the merchant's, and those of its policies."""

    country: str | None = None
    kind: DebtorKind | None = None

    def laws(self, merchant: Merchant, policy: Policy) -> list[Law]:
        """The laws that protect them."""
        country, kinds = self.country or merchant.country, [self.kind] if self.kind else list(DebtorKind)
        return [law_of(country, kind) for kind in kinds if self._is_asked(country, kind, policy)]

    def unprotected(self, merchant: Merchant) -> list[DebtorKind]:
        """The debtors of the policy whose law nobody has written down."""
        country = self.country or merchant.country
        return [kind for kind in DebtorKind if kind in merchant.policy.debtors and not _is_known(country, kind)]

    def _is_asked(self, country: str, kind: DebtorKind, policy: Policy) -> bool:
        return kind is self.kind or (kind in policy.debtors and _is_known(country, kind))


HOME = Whose()


def rulings(source: Source, day: date, whose: Whose = HOME) -> Iterator[Ruling]:
    """All that the law of a day finds in a merchant's policy and in those of its groups."""
    merchant = source.merchant
    if merchant.currency == "SEK" and merchant.payee.organisation is None:
        problem = "has no organisation number, so bills and pages carry no QR code for bank apps"
        yield _ruling(source, ("payee",), Severity.WARNING, problem, "add organisation: as in 556123-4567")
    for kind in whose.unprotected(merchant):
        problem = f"no law is known for {WHOM[kind]} there, so an invoice to one is refused"
        yield _ruling(source, ("policy", "debtors"), Severity.WARNING, problem, "see the countries with: kvitt law")
    for finding in review_all(merchant.policy, whose.laws(merchant, merchant.policy), day):
        yield _found(source, finding.where, finding)
    for name, policy in merchant.groups.items():
        for finding in new_findings(policy, merchant.policy, merchant, day, whose):
            yield _found(source, rebased(finding, ("groups", name), source.tree.data["groups"][name]), finding)


def new_findings(
    policy: Policy, base: Policy, merchant: Merchant, day: date, whose: Whose = HOME
) -> tuple[Finding, ...]:
    """What is found in a policy and was not in the one that it replaces."""
    told = {law.kind: review(base, law, day) for law in whose.laws(merchant, base)}
    return review_all(policy, whose.laws(merchant, policy), day, told)


def rebased(finding: Finding, where: Where, patch: Mapping[str, Any]) -> Where:
    """Where a finding stands, in what replaces a part of the policy."""
    return (*where, *finding.where[1:]) if finding.where[1] in patch else where


def in_words(finding: Finding) -> tuple[str, str]:
    """The problem, with whom it is about and the statute, and the cure."""
    whom = " and ".join(WHOM[kind] for kind in finding.kinds)
    law = f" ({', '.join(filter(None, (finding.source.ref, _mark(finding))))})" if finding.source else ""
    return f"{f'for {whom}, ' if whom else ''}{finding.problem}{law}", finding.cure


def _found(source: Source, where: Where, finding: Finding) -> Ruling:
    problem, cure = in_words(finding)
    found = finding.source
    statute, known = (found.ref, found.known.name.lower()) if found else ("", "")
    return _ruling(source, where, finding.severity, problem, cure, finding.limit, statute, known)


def _ruling(source: Source, where: Where, severity: Severity, problem: str, cure: str, *law: str) -> Ruling:
    place = source.tree.problem(where, problem, cure)
    return Ruling(place.file, place.line, place.key, place.problem, place.cure, severity, *law)


def _mark(finding: Finding) -> str:
    """How the law is known, where it was not read itself."""
    return MARKS[finding.source.known] if finding.source and finding.source.known is not Known.PRIMARY else ""


def _is_known(country: str, kind: DebtorKind) -> bool:
    try:
        law_of(country, kind)
    except UnknownLawError:
        return False
    return True
