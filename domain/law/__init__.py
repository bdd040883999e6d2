"""The law of each country we serve, one literal a country and kind of debtor."""

from domain.law import de, dk, eu, fi, fr, nl, no, se, uk
from domain.law.pack import (
    CollectionLaw,
    Dated,
    Known,
    Law,
    ReminderLaw,
    Source,
    Value,
    since,
)
from domain.words import DebtorKind

LAWS: dict[tuple[str, DebtorKind], Law] = {
    (law.country, law.kind): law
    for country in (se, no, dk, fi, de, nl, fr, uk)
    for law in (country.CONSUMER, country.COMPANY)
}

ALIASES = {"UK": "GB"}
"""What people call a country, and its code."""


class UnknownLawError(ValueError):
    """Nobody has written down the law of this country for this kind of debtor."""


def law_of(country: str, kind: DebtorKind) -> Law:
    """The law that protects such a debtor; for a company elsewhere in the Union what its directive gives.

    Raises:
        UnknownLawError: we know none.
    """
    country = ALIASES.get(country, country)
    law = LAWS.get((country, kind)) or (eu.law_for(country) if kind is DebtorKind.COMPANY else None)
    if law is None:
        known = ", ".join(sorted(named for named, of in LAWS if of is kind))
        raise UnknownLawError(f"no law is known for a {kind} in {country!r}; known: {known}")
    return law


__all__ = [
    "LAWS",
    "CollectionLaw",
    "Dated",
    "Known",
    "Law",
    "ReminderLaw",
    "Source",
    "UnknownLawError",
    "Value",
    "law_of",
    "since",
]
