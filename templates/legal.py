"""What the law wants said: which statements, in which words, and whether the finished message really says them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

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
_IN_ROWS = frozenset(
    {
        *(Statement.COSTS, Statement.INTEREST, Statement.INTEREST_RATE),
        *(Statement.TOTAL, Statement.PAY_BY, Statement.PAY_TO),
    }
)
"""What the layouts show as rows; a sentence of its own is welcome and not needed."""
_HYPHENS = dict.fromkeys((0x02, 0xFFFE, 0x2D, 0x2010, 0x2011, 0xAD))
"""A hyphen at a line's end may be lost in a PDF, so none counts."""


@dataclass(frozen=True, slots=True)
class Demanded:
    """A statement that the law wants, why, and the words by which it is known again."""

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
    name, country = f"legal/{law.country}", content.customer.country
    terms = _terms(law, content)
    _give_time(law, content, terms, channel, name)
    line = law.must_state[content.message].on(content.today) if content.message in law.must_state else None
    demanded, source = (line.value or (), line.source.ref) if line else ((), "")
    values = values_of(view) | {
        "notice_days": max((term.days for term in terms), default=0),
        "law_compensation": _amount(law, content, view),
        "law_rate": _rate(law, content, view),
    }
    wanted = {one for one in (*_OURS.get(content.message, ()), *demanded) if _applies(one, content, values["law_rate"])}
    said = {one: worded(jinja, country, one.name.lower(), values) for one in wanted}
    for one in wanted - _IN_ROWS:
        if not said[one]:
            raise RenderError(name, f"there are no words for {one}" + (f" ({source})" if source else ""))
    decisive = _decisive(content, view)
    paragraphs = (" ".join(said[one] for one in group if said.get(one)) for group in _PARAGRAPHS)
    return Legal(
        tuple(text for text in paragraphs if text),
        tuple(
            Demanded(one, source, tuple(word for word in (said[one], *decisive.get(one, ())) if word))
            for one in demanded
            if one in wanted
        ),
    )


def _law(content: Content) -> Law | None:
    """The debtor's law. Nobody is reminded in a country whose law we do not know."""
    try:
        return law_of(content.customer.country, content.kind)
    except UnknownLawError as error:
        if content.message in _OURS:
            raise RenderError(f"legal/{content.customer.country}", str(error)) from None
        return None


def _terms(law: Law, content: Content) -> tuple[Term, ...]:
    """The time that this message must give."""
    dated = {
        Message.REMINDER: law.reminders.free_first,
        Message.LAST_REMINDER: law.collection.notice,
        Message.DEMAND: law.demand.term,
    }.get(content.message)
    return (dated.at(content.today) if dated else None) or ()


def _give_time(law: Law, content: Content, terms: tuple[Term, ...], channel: Channel, name: str) -> None:
    """Check the time that a notice or a demand gives: its text states it, so it must be true."""
    if content.message is Message.REMINDER:
        return
    last = law.last_day(terms, content.today, channel)
    if terms and content.pay_by < last:
        given = ", ".join(str(term) for term in terms)
        raise RenderError(
            name, f"pay-by {content.pay_by} is before {last}: the law gives {given}, from {content.today}"
        )


def _applies(statement: Statement, content: Content, law_rate: str) -> bool:
    """Whether there is anything to state: what is not asked for is not spoken of."""
    added = {one.kind for one in content.added}
    asked = added | {kind for kind, amount in content.standing if amount}
    is_invoice = content.message is Message.INVOICE
    match statement:
        case Statement.FEE_BASIS:
            return ChargeKind.FEE in asked
        case Statement.INTEREST:
            return ChargeKind.INTEREST in asked
        case Statement.INTEREST_RATE:
            return ChargeKind.INTEREST in added or (is_invoice and bool(law_rate))
        case Statement.COMPENSATION:
            return ChargeKind.COMPENSATION in added or is_invoice
        case Statement.COST_IF_UNPAID:
            return bool(content.cost_if_unpaid)
        case _:
            return True


def _amount(law: Law, content: Content, view: View) -> str:
    """The compensation that the law would give for this claim, in the law's currency if the claim has another."""
    principal = content.amount if content.amount.currency == law.currency else Money.zero(law.currency)
    amount = law.compensation_of(principal, content.today)
    return view.words.formats.amount(amount) if amount else ""


def _rate(law: Law, content: Content, view: View) -> str:
    """Late interest as it runs today, if it is surely known; said before anything is owed, so on invoices only."""
    reference_rate, points = law.interest.reference.firm(content.today), law.interest.points.firm(content.today)
    if content.message is not Message.INVOICE or not (reference_rate and points):
        return ""
    rates = [rate.value for rate in (reference_rate, points) if rate.value is not None]
    return view.words.formats.percent(sum(rates, Decimal(0)))


def _decisive(content: Content, view: View) -> dict[Statement, tuple[str, ...]]:
    """The values by which a reader knows that something was stated; the others are known by their wording alone."""
    formats = view.words.formats
    charges = [*((one.kind, one.amount) for one in content.added), *content.standing]
    interest = tuple(formats.amount(amount) for kind, amount in charges if kind is ChargeKind.INTEREST)
    costs = tuple(formats.amount(amount) for kind, amount in charges if kind is not ChargeKind.INTEREST)
    return {
        Statement.CREDITOR: (view.merchant, view.organisation),
        Statement.CONTACT: (view.contact,),
        Statement.NUMBER: (view.number, view.issued),
        Statement.ORIGINAL_DUE: (view.due,),
        Statement.PRINCIPAL: (view.amount,),
        Statement.COSTS: costs,
        Statement.INTEREST: interest,
        Statement.INTEREST_RATE: tuple(note for row in view.account for note in row.notes),
        Statement.TOTAL: (view.total,),
        Statement.PAY_BY: (view.pay_by,),
        Statement.PAY_TO: tuple(row.value for row in view.payment),
        Statement.OBJECT: (view.contact,),
        Statement.COLLECTION_FOLLOWS: (view.pay_by, view.agency),
        Statement.COST_IF_UNPAID: (view.cost_if_unpaid,),
    }


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_HYPHENS))


def _is_in(words: str, shown: str) -> bool:
    """Whether the words are there as they stand: 60 is not found in 160."""
    return re.search(rf"(?<!\d){re.escape(_plain(words))}(?!\d)", shown) is not None
