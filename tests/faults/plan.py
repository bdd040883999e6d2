"""What goes wrong in whose life: made from a seed, so that the same seed has the same lives and the same faults."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from domain.policy import Channel
from domain.words import COLLECTION, DISTRIBUTION, reminder_step


class Seat(Enum):
    """Who sends: each has a journal of its own."""

    SENDGRID = "e-mail, SendGrid"
    SMTP = "e-mail, SMTP"
    TWILIO = "SMS, Twilio"
    PRINT_HOUSE = "letter, print house"
    PINGEN = "letter, Pingen"
    OUTBOX = "collection, outbox"

    @property
    def channel(self) -> Channel:
        return _CHANNELS[self]


_CHANNELS = {
    Seat.SENDGRID: Channel.EMAIL,
    Seat.SMTP: Channel.EMAIL,
    Seat.TWILIO: Channel.SMS,
    Seat.PRINT_HOUSE: Channel.LETTER,
    Seat.PINGEN: Channel.LETTER,
    Seat.OUTBOX: Channel.COLLECTION,
}
CALLING = (Seat.SENDGRID, Seat.TWILIO)
"""Who calls back."""


class Kill(Enum):
    """Where a process gets SIGKILL."""

    PLACED = "1 place taken"
    RENDERED = "2 rendered, not kept"
    KEPT = "3 kept, vendor not asked"
    ACCEPTED = "4 accepted, answer not read"
    ANSWERED = "5 answered, not settled"
    SETTLED = "6 settled, activity not completed"
    SOUGHT = "7 evidence found, not settled"
    POSTED = "8 post kept, not read (gateway)"
    LOOKED = "9 look written, server not told"


class Break(Enum):
    """What a vendor does when it is asked to send."""

    REFUSED = "connection refused"
    RESET_BEFORE = "reset before accepting"
    RESET_AFTER = "reset after accepting"
    TIMEOUT_AFTER = "timeout after accepting"
    BUSY = "429"
    ERROR_BEFORE = "500 before accepting"
    ERROR_AFTER = "500 after accepting"
    GARBAGE_BEFORE = "garbage, not accepted"
    GARBAGE_AFTER = "garbage, accepted"
    SLOW = "slow"


class Call(Enum):
    """What becomes of a vendor's calls back."""

    TWICE = "webhooks doubled"
    LATE = "webhooks delayed"
    MIXED = "webhooks in reverse"
    LOST = "webhooks dropped"
    LAST_LOST = "answer lost, last webhook dropped"


class Weather(Enum):
    """What goes wrong for everybody at once."""

    DATABASE = "database cut"
    TEMPORAL = "Temporal stopped and restarted"
    CALLS_WITHOUT_TEMPORAL = "webhooks while Temporal is down"
    CALLS_WITHOUT_DATABASE = "webhooks while the database is down"


Kind = Kill | Break | Call

KILLS: dict[Kill, Sequence[Seat]] = {
    **dict.fromkeys(Kill, tuple(Seat)),
    Kill.ACCEPTED: (Seat.SENDGRID, Seat.SMTP, Seat.TWILIO, Seat.PRINT_HOUSE, Seat.PINGEN),
    Kill.POSTED: CALLING,
}
"""A folder of ours has no answer to be lost, and only who calls back can be heard by the gateway."""
_HTTP = (Seat.SENDGRID, Seat.TWILIO, Seat.PINGEN)
_OUTSIDE = (*_HTTP, Seat.SMTP, Seat.PRINT_HOUSE)
BREAKS: dict[Break, Sequence[Seat]] = {
    **dict.fromkeys(Break, _OUTSIDE),
    Break.BUSY: (*_HTTP, Seat.SMTP),
    Break.ERROR_BEFORE: _HTTP,
    Break.ERROR_AFTER: _HTTP,
    Break.GARBAGE_BEFORE: _HTTP,
    Break.GARBAGE_AFTER: (*_HTTP, Seat.SMTP),
}
"""A mail server that answers 4xx or 5xx has not taken the message, and files have no answers of HTTP."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, once, the first time that this life's step is sent there."""

    id: str
    kind: Kind
    seat: Seat
    step: str


@dataclass(frozen=True)
class Story:
    """What the world does, and which steps must have reached somebody, or asked a person, by its end."""

    name: str
    happens: Sequence[tuple[str, str]]
    must: Sequence[str]
    bounces: Sequence[tuple[Channel, str]] = ()
    """Which messages come back."""


