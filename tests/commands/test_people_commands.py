"""``kvitt person`` and ``kvitt forget`` as people meet them: whom they find, what they ask, whose data they leave."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner

from commands.line import command_line
from commands.session import CommandError
from domain.keeping import keeping_of
from domain.policy import Channel
from store.books import Books, open_books
from store.engine import reading, writing
from store.inbox import POST, UNREADABLE
from store.inventory import INVENTORY, Holds
from store.opt_outs import EVERY_MERCHANT, OptOut
from store.people import ITEM
from store.tables import BatchRow
from tests.activities.ended import ended
from tests.databases import database_of
from tests.gateway.cases import EMAIL, NAME, PHONE, STREET, Kept

pytestmark = pytest.mark.books

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GUIDE = Path("docs/privacy.md").read_text(encoding="utf-8")
HIS = {"name": "Frans Lind", "email": "frans@customer.example", "phone": "+46701740778"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("KVITT_DATABASE_URL", database_of(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def books(home: Path) -> Iterator[Books]:
    books = open_books(database_of(home))
    yield books
    books.close()


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line(), arguments)
    if result.exception:
        raise result.exception
    return result.stdout


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    return str(refusal.value)


def over(books: Books, number: str, **customer: Any) -> Kept:
    """A case that was paid."""
    case = Kept(books, number, "2026-04-10T12:00", **customer)
    case.send(Channel.EMAIL, "2026-03-02T09:00")
    return ended(case)


def found(*arguments: str) -> list[str]:
    return [one["number"] for one in json.loads(run("person", "find", *arguments, "--json"))["invoices"]]


# --- the guide -------------------------------------------------------------------------------------------------------


def test_what_the_guide_shows_runs(books: Books, home: Path, monkeypatch: pytest.MonkeyPatch):
    for number in ("10001", "10002"):
        over(books, number)
    monkeypatch.chdir(home)
    blocks = re.findall(r"^```console\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)

    said = [run(*shlex.split(line)[1:]) for block in blocks for line in block.splitlines()]

    assert len(said) == 5
    assert "2 invoices" in said[0]
    assert zipfile.is_zipfile(home / "anna.zip")
    assert said[-1].count("evidence sealed until 2034-12-31") == 2


def test_the_guide_names_every_table_that_holds_a_customer():
    theirs = {Holds.CUSTOMER, Holds.ITS_ROW, Holds.SEALED, Holds.OBJECTION}
    tables = {name.partition(".")[0] for name, holds in INVENTORY.items() if holds in theirs}

    assert set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == tables


def test_the_guide_has_the_law_of_each_country_as_it_is_today():
    told = re.findall(r"^\| ([A-Z]{2}) \| (\d+) \| (.*) \|$", GUIDE, re.MULTILINE)

    assert len(told) == 8
    for country, years, counted in told:
        assert str(keeping_of(country, NOW.date())) == f"{years} years from {counted}"


# --- whom it finds ---------------------------------------------------------------------------------------------------


def test_a_customer_is_found_however_the_address_is_written_and_by_what_it_was_before(books: Books):
    over(books, "10001")
    moved = over(books, "10002", email="ANNA@customer.example")
    with books.cases.locked(moved.id) as case:
        assert case.connection
        details = {**json.loads(case.details), "customer": {"name": NAME, "kind": "consumer", "email": "new@a.example"}}
        case.connection.exec_driver_sql(f"UPDATE invoice SET details = '{json.dumps(details)}' WHERE id = {moved.id}")
    over(books, "10003", email="susanna@customer.example", phone=None)

    assert found("Anna@Customer.EXAMPLE") == ["10001", "10002"]
    assert found("+46 70 174 06 05") == ["10001"]
    assert found("nordljus/10002") == found("10002") == ["10002"]
    assert found("new@a.example") == ["10002"]


@pytest.mark.parametrize(
    "email", ["a_b@customer.example", "a%b@customer.example", "åsa@customer.example", "a'b@c.example"]
)
def test_an_address_with_peculiar_letters_finds_itself_and_no_other(books: Books, email: str):
    Kept(books, "10001", "2026-04-10T12:00", email=email)
    over(books, "10002", email="axb@customer.example")

    assert found(email.upper()) == ["10001"]


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("nobody@customer.example", "the books know nobody by nobody@customer.example"),
        ("+46701740999", "the books know nobody by +46701740999"),
        ("+a", "+a is no phone number; write it as in +46701740605"),
        ("77777", "there is no invoice 77777"),
    ],
)
def test_who_is_not_there_is_told_in_one_line(books: Books, who: str, says: str):
    for command in (("person", "find"), ("person", "export"), ("forget",)):
        assert says in refused(*command, who)


def test_several_names_on_one_address_are_asked_apart(books: Books):
    hers, his = over(books, "10001"), over(books, "10002", name=HIS["name"])
    over(books, "10003", name=f"  {NAME.upper().replace(' ', '   ')}")

    assert f"is the address of '{NAME.upper()}', 'Frans Lind'; say who is meant, with --name" in (
        refused("forget", EMAIL, "--confirm", "3").replace("   ", " ")
    )
    run("forget", EMAIL, "--name", NAME, "--confirm", "2")

    assert books.forgetting.of(hers.id)
    assert books.forgetting.of(his.id) is None
    assert found(EMAIL) == ["10002"]


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(books: Books):
    case = over(books, "10001")

    told = run("forget", EMAIL, "--dry-run")

    assert re.search(r"nordljus/10001 +Anna Lundberg +closed +0\.00 SEK +2034-12-31", told)
    assert books.forgetting.of(case.id) is None
    assert json.loads(run("forget", EMAIL, "--dry-run", "--json"))["invoices"][0]["kept_until"] == "2034-12-31"


# --- what hangs on no invoice ----------------------------------------------------------------------------------------


def test_opt_outs_stay_unless_they_are_to_go(books: Books):
    over(books, "10001")
    over(books, "10002", **HIS)
    for address in (EMAIL, HIS["email"]):
        books.opt_outs.add(OptOut(Channel.EMAIL, address, EVERY_MERCHANT, NOW, "letter"))

    run("forget", EMAIL, "--confirm", "1")
    assert len(books.opt_outs.all()) == 2
    run("forget", EMAIL, "--confirm", "0", "--opt-outs")
    assert [one.address for one in books.opt_outs.all()] == [HIS["email"]]


def test_who_wants_no_letters_is_found_by_name_and_address_as_on_the_envelope(books: Books, tmp_path: Path):
    over(books, "10001")
    over(books, "10002", **HIS)
    for name in (NAME, HIS["name"]):
        run("opt-out", "add", "letter", f"{name} | {STREET} | 111 22 Stockholm", "--who", "phone call")

    run("person", "export", EMAIL, "-o", str(tmp_path / "hers.zip"))
    with zipfile.ZipFile(tmp_path / "hers.zip") as archive:
        said = [json.loads(line) for line in archive.read("objections.jsonl").splitlines()]
    run("forget", EMAIL, "--confirm", "1", "--opt-outs")

    assert [(one["channel"], one["address"].splitlines()[0]) for one in said] == [("letter", NAME.casefold())]
    assert [one.address.splitlines()[0] for one in books.opt_outs.all()] == [HIS["name"].casefold()]


def test_a_letter_box_of_one_name_with_two_merchants_stays_while_the_other_is_there(books: Books):
    over(books, "10001")
    over(books, "10002", email="anna@work.example", phone=None)
    run("opt-out", "add", "letter", f"{NAME} | {STREET} | 111 22 Stockholm", "--who", "phone call")

    run("forget", EMAIL, "--confirm", "1", "--opt-outs")

    assert len(books.opt_outs.all()) == 1


def test_posts_that_nobody_could_read_go_with_the_address_that_they_name(books: Books):
    over(books, "10001")
    for key, text in (("hers", f"To={PHONE.replace('+', '%2B')}"), ("his", HIS["email"]), ("both", "garbage")):
        books.inbox.unreadable(books.inbox.keep("twilio", key, "", text.encode(), NOW) or 0)

    assert json.loads(run("person", "find", EMAIL, "--json"))["posts"] == 1
    run("forget", EMAIL, "--confirm", "1")

    with reading(books.engine) as connection:
        kept = connection.execute(select(POST.c.body, POST.c.state).order_by(POST.c.id)).all()
    assert [bytes(row.body) for row in kept] == [b"", HIS["email"].encode(), b"garbage"]
    assert [row.state for row in kept[1:]] == [UNREADABLE] * 2


def test_what_hangs_on_an_address_that_somebody_else_has_too_stays(books: Books):
    over(books, "10001")
    over(books, "10002", name=HIS["name"])
    books.inbox.unreadable(books.inbox.keep("smtp", "post", "", f"to {EMAIL}".encode(), NOW) or 0)
    books.opt_outs.add(OptOut(Channel.EMAIL, EMAIL, EVERY_MERCHANT, NOW, "letter"))

    run("forget", EMAIL, "--name", NAME, "--confirm", "1", "--opt-outs")

    assert len(books.opt_outs.all()) == 1
    assert json.loads(run("person", "find", EMAIL, "--json"))["posts"] == 1


def test_an_invoice_that_waits_in_a_batch_is_found_handed_out_and_emptied(books: Books, tmp_path: Path):
    source = {"number": "20001", "customer": {"name": NAME, "email": EMAIL.upper(), "phone": "070-174 06 05"}}
    batch = {"id": "batch-1", "kind": "start", "who": "ops", "rate": 1.0, "state": "filling", "created_at": NOW}
    with writing(books.engine) as connection:
        connection.execute(
            insert(BatchRow.__table__), {**batch, "why": "", "fields": "{}", "selection": "{}", "total": 2}
        )
        for place, text in enumerate((source, {**source, "customer": HIS}), start=1):
            connection.execute(insert(ITEM), {"batch_id": "batch-1", "place": place, "source": json.dumps(text)})

    assert json.loads(run("person", "find", EMAIL, "--json"))["items"] == 1
    run("person", "export", EMAIL, "-o", str(tmp_path / "hers.zip"))
    with zipfile.ZipFile(tmp_path / "hers.zip") as archive:
        assert json.loads(archive.read("waiting.jsonl")) == source
    run("forget", EMAIL, "--confirm", "0")

    with reading(books.engine) as connection:
        left = list(connection.execute(select(ITEM.c.source).order_by(ITEM.c.place)).scalars())
    assert left[0] is None
    assert json.loads(left[1])["customer"] == HIS


# --- afterwards ------------------------------------------------------------------------------------------------------


def test_after_forgetting_the_invoice_hands_out_its_sealed_evidence(books: Books, tmp_path: Path):
    over(books, "10001")
    run("forget", EMAIL, "--confirm", "1", "--json")

    told = run("person", "export", "nordljus/10001", "-o", str(tmp_path / "sealed.zip"))

    assert "1 invoice" in told
    with zipfile.ZipFile(tmp_path / "sealed.zip") as archive:
        sealed = json.loads(archive.read("invoices/nordljus-10001/sealed/invoice.json"))
        paths = archive.namelist()
    assert sealed["debtor"]["email"] == EMAIL
    assert not [path for path in paths if path.endswith("policy.yaml")]


def test_a_log_that_may_name_people_is_pointed_out(books: Books, home: Path):
    over(books, "10001")
    (home / "kvitt-error.log").write_text("a stack trace")

    assert "kvitt-error.log may name people" in run("forget", EMAIL, "--confirm", "1")
