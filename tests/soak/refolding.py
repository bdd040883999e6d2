"""A life told again from what the books hold of it: its journal and its looks, against ``decide`` and nothing else.

Whatever was done must be what the rules say of the facts known then, under the policy of then; and whenever nothing was
done, nothing must have been owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cached_property

from domain.decisions import Decision, End, Note, Send, Wait
from domain.events import Act, Event, Moved, Reserved, Settled, Sought, learn
from domain.facts import ChargeState, Facts, Invoice
from domain.law import Law
from domain.ledger import ledger
from domain.policy import Policy
from domain.rules import decide
from domain.simulation import reserve

SLACK = timedelta(minutes=15)
"""How much later than its moment a look may come: a worker that was killed, or a server that was away, is missed so
long. Clocks are moved on by a minute where a loop waits out a breakdown."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look as the audit has it: what was decided when, on how many events."""

    at: datetime
    seen: int
    decision: Decision


@dataclass(frozen=True)
class Lived:
    """All that the books hold of a life."""

    invoice: Invoice
    law: Law
    began_by: int
    """The policy that it began with."""
    goes_by: int
    """The policy that it goes by now, as the books say."""
    policies: Mapping[int, Policy]
    events: Sequence[Event]
    looks: Sequence[Look]
    """Oldest first."""
    now: datetime
    """What time it is for the case when it is told again."""

    @cached_property
    def stations(self) -> tuple[Station, ...]:
        """What was known, and which policy held, after so many events."""
        stations = [Station(Facts.at_start(self.invoice), self.began_by)]
        for event in self.events:
            goes_by = event.rules.policy if isinstance(event, Moved) else stations[-1].goes_by
            stations.append(Station(learn(stations[-1].facts, event), goes_by))
        return tuple(stations)

    def decided(self, known: int, at: datetime) -> Decision:
        """What the rules say at a moment, when so many events are known."""
        station = self.stations[known]
        return decide(station.facts, self.policies[station.goes_by], self.law, at)


@dataclass(frozen=True, slots=True)
class Station:
    """A life between two events."""

    facts: Facts
    goes_by: int


def differences(lived: Lived) -> Iterator[str]:
    """Whatever in a life is not as the rules would have it, in words; nothing: all is right."""
    try:
        _ = lived.stations
    except KeyError as error:
        yield f"the journal tells what became of {error}, whose place was never taken"
        return
    yield from _acts(lived)
    yield from _looks(lived)
    yield from _waits(lived)
    yield from _end(lived)
    yield from _sums(lived)


def _acts(lived: Lived) -> Iterator[str]:
    """Each act of ours is what the rules say of the facts before it."""
    for known, event in enumerate(lived.events):
        if not isinstance(event, Act) or isinstance(event, Settled | Sought):
            continue  # what a vendor made of a send is no decision of ours
        decided = lived.decided(known, event.at)
        meant = reserve(decided, event.at) if isinstance(decided, Send) else decided
        done = event if isinstance(event, Reserved) else Note(event)
        if done != meant:
            yield f"event {known + 1} is {_told(done)}, and the rules say {_told(meant)}"


def _looks(lived: Lived) -> Iterator[str]:
    """Each look decided what the rules say of what it saw."""
    for look in lived.looks:
        if look.seen > len(lived.events):
            yield f"the look at {look.at} saw {look.seen} events, and there are {len(lived.events)}"
        elif (decided := lived.decided(look.seen, look.at)) != look.decision:
            yield f"the look at {look.at} decided {_told(look.decision)}, and the rules say {_told(decided)}"


def _waits(lived: Lived) -> Iterator[str]:
    """No moment that was waited for passed without a look."""
    nexts = [look.at for look in lived.looks[1:]] + [lived.now]
    for look, following in zip(lived.looks, nexts, strict=False):
        match look.decision:
            case Wait(until=until) if until and following > until + SLACK:
                yield f"at {look.at} it waited until {until}, and was looked at again only at {following}"


def _end(lived: Lived) -> Iterator[str]:
    """It rests as the rules say, and goes by the rules that its journal says."""
    if not lived.looks:
        yield "nobody has looked at it"
        return
    last, known = lived.looks[-1], len(lived.events)
    at = last.at if last.seen == known else max(last.at, lived.events[-1].at)
    decided = lived.decided(known, at)
    if not isinstance(decided, Wait | End):
        yield f"in the end it rests, and the rules say {_told(decided)}"
    if lived.goes_by != lived.stations[-1].goes_by:
        yield f"the books say that it goes by policy {lived.goes_by}, its journal {lived.stations[-1].goes_by}"


def _sums(lived: Lived) -> Iterator[str]:
    """No place is taken twice, no step costs twice, and the money adds up."""
    facts = lived.stations[-1].facts
    places = Counter(send.id for send in facts.sends)
    yield from (f"the place of {place} was taken {times} times" for place, times in places.items() if times > 1)
    costs = Counter((charge.step, charge.kind) for charge in facts.charges)
    yield from (f"{step} costs its {kind} {times} times" for (step, kind), times in costs.items() if times > 1)
    booked = sum(charge.amount.minor for charge in facts.charges if charge.state is ChargeState.BOOKED)
    if booked != facts.charged.minor:
        yield f"charges of {booked} stand, and {facts.charged.minor} is charged"
    posted = facts.invoice.amount.minor + sum(posting.amount.minor for posting in facts.postings)
    if not posted == facts.balance.minor == ledger(facts, lived.law).open.balance.minor:
        yield f"the postings come to {posted}, the ledger to another sum than the balance of {facts.balance}"


def _told(what: object) -> str:
    """A decision or an event with what it holds, short."""
    inner = what.event if isinstance(what, Note) else what
    values = (getattr(inner, one.name) for one in fields(inner))  # type: ignore[arg-type]
    return f"{type(inner).__name__}({', '.join(str(value) for value in values if value not in (None, ()))})"
