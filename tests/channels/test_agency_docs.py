"""What the guide for agencies shows is so: its reports are read, its signature is ours, its answers are understood."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from channels.agency.http import SLOWEST, TRY_LATER
from channels.agency.reports import WORDS, parse, speaker
from channels.agency.signing import TOLERANCE, signed
from channels.hearing import Post

GUIDE = Path("docs/agencies.md").read_text()
BLOCKS = {kind: re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL) for kind in ("json", "python")}
REPORTS = [block for block in map(json.loads, BLOCKS["json"]) if "type" in block]
SCHEMA = json.loads(Path("docs/agency-report.schema.json").read_text())
PAYLOADS = Path(__file__).parent / "payloads" / "agency"


def test_every_type_is_shown_and_told():
    assert sorted(report["type"] for report in REPORTS) == sorted(WORDS)
    assert all(f"**`{name}`**" in GUIDE for name in WORDS)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["type"])
def test_each_report_that_is_shown_is_the_one_that_is_tested(report: dict[str, Any]):
    assert report == json.loads((PAYLOADS / f"{report['type']}.json").read_bytes())
    assert jsonschema_rs.is_valid(SCHEMA, report)
    assert parse(Post(speaker("nordinkasso"), json.dumps(report).encode()))[-1].word is WORDS[report["type"]]


def test_the_signature_that_is_shown_is_ours():
    (code,) = BLOCKS["python"]
    shown: dict[str, Any] = {}
    exec(code, shown)
    secret, now = f"whsec_{'E' * 43}=", datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    ours = signed([secret], "msg_2", b"\x00\xff", now)

    assert ours["webhook-signature"] == shown["signature"](secret, "msg_2", ours["webhook-timestamp"], b"\x00\xff")


def test_the_answers_that_mean_not_the_claim_are_listed():
    assert ", ".join(map(str, sorted(TRY_LATER))) in GUIDE
    assert TOLERANCE == SLOWEST
    assert "five minutes" in GUIDE
