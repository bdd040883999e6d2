"""What the law wants said: which statements, in which words, and whether the finished message really says them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jinja2

from domain.charge import ChargeKind
from domain.law import UnknownLawError, law_of
from domain.law.pack import Law, Statement, Term
from domain.money import Money
from domain.policy import Channel
from domain.words import Message
from templates.content import Content
from templates.errors import RenderError
from templates.texts import values_of, worded
from templates.view import View

_CLAIM = (
    Statement.CREDITOR,
    Statement.NUMBER,
    Statement.ORIGINAL_DUE,
    Statement.PRINCIPAL,
    Statement.FEE_BASIS,
    Statement.OBJECT,
)
_OURS = {
    Message.REMINDER: _CLAIM,
    Message.LAST_REMINDER: (Statement.COLLECTION_FOLLOWS, *_CLAIM),
    Message.DEMAND: (Statement.TERM, Statement.LEGAL_FOLLOWS, *_CLAIM),
}
"""What we say in any country, so that a claim can be judged by whoever gets it."""

_PARAGRAPHS = (
    (Statement.TERM, Statement.COST_IF_UNPAID, Statement.COLLECTION_FOLLOWS, Statement.LEGAL_FOLLOWS),
    (Statement.CREDITOR, Statement.NUMBER, Statement.ORIGINAL_DUE, Statement.PRINCIPAL, Statement.PAY_BY),
    (Statement.FEE_BASIS, Statement.INTEREST, Statement.INTEREST_RATE, Statement.COMPENSATION, Statement.COSTS),
    (Statement.TOTAL, Statement.PAY_TO),
    (Statement.OBJECT, Statement.CONTACT, Statement.COMPLAINT_BOARD),
)
_SHOWN = frozenset(
    {
        *(Statement.COSTS, Statement.INTEREST, Statement.TOTAL),
        *(Statement.PAY_BY, Statement.PAY_TO, Statement.CONTACT),
    }
)
"""What every layout shows; a sentence of its own is welcome and not needed."""
_HYPHENS = dict.fromkeys((0x02, 0xFFFE, 0x2D, 0x2010, 0x2011, 0xAD))
"""A hyphen at a line's end may be lost in a PDF, so none counts."""


@dataclass(frozen=True, slots=True)
class Demanded:
    """A statement that the law wants, why, and the words by which it is known again; an empty one is none."""

    statement: Statement
    source: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Legal:
    """What is said under the heading of the law, and what must be found in the message when it is done."""

    paragraphs: tuple[str, ...] = ()
    demanded: tuple[Demanded, ...] = ()

    def check(self, name: str, text: str) -> None:
        """Find each statement again in a rendered message.

        Raises:
            RenderError: one is not there.

        """
        shown = _plain(text)
        for demanded in self.demanded:
            if not all(_is_in(words, shown) for words in demanded.words):
                raise RenderError(name, f"the message does not state {demanded.statement} ({demanded.source})")


def legal_of(jinja: jinja2.Environment, content: Content, view: View, channel: Channel) -> Legal:
    """Put together what this message must state to this debtor.

    Raises:
        RenderError: no law is known for a reminder, a text is broken or missing, or the debtor gets too little time.

    """
    law = _law(content)
    if law is None:
        return Legal()
    case = _Case(content, view, law, channel)
    case.check_time()
    line = law.must_state[content.message].on(content.today) if content.message in law.must_state else None
    demanded, source = (line.value or (), line.source.ref) if line else ((), "")
    wanted = {one for one in (*_ours(content, demanded), *demanded) if case.applies(one)}
    values = case.values
    said = {one: worded(jinja, content.customer.country, one.name.lower(), values) for one in wanted}
    if silent := [one for one in Statement if one in wanted - _SHOWN and not said[one]]:
        raise RenderError(case.name, f"there are no words for {silent[0]}" + (f" ({source})" if source else ""))
    paragraphs = (" ".join(said[one] for one in group if said.get(one)) for group in _PARAGRAPHS)
    decisive = case.decisive
    return Legal(
        tuple(text for text in paragraphs if text),
        tuple(Demanded(one, source, (said[one], *decisive.get(one, ()))) for one in demanded if one in wanted),
    )


def _ours(content: Content, demanded: tuple[Statement, ...]) -> Iterator[Statement]:
    """What we say anyway; one threat is enough."""
    for one in _OURS.get(content.message, ()):
        if one is not Statement.LEGAL_FOLLOWS or Statement.COLLECTION_FOLLOWS not in demanded:
            yield one


def _law(content: Content) -> Law | None:
    """The debtor's law. Nobody is reminded in a country whose law we do not know."""
    try:
        return law_of(content.customer.country, content.kind)
    except UnknownLawError as error:
        if content.message in _OURS:
            raise RenderError(f"legal/{content.customer.country}", str(error)) from None
        return None


