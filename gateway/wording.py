"""Which language somebody reads the page in, and what the others are called."""

from __future__ import annotations

from domain.languages import LANGUAGES, spoken
from templates.words import Words

NAMES = {"sv": "Svenska", "en": "English", "nb": "Norsk", "da": "Dansk", "fi": "Suomi", "de": "Deutsch"}
"""Each language in its own words."""


def others(words: Words) -> list[tuple[str, str]]:
    """The other languages: tag and name."""
    return [(tag, NAMES[tag]) for tag in LANGUAGES if tag != words.language]


def preferred(accepted: str) -> str:
    """The language for somebody we know nothing of, from the browser's ``Accept-Language``."""
    return spoken(part.split(";")[0] for part in accepted.split(","))
