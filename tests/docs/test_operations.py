"""The guides say what is so: commands, settings, codes, links."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from activities.asking import ASKED_AGAIN_AFTER, ASKED_FOR
from activities.sending import FIRST_ASKED_AFTER
from config.environment import FILE
from config.settings import variables
from domain.answers import SEEK_AFTER
from domain.attention import Need, Urgency
from domain.briefing import HOLDS
from domain.case import RETRY_AFTER
from domain.charge import ChargeKind
from domain.policy import Channel
from domain.stages import Stage
from domain.timeline import Did
from domain.words import AgencyOutcome, DisputeOutcome, Message, Outcome, Reason, Status
from tests.docs.needs import rows
from tests.docs.reading import GLOSSARY, GUIDES, OPERATIONS, ROOT, SETTINGS, anchors, commands, links, problem_with
from worker import GRACE
from workflows.orders import ORDERS
from workflows.server import COLUMNS
from workflows.views import VIEWS

COMMANDS = sorted({(guide.relative_to(ROOT), command) for guide in GUIDES for command in commands(guide.read_text())})


@pytest.mark.parametrize(("guide", "command"), COMMANDS, ids=[f"{guide}: {command}" for guide, command in COMMANDS])
def test_every_command_exists_with_its_options(guide: Path, command: str):
    assert problem_with(command) is None


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("kvitt fly 10001", "there is no fly"),
        ("kvitt pause 10001 --until-when 2026-05-01", "No such option: --until-when"),
        ("kvitt respite 10001", "until is missing"),
        ("kvitt release 10001 10002", "['10002'] is too much"),
    ],
)
def test_a_wrong_command_is_noticed(command: str, problem: str):
    assert (problem_with(command) or "").startswith(problem)


@pytest.mark.parametrize("guide", GUIDES, ids=[str(guide.relative_to(ROOT)) for guide in GUIDES])
def test_every_link_and_picture_is_there(guide: Path):
    missing = [target for target in links(guide.read_text()) if not (guide.parent / target).exists()]

    assert missing == []


@pytest.mark.parametrize("guide", GUIDES, ids=[str(guide.relative_to(ROOT)) for guide in GUIDES])
def test_every_place_that_a_guide_leads_to_is_there(guide: Path):
    led = re.findall(r"\]\(([\w./-]*\.md|)#([^)]+)\)", guide.read_text())
    missing = [
        f"{file}#{place}"
        for file, place in led
        if place not in anchors((guide.parent / file if file else guide).read_text())
    ]

    assert missing == []


@pytest.mark.parametrize(("name", "field"), list(variables()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_setting_is_documented_with_its_default(name: str, field: FieldInfo):
    assert f"| `{name}` | {shown(field)} |".replace("|  |", "| |") in SETTINGS


def shown(field: FieldInfo) -> str:
    """A default as the guide writes it."""
    if field.default_factory is not None:
        return "`true`, in production `false`"
    match field.default:
        case None | "" | () | SecretStr():
            return ""
        case bool():
            return f"`{field.default}`".lower()
        case time():
            return f"`{field.default:%H:%M}`"
        case default:
            return f"`{default}`"


def test_no_setting_is_documented_that_is_none():
    documented = re.findall(r"^\| `(KVITT_\w+)`", SETTINGS, re.MULTILINE)

    assert sorted(documented) == sorted(name for name, _ in variables())


def test_every_variable_that_a_guide_or_a_container_names_is_a_setting():
    texts = [path.read_text(encoding="utf-8") for path in (*GUIDES, *(ROOT / "deploy").iterdir()) if path.is_file()]
    named = {name for text in texts for name in re.findall(r"\bKVITT_[A-Z_]*[A-Z]\b", text)}

    assert {name.removesuffix(FILE) for name in named} <= {name for name, _ in variables()}


@pytest.mark.parametrize(
    ("codes", "heading"),
    [
        (Stage, "Stages"),
        (Did, "What we did"),
        (Reason, "Reasons"),
        (Message, "Messages"),
        (Channel, "Channels"),
        (Status, "Sends"),
        (Outcome, "Outcomes"),
        (ChargeKind, "Charges"),
        (DisputeOutcome, "Answers to a dispute"),
        (AgencyOutcome, "How an agency closes its case"),
    ],
)
def test_every_code_is_in_the_glossary_and_no_other(codes: type[StrEnum], heading: str):
    part = re.split(r"^## ", GLOSSARY, flags=re.MULTILINE)
    table = next(text for text in part if text.startswith(f"{heading}\n"))

    assert set(re.findall(r"^\| `(\w+)` \| \S", table, re.MULTILINE)) == set(codes)


def test_the_words_of_the_glossary_are_in_order():
    words = re.findall(r"^\| ([^`|]+?) \|", GLOSSARY.split("## Stages")[0], re.MULTILINE)[1:]

    assert words == sorted(words, key=str.lower)
    assert len(words) > 60


@pytest.mark.parametrize("name", [*Stage, *COLUMNS])
def test_every_stage_and_column_is_explained_to_operations(name: str):
    assert f"| `{name}` |" in OPERATIONS


@pytest.mark.parametrize("urgency", Urgency)
def test_what_needs_a_person_is_told_as_the_command_line_tells_it(urgency: Urgency):
    """The tables of the guide are made by ``tests/docs/needs.py``."""
    assert f"| Need | Why | Do |\n|---|---|---|\n{rows(urgency)}\n\n" in OPERATIONS


def test_every_question_that_a_rule_asks_has_an_answer():
    rules = (ROOT / "domain" / "answers.py").read_text(encoding="utf-8").splitlines()
    asking = " ".join(line for line in rules if "_ask(case" in line or "Asked(" in line)
    asked = {Reason[name] for name in re.findall(r"Reason\.(\w+)", asking)}

    assert asked <= set(Need)
    assert len(asked) == 7


def test_the_views_of_the_guide_are_those_that_are_printed():
    noon = datetime(2026, 4, 9, 12, tzinfo=UTC)
    table = "\n".join(f"| {view.name} | {view.tells} |" for view in VIEWS)
    queries = "\n".join(view.at(noon).replace("+00:00", "Z") for view in VIEWS)

    assert f"| View | Finds |\n|---|---|\n{table}\n" in OPERATIONS
    assert f"```text\n{queries}\n```" in OPERATIONS


def test_every_query_of_the_guide_names_columns_that_there_are():
    theirs = {"ExecutionStatus", "StartTime", "WorkflowId", "WorkflowType", "TemporalReportedProblems"}
    blocks = re.findall(r"^```text\n(.*?)^```", OPERATIONS, re.MULTILINE | re.DOTALL)
    named = {name for block in blocks for name in re.findall(r"\b([A-Z]\w+) (?:=|<|>=|IS|STARTS_WITH)", block)}

    assert set(COLUMNS) - {"DueDay"} <= named | {"DueDay"}
    assert named <= theirs | set(COLUMNS)


def test_the_columns_are_made_alike_wherever_a_server_is_set_up():
    files = [path for path in (ROOT / "deploy").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    told = " ".join(path.read_text(encoding="utf-8") for path in files)
    created = re.findall(r"search-attribute create --name (\w+) --type (\w+)", OPERATIONS)

    assert dict(created) == COLUMNS
    for flag in ("--sa", "--search-attribute"):
        assert dict(re.findall(rf"{flag} (\w+)=(\w+)", told)) in ({}, COLUMNS), flag


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_in_the_guide(order: str):
    assert f"`kvitt {order} " in OPERATIONS


def test_what_the_web_ui_tells_to_type_can_be_typed():
    texts = " ".join(HOLDS.values()).format(case="nordljus/10001")
    wrong = {command: problem_with(command.replace("AMOUNT", "1.00")) for command in commands(texts)}

    assert wrong
    assert {command: problem for command, problem in wrong.items() if problem} == {}


def test_the_waits_are_those_of_the_code():
    for waits in (SEEK_AFTER, RETRY_AFTER):
        *first, last = (str(round(wait.total_seconds() / 60)) for wait in waits)
        assert f"after {', '.join(first)} and {last} minutes" in OPERATIONS
    told = {Channel.SMS: "an SMS after 10 minutes and then each hour for 2 days"}
    told[Channel.EMAIL] = "an e-mail after an hour and then every 6 hours for 4 days"
    told[Channel.LETTER] = "a letter after 6 hours and then every 12 hours for 60 days"
    told[Channel.COLLECTION] = "an agency over HTTP about what it has after a day and then every day for 730 days"
    asked = {
        Channel.SMS: (timedelta(minutes=10), timedelta(hours=1), timedelta(days=2)),
        Channel.EMAIL: (timedelta(hours=1), timedelta(hours=6), timedelta(days=4)),
        Channel.LETTER: (timedelta(hours=6), timedelta(hours=12), timedelta(days=60)),
        Channel.COLLECTION: (timedelta(days=1), timedelta(days=1), timedelta(days=730)),
    }
    for channel, words in told.items():
        assert words in " ".join(OPERATIONS.split())
        assert (FIRST_ASKED_AFTER[channel], ASKED_AGAIN_AFTER[channel], ASKED_FOR[channel]) == asked[channel]
    assert f"at most {GRACE.total_seconds():.0f} seconds" in OPERATIONS