@dataclass(frozen=True, slots=True)
class _Case:
    """One message under one law."""

    content: Content
    view: View
    law: Law
    channel: Channel

    @property
    def name(self) -> str:
        """Whose texts these are."""
        return f"legal/{self.content.customer.country}"

    @property
    def terms(self) -> tuple[Term, ...]:
        """The time that this message must give, or may offer."""
        dated = {
            Message.REMINDER: self.law.reminders.free_first,
            Message.LAST_REMINDER: self.law.collection.notice,
            Message.DEMAND: self.law.demand.term,
        }.get(self.content.message)
        return (dated.at(self.content.today) if dated else None) or ()

    @property
    def gives_time(self) -> bool:
        """Whether the last day to pay leaves that time."""
        return self.content.pay_by >= self.law.last_day(self.terms, self.content.today, self.channel)

    def check_time(self) -> None:
        """A notice or a demand states its time, so it must be true."""
        if self.content.message in (Message.LAST_REMINDER, Message.DEMAND) and self.terms and not self.gives_time:
            given = " and ".join(str(term) for term in self.terms)
            problem = f"pay-by {self.content.pay_by} is too soon on {self.content.today}: the law gives {given}"
            raise RenderError(self.name, problem)

    def applies(self, statement: Statement) -> bool:
        """Whether there is anything to state: what is not asked for is not spoken of."""
        message, added = self.content.message, {one.kind for one in self.content.added}
        asked = added | {kind for kind, amount in self.content.standing if amount}
        match statement:
            case Statement.FEE_BASIS:
                return ChargeKind.FEE in asked
            case Statement.INTEREST:
                return ChargeKind.INTEREST in asked
            case Statement.INTEREST_RATE:
                return ChargeKind.INTEREST in added or message is Message.INVOICE
            case Statement.COMPENSATION:
                return ChargeKind.COMPENSATION in added or message is Message.INVOICE
            case Statement.TERM | Statement.COST_IF_UNPAID if message is not Message.DEMAND:
                return bool(self.content.cost_if_unpaid and self.terms) and self.gives_time
            case _:
                return True

    @property
    def values(self) -> dict[str, Any]:
        """What the texts may name."""
        of_law = {"law_compensation": self._compensation(), "law_rate": "", "law_points": ""}
        if self.content.message is Message.INVOICE:
            of_law |= self._interest()
        return values_of(self.view) | of_law | {"notice_days": max((term.days for term in self.terms), default=0)}

    @property
    def decisive(self) -> dict[Statement, tuple[str, ...]]:
        """The values by which a reader knows that something was stated; the others are known by their words alone."""
        view, formats = self.view, self.view.words.formats
        charges = [*((one.kind, one.amount) for one in self.content.added), *self.content.standing]
        return {
            Statement.CREDITOR: (view.merchant, view.organisation),
            Statement.CONTACT: (view.contact,),
            Statement.NUMBER: (view.number, view.issued),
            Statement.ORIGINAL_DUE: (view.due,),
            Statement.PRINCIPAL: (view.amount,),
            Statement.COSTS: tuple(formats.amount(one) for kind, one in charges if kind is not ChargeKind.INTEREST),
            Statement.INTEREST: tuple(formats.amount(one) for kind, one in charges if kind is ChargeKind.INTEREST),
            Statement.INTEREST_RATE: tuple(note for row in view.account for note in row.notes),
            Statement.TOTAL: (view.total,),
            Statement.PAY_BY: (view.pay_by,),
            Statement.PAY_TO: tuple(row.value for row in view.payment),
            Statement.OBJECT: (view.contact,),
            Statement.COLLECTION_FOLLOWS: (view.pay_by, view.agency),
            Statement.COST_IF_UNPAID: (view.cost_if_unpaid,),
        }

    def _compensation(self) -> str:
        """What the law gives for such a claim, in the law's currency if the claim has another."""
        amount, currency = self.content.amount, self.law.currency
        principal = amount if amount.currency == currency else Money.zero(currency)
        given = self.law.compensation_of(principal, self.content.today)
        return self.view.words.formats.amount(given) if given else ""

    def _interest(self) -> dict[str, str]:
        """Late interest as it runs today: its rate, or at least the points above a reference rate we do not know."""
        formats, today = self.view.words.formats, self.content.today
        base, points = self.law.interest.reference.firm(today), self.law.interest.points.firm(today)
        if not points or points.value is None:
            return {}
        if not base or base.value is None:
            return {"law_points": formats.quantity(points.value)}
        return {"law_rate": formats.percent(base.value + points.value)}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_HYPHENS))


def _is_in(words: str, shown: str) -> bool:
    """Whether the words are there as they stand: 60 is not found in 160."""
    return re.search(rf"(?<!\d){re.escape(_plain(words))}(?!\d)", shown) is not None
