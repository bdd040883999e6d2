"""For how long what is kept: ``KVITT_RETENTION_…``."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.problems import wrong
from domain.keeping import KeepingRule

Days = Annotated[int | None, Field(ge=0, le=36_500)]
"""Days, or none."""


def _day_of_year(value: str) -> str:
    """A day that each year has, or none."""
    try:
        date.fromisoformat(f"2001-{value or '12-31'}")
    except ValueError:
        raise wrong(f'is "{value}", which is no day of each year', "write month and day, as in 12-31") from None
    return value


class RetentionSettings(BaseSettings):
    """A part of the settings."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    retention_years: int = Field(default=0, ge=0, le=100)
    """Years for which books are kept at least, where the law wants fewer."""
    retention_year_ends: Annotated[str, AfterValidator(_day_of_year)] = ""
    """The last day of merchants' accounting years, as in `12-31`; without it as late as it can be."""
    retention_closed_days: Days = None
    """Days after closing until a customer is forgotten; without it: when the books' time is over."""
    retention_link_days: Days = None
    """Days after closing until the links to an invoice open nothing; without it: when the customer is forgotten."""
    retention_look_days: Days = None
    """Days after closing until the audit of an invoice's looks goes; without it: it stays."""
    retention_post_days: int = Field(default=90, ge=1, le=36_500)
    """Days until a post of a vendor is emptied that is about no message of ours."""
    retention_delivery_days: int = Field(default=90, ge=1, le=36_500)
    """Days until a message to a merchant's system goes that has arrived or was given up."""

    @property
    def keeping(self) -> KeepingRule:
        """For how long books are kept."""
        month, _, day = self.retention_year_ends.partition("-")
        return KeepingRule((int(month), int(day)) if day else None, self.retention_years)
