"""Time, folded: the life a story makes, and the plan from here if nothing happens.

Both call the same ``decide`` that runs in production, and obey it as if every message went out at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from domain.decisions import Decision, End, Note, Recall, Reconcile, Send, Wait
from domain.events import BookedThrough, Event, Moved, Reserved, Settled, learn
from domain.facts import Facts, Invoice
from domain.law import Law
from domain.policy import Policy
from domain.rules import decide
from domain.stories import Happening, event_of
from domain.words import Reason, Status

LONGEST = 1_000
"""More decisions than any life needs. Reaching it means that the rules go round in circles."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that will be done at a moment if nothing happens before."""

    at: datetime
    decision: Send | Note
    spared: bool = False
    """Whether it waited a day because the customer had got a dunning SMS."""


def reserve(send: Send, at: datetime) -> Reserved:
    """The event that takes a send's place."""
    return Reserved(
        at=at,
        send=send.id,
        channel=send.channel,
        message=send.message,
        reason=send.reason,
        total=send.total,
        pay_by=send.pay_by,
        charges=send.charges,
    )


def obey(decision: Send | Note, at: datetime) -> tuple[Event, ...]:
    """What is known after a decision was carried out without a hitch."""
    if isinstance(decision, Note):
        return (decision.event,)
    return reserve(decision, at), Settled(at=at, send=decision.id, status=Status.SENT)


def plan(facts: Facts, policy: Policy, law: Law, now: datetime, moving_to: Policy | None = None) -> tuple[Planned, ...]:
    """What will be done, and when, if nothing happens but that the bank sends its files.

    ``moving_to`` are the rules that the facts say the case is still to be moved to.
    """
    planned: list[Planned] = []
    spared = False
    for _ in range(LONGEST):
        decision = decide(facts, policy, law, now)
        if isinstance(decision, Send | Note):
            planned.append(Planned(now, decision, spared=spared))
            spared = False
            policy = after_move(decision, policy, moving_to)
            for event in obey(decision, now):
                facts = learn(facts, event)
        elif isinstance(decision, Wait) and decision.until:
            now, spared = decision.until, decision.reason is Reason.CONTACTED_TODAY
            if decision.reason is Reason.AWAITING_BOOKING:
                facts = learn(facts, BookedThrough(at=now, day=law.calendar.wall(now).date()))
        else:
            return tuple(planned)
    raise AssertionError("the plan has no end")


def after_move(decision: Decision, policy: Policy, moving_to: Policy | None) -> Policy:
    """The rules that hold after a decision: others, if it is the move to them.

    Raises:
        AssertionError: nobody has said which they are.
    """
    if not isinstance(decision, Note) or not isinstance(decision.event, Moved):
        return policy
    if moving_to is None:
        raise AssertionError("a case moves to rules that nobody has at hand")
    return moving_to


def simulate(
    invoice: Invoice, policy: Policy, law: Law, happens: Sequence[Happening], start: datetime | None = None
) -> tuple[Event, ...]:
    """The events of a whole life. It starts at an aware moment, by default when the day of issue begins."""
    midnight = law.calendar.moment(datetime.combine(invoice.issued, time.min))
    simulation = Simulation(invoice, policy, law, start or midnight)
    return simulation.run(happens)


class Simulation:
    """One life in virtual time."""

    def __init__(self, invoice: Invoice, policy: Policy, law: Law, start: datetime) -> None:
        self.policy, self.law, self.now = policy, law, start
        self.moving_to: Policy | None = None
        self.facts = Facts.at_start(invoice)
        self.events: list[Event] = []

    def run(self, happens: Sequence[Happening]) -> tuple[Event, ...]:
        """Everything that happens, until nothing more can."""
        world = deque(sorted(happens, key=lambda happening: happening.at))
        timer = self.look()
        while world or timer:
            if timer and (not world or timer < self.law.calendar.moment(world[0].at)):
                self.now = timer
            elif not self._meet(world) and timer:
                continue
            timer = self.look()
        return tuple(self.events)

    def look(self) -> datetime | None:
        """Decide and obey until there is only waiting left; the moment to wait for."""
        for _ in range(LONGEST):
            decision: Decision = decide(self.facts, self.policy, self.law, self.now)
            match decision:
                case Send() | Note():
                    for event in obey(decision, self.now):
                        self.learn(event)
                    self.policy = after_move(decision, self.policy, self.moving_to)
                case Wait(until=until):
                    return until
                case End() | Reconcile() | Recall():
                    return None
        raise AssertionError("the life has no end")

    def learn(self, event: Event) -> None:
        """One more event."""
        self.facts = learn(self.facts, event)
        self.events.append(event)

    def _meet(self, world: deque[Happening]) -> bool:
        """Let the next happening happen, or a whole outage; whether it wakes."""
        happening = world.popleft()
        self._advance(happening.at)
        if happening.up_at is None:
            return self._hear(happening)
        missed, up_at = [], happening.up_at
        while world and world[0].at < up_at:
            missed.append(world.popleft())
            up_at = max(up_at, missed[-1].up_at or up_at)
        self._advance(up_at)
        for happening in missed:
            self._hear(happening)
        return True

    def _advance(self, wall: datetime) -> None:
        self.now = max(self.now, self.law.calendar.moment(wall))

    def _hear(self, happening: Happening) -> bool:
        event = event_of(happening, self.facts, self.now)
        if event is None:
            return False
        self.moving_to = happening.policy or self.moving_to
        self.learn(event)
        return event.wakes
