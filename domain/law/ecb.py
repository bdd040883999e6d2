"""The reference rate of euro countries: the ECB's main refinancing rate on 1 January and 1 July, for the half-year.

The half-year that has no rate yet is a line without a value: an old rate must not run on into it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.law.bank_days import read
from domain.law.pack import Dated, Known, Source, Value

PARIS = "https://www.banque-france.fr/en/policy-rates"
LJUBLJANA = "https://www.bsi.si/en/ecb-interest-rates"
TENDERS = "https://apl.bsi.si/orodja/avkcije-en.asp"
UNCHANGED = "https://finanzmarktnachrichten.de/basiszinssatz-bleibt-ab-1-januar-2026-bei-127"
RAISED = "https://getinvoicepdf.com/articles/eu-late-payment-directive.html"


def main_refinancing(ref: str, first: date = date.min) -> Dated[Decimal]:
    """The rates, for the rule that refers to them; ``first``: since when the country has the euro."""

    def line(since: date, percent: str, source: Source) -> Value[Decimal]:
        return Value(since, Decimal(percent), source)

    lines: tuple[Value[Decimal], ...] = (
        line(date(2024, 1, 1), "4.50", read(ref, Known.PRIMARY, "Banque de France: since 20 September 2023", PARIS)),
        line(date(2024, 7, 1), "4.25", read(ref, Known.PRIMARY, "Banque de France: since 12 June 2024", PARIS)),
        line(date(2025, 1, 1), "3.15", read(ref, Known.PRIMARY, "Banka Slovenije: since 18 December 2024", LJUBLJANA)),
        line(
            date(2025, 7, 1), "2.15", read(ref, Known.PRIMARY, "Banka Slovenije: the tender of 25 June 2025", TENDERS)
        ),
        line(
            date(2026, 1, 1),
            "2.15",
            read(ref, Known.SECONDARY, "the Bundesbank on 22 December 2025, retold", UNCHANGED),
        ),
        line(date(2026, 7, 1), "2.40", read(ref, Known.SECONDARY, "raised on 11 June 2026, from 17 June", RAISED)),
        Value(date(2027, 1, 1), None, read(ref, Known.UNKNOWN, "not yet set", "")),
    )
    return Dated(tuple(each for each in lines if each.since >= first))
