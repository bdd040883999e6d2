"""The short words, in English: labels around the messages, and what the page calls things. Looked up by dotted name."""

from __future__ import annotations

from dataclasses import dataclass

from templates.catalogues import catalogue
from templates.errors import RenderError
from templates.formats import Formats

Word = tuple[str | None, str]
"""A context, where one English word has several meanings, and the word."""


def N_(text: str) -> Word:  # noqa: N802 (gettext's own name, by which the words are found for the catalogues)
    """Mark a word that is translated later."""
    return None, text


def NP_(context: str, text: str) -> Word:  # noqa: N802
    """Mark a word that means something particular here."""
    return context, text


LABELS = {
    "view": N_("View the invoice"),
    "invoice": N_("The invoice"),
    "questions": N_("Questions about the invoice"),
    "organisation": N_("Reg. no."),
    "page": NP_("of a letter", "Page"),
    "of": NP_("page 1 of 2", "of"),
    "details": N_("How to pay"),
    "how": N_("How the total comes about"),
    "about": N_("About this claim"),
    "scan": N_("Scan in your bank's app"),
    "facts.number": N_("Invoice number"),
    "facts.issued": N_("Invoice date"),
    "facts.due": N_("Due date"),
    "facts.original_due": N_("Original due date"),
    "facts.pay_by": N_("Pay by"),
    "payment.payee": N_("Payee"),
    "payment.bankgiro": N_("Bankgiro"),
    "payment.plusgiro": N_("Plusgiro"),
    "payment.account": N_("Account number"),
    "payment.creditor": N_("Creditor number"),
    "payment.iban": N_("IBAN"),
    "payment.bic": N_("BIC"),
    "payment.ocr": N_("OCR number"),
    "payment.kid": N_("KID"),
    "payment.fik": N_("Payment line"),
    "payment.viite": N_("Reference"),
    "payment.rf": N_("Reference"),
    "payment.ogm": N_("Structured communication"),
    "payment.qrr": N_("Reference"),
    "short.ocr": N_("OCR"),
    "short.kid": N_("KID"),
    "short.fik": NP_("in an SMS", "payment line"),
    "short.viite": NP_("in an SMS", "reference"),
    "short.rf": NP_("in an SMS", "reference"),
    "short.ogm": NP_("in an SMS", "communication"),
    "short.qrr": NP_("in an SMS", "reference"),
    "short.bankgiro": N_("Bankgiro"),
    "short.plusgiro": N_("Plusgiro"),
    "short.account": NP_("in an SMS", "Account"),
    "short.creditor": NP_("in an SMS", "Creditor"),
    "short.iban": N_("IBAN"),
    "entries.net": N_("Total excluding VAT"),
    "entries.vat": N_("VAT %(rate)s on %(base)s"),
    "entries.changed": N_("Adjustment"),
    "entries.amount": N_("Invoice amount"),
    "entries.earlier_fee": N_("Earlier reminder fees"),
    "entries.earlier_interest": N_("Earlier late interest"),
    "entries.earlier_compensation": N_("Earlier compensation for late payment"),
    "entries.fee": N_("Reminder fee"),
    "entries.demand_fee": N_("Fee for this demand"),
    "entries.interest": N_("Late interest"),
    "entries.period": N_("%(rate)s a year on %(base)s from %(since)s to %(through)s"),
    "entries.compensation": N_("Compensation for late payment"),
    "entries.credited": NP_("money", "Credited"),
    "entries.written_off": NP_("money", "Written off"),
    "entries.paid": NP_("money", "Paid"),
    "entries.disputed": N_("Disputed by you, not asked for now"),
    "entries.total": N_("To pay"),
    "entries.rest": N_("Left to pay"),
    "entries.in_favour": N_("In your favour"),
    "lines.text": N_("Description"),
    "lines.quantity": N_("Quantity"),
    "lines.unit_price": N_("Unit price"),
    "lines.vat_rate": N_("VAT"),
    "lines.net": N_("Amount"),
    "lines.currency": N_("Amounts in %(currency)s, excluding VAT unless stated otherwise."),
}
"""Around the messages: e-mail, SMS and letter."""

