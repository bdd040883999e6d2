"""A merchant's file as it is written: which keys there are, what each means, and the domain value it becomes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from config.addresses import Account, Bankgiro, Bic, EmailAddress, FikCreditor, Iban, Plusgiro, SmsSender
from config.file_model import FileModel
from config.policy_file import PolicyFile
from config.problems import wrong
from config.reference_file import ReferenceFile
from config.values import Country, Currency, Language, Name, Text, Yes, word_of
from domain.merchant import EmailSender, LetterSender, Payee, Senders

WINDOWS = ("se-left", "se-right", "no-c5", "pingen-left")
"""The envelopes that there are letter layouts for."""
_LETTER = 'add "letter:" with "window" and "return_address", or leave "attach_pdf" out'


class PayeeFile(FileModel):
    """Where the money goes."""

    bankgiro: Bankgiro | None = None
    """Swedish bankgiro number."""
    plusgiro: Plusgiro | None = None
    """Swedish plusgiro number."""
    account: Account | None = None
    """Norwegian account number, 11 digits."""
    fik_creditor: FikCreditor | None = None
    """Danish creditor number, which FIK payments name."""
    iban: Iban | None = None
    """International account number; with qrr the QR-IBAN."""
    bic: Bic | None = None
    """The bank's international code."""
    organisation: Text | None = None
    """Organisation number, as it is printed."""

    def payee(self) -> Payee:
        """Return the domain's payee."""
        return Payee(**self.model_dump())


class EmailSenderFile(FileModel):
    """Whom customers see as sender of e-mails."""

    address: Annotated[EmailAddress, Field(alias="from", examples=["invoices@example.com"])]
    """The address in the From line."""
    name: Annotated[Text, Field(examples=["Nordljus Energi"])]
    """The name in the From line."""
    reply_to: EmailAddress | None = None
    """Where customers' answers go; without it to the address in the From line."""
    attach_pdf: Yes = False
    """Whether the invoice is attached as the PDF that a letter would be."""

    def sender(self) -> EmailSender:
        """Return the domain's sender."""
        return EmailSender(self.address, self.name, self.reply_to, self.attach_pdf)


class SmsSenderFile(FileModel):
    """Whom customers see as sender of SMS."""

    sender: Annotated[SmsSender, Field(alias="from", examples=["Nordljus"])]
    """Up to 11 letters and digits, or a number with country code."""


class LetterSenderFile(FileModel):
    """How letters are put into envelopes."""

    window: Annotated[str, *word_of(WINDOWS), Field(examples=["se-left"])]
    """Where the envelope's window is."""
    return_address: Annotated[tuple[Text, ...], Field(min_length=1, examples=[["Nordljus Energi AB", "Box 1"]])]
    """Where undeliverable letters go back to, line by line."""


class SendersFile(FileModel):
    """A sender for each channel that the policy uses."""

    email: EmailSenderFile | None = None
    """The sender of e-mails."""
    sms: SmsSenderFile | None = None
    """The sender of SMS."""
    letter: LetterSenderFile | None = None
    """The sender of letters."""

    @model_validator(mode="after")
    def _has_a_letter_to_attach(self) -> SendersFile:
        if self.email and self.email.attach_pdf and self.letter is None:
            raise wrong("the PDF in e-mails is the letter, and there is no sender of letters", _LETTER)
        return self

    def senders(self) -> Senders:
        """Return the domain's senders."""
        return Senders(
            email=self.email.sender() if self.email else None,
            sms=self.sms.sender if self.sms else None,
            letter=LetterSender(self.letter.window, self.letter.return_address) if self.letter else None,
        )


class MerchantFile(FileModel):
    """A merchant: who asks for the money, how it is paid, and by which rules."""

    merchant: Annotated[Name, Field(examples=["nordljus"])]
    """The short name by which invoices name the merchant. It never changes."""
    name: Annotated[Text, Field(examples=["Nordljus Energi AB"])]
    """The name that customers read."""
    country: Annotated[Country, Field(examples=["SE"])]
    """Where the merchant is: its law, bank days and currency."""
    currency: Currency | None = None
    """The currency of the invoices; without it the country's."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1, examples=[["sv", "en"]])]
    """The languages of the messages; the first for customers who have not chosen."""
    payee: Annotated[PayeeFile, Field(examples=["{bankgiro: 5050-1055}"])]
    """Where the money goes."""
    reference: Annotated[ReferenceFile, Field(examples=["{kind: ocr}"])]
    """The payment reference."""
    senders: Annotated[SendersFile, Field(examples=["{email: {from: invoices@example.com, name: Your Name}}"])]
    """A sender for each channel that the policy uses."""
    policy: PolicyFile
    """What happens to an invoice, and when."""
    groups: Annotated[dict[str, Any], Field(default_factory=dict)]
    """Groups of customers with other rules: each key of the policy that a group names replaces the policy's."""
