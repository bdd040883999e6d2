"""An invoice as people and machines write it: which keys there are, and what each means."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

import phonenumbers
from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema

from config.addresses import EmailAddress
from config.file_model import FileModel
from config.problems import wrong
from config.values import Currency, Day, DebtorCountry, Text, as_text, reading_of, text, word_of
from domain.words import DebtorKind

NUMBER = r"[A-Za-z0-9._-]{1,64}"
"""An invoice number's form; but a dot, or two, are no number: addresses swallow them."""
_NUMBER = re.compile(rf"(?!\.{{1,2}}$){NUMBER}")
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)


def parse_number(value: object) -> str:
    """Read an invoice number; it becomes part of addresses, so it has no slash and no space."""
    written = text(value)
    if not _NUMBER.fullmatch(written):
        raise wrong(f'"{written}" is not an invoice number', "write up to 64 of A–Z, a–z, 0–9, dot, hyphen, underscore")
    return written


def parse_decimal(value: object) -> Decimal:
    """Read a decimal number exactly."""
    written = str(value) if isinstance(value, Decimal) else text(value)
    if not _DECIMAL.fullmatch(written):
        raise wrong(f'"{written}" is not a number', 'write digits with a dot before the decimals, as in "1.5"')
    return Decimal(written)


def parse_percent(value: object) -> Decimal:
    """Read a VAT rate."""
    percent = parse_decimal(text(value).removesuffix("%").strip() if isinstance(value, str) else value)
    if not 0 <= percent <= 100:
        raise wrong(f'"{percent}" is not a VAT rate', 'write percent from 0 to 100, as in "25"')
    return percent


def parse_phone(value: object, info: ValidationInfo) -> str:
    """Read a phone number into E.164, by the customer's country where no country code is written."""
    written, reading = text(value), reading_of(info)
    if reading.stored:
        return written
    if not written.startswith("+") and reading.country is None:
        raise wrong(f'"{written}" has no country code', "write it as +46701740605, or name the customer's country")
    try:
        number = phonenumbers.parse(written, reading.country)
    except phonenumbers.NumberParseException:
        raise wrong(f'"{written}" is not a phone number', "write it as +46701740605") from None
    if not phonenumbers.is_valid_number(number):
        raise wrong(f'"{written}" is not a phone number that exists', "check it, or leave it out")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _address(value: object) -> object:
    """Take text with line breaks or ``|`` for a list of lines."""
    if value is None:
        return []
    if not isinstance(value, str):
        return value
    return [line.strip() for line in re.split(r"[|\n]", value) if line.strip()]


def _absent(value: object) -> object:
    """Take what is left empty for nothing, as machines and spreadsheets write it."""
    return None if isinstance(value, str) and not value.strip() else value


Absent = BeforeValidator(_absent)
Quantity = Annotated[
    Decimal, BeforeValidator(parse_decimal), WithJsonSchema({"type": ["string", "number"], "examples": ["1"]})
]
Phone = Annotated[str, PlainValidator(parse_phone), WithJsonSchema({"type": "string", "examples": ["+46701740605"]})]
Percent = Annotated[
    Decimal, BeforeValidator(parse_percent), WithJsonSchema({"type": ["string", "number"], "examples": ["25"]})
]


class DebtorRow(FileModel):
    """Who owes."""

    name: Annotated[Text, Field(examples=["Anna Lundberg"])]
    """The name, as in letters."""
    kind: Annotated[str, *word_of(DebtorKind), Field(examples=["consumer"])]
    """consumer or company: the law protects them differently."""
    country: Annotated[DebtorCountry | None, Absent] = None
    """Whose law and bank days hold; without it the merchant's."""
    language: Annotated[Text | None, Absent] = None
    """The language of the messages; the merchant's first where there are none in it."""
    email: Annotated[EmailAddress | None, Absent] = None
    """Without it no e-mail is sent."""
    phone: Annotated[Phone | None, Absent] = None
    """With country code, or as it is written in the country. SMS go to mobile numbers only."""
    address: Annotated[tuple[Text, ...], BeforeValidator(_address)] = ()
    """The lines below the name. Without it no letter is sent."""
    group: Annotated[Text | None, Absent] = None
    """A group of customers in the merchant's file."""


class ItemRow(FileModel):
    """One line of the invoice."""

    text: Annotated[Text, Field(examples=["Electricity, March"])]
    """What was delivered."""
    quantity: Quantity = Decimal(1)
    """How much of it."""
    unit: Annotated[Text | None, Absent] = None
    """What the quantity counts, as in kWh."""
    unit_price: Annotated[Quantity, Field(examples=["100.00"])]
    """The price of one, without VAT."""
    vat: Annotated[Percent, Field(examples=["25"])]
    """The VAT rate in percent."""


class InvoiceRow(FileModel):
    """An invoice."""

    merchant: Annotated[Text, Field(examples=["nordljus"])]
    """The merchant's short name."""
    number: Annotated[
        str, PlainValidator(parse_number), as_text(NUMBER, "10001", also=("integer",)), Field(examples=['"10001"'])
    ]
    """The invoice number, unique with the merchant."""
    issued: Annotated[Day, Field(examples=["2026-03-02"])]
    """The day of issue."""
    due: Annotated[Day, Field(examples=["2026-04-01"])]
    """The last day to pay."""
    currency: Annotated[Currency | None, Absent] = None
    """The merchant's; written, it is checked."""
    amount: Annotated[Quantity | None, Absent] = None
    """What is to be paid, VAT included. With lines it may be left out."""
    items: Annotated[tuple[ItemRow, ...], Field(alias="lines")] = ()
    """What it is for."""
    debtor: Annotated[DebtorRow, Field(alias="customer", examples=["{name: …, kind: consumer, email: …}"])]
    """Who owes."""
    terms: Annotated[dict[str, Any] | None, Absent] = None
    """Keys of the merchant's policy that are otherwise for this invoice."""
    reference: Annotated[Text | None, Absent] = None
    """The payment reference, where the merchant's own system makes it."""
