"""``kvitt law``: a country's law as a person at a terminal, or a program, is told it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
import typer

from commands import law as command
from commands import show
from commands.session import CommandError
from domain.law import law_of
from domain.law.telling import countries, figures_of, sections_of
from domain.words import DebtorKind
from tests.commands.system import System

TODAY = "2026-11-22"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]):
    """What ``kvitt law …`` prints; a problem is raised, as the command line's end wants it."""
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)

    def run(*arguments: str) -> str:
        app(["law", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return run


def rules(text: str) -> dict[tuple[str, str], dict[str, object]]:
    """The lines of JSON, by rule and first day."""
    return {(line["rule"], line["since"]): line for line in json.loads(text)["lines"]}


@pytest.mark.parametrize("country", countries())
def test_every_country_is_told_whole(told, country: str):
    text = " ".join(told(country).split())

    for law in countries()[country]:
        assert " ".join(law.about.split()) in text
        assert law.names["en"] in text
        for value in (*law.reminders.cap.values, *law.interest.reference.values, *law.collection.notice.values):
            assert value.source.ref in text
            assert value.source.link in text
    assert "It is not legal advice" in text


def test_without_a_day_the_whole_history_is_told(told):
    text = told("NO")

    assert "35.00 NOK" in text
    assert "37.00 NOK" in text


def test_on_a_day_only_what_held_then(told):
    assert "37.00 NOK" not in told("NO", "--on", "2025-12-31")
    assert "35.00 NOK" not in told("NO", "--on", "2026-01-01")


@pytest.mark.parametrize("country", countries())
def test_what_is_not_charged_has_a_sign_each_time(told, country: str):
    refused = [line.mark for s in sections_of(countries()[country]) for line, _ in s.lines if line.refused]

    assert re.findall(r"✗ (.*?)(?:  |$)", told(country), re.MULTILINE) == refused


def test_some_things_are_not_charged():
    """Else the test above proves nothing."""
    every = [line for laws in countries().values() for s in sections_of(laws) for line, _ in s.lines]

    assert len({line.mark for line in every if line.refused}) >= 2


def test_what_is_firm_has_none(told):
    text = told("SE", "--on", TODAY)

    assert "60.00 SEK" in text
    assert not any("✗" in line for line in text.split("60.00 SEK")[1].splitlines()[:2])


def test_what_one_kind_of_debtor_has_alone_is_told_so(told):
    """Both kinds' laws in one table: the difference is seen."""
    lines = [line.strip() for line in told("SE").splitlines()]

    assert lines[[line.startswith("compensation for late payment") for line in lines].index(True) + 1] == (
        "companies only"
    )
    assert "companies only" not in told("SE", "--kind", "company")


@pytest.mark.parametrize("width", [60, 80, 200])
def test_nothing_is_lost_on_a_narrow_screen(told, width: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(show.OUT, "width", width)
    text = "".join(told("DE").split())

    assert "…" not in text
    for law in countries()["DE"]:
        assert "".join(law.reminders.cap.values[0].source.note.split()) in text


def test_a_program_is_told_the_same(told):
    lines = rules(told("no", "--json"))
    cap = lines["reminders.cap", "2025-01-01"]

    assert (cap["value"], cap["until"], cap["for"]) == ("35.00 NOK", "2025-12-31", ["consumer", "company"])
    assert (cap["known"], cap["firm"], cap["refused"]) == ("primary", True, None)
    assert lines["reminders.cap", "2026-01-01"]["until"] is None
    assert lines["collection.notice", "2000-01-01"]["value"] == "14 days from sending"


@pytest.mark.parametrize("country", countries())
def test_a_program_sees_what_is_not_charged(told, country: str):
    lines = json.loads(told(country, "--json"))["lines"]

    for line in lines:
        adds = line["rule"].endswith((".cap", "reference", "points", "compensation"))
        assert (line["refused"] == "not charged") is (adds and not line["firm"] and line["value"] != "nothing")


def test_without_a_country_all_are_told_with_their_main_figures(told):
    lines = told("--on", TODAY).splitlines()

    for laws in countries().values():
        for law in laws:
            assert any(line.startswith(f"{law.names['en']} ({law.country})  ") and law.kind in line for line in lines)
    norway = next(line for line in lines if line.startswith("Norway") and "consumer" in line)
    assert "37.00 NOK" in norway
    assert "14 days from sending" in norway


def test_all_countries_as_json_are_one_a_line(told):
    lines = [json.loads(line) for line in told("--json", "--on", TODAY, "--kind", "company").splitlines()]

    assert len(lines) == sum(law.kind is DebtorKind.COMPANY for laws in countries().values() for law in laws)
    assert {line["for"] for line in lines} == {"company"}
    assert all(line["reminder_fee"] for line in lines)


def test_a_state_of_the_union_without_a_law_of_its_own_is_told_by_its_name(told):
    assert told("PL").startswith("Poland (PL), companies, in PLN")


def test_the_union_itself_is_told(told):
    assert told("EU").startswith("European Union (EU), companies, in EUR")


def test_a_country_may_be_named_as_people_name_it(told):
    assert told("uk") == told("GB")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("XX",), "no law is known for 'XX'; known: "),
        (("XX", "--kind", "consumer"), "no law is known for a consumer in 'XX'; known: "),
        (("PL", "--kind", "consumer"), "no law is known for a consumer in 'PL'; known: "),
        (("SE", "--on", "yesterday"), '"yesterday" is not a date; write year-month-day, as in 2026-03-02'),
        (("SE", "--on", "20260302"), '"20260302" is not a date; write year-month-day'),
    ],
)
def test_what_is_wrong_is_said_with_what_is_known(told, arguments: tuple[str, ...], says: str):
    with pytest.raises(CommandError) as problem:
        told(*arguments)

    assert str(problem.value).startswith(says)


def test_the_figures_are_those_of_the_law_itself():
    figures = figures_of(law_of("SE", DebtorKind.CONSUMER), date(2026, 11, 22))

    assert figures[:4] == ("Sweden (SE)", "consumer", "60.00 SEK", "180.00 SEK")


def test_the_command_line_has_it_and_needs_nothing_that_runs(tmp_path: Path):
    home = System(tmp_path)

    fine, wrong = home.run("law", "SE"), home.run("law", "XX")

    assert fine.returncode == 0
    assert fine.stdout.startswith("Sweden (SE), consumers and companies, in SEK")
    assert wrong.returncode == 1
    assert "kvitt law" in wrong.stderr
    assert wrong.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
