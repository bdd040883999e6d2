"""What the world does in a story, from what people write to what the domain reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from pydantic_core import PydanticCustomError

from config.policy_file import WAYS
from config.problems import Fault, Where, nearest, shape, wrong
from config.values import one_of, parse_date, parse_money, text
from domain.money import Money
from domain.policy import Channel, Policy
from domain.stories import Happening, What
from domain.words import AgencyOutcome, DisputeOutcome, When, reminder_step

T = TypeVar("T")

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d", re.ASCII)


Ruled: TypeAlias = Callable[[dict[str, Any]], tuple[Policy | None, tuple[Fault, ...]]]
"""Makes the invoice's policy with some keys replaced, as a new version of the merchant's file would."""


def read_happenings(
    data: object, currency: str, policy: Policy, ruled: Ruled
) -> tuple[tuple[Happening, ...], list[Fault]]:
    """Read the list under ``happens``, and tell the faults of what could not be read."""
    if not isinstance(data, list):
        return (), [
            (("happens",), f"is {shape(data)}; it must be a list", "write [], or lines that begin with a hyphen")
        ]
    reader = _Reader(currency, tuple(reminder_step(index) for index in range(len(policy.reminders))), ruled)
    happens: list[Happening] = []
    faults: list[Fault] = []
    for index, item in enumerate(data):
        try:
            happens.append(reader.happening(item))
        except _FaultError as error:
            faults.append((("happens", index, *error.where), error.problem, error.cure))
    return tuple(happens), faults


def parse_moment(value: object) -> datetime:
    """Read ``2026-03-02 09:05``, local to the debtor."""
    written = text(value)
    try:
        if not _MOMENT.fullmatch(written):
            raise ValueError
        parse_date(written[:10])
        return datetime.fromisoformat(written)
    except ValueError:
        raise wrong(f'"{written}" is not a time', 'write the day and the hour, as in "2026-03-02 09:05"') from None


class _FaultError(Exception):
    """A fault within a happening."""

    def __init__(self, where: Where, problem: str, cure: str) -> None:
        self.where, self.problem, self.cure = where, problem, cure
        super().__init__(problem)


def _checked(where: Where, parse: Callable[[object], T], value: object) -> T:
    try:
        return parse(value)
    except PydanticCustomError as error:
        context = error.context or {}
        raise _FaultError(where, context["problem"], context["cure"]) from None


def _parts(what: What, value: object, *known: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _FaultError((what,), f"is {shape(value)}; it must be a mapping", f"write some of {', '.join(known)}")
    for key in value:
        if key not in known:
            raise _FaultError((what, key), "unknown key", nearest(key, known))
    return value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads happenings; ``steps`` are those that a fee can be waived of."""

    currency: str
    steps: tuple[str, ...]
    ruled: Ruled

    def happening(self, item: object) -> Happening:
        if not isinstance(item, dict):
            raise _FaultError(
                (), f"is {shape(item)}; it must be a mapping", 'write {at: "2026-03-02 09:05", viewed: email}'
            )
        what = _what(item)
        fields: dict[str, Any] = {"at": _checked(("at",), parse_moment, item["at"])}
        if "dated" in item:
            fields["dated"] = _checked(("dated",), parse_date, item["dated"])
        fields |= _PARTS[what](self, what, item[what])
        if "up_at" in fields and fields["up_at"] <= fields["at"]:
            raise _FaultError((what,), f"ends at {item[what]}, before it begins", "write a later time")
        return Happening(what=what, **fields)

    def way(self, what: What, value: object) -> dict[str, Any]:
        return {"channel": Channel(_checked((what,), one_of(WAYS), value))}

    def amount(self, what: What, value: object) -> dict[str, Any]:
        return {"amount": self.money((what,), value)}

    def money(self, where: Where, value: object) -> Money:
        money = _checked(where, lambda given: parse_money(given, self.currency), value)
        if money.minor <= 0:
            raise _FaultError(where, f"{money} is not above zero", "write an amount above zero")
        return money

    def amended(self, what: What, value: object) -> dict[str, Any]:
        parts = _parts(what, value, "amount", "due")
        fields: dict[str, Any] = {}
        if "amount" in parts:
            fields["amount"] = self.money((what, "amount"), parts["amount"])
        if "due" in parts:
            fields["due"] = _checked((what, "due"), parse_date, parts["due"])
        if not fields:
            raise _FaultError((what,), "changes nothing", 'write {amount: "249.00"} or {due: 2026-04-15}')
        return fields

    def note(self, what: What, value: object) -> dict[str, Any]:
        return {"note": _checked((what,), text, value)}

    def disputed(self, what: What, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            return self.note(what, value)
        parts = _parts(what, value, "amount", "reason")
        fields = {"note": _checked((what, "reason"), text, parts.get("reason", ""))}
        return fields | ({"amount": self.money((what, "amount"), parts["amount"])} if "amount" in parts else {})

    def answered(self, what: What, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            return self.note(what, value)
        parts = _parts(what, value, "outcome", "amount", "reply")
        outcome = _checked((what, "outcome"), one_of(DisputeOutcome), parts.get("outcome", ""))
        fields: dict[str, Any] = {"outcome": outcome}
        if (outcome == DisputeOutcome.CREDITED) != ("amount" in parts):
            cure = 'write {outcome: credited, amount: "49.00"}; the other outcomes name no amount'
            raise _FaultError((what, "amount"), "is missing" if "amount" not in parts else "does not belong here", cure)
        if "amount" in parts:
            fields["amount"] = self.money((what, "amount"), parts["amount"])
        if "reply" in parts:
            fields |= {"reply": True, "note": _checked((what, "reply"), text, parts["reply"])}
        return fields

    def agency_closed(self, what: What, value: object) -> dict[str, Any]:
        return {"outcome": _checked((what,), one_of(AgencyOutcome), value)}

    def respite(self, what: What, value: object) -> dict[str, Any]:
        until = _parts(what, value, "until").get("until", "") if isinstance(value, dict) else value
        return {"until": _checked((what,), parse_date, until)}

    def paused(self, what: What, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            return self.note(what, value)
        parts = _parts(what, value, "until", "reason")
        fields: dict[str, Any] = {}
        if "until" in parts:
            fields["until"] = _checked((what, "until"), parse_date, parts["until"])
        if "reason" in parts:
            fields["note"] = _checked((what, "reason"), text, parts["reason"])
        return fields

    def waived(self, what: What, value: object) -> dict[str, Any]:
        return {"step": _checked((what,), one_of(self.steps), value)}

    def moved(self, what: What, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _FaultError((what,), f"is {shape(value)}; it must be a mapping", "write keys of the policy")
        keys = {key: part for key, part in value.items() if key != "when"}
        when = _checked((what, "when"), one_of(When), value.get("when", When.NOW))
        policy, faults = self.ruled(keys)
        if policy is None:
            where, problem, cure = faults[0]
            raise _FaultError((what, *where[1:]), problem, cure)
        return {"policy": policy, "when": When(when)}

    def down(self, what: What, value: object) -> dict[str, Any]:
        until = _parts(what, value, "until").get("until", "") if isinstance(value, dict) else value
        return {"up_at": _checked((what,), parse_moment, until)}


def _what(item: dict[str, Any]) -> What:
    """The one word of the item that tells what happens."""
    for key in item:
        if key not in (*What, "at", "dated"):
            raise _FaultError((key,), "unknown key", nearest(key, ["at", "dated", *What]))
    words = [What(key) for key in item if key in list(What)]
    if len(words) != 1:
        problem = f"tells {' and '.join(words)} at once" if words else "does not tell what happens"
        raise _FaultError((), problem, f"write one of {', '.join(What)}")
    if "at" not in item:
        raise _FaultError(("at",), "is missing", 'add at: "2026-03-02 09:05"')
    if "dated" in item and words[0] not in (What.PAID, What.COLLECTED):
        raise _FaultError(("dated",), f"does not belong to {words[0]}", "leave it out")
    return words[0]


_PARTS: dict[What, Callable[[_Reader, What, object], dict[str, Any]]] = {
    What.DELIVERED: _Reader.way,
    What.BOUNCED: _Reader.way,
    What.REFUSED: _Reader.way,
    What.VIEWED: _Reader.way,
    What.PAID: _Reader.amount,
    What.CREDITED: _Reader.amount,
    What.COLLECTED: _Reader.amount,
    What.AMENDED: _Reader.amended,
    What.WRITTEN_OFF: _Reader.amount,
    What.ACKNOWLEDGED: _Reader.note,
    What.AGENCY_TOLD: _Reader.note,
    What.AGENCY_CLOSED: _Reader.agency_closed,
    What.WITHDRAWAL_CONFIRMED: _Reader.note,
    What.DISPUTED: _Reader.disputed,
    What.ANSWERED: _Reader.answered,
    What.RELEASED: _Reader.note,
    What.STOPPED: _Reader.note,
    What.WITHDRAWN: _Reader.note,
    What.RESPITE: _Reader.respite,
    What.PAUSED: _Reader.paused,
    What.WAIVED: _Reader.waived,
    What.MOVED: _Reader.moved,
    What.DOWN: _Reader.down,
}
