"""Where money and messages go: account numbers, e-mail addresses, senders; from text to what the domain wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import PlainValidator
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.no import kontonr

from config.problems import wrong
from config.values import as_text, text
from domain.references import NumberError, fik
from domain.references.giro import bankgiro, plusgiro

_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")


def parse_email(value: object) -> str:
    """Read an e-mail address; only its form is checked."""
    written = text(value)
    if len(written) > 254 or not _EMAIL.fullmatch(written):
        raise wrong(f'"{written}" is not an e-mail address', "write it as name@example.com")
    return written


def parse_account(value: object) -> str:
    """Read a Norwegian account number."""
    written = kontonr.compact(text(value))
    if len(written) != 11 or not kontonr.is_valid(written):
        raise wrong(
            f'"{written}" is not a Norwegian account number; it has 11 digits, the last a check digit', "check it"
        )
    return written


def parse_iban(value: object) -> str:
    """Read an IBAN."""
    return _stdnum("IBAN", iban.validate, value)


def parse_bic(value: object) -> str:
    """Read a BIC."""
    return _stdnum("BIC", bic.validate, value)


def parse_giro(parse: Callable[[str], str]) -> Callable[[object], str]:
    """Make the reader of a giro or creditor number."""

    def read(value: object) -> str:
        try:
            return parse(text(value))
        except NumberError as error:
            raise wrong(str(error), "compare it with your bank's papers") from None

    return read


def parse_sms_sender(value: object) -> str:
    """Read what phones show as sender: a short name, or a number."""
    written = text(value)
    if re.fullmatch(r"\+[1-9]\d{6,14}", written, re.ASCII):
        return written
    if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", written, re.ASCII):
        raise wrong(
            f'"{written}" is no SMS sender', "write up to 11 letters A–Z and digits, or a number as in +46701740605"
        )
    return written


def _stdnum(name: str, validate: Callable[[str], str], value: object) -> str:
    written = text(value)
    try:
        return validate(written)
    except StdnumError as error:
        raise wrong(f'"{written}" is not a valid {name}: {str(error).lower().rstrip(".")}', "check it") from None


EmailAddress = Annotated[str, PlainValidator(parse_email), as_text(r"[^@\s]+@[^@\s]+", "invoices@nordljus.example")]
Bankgiro = Annotated[
    str, PlainValidator(parse_giro(bankgiro)), as_text(r"[0-9]{3,4}[ -]?[0-9]{4}", "5050-1055", also=("integer",))
]
Plusgiro = Annotated[str, PlainValidator(parse_giro(plusgiro)), as_text("[0-9 -]{2,12}", "176099-0", also=("integer",))]
Account = Annotated[str, PlainValidator(parse_account), as_text("[0-9. ]{11,13}", "1234.56.78903", also=("integer",))]
FikCreditor = Annotated[
    str, PlainValidator(parse_giro(fik.creditor)), as_text("8[0-9 -]{7,9}", "81234567", also=("integer",))
]
Iban = Annotated[
    str, PlainValidator(parse_iban), as_text("[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,40}", "SE35 5000 0000 0549 1000 0003")
]
Bic = Annotated[str, PlainValidator(parse_bic), as_text("[A-Z0-9]{8}([A-Z0-9]{3})?", "ESSESESS")]
SmsSender = Annotated[
    str, PlainValidator(parse_sms_sender), as_text(r"\+?[A-Za-z0-9 ]{1,15}", "Nordljus", also=("integer",))
]
