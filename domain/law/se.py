"""Sweden."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays

from domain.calendar import Calendar
from domain.law.pack import CollectionLaw, Dated, Known, Law, ReminderLaw, Source, Value
from domain.money import Money


def closed(year: int) -> Iterable[date]:
    """Bank holidays: the public ones and the three eves (Riksbanken's list; ``public`` alone misses the eves)."""
    return holidays.country_holidays("SE", years=year, categories=("public", "de_facto"))


ACT = "lag (1981:739) om ersättning för inkassokostnader"

SWEDEN = Law(
    country="SE",
    names={"en": "Sweden", "sv": "Sverige"},
    currency="SEK",
    calendar=Calendar("Europe/Stockholm", closed),
    about=(
        "A reminder may cost SEK 60 if that was agreed no later than when the debt arose and the reminder is in "
        "writing. No reminder is required before collection. A claim that is disputed on facts is looked into and "
        "answered; without agreement only a court decides."
    ),
    contact_hours=None,
    reminders=ReminderLaw(
        fee_cap=Dated(
            (
                Value(
                    date(2013, 5, 1),
                    Money.parse("60.00", "SEK"),
                    Source(
                        f"SE: {ACT}",
                        Known.PRIMARY,
                        "amount read in the copy consolidated to SFS 2013:56, its first day taken from memory; "
                        "changes after 2013 to be checked before release",
                    ),
                ),
            )
        ),
        fee_needs_agreement=Source(f"SE: {ACT}", Known.PRIMARY, "agreed no later than when the debt arose"),
        fee_needs_writing=Source(
            f"SE: {ACT}", Known.PRIMARY, "a written reminder; that an SMS is not writing is our cautious reading"
        ),
        fee_limit=None,
        fee_not_before=None,
        new_due=None,
        usual_fees=(1, Source(f"SE: {ACT}", Known.MEMORY, "cost must be called for: in practice one fee an invoice")),
    ),
    collection=CollectionLaw(notice=None),
    on_time=Source("SE: lag (1930:173) om beräkning av lagstadgad tid", Known.MEMORY),
    dispute=Source("SE: inkassolag (1974:182)", Known.PRIMARY, "objections: Finansinspektionen, answers to questions"),
    sources=("riksdagen.se", "fi.se", "riksbank.se"),
)
