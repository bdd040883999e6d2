"""On which ground each charge stands: the law's own values, with their dates, sources and how surely we know them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from domain.charge import ChargeKind, Period
from domain.facts import Charge, ChargeState
from domain.interest import amount_of
from domain.law.pack import FIRM, Law
from domain.law.telling import Line, dated_of, lines_of
from domain.words import Message, SendId
from store.cases import CaseFile

_OF_A_FEE = {Message.DEMAND: ("demand",), Message.CLAIM: ("collection", "fee")}
_OF_A_KIND = {ChargeKind.INTEREST: ("interest",), ChargeKind.COMPENSATION: ("compensation",)}


def claimed(case: CaseFile, send: SendId) -> list[Charge]:
    """The charges that a claim asks for: those that are booked, and those that come with it."""
    wanted = {ChargeState.BOOKED: True, ChargeState.REVERSED: False}
    return [charge for charge in case.facts.charges if wanted.get(charge.state, charge.send == send)]


def charge_as_json(case: CaseFile, charge: Charge) -> dict[str, Any]:
    """A charge as machines read it; ``amount`` is what still stands of it."""
    local = case.law.calendar.local
    told: dict[str, Any] = {
        "step": charge.step,
        "kind": charge.kind,
        "amount": str(charge.amount),
        "state": charge.state,
        "law": charge.law,
        "capped": charge.capped,
    }
    if charge.periods:
        told["periods"] = [_period(period, case.law) for period in charge.periods]
    if charge.taken_back:
        told["taken_back"] = local(charge.taken_back).isoformat(timespec="seconds")
    return told


def law_as_json(case: CaseFile, at: datetime) -> dict[str, Any]:
    """The law of a case: the ground of each charge, and all that is in force."""
    law, day = case.law, case.law.calendar.wall(at).date()
    return {
        "country": law.country,
        "kind": law.kind,
        "about": law.about,
        "day": day.isoformat(),
        "charges": [
            {**charge_as_json(case, charge), "grounds": [_line(line) for line in _grounds(case, charge, day)]}
            for charge in case.facts.charges
        ],
        "in_force": [_line(line) for line in _lines(law) if line.held_on(day)],
        "sources": list(law.sources),
    }


def _grounds(case: CaseFile, charge: Charge, day: date) -> Iterator[Line]:
    """What the law said on the days that a charge is about."""
    send = case.facts.send(charge.send)
    path = _OF_A_KIND.get(charge.kind) or _OF_A_FEE.get(send.message, ("reminders",))
    made = case.law.calendar.wall(send.out_at).date() if send.out_at else day
    first = charge.periods[0].since if charge.periods else made
    last = charge.periods[-1].through if charge.periods else made
    for line in _lines(case.law):
        if line.path[: len(path)] == path and line.since <= last and (line.until is None or first <= line.until):
            yield line


def _lines(law: Law) -> Iterator[Line]:
    return (line for path, dated in dated_of(law) for line in lines_of(path, dated))


def _line(line: Line) -> dict[str, Any]:
    """A value of the law. ``mark`` is how it is known; what is not firm adds to no debt."""
    return {
        "rule": ".".join(line.path),
        "what": line.label,
        "value": line.value,
        "since": line.since.isoformat(),
        "until": line.until.isoformat() if line.until else None,
        "ref": line.source.ref,
        "source": line.source.note,
        "link": line.source.link,
        "mark": line.source.known,
        "firm": line.source.known in FIRM,
        "read": line.source.read.isoformat(),
    }


def _period(period: Period, law: Law) -> dict[str, Any]:
    return {
        "since": period.since.isoformat(),
        "through": period.through.isoformat(),
        "days": (period.through - period.since).days + 1,
        "base": str(period.base),
        "rate": str(period.rate),
        "amount": str(amount_of(period, law)),
    }
