"""The ledger, the evidence pack and its check, as people meet them on the command line."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.line import command_line
from commands.session import CommandError
from domain.archive import read, write
from domain.evidence import CLAIM, HISTORY, Piece, act_path, check, compact, packed, rows
from domain.policy import Claim
from store.books import open_books
from tests.activities.proven import told
from tests.commands.system import System
from tests.databases import database_of

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ACT = compact({"did": "sent"})
PACK = packed(
    [
        Piece("invoice.json", b'{"amount":"249.00"}', "the invoice", AT),
        Piece("messages/01-distribution-email/message.eml", b"From: x\n\nPay.", "invoice by e-mail", AT),
        Piece(act_path(1), ACT, "sent: invoice by e-mail", AT),
        Piece(HISTORY, rows([{"did": "sent"}]), "what was done", AT),
    ],
    AT,
    {"notice": "claim"},
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("KVITT_DATABASE_URL", database_of(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def number(home: Path) -> str:
    """A Norwegian invoice that was handed over with fees and interest."""
    books = open_books(database_of(home))
    case, _ = told(books, "norway-to-collection", interest=Claim.LEGAL)
    books.close()
    return case.invoice.number


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(command_line(), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def is_golden(name: str, shown: str, *, rewrite: bool) -> bool:
    shown = "".join(f"{line.rstrip()}\n" for line in shown.splitlines())
    golden = GOLDEN / name
    if rewrite:
        golden.write_text(shown, encoding="utf-8")
    return shown == golden.read_text(encoding="utf-8")


def put(path: Path, body: bytes) -> str:
    path.write_bytes(body)
    return str(path)


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_is_told_line_by_line_and_explained(number: str, rewrite: bool):
    assert is_golden("ledger.txt", run("ledger", number), rewrite=rewrite)


def test_the_balance_of_an_earlier_day_is_explained(number: str, rewrite: bool):
    shown = run("ledger", f"bolgen/{number}", "--at", "2026-04-20")

    assert is_golden("ledger-at.txt", shown, rewrite=rewrite)


def test_the_ledger_adds_up_for_machines_too(number: str):
    told = json.loads(run("ledger", number, "--json"))

    for part in ("principal", "interest", "costs", "balance"):
        name = "amount" if part == "balance" else part
        assert sum(ore(line[name]) for line in told["lines"]) == ore(told["open"][part])
    assert ore(told["open"]["balance"]) == ore(told["lines"][-1]["balance"])
    assert told["explained"][0].startswith(f"On {told['at']}, ")


def test_before_the_invoice_nothing_is_owed(number: str):
    assert "On 2020-01-01 nothing is owed." in run("ledger", number, "--at", "2020-01-01")


def ore(amount: str) -> int:
    return int(amount.replace(".", ""))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ledger", "no-such"), "there is no invoice no-such"),
        (("ledger", "bolgen/x"), "merchant bolgen has no invoice x"),
        (("evidence", "no-such"), "there is no invoice no-such"),
        (("verify", "no-such.zip"), "no-such.zip: No such file or directory"),
        (("verify", "."), ".: Is a directory"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(home: Path, arguments: tuple[str, ...], says: str):
    with pytest.raises(CommandError) as error:
        run(*arguments)

    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_day_that_is_none_is_said(number: str):
    with pytest.raises(CommandError, match="2026-02-30 is no day; write it as in 2026-05-01"):
        run("ledger", number, "--at", "2026-02-30")


# --- the pack --------------------------------------------------------------------------------------------------------


def test_a_pack_is_made_and_verifies_under_the_head_that_was_told(number: str, home: Path):
    path = str(home / "pack.zip")

    made = json.loads(run("evidence", number, "-o", path, "--json"))
    checked = json.loads(run("verify", path, "--head", made["head"], "--json"))

    assert (made["pack"], made["bytes"]) == (path, Path(path).stat().st_size)
    assert checked["fine"] is True
    assert checked["problems"] == []
    assert checked["head"] == made["head"]
    assert len(checked["files"]) == made["files"]
    assert "policy.yaml" in {file["path"] for file in checked["files"]}


def test_a_pack_is_named_for_its_invoice(number: str, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(home)

    shown = run("evidence", number)

    assert f"bolgen-{number}-evidence.zip: " in shown
    assert check((home / f"bolgen-{number}-evidence.zip").read_bytes()).head in shown


def test_a_pack_that_cannot_be_written_is_said(number: str, home: Path):
    with pytest.raises(CommandError, match="No such file or directory"):
        run("evidence", number, "-o", str(home / "nowhere" / "pack.zip"))


# --- the check -------------------------------------------------------------------------------------------------------


def test_a_pack_that_is_whole_is_told_file_by_file(tmp_path: Path, rewrite: bool):
    assert is_golden("verify-fine.txt", run("verify", put(tmp_path / "pack.zip", PACK)), rewrite=rewrite)


def test_everything_that_is_wrong_is_told_one_by_one(tmp_path: Path, rewrite: bool):
    files = dict(read(PACK).files)
    files["invoice.json"] = files["invoice.json"].replace(b"249", b"999")
    files["extra.txt"] = b"added"
    del files["messages/01-distribution-email/message.eml"]
    tampered = put(tmp_path / "pack.zip", write(files) + b"!")

    assert is_golden("verify-wrong.txt", run("verify", tampered, code=1), rewrite=rewrite)
    told = json.loads(run("verify", tampered, "--json", code=1))
    assert told["fine"] is False
    assert [problem["where"] for problem in told["problems"]] == [
        "the ZIP's own structure",
        "invoice.json",
        "messages/01-distribution-email/message.eml",
        "extra.txt",
    ]


def test_a_pack_made_anew_has_not_the_head_that_was_told(tmp_path: Path):
    path = put(tmp_path / "pack.zip", PACK)
    other = "0" * 64

    assert run("verify", path, "--head", check(PACK).head.upper())
    assert f"not {other}" in run("verify", path, "--head", other, code=1)


def test_the_check_needs_neither_books_nor_settings(tmp_path: Path):
    home = tmp_path / "home"
    broken = {"KVITT_DATABASE_URL": "nonsense", "KVITT_GATEWAY_PORT": "many", "KVITT_MERCHANTS": "/nowhere"}
    path = put(tmp_path / "pack.zip", PACK)

    result = System(home, broken).run("verify", path)

    assert result.returncode == 0, result.stderr
    assert "Nothing was changed" in result.stdout
    assert not home.exists()


def deflated() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/passwd", b"x" * 10_000)
    return body.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"%PDF-1.7 no pack",
        b"\xff" * 1000,
        deflated(),
        PACK[:-1],
        PACK[: len(PACK) // 2],
        PACK + PACK,
        write({"log.jsonl": b"[" * 50_000 + b"\n"}),
        write({"log.jsonl": b"\n", CLAIM: b"[" * 50_000}),
    ],
)
def test_garbage_is_told_and_never_a_trace(tmp_path: Path, body: bytes):
    path = put(tmp_path / "pack.zip", body)

    assert "wrong with pack.zip" in run("verify", path, code=1)
    assert json.loads(run("verify", path, "--json", code=1))["problems"]