FIRST, SECOND = reminder_step(0), reminder_step(1)
SILENT = Story("silent", [("2026-03-20 10:00", "paid")], [DISTRIBUTION])
BOUNCED = Story(
    "bounced",
    [("2026-03-20 10:00", "paid")],
    [DISTRIBUTION],
    [(Channel.EMAIL, DISTRIBUTION), (Channel.SMS, DISTRIBUTION)],
)
REMINDED = Story("reminded", [("2026-03-03 12:00", "viewed"), ("2026-04-16 10:00", "paid")], [DISTRIBUTION, FIRST])
FALLBACK = Story(
    "reminded by letter",
    [("2026-03-03 12:00", "viewed"), ("2026-04-16 10:00", "paid")],
    [DISTRIBUTION, FIRST],
    [(Channel.EMAIL, FIRST)],
)
RECALLED = Story(
    "paid before the print",
    [("2026-03-02 11:30", "paid")],
    [],
    [(Channel.EMAIL, DISTRIBUTION), (Channel.SMS, DISTRIBUTION)],
)
COLLECTED = Story(
    "collected",
    [("2026-03-03 12:00", "viewed"), ("2026-06-15 10:00", "collected")],
    [DISTRIBUTION, FIRST, SECOND, COLLECTION],
)

SCENES: dict[Seat, Sequence[tuple[Story, str]]] = {
    Seat.SENDGRID: [(SILENT, DISTRIBUTION), (REMINDED, FIRST), (BOUNCED, DISTRIBUTION), (FALLBACK, FIRST)],
    Seat.SMTP: [(SILENT, DISTRIBUTION), (REMINDED, FIRST)],
    Seat.TWILIO: [(SILENT, DISTRIBUTION), (BOUNCED, DISTRIBUTION), (COLLECTED, SECOND)],
    Seat.PRINT_HOUSE: [(SILENT, DISTRIBUTION), (FALLBACK, FIRST), (BOUNCED, DISTRIBUTION), (RECALLED, DISTRIBUTION)],
    Seat.PINGEN: [(SILENT, DISTRIBUTION), (FALLBACK, FIRST), (BOUNCED, DISTRIBUTION), (RECALLED, DISTRIBUTION)],
    Seat.OUTBOX: [(COLLECTED, COLLECTION)],
}
"""In which stories, and at which step, something is sent there."""


@dataclass(frozen=True)
class Life:
    """One invoice: its story, who carries its e-mails, and what goes wrong."""

    number: str
    story: Story
    mail: Seat
    letters: Seat
    faults: Sequence[Fault] = ()
    row: str = ""
    where: str = ""
    """The channel of its row in the table."""
    mute: bool = False
    """Whether vendors call back about what was in trouble; if not, only asking tells."""

    @property
    def index(self) -> int:
        return int(self.number[1:])

    @property
    def email(self) -> str:
        return f"kim{self.index}@customer.example"

    @property
    def phone(self) -> str:
        return f"+467017{self.index:05d}"

    def seat(self, channel: Channel) -> Seat:
        """Who carries this life's messages on a channel."""
        return {Channel.EMAIL: self.mail, Channel.LETTER: self.letters}.get(channel) or _BY_CHANNEL[channel]

    def fault(self, seat: Seat, step: str, kinds: type[Kill] | type[Break] | type[Call]) -> Iterator[Fault]:
        """What may go wrong here."""
        return (f for f in self.faults if f.seat is seat and f.step == step and isinstance(f.kind, kinds))


_BY_CHANNEL = {seat.channel: seat for seat in (Seat.TWILIO, Seat.OUTBOX)}


