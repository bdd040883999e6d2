"""``make translations``: bring every catalogue up to what the templates say, with room for what is new."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages import extract
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from domain.languages import FALLBACK, LANGUAGES
from templates.catalogues import FOLDER, path_of

_METHODS = [
    ("labels.py", "python"),
    ("words.py", "python"),
    ("**.jinja", "jinja2"),
    ("messages/layout.*", "jinja2"),
    ("page/**.html", "jinja2"),
]
_KEYWORDS = {**extract.DEFAULT_KEYWORDS, "NP_": ((1, "c"), 2)}
_NOISE = re.compile(r'^"(?:Report-|POT-|PO-|Last-|Language-Team|Generated-).*\n', re.MULTILINE)
"""What a catalogue's head says of days and people; the repository knows better."""


def said() -> Catalog:
    """Every text that the templates mark for translation."""
    catalog = Catalog()
    for _, _, text, _, context in extract.extract_from_dir(FOLDER.parent, _METHODS, keywords=_KEYWORDS):
        catalog.add(text, context=context)
    return catalog


def update(path: Path, texts: Catalog) -> None:
    """Keep the words of what is still said, make room for what is new, and drop the rest."""
    written = BytesIO()
    with path.open("rb") as file:
        catalog = read_po(file)
    catalog.update(texts, no_fuzzy_matching=True)
    write_po(written, catalog, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    path.write_text(_NOISE.sub("", written.getvalue().decode()).strip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != FALLBACK:
            update(path_of(language), said())
