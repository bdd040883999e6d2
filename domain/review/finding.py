"""What a review finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.law.pack import Source
from domain.words import DebtorKind

Where = tuple[str | int, ...]


class Severity(StrEnum):
    """An error is refused; a warning is told, and the law prevails."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and what would be right; ``source`` is the law's, None where it is plain sense."""

    severity: Severity
    where: Where
    problem: str
    cure: str
    source: Source | None = None
    limit: str = ""
    """What the law allows."""
    value: str = ""
    """The nearest lawful value, as it would be written at ``where``; empty: it takes more than a value."""
    kinds: tuple[DebtorKind, ...] = ()
    """The debtors that it is about, where it is not about all that the policy is for."""


def error(
    where: Where, problem: str, cure: str, source: Source | None = None, limit: object = "", value: object = ""
) -> Finding:
    """Something that the law, or plain sense, forbids."""
    return Finding(Severity.ERROR, ("policy", *where), problem, cure, source, str(limit), str(value))


def warning(
    where: Where, problem: str, cure: str, source: Source | None = None, limit: object = "", value: object = ""
) -> Finding:
    """Something that will not be as the merchant wishes."""
    return Finding(Severity.WARNING, ("policy", *where), problem, cure, source, str(limit), str(value))
