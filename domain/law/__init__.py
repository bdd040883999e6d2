"""The law of each country we serve, one literal a country and kind of debtor."""

from domain.law import no, se
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
    (law.country, law.kind): law for country in (se, no) for law in (country.CONSUMER, country.COMPANY)
}


class UnknownLawError(ValueError):
    """Nobody has written down the law of this country for this kind of debtor."""


def law_of(country: str, kind: DebtorKind) -> Law:
    """The law that protects such a debtor.

    Raises:
        UnknownLawError: we know none.
    """
    law = LAWS.get((country, kind))
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
