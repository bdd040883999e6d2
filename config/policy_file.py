"""A merchant's policy as it is written: which keys there are, what each means, and the domain value it becomes.

The docstrings and examples here are what editors show (``config/schema.py``) and what errors suggest.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from config.file_model import FileModel, list_unless, unless
from config.problems import wrong
from config.values import (
    Amount,
    ContactHours,
    DebtorCountry,
    Fee,
    Lag,
    Minutes,
    Name,
    Text,
    Wait,
    Yes,
    parse_hours,
    word_of,
)
from domain.calendar import Span, Unit
from domain.money import Money
from domain.policy import (
    Anchor,
    Channel,
    Claim,
    Collection,
    FeeRemainder,
    Otherwise,
    Policy,
    Reminder,
    Rung,
    Signal,
)
from domain.words import DebtorKind

WAYS = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
HOURS = parse_hours("09:00-19:00")
KINDS = tuple(map(str, DebtorKind))


def _rung(value: object) -> object:
    """Take ``email`` for ``{channel: email}``."""
    return {"channel": value} if isinstance(value, str) else value


Way = Annotated[str, *word_of(WAYS)]
Whom = Annotated[str, *word_of(DebtorKind)]


class RungFile(FileModel):
    """One channel of a step."""

    channel: Annotated[Way, Field(examples=["email"])]
    """Which way the message goes: email, sms or letter."""
    viewed_within: Wait | None = None
    """How long to wait for somebody to view before the next channel follows. Without it the next one is used only when
    this one fails for good."""

    def rung(self) -> Rung:
        """Return the domain's rung."""
        return Rung(Channel(self.channel), self.viewed_within)


Rungs = tuple[Annotated[RungFile, BeforeValidator(_rung, json_schema_input_type=Way | RungFile)], ...]


class DueReminderFile(FileModel):
    """The friendly message on the due day."""

    channels: Annotated[Rungs, Field(min_length=1, examples=[["email", "sms"]])]
    """The channels to use, in order; the next one only when one fails for good, or has its own viewed_within."""


class StepFile(FileModel):
    """Something that comes so long after the due date or after the step before."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["after_due"]}, {"required": ["after_previous"]}]}
    )

    after_due: Wait | None = None
    """So long after the due date (the one printed last)."""
    after_previous: Wait | None = None
    """So long after the step before was first sent."""

    @model_validator(mode="after")
    def _has_one_anchor(self) -> StepFile:
        if (self.after_due is None) == (self.after_previous is None):
            problem = "needs to know when" if self.after_due is None else "has both after_due and after_previous"
            raise wrong(problem, 'write either "after_due: 5 days" or "after_previous: 10 days"')
        return self

    def anchor(self) -> Anchor:
        """Return what the wait counts from."""
        return Anchor.AFTER_DUE if self.after_due else Anchor.AFTER_PREVIOUS

    def wait(self) -> Span:
        """Return how long it waits."""
        return self.after_due or self.after_previous or Span(0)


class ReminderFile(StepFile):
    """A reminder that the invoice is overdue."""

    fee: Fee | None = None
    """What it costs the customer: an amount, or legal for the most that the law allows. Without it, nothing."""
    channels: Annotated[Rungs, Field(min_length=1, examples=[["email", "letter"]])]
    """The channels to use, in order; the next one only when one fails for good, or has its own viewed_within."""
    time_to_pay: Wait | None = None
    """How long the customer gets. Without it: until the day before the next step."""
    demand: Yes = False
    """Whether it is your own formal demand, the last before collection. Only the last reminder can be."""

    def reminder(self, currency: str) -> Reminder:
        """Return the domain's reminder."""
        return Reminder(
            anchor=self.anchor(),
            wait=self.wait(),
            fee=self.fee if isinstance(self.fee, Money) else Money.zero(currency),
            rungs=tuple(item.rung() for item in self.channels),
            time_to_pay=self.time_to_pay,
            legal_fee=self.fee is Claim.LEGAL,
            demand=self.demand,
        )


