"""Languages and their short words: one TOML file a language in ``labels/``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from templates.content import Content
from templates.errors import RenderError

LANGUAGES = ("sv", "en")
FALLBACK = "en"

_FOLDER = Path(__file__).parent / "labels"


class Labels:
    """The words of one language, by dotted name; a missing one is an error and never an empty space."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self.language = language
        self.words = words

    def __getitem__(self, name: str) -> str:
        try:
            return self.words[name]
        except KeyError:
            raise RenderError(f"labels/{self.language}.toml", f"{name} is missing") from None


@cache
def labels(language: str) -> Labels:
    """Read a language's file, once."""
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    flat = {
        f"{table}.{name}": text
        for table, words in tables.items()
        if isinstance(words, dict)
        for name, text in words.items()
    }
    top = {name: text for name, text in tables.items() if isinstance(text, str)}
    return Labels(language, {**top, **flat})


def language_of(content: Content) -> str:
    """Choose the customer's language if we have it, else the merchant's first one that we have, else English."""
    wanted = (content.language, *content.merchant.languages)
    bare = (tag.replace("_", "-").split("-")[0].lower() for tag in wanted)
    return next((language for language in bare if language in LANGUAGES), FALLBACK)
