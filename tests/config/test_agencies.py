"""The agencies that merchants' files name are those that the settings know."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.agencies import known, named, strangers
from config.merchants import load_merchant, load_text
from config.settings import Settings
from config.vendors import OtherAgency, TheAgency

FILE = Path("examples/merchants/nordljus.yaml")
TEXT = FILE.read_text()


def naming(agency: str, group: str | None = None) -> str:
    """The example's text with another agency, and in a group another one still."""
    text = TEXT.replace("agency: outbox", f"agency: {agency}")
    if group:
        text += f"  odd: {{collection: {{after_previous: 12 days, agency: {group}}}}}\n"
    return text


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["outbox"]),
        ({"collection": "none"}, []),
        ({"collection": "sftp", "agency": TheAgency(name="nordinkasso")}, ["outbox", "nordinkasso"]),
        ({"collection": "http", "agency": TheAgency(name="")}, ["outbox"]),
        ({"collection": "outbox", "agency": TheAgency(name="nordinkasso")}, ["outbox"]),
        ({"agencies": {"intrum": OtherAgency(kind="http")}}, ["outbox", "intrum"]),
        ({"collection": "none", "agencies": {"intrum": OtherAgency(kind="http")}}, ["intrum"]),
    ],
)
def test_the_outbox_is_always_known_and_others_where_they_are_set_up(settings: dict[str, object], names: list[str]):
    assert known(Settings(**settings)) == names


def test_a_merchant_names_each_agency_once():
    assert named(load_text(naming("intrum", "nordinkasso"), "x.yaml").merchant) == ["intrum", "nordinkasso"]
    assert named(load_merchant(FILE).merchant) == ["outbox"]


def test_a_file_that_names_the_outbox_is_fine():
    assert list(strangers(load_merchant(FILE), str(FILE), Settings())) == []


def test_an_agency_that_nobody_set_up_is_told_with_its_line_once_and_in_each_group_that_names_another():
    loaded = load_text(naming("intrum", "nordinkaso"), "x.yaml")
    settings = Settings(collection="http", agency=TheAgency(name="nordinkasso"))
    first, second = strangers(loaded, "x.yaml", settings)
    lines = loaded.text.splitlines()

    assert "agency: intrum" in lines[(first.line or 0) - 1]
    assert (first.key, first.problem) == ("policy.collection.agency", 'names "intrum", which is not set up here')
    assert first.cure == "known: outbox, nordinkasso; or set it up with KVITT_COLLECTION or KVITT_AGENCIES"
    assert "nordinkaso}" in lines[(second.line or 0) - 1]
    assert second.key == "groups.odd.collection.agency"
    assert second.cure.startswith('did you mean "nordinkasso"?')


def test_where_collection_is_not_used_the_outbox_is_told_too():
    (told,) = strangers(load_merchant(FILE), str(FILE), Settings(collection="none"))

    assert told.cure == "KVITT_COLLECTION is none: write outbox, or how an agency is reached"
