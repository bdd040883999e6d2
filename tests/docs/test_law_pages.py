"""The pages in ``docs/law`` say what the law packs say, and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.law_pages import COMMAND, FOLDER, index, page, pages
from domain.law.telling import countries, dated_of, sections_of

ROOT = Path(__file__).parents[2]
PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_packs_make(name: str):
    committed = FOLDER / name

    assert committed.exists(), f"write it with: {COMMAND}"
    assert committed.read_text(encoding="utf-8") == PAGES[name], f"write it anew with: {COMMAND}"


def test_no_page_is_left_of_a_law_that_is_gone():
    assert {path.name for path in FOLDER.iterdir()} == PAGES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_that_it_is_no_legal_advice_and_how_it_is_made(name: str):
    assert "It is not legal advice" in PAGES[name]
    assert COMMAND in PAGES[name]


@pytest.mark.parametrize("country", countries())
def test_a_page_has_every_source_of_its_law(country: str):
    text = page(countries()[country])

    for law in countries()[country]:
        for path, dated in dated_of(law):
            for value in dated.values:
                assert value.source.ref in text, path
                assert value.source.note in text, path
                assert value.source.link in text, path


@pytest.mark.parametrize("name", PAGES)
def test_every_row_of_a_table_has_its_headings_cells(name: str):
    for table in re.findall(r"(?:^\|.*\|\n)+", PAGES[name], re.MULTILINE):
        assert len({len(re.split(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table


@pytest.mark.parametrize("country", countries())
def test_what_must_not_be_charged_stands_out(country: str):
    laws = countries()[country]
    refused = [line.mark for section in sections_of(laws) for line, _ in section.lines if line.refused]

    assert re.findall(r"\| \*\*(.*?)\*\*", page(laws)) == refused


def test_the_index_leads_to_every_country():
    leads = set(re.findall(r"\]\((\w+\.md)\)", index(countries())))

    assert leads == PAGES.keys() - {"README.md"}


@pytest.mark.parametrize("guide", ["README.md", "docs/merchants.md"])
def test_merchants_find_the_pages(guide: str):
    assert "law/README.md)" in (ROOT / guide).read_text(encoding="utf-8")
