"""The catalogues say all that the templates say, with the same values in it, and no markup."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from domain.languages import FALLBACK, LANGUAGES
from gateway.wording import NAMES
from templates.catalogues import FOLDER, catalogue, path_of
from templates.errors import RenderError
from templates.formats import Formats
from templates.translations.__main__ import said, update
from templates.words import WORDS, Words

TRANSLATED = [language for language in LANGUAGES if language != FALLBACK]
SAME_EVERYWHERE = {
    "BIC",
    "IBAN",
    "KID",
    "OCR",
    "Bankgiro",
    "Plusgiro",
    "SMS",
    "Demand for payment (betalingsoppfordring)",
}
"""What may read in a translation as it does in English."""
Key = tuple[str | None, str | tuple[str, ...]]


@cache
def said_in_the_templates() -> frozenset[Key]:
    """Every text that is marked for translation, found as ``make translations`` finds it."""
    return frozenset((message.context, message.id) for message in said() if message.id)


@cache
def read(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def names_in(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_text_of_the_templates_and_no_other(language: str) -> None:
    assert {(message.context, message.id) for message in messages(language)} == said_in_the_templates()
    assert not read(language).obsolete


def test_the_templates_are_really_searched() -> None:
    texts = {text for _, text in said_in_the_templates()}

    assert len(texts) > 200
    assert {context for context, _ in said_in_the_templates()} >= {None, "badge", "money"}
    assert {"Copy", "A friendly reminder", "Letter of claim", "How to pay"} <= texts
    assert said_in_the_templates() >= set(WORDS.values())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_doubtful(language: str) -> None:
    for message in messages(language):
        assert not message.fuzzy
        assert all(forms(message.string)), message.id
        assert len(forms(message.string)) == (read(language).num_plurals if message.pluralizable else 1)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_values_as_the_text(language: str) -> None:
    for message in messages(language):
        wanted = names_in(forms(message.id)[-1])
        assert all(names_in(form) == wanted for form in forms(message.string)), message.id
        assert all("%" not in re.sub(r"%\(\w+\)s", "", form) for form in forms(message.string)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_text_and_never_markup(language: str) -> None:
    """Autoescaping takes the catalogues' texts as safe, in attributes too."""
    for message in messages(language):
        assert not any(re.search(r'[<>"&{}]|^\s|\s$|\s\s', form) for form in forms(message.string)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_was_left_in_english(language: str) -> None:
    left = {text for message in messages(language) for text in forms(message.string) if text == forms(message.id)[0]}

    assert {text for text in left if " " in text} == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_stays_a_sentence(language: str) -> None:
    for message in messages(language):
        if len(forms(message.id)[0].split()) > 4 and not forms(message.id)[0].startswith("%(merchant)s: "):
            ends = {form[-1] in ".!?:" for form in (*forms(message.id), *forms(message.string))}
            assert len(ends) == 1, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_can_be_said(language: str) -> None:
    words = Words(language)
    values = dict.fromkeys({name for _, text in WORDS.values() for name in names_in(text)}, "…")

    assert all(words(name, **values) for name in WORDS)


def test_a_language_that_is_written_is_known_everywhere() -> None:
    assert set(NAMES) == set(LANGUAGES)
    assert all(Formats(language).day for language in LANGUAGES)
    assert {path.parent.name for path in FOLDER.glob("*/LC_MESSAGES")} == set(TRANSLATED)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Danish, in a folder of its own."""
    path = tmp_path / "kvitt.po"
    path.write_bytes(path_of("da").read_bytes())
    return path


def test_bringing_a_catalogue_up_to_date_changes_nothing_when_it_is(copied: Path) -> None:
    before = copied.read_text()
    update(copied, said())

    assert copied.read_text() == before


def test_what_is_new_waits_for_its_words_and_what_is_gone_goes(copied: Path) -> None:
    texts = Catalog()
    texts.add("Invoice")
    texts.add("A new text")
    update(copied, texts)

    assert copied.read_text().endswith('msgid "A new text"\nmsgstr ""\n\nmsgid "Invoice"\nmsgstr "Faktura"\n')
    assert "Bankgiro" not in copied.read_text()


def test_plurals_follow_the_language() -> None:
    one = "The time limit is at least %(days)s day from the day on which this notice is sent."
    many = one.replace("day from", "days from")

    assert "14 dagar" in catalogue("sv").ngettext(one, many, 14) % {"days": 14}
    assert "1 dag " in catalogue("sv").ngettext(one, many, 1) % {"days": 1}
    assert "14 päivää" in catalogue("fi").ngettext(one, many, 14) % {"days": 14}
    assert catalogue("en").ngettext(one, many, 2) == many


def test_what_no_catalogue_has_is_an_error() -> None:
    ask = catalogue("nb")

    for missing in (
        lambda: ask.gettext("Never said"),
        lambda: ask.pgettext("badge", "Never said"),
        lambda: ask.ngettext("Never said", "Never said twice", 2),
    ):
        with pytest.raises(RenderError, match=r"^translations/nb: no translation of 'Never said'$"):
            missing()