class CollectionFile(StepFile):
    """The hand-over of the claim to a collection agency."""

    agency: Annotated[Name, Field(examples=["outbox"])]
    """Which agency; "outbox" shows what would be handed over and hands over nothing."""
    called: Annotated[Text, Field(examples=["Nordinkasso AB"])] | None = None
    """What customers know the agency as: they read it in the last reminder and on the invoice page."""
    minimum: Amount | None = None
    """From which open amount on, fees apart, a claim is handed over."""
    fee: Amount | None = None
    """What handing over costs the customer, where the law allows it."""
    undisputed_only: Yes = False
    """Whether an invoice that was ever disputed is never handed over."""
    acknowledged_within: Wait | None = None
    """How long the agency has to say that it took the claim, before a person is asked."""

    def collection(self, currency: str) -> Collection:
        """Return the domain's hand-over."""
        return Collection(
            anchor=self.anchor(),
            wait=self.wait(),
            agency=self.agency,
            minimum=self.minimum or Money.zero(currency),
            fee=self.fee,
            undisputed_only=self.undisputed_only,
            called=self.called or "",
            acknowledged_within=self.acknowledged_within,
        )


class PolicyFile(FileModel):
    """What happens to an invoice, and when."""

    debtors: Annotated[tuple[Whom, ...], Field(min_length=1)] = KINDS
    """The kinds of customers that the policy is for: consumer, company. Their law is what it is checked against."""
    contact_hours: ContactHours = HOURS
    """When customers may be contacted, local time, on weekdays that are not holidays. The law may narrow it."""
    spread: Minutes = 0
    """Sends of many invoices are spread over this time after the contact hours begin."""
    fee_agreed: Yes = False
    """Whether the contract says that a reminder costs. Swedish fees need it."""
    interest: Annotated[str, *word_of(Claim)] = "none"
    """Late interest: none, or legal, at the rate that the law gives."""
    compensation: Annotated[str, *word_of(Claim)] = "none"
    """The fixed compensation that companies owe for paying late: none, or legal. Fees count towards it."""
    distribution: Annotated[Rungs, Field(examples=[["email", "letter"]])]
    """How the invoice reaches the customer: the channels in order, each with how long to wait for a view."""
    due_reminder: Annotated[DueReminderFile | None, unless("none"), Field(examples=["none"])]
    """A friendly message on the due day, or: none."""
    reminders: Annotated[tuple[ReminderFile, ...], Field(examples=[[]])]
    """The reminders, in order; an empty list for none."""
    collection: Annotated[CollectionFile | None, unless("never"), Field(examples=["never"])]
    """When the claim goes to a collection agency, or: never."""
    settlement_lag: Lag = Span(1, Unit.BANK_DAYS)
    """How long money is on its way: so long after the due date the first reminder waits at least."""
    tolerance: Amount | None = None
    """A rest up to this amount counts as paid."""
    fee_remainder: Annotated[str, *word_of(FeeRemainder)] = "write_off"
    """What happens when only fees are left unpaid."""
    if_unreachable: Annotated[str, *word_of(Otherwise)] = "ask"
    """What happens when no channel reached the customer: ask a person, or wait."""
    if_exhausted: Annotated[str, *word_of(Otherwise)] = "ask"
    """What happens when all steps are done and it is still unpaid: ask a person, or wait."""
    receipt: Annotated[Rungs, list_unless("none")] = ()
    """The channels that tell the customer that the money arrived, or: none."""
    view_signals: dict[DebtorCountry, tuple[Annotated[str, *word_of(Signal)], ...]] = Field(default_factory=dict)
    """By the customer's country: whether an opened e-mail (open) or a followed link (click) counts as viewed. Machines
    do both, so where a country is not named neither counts; the invoice page tells by itself when a person looks."""

    def policy(self, currency: str) -> Policy:
        """Return the domain's policy."""
        return Policy(
            currency=currency,
            contact_hours=self.contact_hours,
            distribution=tuple(item.rung() for item in self.distribution),
            due_reminder=tuple(item.rung() for item in self.due_reminder.channels) if self.due_reminder else (),
            reminders=tuple(item.reminder(currency) for item in self.reminders),
            collection=self.collection.collection(currency) if self.collection else None,
            tolerance=self.tolerance or Money.zero(currency),
            fee_agreed=self.fee_agreed,
            interest=Claim(self.interest),
            compensation=Claim(self.compensation),
            debtors=frozenset(map(DebtorKind, self.debtors)),
            spread_minutes=self.spread,
            settlement_lag=self.settlement_lag,
            fee_remainder=FeeRemainder(self.fee_remainder),
            if_unreachable=Otherwise(self.if_unreachable),
            if_exhausted=Otherwise(self.if_exhausted),
            receipt=tuple(item.rung() for item in self.receipt),
            view_signals=tuple(
                (country, tuple(sorted(map(Signal, words)))) for country, words in self.view_signals.items()
            ),
        )