PAGE = {
    "badge.open": NP_("badge", "To pay"),
    "badge.overdue": NP_("badge", "Overdue"),
    "badge.respite": NP_("badge", "More time to pay"),
    "badge.paused": NP_("badge", "To pay"),
    "badge.disputed": NP_("badge", "Disputed"),
    "badge.in_collection": NP_("badge", "With a collection agency"),
    "badge.paid": NP_("badge", "Paid"),
    "badge.credited": NP_("badge", "Credited"),
    "badge.written_off": NP_("badge", "Closed"),
    "badge.stopped": NP_("badge", "Stopped"),
    "standing.nothing": N_("Nothing to pay"),
    "standing.nothing_now": N_("Nothing to pay for now"),
    "line.open": N_("Pay by %(day)s"),
    "line.overdue": N_("Pay by %(day)s"),
    "line.long_overdue": N_("Was to be paid by %(day)s"),
    "line.respite": N_("Pay by %(day)s"),
    "line.paused": N_("Due %(due)s"),
    "line.disputed": N_("Due date %(due)s"),
    "line.in_collection": N_("Due date %(due)s"),
    "line.paid": N_("Thank you! We have received %(paid)s."),
    "line.overpaid": N_("Thank you! You have %(favour)s in your favour."),
    "line.credited": N_("The invoice has been credited."),
    "line.written_off": N_("Thank you! We have received %(paid)s."),
    "line.stopped": N_("Due date %(due)s"),
    "note.open": N_("If you have paid already, it can take a bank day or two before it shows here."),
    "note.overdue": N_(
        "The due date was %(due)s. If you have paid in the last few days, you can disregard this. "
        "If you cannot pay in time, please contact us."
    ),
    "note.respite": N_(
        "We have agreed on time until %(until)s. No reminders are sent and no fees are added meanwhile."
    ),
    "note.respite_too": N_("We have agreed on time until %(until)s."),
    "note.paused": N_("No reminders are sent at the moment."),
    "note.paused_until": N_("No reminders are sent until %(until)s."),
    "note.objected": N_("You objected to this invoice on %(since)s, and we are looking into it."),
    "note.objected_part": N_(
        "You objected to %(amount)s of this invoice on %(since)s, and we are looking into it. "
        "Until you have our answer we do not ask for that part."
    ),
    "note.disputed": N_("Until you have our answer no reminders are sent and no fees are added."),
    "note.in_collection": N_(
        "The claim has been handed over to a collection agency. Follow its letter when you pay, or contact the agency."
    ),
    "note.in_collection_with": N_(
        "The claim has been handed over to %(agency)s. Pay to them: follow their letter, or contact them."
    ),
    "note.agency_case": N_("Their number for it is %(case)s."),
    "note.paid": N_("There is nothing more for you to do."),
    "note.credited": N_("There is nothing more for you to do."),
    "note.written_off": N_("You need not pay what is left. There is nothing more for you to do."),
    "note.stopped": N_(
        "%(merchant)s has stopped this invoice, and no reminders are sent. Contact us if you have questions."
    ),
    "pay.amount": N_("Amount"),
    "account.amount": N_("Invoice amount, VAT included"),
    "account.fee": N_("Reminder fee, %(day)s"),
    "account.demand_fee": N_("Fee for a demand for payment, %(day)s"),
    "account.hand_over_fee": N_("Fee for collection, %(day)s"),
    "account.taken_back": N_("Taken back %(day)s"),
    "account.interest": N_("Late interest, %(day)s"),
    "account.compensation": N_("Compensation for late payment, %(day)s"),
    "account.credited": N_("Credited %(day)s"),
    "account.paid": N_("Paid %(day)s"),
    "account.written_off": N_("Written off %(day)s"),
    "account.disputed": N_("Disputed by you, not asked for now"),
    "account.held": N_("Not asked for now"),
    "account.total": N_("To pay"),
    "account.rest": N_("Left to pay"),
    "account.favour": N_("In your favour"),
    "message.invoice": N_("Invoice"),
    "message.due_reminder": N_("Reminder on the due day"),
    "message.reminder": N_("Reminder"),
    "message.last_reminder": N_("Last reminder"),
    "message.demand": N_("Demand for payment"),
    "message.correction": N_("Correction"),
    "message.answer": N_("Our answer to your objection"),
    "message.receipt": N_("Receipt"),
    "channel.email": N_("E-mail"),
    "channel.sms": N_("SMS"),
    "channel.letter": N_("Letter"),
    "by.email": N_("by e-mail"),
    "by.sms": N_("by SMS"),
    "by.letter": N_("by letter"),
    "sent.invoice": N_("The invoice was sent %(by)s"),
    "sent.due_reminder": N_("We reminded you %(by)s that the invoice falls due"),
    "sent.reminder": N_("A reminder was sent %(by)s"),
    "sent.last_reminder": N_("A last reminder was sent %(by)s"),
    "sent.demand": N_("A demand for payment was sent %(by)s"),
    "sent.correction": N_("A correction was sent %(by)s"),
    "sent.answer": N_("Our answer to your objection was sent %(by)s"),
    "sent.receipt": N_("A receipt was sent %(by)s"),
    "sent.dispute_notice": N_("The agency was told that you dispute the claim"),
    "did.handed_over": N_("The claim was handed over to a collection agency"),
    "did.withdrawn": N_("The claim was taken back from the collection agency"),
    "held.disputed": N_("You objected to the invoice"),
    "held.disputed_part": N_("You objected to %(amount)s of the invoice"),
    "held.respite": N_("You got more time to pay"),
    "held.paused": N_("Reminders were paused"),
    "released.answered": N_("Your objection was answered"),
    "released.upheld": N_("You were right: what you objected to is not owed"),
    "released.hold_over": N_("The agreed time was over"),
    "released.released": N_("Reminders were resumed"),
    "closed.paid": N_("The invoice is settled"),
    "closed.credited": N_("The invoice is credited and settled"),
    "closed.written_off": N_("The rest was written off, the invoice is settled"),
    "closed.stopped": N_("The invoice was stopped"),
    "posted.fee": N_("A reminder fee of %(amount)s was added"),
    "posted.fee_reversed": N_("A reminder fee of %(amount)s was taken back"),
    "posted.demand_fee": N_("A fee of %(amount)s for a demand for payment was added"),
    "posted.demand_fee_reversed": N_("A fee of %(amount)s for a demand for payment was taken back"),
    "posted.hand_over_fee": N_("A fee of %(amount)s for collection was added"),
    "posted.hand_over_fee_reversed": N_("A fee of %(amount)s for collection was taken back"),
    "posted.interest": N_("Late interest of %(amount)s was added"),
    "posted.interest_reversed": N_("Late interest of %(amount)s was taken back"),
    "posted.compensation": N_("Compensation of %(amount)s for late payment was added"),
    "posted.compensation_reversed": N_("Compensation of %(amount)s for late payment was taken back"),
    "posted.paid": N_("We received %(amount)s"),
    "posted.collected": N_("We received %(amount)s"),
    "posted.credited": N_("%(amount)s was credited"),
    "posted.written_off": N_("%(amount)s was written off"),
    "heard.amount": N_("The amount was changed to %(amount)s"),
    "heard.due": N_("The due date was changed to %(day)s"),
    "heard.viewed": N_("The invoice was viewed"),
    "missing.title": N_("We cannot find this page"),
    "missing.text": N_("The link may be incomplete. Open it from the message again, or copy all of it."),
    "broken.title": N_("Something went wrong"),
    "broken.text": N_("Sorry, this page cannot be shown just now. Please try again in a little while."),
    "refused.title": N_("That did not work"),
    "refused.text": N_("Please open the invoice again from the link in the message."),
}
"""What the page chooses between; what it always says stands in its templates."""

WORDS = LABELS | PAGE


@dataclass(frozen=True, slots=True)
class Words:
    """One language: ``words("line.open", day=…)``; a word that is missing is an error and never an empty space."""

    language: str

    def __call__(self, name: str, **values: object) -> str:
        """The words of this name, with the values filled in.

        Raises:
            RenderError: there are no such words.
            KeyError: a value is missing.
        """
        if name not in WORDS:
            raise RenderError("words", f"{name} is missing")
        context, text = WORDS[name]
        known = catalogue(self.language)
        said = known.pgettext(context, text) if context else known.gettext(text)
        return said % values if values else said

    @property
    def formats(self) -> Formats:
        """How the language writes amounts and days."""
        return Formats(self.language)
