"""The shape of a country's law for one kind of debtor: dated values, each with its source and how surely we know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from domain.calendar import Calendar, Hours, Span, Unit
from domain.law.caps import Cap
from domain.law.retention import Keeping
from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind, Message

T = TypeVar("T")

READ = date(2026, 11, 21)
"""The day on which most sources were read."""


class Known(StrEnum):
    """How a value is known."""

    PRIMARY = "read in an official or primary source"
    SECONDARY = "read in a secondary source"
    MEMORY = "from memory, to be checked"
    UNKNOWN = "looked for, not found"


FIRM = frozenset({Known.PRIMARY, Known.SECONDARY})
"""What may add to a debt. A limit from memory still limits; a right from memory charges nobody."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: the reference shown to people, and how we know it."""

    ref: str
    known: Known
    note: str = ""
    link: str = ""
    read: date = READ

    def __str__(self) -> str:
        return self.ref


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """What holds from a day on; None where there is nothing, or nobody could tell us: the source says which."""

    since: date
    value: T | None
    source: Source


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value through time, oldest first. A new figure is a new line; old cases keep theirs."""

    values: tuple[Value[T], ...] = ()

    def on(self, day: date) -> Value[T] | None:
        """The line that held on a day; None before the first."""
        for line in reversed(self.values):
            if line.since <= day:
                return line
        return None

    def at(self, day: date) -> T | None:
        """What held on a day, however it is known; None: nothing, or unknown."""
        line = self.on(day)
        return line.value if line else None

    def firm(self, day: date) -> Value[T] | None:
        """The line that held on a day if it may add to a debt."""
        line = self.on(day)
        return line if line and line.value is not None and line.source.known in FIRM else None


def since(day: date, value: T | None, source: Source) -> Dated[T]:
    """One value, from a day on."""
    return Dated((Value(day, value, source),))


LONG_AGO = date(2000, 1, 1)
"""The first day of a rule older than any invoice we carry."""


class Counted(StrEnum):
    """From when a term is counted. Its first day is the day after."""

    SENDING = "sending"
    RECEIPT = "receipt"
    DAY_AFTER_RECEIPT = "the day after receipt"


@dataclass(frozen=True, slots=True)
class Term:
    """Time that a debtor must be given: so many whole days, of which kind, counted from when."""

    days: int
    unit: Unit = Unit.DAYS
    counted: Counted = Counted.SENDING

    def __str__(self) -> str:
        return f"{Span(self.days, self.unit)} from {self.counted}"


@dataclass(frozen=True, slots=True)
class FeeLaw:
    """What a country demands of a fee for a message. An empty ``Dated``: the law sets no such limit."""

    cap: Dated[Cap]
    """The most that one may cost. No line, or None in it: unknown, so nothing is charged."""
    needs_agreement: Dated[bool] = Dated()
    """It must have been agreed no later than when the debt arose."""
    needs_writing: Dated[bool] = Dated()
    """Only a message in writing may cost; an SMS is not taken as writing."""
    count: Dated[int] = Dated()
    """How many may cost, in total."""
    usual: Dated[int] = Dated()
    """How many practice accepts; more is unwise."""
    not_before: Dated[int] = Dated()
    """Whole calendar days after the due date before one may cost."""
    spacing: Dated[int] = Dated()
    """Calendar days from one that costs to the next."""
    told_before_due: Dated[int] = Dated()
    """The debtor must have been told of the due date so many calendar days before it."""
    free_first: Dated[tuple[Term, ...]] = Dated()
    """A free message in writing comes first, and this time after it must be over; ``()``: it need only have come."""


@dataclass(frozen=True, slots=True)
class ReminderLaw(FeeLaw):
    """Reminders: their fee, and the new due date that each must set."""

    new_due: Dated[int] = Dated()
    """Each reminder prints a new due date at least so many calendar days after it is sent."""


class DayCount(StrEnum):
    """What a year's interest is divided by."""

    ACTUAL_365 = "actual days / 365"
    ACTUAL_ACTUAL = "actual days / 365, in leap years 366"


class Start(StrEnum):
    """What late interest runs from, always from the day after."""

    DUE = "the due date"
    NOTICE = "the first reminder"


@dataclass(frozen=True, slots=True, eq=False)
class InterestLaw:
    """Late interest, simple, on the open principal. Percent a year: the reference rate of the day and the points."""

    reference: Dated[Decimal] = Dated()
    points: Dated[Decimal] = Dated()
    starts: Dated[Start] = Dated()
    day_count: Dated[DayCount] = Dated()
    fixed: Dated[bool] = Dated()
    """The reference rate of the first day holds until the debt is paid."""


@dataclass(frozen=True, slots=True)
class DemandLaw(FeeLaw):
    """A creditor's own demand, the last before collection or court. ``term`` empty: there is no such thing here."""

    term: Dated[tuple[Term, ...]] = Dated()
    """The time to pay or object that it must give."""


