"""Days on the command line."""

from __future__ import annotations

from datetime import date

from pydantic_core import PydanticCustomError

from commands.session import CommandError
from config.values import parse_date


def day_of(text: str) -> date:
    """Read a day.

    Raises:
        CommandError: it is none.
    """
    try:
        return parse_date(text)
    except PydanticCustomError as error:
        raise CommandError(f"{error}; {(error.context or {})['cure']}") from None
