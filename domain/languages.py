"""The languages in which people are written to, and which of them somebody gets."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = ("sv", "en", "nb", "da", "fi", "de")
"""Each has a catalogue in ``templates/translations``; the templates themselves are in English."""
FALLBACK = "en"

_ALSO = {"no": "nb", "nn": "nb"}
"""Who reads these is written to in a language close by."""


def spoken(tags: Iterable[str]) -> str:
    """Choose the first of these language tags that we write, else English.

    >>> spoken(["et", "no_NO", "sv"])
    'nb'
    """
    bare = (tag.replace("_", "-").split("-")[0].strip().lower() for tag in tags)
    known = (_ALSO.get(language, language) for language in bare)
    return next((language for language in known if language in LANGUAGES), FALLBACK)
