"""What the page chooses between, in English, and the words of one language, looked up by dotted name."""

from __future__ import annotations

from dataclasses import dataclass

from templates.catalogues import N_, NP_, catalogue
from templates.errors import RenderError
from templates.formats import Formats
from templates.labels import LABELS

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
    "sent.balance_notice": N_("The agency was told what is owed now"),
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
    "gone.title": N_("This invoice is no longer shown"),
    "gone.text": N_("It is settled, and what was kept for this page is gone. The sender of the invoice can tell more."),
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
