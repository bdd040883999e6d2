"""The catalogues: what the templates say, which is English, in the other languages.

A catalogue is a gettext ``.po`` file, read as it is at its first use in a process, so there is nothing to compile and
no second file that could be older than the first. A text without its translation is an error, never English by chance.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import jinja2
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from domain.languages import FALLBACK
from templates.errors import RenderError

FOLDER = Path(__file__).parent / "translations"

Word = tuple[str | None, str]
"""A context, where one English word has several meanings, and the word."""


def N_(text: str) -> Word:  # noqa: N802 (gettext's own name, by which the words are found for the catalogues)
    """Mark a word that is translated later."""
    return None, text


def NP_(context: str, text: str) -> Word:  # noqa: N802
    """Mark a word that means something particular here."""
    return context, text


class _Missing(NullTranslations):
    """Asked for what a catalogue lacks."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def gettext(self, message: str) -> NoReturn:
        """Say what is missing."""
        raise RenderError(f"translations/{self.language}", f"no translation of {message!r}")

    def pgettext(self, context: str, message: str) -> NoReturn:
        """Say what is missing."""
        self.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        """Say what is missing."""
        self.gettext(msgid1)


@cache
def catalogue(language: str) -> NullTranslations:
    """Read a language's catalogue, once. English needs none."""
    if language == FALLBACK:
        return NullTranslations()
    compiled = BytesIO()
    with path_of(language).open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    translations.add_fallback(_Missing(language))
    return translations


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / "kvitt.po"


def translate(jinja: jinja2.Environment) -> None:
    """Let templates say ``{% trans %}``; each is filled in the ``language`` that it is rendered with."""
    jinja.add_extension("jinja2.ext.i18n")
    jinja.install_gettext_callables(_gettext, _ngettext, newstyle=True, pgettext=_pgettext)  # type: ignore[attr-defined]


@jinja2.pass_context
def _gettext(context: jinja2.runtime.Context, message: str) -> str:
    return catalogue(context["language"]).gettext(message)


@jinja2.pass_context
def _ngettext(context: jinja2.runtime.Context, singular: str, plural: str, count: int) -> str:
    return catalogue(context["language"]).ngettext(singular, plural, count)


@jinja2.pass_context
def _pgettext(context: jinja2.runtime.Context, about: str, message: str) -> str:
    return catalogue(context["language"]).pgettext(about, message)
