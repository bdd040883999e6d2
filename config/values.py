"""The values that people write, from text to what the domain wants: each with its check, its cure and its schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from config.problems import nearest, shape, wrong
from domain.calendar import Hours, Span, Unit
from domain.languages import LANGUAGES
from domain.law import ALIASES, LAWS, eu, law_of
from domain.money import MINOR_DIGITS, Money, MoneyError
from domain.policy import Claim
from domain.words import DebtorKind

COUNTRIES = tuple(sorted({country for country, _ in LAWS}))
"""The countries whose law is written down."""
DEBTORS = (*COUNTRIES, *sorted(eu.LAWS))
"""The countries whose law we know for some debtors: of companies in the rest of the Union we know the directive."""

_NAMED = ", ".join(f"{country} ({law_of(country, DebtorKind.COMPANY).names['en']})" for country in COUNTRIES)

CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_HOURS = re.compile(rf"{CLOCK}\s?[-–]\s?{CLOCK}")
_SPAN = re.compile(r"(\d{1,3}) (bank )?days?")
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What checks need to know of the rest of the file."""

    currency: str
    country: str | None = None
    stored: bool = False
    """Read back from the store: checked when it was written, and readable whatever we have learnt since."""


def text(value: object) -> str:
    """Text that is not empty, without spaces around it.

    Raises:
        PydanticCustomError: it is a list, a mapping, empty, or has control characters.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, float):
        raise wrong(f"{value} is a number with decimals, which computers do not keep exactly", f'write it as "{value}"')
    if not isinstance(value, str) or not value.strip():
        raise wrong(f"is {shape(value)}; it must be text", "write a value after it")
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in value.strip()):
        raise wrong("has a line break or a control character in it", "write it on one line")
    return value.strip()


def parse_span(value: object) -> Span:
    """Read ``3 days`` or ``2 bank days``."""
    written = text(value)
    match = _SPAN.fullmatch(" ".join(written.split()))
    if match is None or not written.isascii():
        cure = 'write a whole number and "days" or "bank days", such as "3 days" or "2 bank days"'
        raise wrong(f'"{written}" is not a time span', cure)
    return Span(int(match[1]), Unit.BANK_DAYS if match[2] else Unit.DAYS)


def parse_wait(value: object) -> Span:
    """Read a span of at least one day."""
    span = parse_span(value)
    if not span.count:
        raise wrong(f'"{span}" is no wait', 'write at least "1 day"')
    return span


def parse_hours(value: object) -> Hours:
    """Read ``09:00-19:00``."""
    written = text(value)
    match = _HOURS.fullmatch(written)
    if match is None:
        raise wrong(f'"{written}" is not a span of hours', 'write them as "09:00-19:00"')
    hours = Hours(time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4])))
    if hours.opens >= hours.closes:
        raise wrong(f'"{written}" ends before it begins', 'write the earlier hour first, as in "09:00-19:00"')
    return hours


def parse_minutes(value: object) -> int:
    """Read ``90 minutes``."""
    match = re.fullmatch(r"(\d{1,4}) minutes?", text(value), re.ASCII)
    if match is None:
        raise wrong(
            f'"{text(value)}" is not a number of minutes', 'write a whole number and "minutes", as in "90 minutes"'
        )
    return int(match[1])


def parse_money(value: object, currency: str) -> Money:
    """Read a decimal amount."""
    written = text(value)
    if not _AMOUNT.fullmatch(written):
        raise wrong(f'"{written}" is not an amount', "write digits with a dot before the decimals, as in 60.00")
    try:
        return Money.parse(written, currency)
    except MoneyError as error:
        problem, _, cure = str(error).partition("; ")
        raise wrong(problem, cure) from None


def parse_date(value: object) -> date:
    """Read ``2026-03-02``."""
    written = value.isoformat() if isinstance(value, date) else text(value)
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII):
            raise ValueError
        day = date.fromisoformat(written)
    except ValueError:
        raise wrong(f'"{written}" is not a date', "write year-month-day, as in 2026-03-02") from None
    if not 1990 <= day.year <= 2200:
        raise wrong(f'"{written}" is not a year that invoices have', "check the year")
    return day


def parse_yes(value: object) -> bool:
    """Read ``true`` or ``false``."""
    written = text(str(value).lower() if isinstance(value, bool) else value)
    if written not in ("true", "false"):
        raise wrong(f'"{written}" is neither true nor false', "write true or false")
    return written == "true"


def one_of(words: Iterable[str]) -> Callable[[object], str]:
    """Make the reader of a word from a closed set."""
    known = tuple(words)

    def read(value: object) -> str:
        written = text(value)
        if written not in known:
            raise wrong(f'"{written}" is not known here', nearest(written, known))
        return written

    return read


def parse_country(value: object) -> str:
    """Read a country whose law is written down."""
    return _country_in(COUNTRIES, value, f"known: {_NAMED}")


def parse_debtor_country(value: object) -> str:
    """Read a country whose law we know, at least for companies."""
    return _country_in(DEBTORS, value, f"known: {_NAMED}; and companies in the rest of the European Union")


def parse_name(value: object) -> str:
    """Read a short name that can be part of addresses and file names."""
    written = text(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", written, re.ASCII):
        raise wrong(f'"{written}" is not a short name', 'write small letters a–z, digits and hyphens, as in "nordljus"')
    return written


def reading_of(info: ValidationInfo) -> Reading:
    """Give what the file's reader knows of the rest of it."""
    return info.context if isinstance(info.context, Reading) else Reading("SEK")