@dataclass(frozen=True)
class Plan:
    """All lives of a run, by number; and who of them live in bad weather."""

    seed: int
    lives: dict[str, Life]
    weather: dict[Weather, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fuses:
    """Which faults have struck: a file each, so that every process knows and each strikes once."""

    folder: Path

    def blow(self, fault: Fault) -> bool:
        """Whether it is ours to strike."""
        try:
            os.close(os.open(self.folder / fault.id, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        return True

    def blown(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


def cells() -> Iterator[tuple[Kind, Seat]]:
    """Every fault on every channel that can have it."""
    for kill, seats in KILLS.items():
        yield from ((kill, seat) for seat in seats)
    for broken, seats in BREAKS.items():
        yield from ((broken, seat) for seat in seats)
    for call in Call:
        yield from ((call, seat) for seat in CALLING)


STORM = "storm: three faults at random"
CALM = "none"


def make_plan(seed: int, lives: int) -> Plan:
    """About as many lives as were asked for: every cell the same number, the rest in bad weather and in storms."""
    chance, all_cells = random.Random(seed), list(cells())
    each = max(1, (lives * 3 // 4) // len(all_cells))
    rest = max(len(Weather) + 2, lives - each * len(all_cells))
    made: list[Life] = []
    for kind, seat in all_cells:
        made += [_troubled(chance, len(made) + nth, kind, seat) for nth in range(each)]
    weather: dict[Weather, Sequence[str]] = {}
    for kind_of in Weather:
        some = [_in_weather(chance, len(made) + nth, kind_of) for nth in range(max(1, rest // (len(Weather) + 2)))]
        weather[kind_of] = [life.number for life in some]
        made += some
    made += [_in_storm(chance, len(made) + nth) for nth in range(max(1, rest // 3))]
    return Plan(seed, {life.number: life for life in made}, weather)


def small_plan(seed: int, seats: Sequence[Seat]) -> Plan:
    """Each kill point once, on these channels in turn, as far as they have it."""
    chance = random.Random(seed)
    turns = [[seat for seat in KILLS[kill] if seat in seats] for kill in Kill]
    chosen = [
        (kill, there[nth % len(there)]) for nth, (kill, there) in enumerate(zip(Kill, turns, strict=True)) if there
    ]
    made = [_troubled(chance, index, kill, seat) for index, (kill, seat) in enumerate(chosen)]
    return Plan(seed, {life.number: life for life in made})


def _number(index: int) -> str:
    return f"8{index:05d}"


def _mail(chance: random.Random, seat: Seat) -> Seat:
    return seat if seat.channel is Channel.EMAIL else chance.choice((Seat.SENDGRID, Seat.SMTP))


def _letters(chance: random.Random, seat: Seat) -> Seat:
    return seat if seat.channel is Channel.LETTER else chance.choice((Seat.PRINT_HOUSE, Seat.PINGEN))


def faults_of(number: str, kind: Kind, seat: Seat, step: str) -> list[Fault]:
    """A fault, and where it needs one, the fault that leads up to it."""
    found = [Fault(f"{number}.{kind.name}.{seat.name}.{step}", kind, seat, step)]
    if kind is Call.LAST_LOST:
        lost: Kind = Break.TIMEOUT_AFTER if int(number) % 2 else Kill.ACCEPTED
        found.append(Fault(f"{number}.{lost.name}.{seat.name}.{step}", lost, seat, step))
    if kind is Kill.SOUGHT:
        first: Kind = Kill.ANSWERED if seat is Seat.OUTBOX else Break.RESET_AFTER
        found.append(Fault(f"{number}.{first.name}.{seat.name}.{step}", first, seat, step))
    return found


def _troubled(chance: random.Random, index: int, kind: Kind, seat: Seat) -> Life:
    number, (story, step) = _number(index), chance.choice(SCENES[seat])
    mute = chance.random() < 0.5 and kind is not Kill.POSTED and not isinstance(kind, Call)
    faults = faults_of(number, kind, seat, step)
    mail, letters = _mail(chance, seat), _letters(chance, seat)
    return Life(number, story, mail, letters, faults, kind.value, seat.value, mute)


def _in_weather(chance: random.Random, index: int, weather: Weather) -> Life:
    calls = weather in (Weather.CALLS_WITHOUT_TEMPORAL, Weather.CALLS_WITHOUT_DATABASE)
    story = BOUNCED if calls else chance.choice((SILENT, BOUNCED, REMINDED, FALLBACK))
    mail = Seat.SENDGRID if calls else _mail(chance, Seat.TWILIO)
    return Life(_number(index), story, mail, _letters(chance, Seat.TWILIO), (), weather.value, "all")


def _in_storm(chance: random.Random, index: int) -> Life:
    number, mail, letters = _number(index), _mail(chance, Seat.TWILIO), _letters(chance, Seat.TWILIO)
    story = chance.choice((SILENT, BOUNCED, REMINDED, FALLBACK, COLLECTED))
    scenes = [(seat, step) for seat, plays in SCENES.items() for play, step in plays if play is story]
    others = {Seat.SENDGRID, Seat.SMTP, Seat.PRINT_HOUSE, Seat.PINGEN} - {mail, letters}
    scenes = [(seat, step) for seat, step in scenes if seat not in others]
    faults: dict[str, Fault] = {}
    for kind, seat in chance.sample(list(cells()), 40):
        steps = [step for there, step in scenes if there is seat]
        if steps and len(faults) < 3:
            faults |= {fault.id: fault for fault in faults_of(number, kind, seat, chance.choice(steps))}
    return Life(number, story, mail, letters, list(faults.values()), STORM, "all", chance.random() < 0.5)


def moment(text: str) -> datetime:
    """A wall time of the debtor."""
    return datetime.fromisoformat(text)