@dataclass(frozen=True, slots=True)
class CollectionLaw:
    """What must come before a claim is handed over, and what handing over may cost."""

    notice: Dated[tuple[Term, ...]] = Dated()
    """A written notice that collection follows, and its time; the last reminder is this notice."""
    fee: FeeLaw = FeeLaw(Dated())
    """What handing over may cost the debtor."""


class Part(StrEnum):
    """What a debt is made of."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    COSTS = "costs"


class Who(StrEnum):
    """Who may send a message."""

    CREDITOR = "the creditor"
    AGENCY = "a collection agency only"


class Statement(StrEnum):
    """What a message must say. Each is found again in the rendered message before it goes out."""

    CREDITOR = "who claims"
    CONTACT = "where to reach the creditor"
    NUMBER = "which invoice, of which day"
    ORIGINAL_DUE = "the original due date"
    PRINCIPAL = "the principal"
    COSTS = "each cost apart"
    FEE_BASIS = "why a fee may be charged"
    INTEREST = "the interest that has accrued"
    INTEREST_RATE = "the rate of interest, from when and on what"
    TOTAL = "what is to be paid"
    PAY_BY = "the last day to pay"
    PAY_TO = "where to pay"
    OBJECT = "how to object"
    COLLECTION_FOLLOWS = "that collection follows, and may cost"
    LEGAL_FOLLOWS = "that legal recovery may follow, and cost"
    COMPLAINT_BOARD = "the right to a complaint board"
    TERM = "the term as the law words it"
    COST_IF_UNPAID = "what it will cost if unpaid"
    COMPENSATION = "the compensation for late payment"


@dataclass(frozen=True, slots=True)
class ContactLaw:
    """When a debtor may be contacted. No line: the law says nothing, and the merchant's hours hold."""

    weekdays: Dated[Hours] = Dated()
    saturdays: Dated[Hours] = Dated()
    """For display: we contact nobody on a day that is no bank day."""


PRINCIPAL_FIRST = (Part.PRINCIPAL, Part.INTEREST, Part.COSTS)
"""The order in the debtor's favour: what is paid first bears no more interest."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """One country and one kind of debtor, as one literal."""

    country: str
    kind: DebtorKind
    names: Mapping[str, str]
    """The country's name, by language; English at least."""
    currency: str
    calendar: Calendar
    about: str
    reminders: ReminderLaw
    on_time: Source
    """Why a payment on the first bank day after a due date that is none is on time."""
    dispute: Source
    """Why a dispute stops everything."""
    contact: ContactLaw = ContactLaw()
    demand: DemandLaw = DemandLaw(Dated())
    interest: InterestLaw = InterestLaw()
    compensation: Dated[Cap] = Dated()
    """Fixed compensation for the creditor's costs, once an invoice; fees count towards it."""
    collection: CollectionLaw = CollectionLaw()
    allocation: Dated[tuple[Part, ...]] = Dated()
    """What a payment covers first. Not firmly known: the principal, then interest, then costs."""
    letter_days: Dated[int] = Dated()
    """Bank days after which a letter counts as received; e-mail at once."""
    may_send: Mapping[Message, Dated[Who]] = field(default_factory=dict)
    """Who may send what; not named: the creditor."""
    must_state: Mapping[Message, Dated[tuple[Statement, ...]]] = field(default_factory=dict)
    """What a message must say."""
    books: Dated[Keeping] = Dated()
    """How long a merchant of this country keeps what it books; a new line holds for all that is still kept."""
    sources: tuple[str, ...] = ()

    def allocates(self, day: date) -> tuple[Part, ...]:
        """What a payment covers first."""
        firm = self.allocation.firm(day)
        return (firm.value if firm else None) or PRINCIPAL_FIRST

    def creditor_may_send(self, message: Message, day: date) -> bool:
        """Whether the creditor itself, or we in its name, may send a message."""
        who = self.may_send.get(message)
        return who is None or who.at(day) is not Who.AGENCY

    def last_day(self, terms: tuple[Term, ...], sent: date, channel: Channel) -> date:
        """The last day of all these terms, for a message sent on a day."""
        return max((self._last_day(term, sent, channel) for term in terms), default=sent)

    def compensation_of(self, principal: Money, day: date) -> Money | None:
        """The fixed compensation for a principal, if it may be charged."""
        firm = self.compensation.firm(day)
        return firm.value.of(principal, Channel.LETTER) if firm and firm.value else None

    def _last_day(self, term: Term, sent: date, channel: Channel) -> date:
        start = sent
        if term.counted is not Counted.SENDING and channel is Channel.LETTER:
            start = self.calendar.add(start, Span(self.letter_days.at(sent) or 0, Unit.BANK_DAYS))
        if term.counted is Counted.DAY_AFTER_RECEIPT:
            start += timedelta(days=1)
        return self.calendar.add(start, Span(term.days, term.unit))
