"""The words of the invoice page: one TOML file a language in ``templates/page/words/``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from templates.formats import Formats
from templates.labels import FALLBACK, LANGUAGES
from templates.texts import HERE

NAMES = {"sv": "Svenska", "en": "English"}
"""Each language in its own words."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: ``words("pay.title")``; a word that is missing is an error."""

    language: str
    table: dict[str, Any]

    def __call__(self, name: str, **values: object) -> str:
        """The words of this dotted name, with the values filled in.

        Raises:
            KeyError: there are no such words, or a value is missing.
        """
        words: Any = self.table
        for part in name.split("."):
            words = words[part]
        return str(words).format_map(values)

    @property
    def formats(self) -> Formats:
        """How the language writes amounts and days."""
        return Formats(self.language)

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other languages: tag and name."""
        return [(tag, NAMES[tag]) for tag in LANGUAGES if tag != self.language]


@cache
def words_of(language: str) -> Words:
    """Read a language's words, once."""
    path = HERE / "page" / "words" / f"{language}.toml"
    return Words(language, tomllib.loads(path.read_text(encoding="utf-8")))


def preferred(accepted: str) -> str:
    """The language for somebody we know nothing of, from the browser's ``Accept-Language``."""
    wanted = (part.split(";")[0].strip().split("-")[0].lower() for part in accepted.split(","))
    return next((language for language in wanted if language in LANGUAGES), FALLBACK)
