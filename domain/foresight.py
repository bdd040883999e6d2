"""What would go out at once: the messages that a person must have seen counted before many cases are set going."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from domain.case import Case
from domain.charge import Added, ChargeKind
from domain.decisions import Note, Send, Wait
from domain.events import learn
from domain.facts import Facts
from domain.law import Law
from domain.policy import Channel, Policy
from domain.rules import decide
from domain.simulation import LONGEST, after_move, obey
from domain.telling import CHANNELS, MESSAGES

Sends = tuple[Send, ...]


def at_once(facts: Facts, policy: Policy, law: Law, now: datetime, moving_to: Policy | None = None) -> Sends:
    """The messages that go out now, or as soon as the contact window opens for this invoice.

    ``moving_to`` are the rules that the facts say the case is still to be moved to.
    """
    opens, sends = _opening(facts, policy, law, now), list[Send]()
    for _ in range(LONGEST):
        match decide(facts, policy, law, now):
            case Send() as send:
                sends.append(send)
                facts = reduce(learn, obey(send, now), facts)
            case Note(event=event) as note:
                facts, rules = learn(facts, event), after_move(note, policy, moving_to)
                opens = opens if rules is policy else max(opens, _opening(facts, rules, law, now))
                policy = rules
            case Wait(until=until, step=step) if until and (step or facts.moving) and now < until <= opens:
                now = until
            case _:
                return tuple(sends)
    raise AssertionError("the rules go round in circles")


def because_of(before: Sends, after: Sends) -> Sends:
    """What goes out at once because something was done: not what would have gone out anyhow."""
    anyhow = {(send.id, send.channel, send.message) for send in before}
    return tuple(send for send in after if (send.id, send.channel, send.message) not in anyhow)


def in_words(send: Send) -> str:
    """What goes out, so that a person sees thousands of the same kind as one: ``reminder by e-mail, fee 60.00 SEK``."""
    by = "" if send.channel is Channel.COLLECTION else f" by {CHANNELS[send.channel]}"
    return f"{MESSAGES[send.message]}{by}{''.join(map(_charge, send.charges))}"


@dataclass(slots=True)
class Foreseen:
    """Of many invoices, how many messages go out at once, by what they are."""

    invoices: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def messages(self) -> int:
        """How many go out at once."""
        return self.kinds.total()

    def add(self, sends: Iterable[Send]) -> None:
        """One more invoice, and what goes out for it."""
        self.invoices += 1
        self.kinds.update(map(in_words, sends))

    def rows(self) -> list[tuple[str, int]]:
        """What goes out and how often, the most frequent first."""
        return sorted(self.kinds.items(), key=lambda kind: (-kind[1], kind[0]))


def _opening(facts: Facts, policy: Policy, law: Law, now: datetime) -> datetime:
    """When this invoice's contact window is open: now, or the next time it opens."""
    case = Case.at(facts, policy, law, now)
    opens = case.window.fit(case.now)
    return case.until(opens) if opens > case.now else now


def _charge(added: Added) -> str:
    """A charge; interest is another sum for each."""
    if added.kind is ChargeKind.INTEREST:
        return ", with interest"
    return f", {added.kind} {added.amount} {added.amount.currency}"
