"""Norway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

import holidays

from domain.calendar import Calendar, Hours
from domain.law.pack import CollectionLaw, Dated, Known, Law, ReminderLaw, Source, Value
from domain.money import Money


def closed(year: int) -> Iterable[date]:
    """Bank holidays: the public ones and Christmas Eve (Norges Bank's list of 2017)."""
    return [*holidays.country_holidays("NO", years=year), date(year, 12, 24)]


ACT = "NO: inkassoloven"
REGULATION = "NO: inkassoforskriften"

NORWAY = Law(
    country="NO",
    names={"en": "Norway", "sv": "Norge"},
    currency="NOK",
    calendar=Calendar("Europe/Oslo", closed),
    about=(
        "A reminder may cost one twentieth of the collection rate, at most twice, the first no sooner than 14 days "
        "after the due date. Each reminder sets a new due date at least 14 days ahead. Collection needs a written "
        "notice that it will follow, with at least 14 days from sending. A disputed claim is not collected."
    ),
    contact_hours=(
        Hours(time(8), time(21)),
        Source("NO: Finanstilsynet, rundskriv 5/2022", Known.SECONDARY, "written for agencies and telephone"),
    ),
    reminders=ReminderLaw(
        fee_cap=Dated(
            (
                Value(
                    date(2025, 1, 1),
                    Money.parse("35.00", "NOK"),
                    Source(REGULATION, Known.PRIMARY, "one twentieth of 700 in 2025; first day taken from memory"),
                ),
                Value(
                    date(2026, 1, 1),
                    Money.parse("37.00", "NOK"),
                    Source(
                        REGULATION,
                        Known.PRIMARY,
                        "one twentieth of 750 is 37.50; rounding not found, so down, in the debtor's favour",
                    ),
                ),
            )
        ),
        fee_needs_agreement=None,
        fee_needs_writing=Source(REGULATION, Known.MEMORY, "a written reminder; an SMS is not taken as writing"),
        fee_limit=(2, Source(REGULATION, Known.SECONDARY, "two reminders, or one and the collection notice")),
        fee_not_before=(14, Source(REGULATION, Known.SECONDARY, "older text")),
        new_due=(14, Source(REGULATION, Known.SECONDARY, "the product's rule: each reminder prints a new due date")),
    ),
    collection=CollectionLaw(
        notice=(14, Source(f"{ACT} § 9", Known.PRIMARY, "written, 14 days from sending, says that collection follows"))
    ),
    on_time=Source("NO: finansavtaleloven", Known.MEMORY),
    dispute=Source(ACT, Known.SECONDARY, "a disputed claim is not collected out of court"),
    sources=("lovdata.no", "finanstilsynet.no", "norges-bank.no"),
)
