"""``kvitt policy check``: each wish above the law is told with its key, line, limit, statute and the lawful value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.line import command_line
from commands.session import CommandError
from config.merchants import load_merchant
from config.problems import ConfigError
from config.values import parse_date

UNLAWFUL = sorted(Path("examples/unlawful").iterdir())
LAWFUL = sorted(Path("examples/merchants").iterdir())
GOLDEN = Path(__file__).parent / "golden" / "policy"
DAY = "2026-03-02"
NORDLJUS = "examples/merchants/nordljus.yaml"


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(command_line(), ["policy", "check", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.mark.parametrize("path", UNLAWFUL, ids=lambda path: path.stem)
def test_an_unlawful_policy_is_told_with_key_line_limit_statute_and_the_nearest_lawful_value(path: Path, rewrite: bool):
    shown = run(str(path), "--on", DAY, code=1)
    golden = GOLDEN / f"{path.stem}.txt"
    if rewrite:
        golden.write_text(shown, encoding="utf-8")

    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", UNLAWFUL, ids=lambda path: path.stem)
def test_every_error_has_all_that_a_program_needs(path: Path):
    errors = [
        told
        for told in map(json.loads, run(str(path), "--on", DAY, "--json", code=1).splitlines())
        if told["severity"] == "error"
    ]

    assert errors
    for told in errors:
        lacking = [
            field for field in ("line", "key", "problem", "limit", "statute", "known", "cure") if not told[field]
        ]
        assert lacking == []
        assert told["file"] == str(path)
        assert told["statute"].startswith(path.stem[:2].upper())
        assert told["statute"] in told["problem"]


@pytest.mark.parametrize("path", UNLAWFUL, ids=lambda path: path.stem)
def test_an_unlawful_policy_does_not_load(path: Path):
    with pytest.raises(ConfigError):
        load_merchant(path, parse_date(DAY))


def test_the_guide_shows_what_is_told():
    guide = Path("docs/merchants.md").read_text(encoding="utf-8")

    assert f"```\n{(GOLDEN / 'de-lump-sum-by-email.txt').read_text(encoding='utf-8')}```" in guide
    assert "[Thirteen unlawful files](../examples/unlawful)" in guide
    assert len(UNLAWFUL) == 13


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.iterdir()} == {path.stem for path in UNLAWFUL}


@pytest.mark.parametrize("path", LAWFUL, ids=lambda path: path.stem)
def test_the_example_of_each_country_is_lawful(path: Path):
    assert run(str(path), "--on", DAY).splitlines()[-1].startswith(f"{path}: fine")


def test_several_files_are_told_one_after_the_other(tmp_path: Path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(Path(NORDLJUS).read_text(encoding="utf-8").replace("name:", "nmae:", 1), encoding="utf-8")

    told = run(str(broken), NORDLJUS, "--on", DAY, code=1)

    assert told.splitlines() == [
        f'error: {broken}:3: nmae: unknown key; did you mean "name"?',
        f"{broken}: 1 error",
        f"{NORDLJUS}: fine",
    ]


def test_a_file_is_checked_against_the_law_of_another_country_for_customers_there():
    told = [json.loads(line) for line in run(NORDLJUS, "--country", "no", "--on", DAY, "--json", code=1).splitlines()]

    assert [(line["severity"], line["key"], line["cure"]) for line in told] == [
        ("warning", "policy.reminders[0].fee", "write 0.00"),
        ("error", "policy.reminders[0].after_due", 'write "14 days", or a fee of 0.00'),
        ("warning", "policy.reminders[1].after_previous", "write 15 days"),
        ("warning", "policy.reminders[1].channels", "put email or letter first"),
        ("error", "policy.collection.after_previous", "write 15 days"),
    ]
    assert "no cap is known in SEK" in told[0]["problem"]


def test_a_country_whose_consumers_have_no_law_here_is_told_as_such():
    told = run(NORDLJUS, "--country", "PL", "--on", DAY)

    assert "policy.debtors: no law is known for consumers there, so an invoice to one is refused" in told


def test_the_law_of_one_kind_of_debtor_can_be_asked_alone():
    path = str(Path("examples/unlawful/fr-fee-for-consumers.yaml"))

    assert "consumers" not in run(path, "--kind", "company", "--on", DAY).replace(path, "")
    assert "no cap is known" not in run(path, "--kind", "consumer", "--on", DAY, code=1)


def test_the_law_of_another_day_can_be_asked():
    path = "examples/unlawful/no-third-fee.yaml"

    assert run(path, "--on", "2025-06-01", code=1).count("more than the law allows: 35.00 NOK") == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--country", "XX"), "no law is known for a company in 'XX'; known: DE, "),
        (("--country", "PL", "--kind", "consumer"), "no law is known for a consumer in 'PL'"),
        (("--on", "2026-13-01"), '"2026-13-01" is not a date; write year-month-day, as in 2026-03-02'),
    ],
)
def test_what_cannot_be_asked_is_told(arguments: tuple[str, ...], told: str):
    with pytest.raises(CommandError, match="^" + told.replace("(", r"\(")):
        run(NORDLJUS, *arguments)