def _country_in(known: Iterable[str], value: object, cure: str) -> str:
    written = text(value)
    if written not in known:
        cure = f'write "{ALIASES[written]}"' if written in ALIASES else cure
        raise wrong(f'no law pack for country "{written}"', cure)
    return written


def _fee(value: object, info: ValidationInfo) -> Money | Claim:
    if value == Claim.LEGAL:
        return Claim.LEGAL
    try:
        return _money(value, info)
    except PydanticCustomError as error:
        told = error.context or {}
        raise wrong(told["problem"], f'{told["cure"]}; or "legal"') from None


def _money(value: object, info: ValidationInfo) -> Money:
    if isinstance(value, Money):
        return value
    money = parse_money(value, reading_of(info).currency)
    if money.minor < 0:
        raise wrong(f'"{money}" is below zero', "write 0.00 or more")
    return money


def as_text(pattern: str, *examples: str, also: tuple[str, ...] = ()) -> WithJsonSchema:
    """Tell editors the form of a text; ``also`` are the types that YAML makes of it unasked."""
    types: Any = ["string", *also] if also else "string"
    return WithJsonSchema({"type": types, "pattern": f"^{pattern}$", "examples": list(examples)})


def word_of(words: Iterable[str]) -> tuple[PlainValidator, WithJsonSchema]:
    """Annotate a text that is one of these words."""
    known = tuple(words)
    return PlainValidator(one_of(known)), WithJsonSchema({"type": "string", "enum": list(known)})


def _countries(known: Iterable[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(known), "examples": ["SE"]})


_AMOUNTS = r"[0-9]+(\.[0-9]{1,2})?"
_DAYS = r"[0-9]{1,3} (bank )?days?"

Text = Annotated[str, BeforeValidator(text, json_schema_input_type=str)]
Wait = Annotated[Span, PlainValidator(parse_wait), as_text(_DAYS, "3 days", "2 bank days")]
Lag = Annotated[Span, PlainValidator(parse_span), as_text(_DAYS, "1 bank day")]
ContactHours = Annotated[Hours, PlainValidator(parse_hours), as_text(f"{CLOCK} ?[-–] ?{CLOCK}", "09:00-19:00")]
Minutes = Annotated[int, PlainValidator(parse_minutes), as_text("[0-9]{1,4} minutes?", "90 minutes")]
Amount = Annotated[Money, PlainValidator(_money), as_text(_AMOUNTS, "60.00", also=("number",))]
Fee = Annotated[
    Money | Claim,
    PlainValidator(_fee),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "pattern": rf"^({_AMOUNTS}|{Claim.LEGAL})$",
            "examples": ["60.00", str(Claim.LEGAL)],
        }
    ),
]
Yes = Annotated[bool, PlainValidator(parse_yes), WithJsonSchema({"enum": [True, False, "true", "false"]})]
Day = Annotated[date, BeforeValidator(parse_date), as_text("[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-03-02")]
Name = Annotated[str, PlainValidator(parse_name), as_text("[a-z0-9][a-z0-9_-]{0,39}", "nordljus")]
Country = Annotated[str, PlainValidator(parse_country), _countries(COUNTRIES)]
DebtorCountry = Annotated[str, PlainValidator(parse_debtor_country), _countries(DEBTORS)]
Currency = Annotated[str, *word_of(sorted(MINOR_DIGITS))]
Language = Annotated[str, *word_of(LANGUAGES)]
