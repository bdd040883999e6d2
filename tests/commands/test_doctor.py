"""The doctor finds what is ill, names the variable that cures it, sends nothing, and keeps secrets to itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncssh
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import make_url

from channels.agency.signing import is_signed
from channels.probes import agency as probes_agency
from channels.probes import http as probes
from channels.probes import mail as probes_mail
from channels.probes import sftp as probes_sftp
from channels.probes.finding import Finding, State, ok
from commands import examining
from commands.doctor import examine
from commands.examining import Check, home, read_merchants, servers
from commands.examining_vendors import vendors
from config.merchants import load_text
from config.settings import read_settings
from domain.merchant import Merchant
from store import condition
from store.books import open_books
from store.schema import IS_AT, OLDEST, upgrade
from tests.channels.certificates import self_signed
from tests.channels.vendor import Asked, vendor
from tests.commands.clinic import CLOSED, garbage, mailbox, print_house, silent, talking, web
from tests.commands.system import KVITT, System
from tests.databases import Postgres
from workflows.server import free_port

pytestmark = [pytest.mark.xdist_group("doctor"), pytest.mark.only_on("sqlite")]
ON_BOTH = pytest.mark.only_on("sqlite", "postgres")
"""The doctor asks few things of books; those run on either."""

SECRET = "hush-hush-b6f1c4a9e07d3582"
ACCOUNT = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32
KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86 + "=="
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting, no books and no proxy of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("KVITT_", "TEMPORAL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is silent for long is silent at once."""
    for module in (probes, probes_agency, probes_mail, probes_sftp, examining):
        monkeypatch.setattr(module, "PATIENCE_S", 0.3)


def look(monkeypatch: pytest.MonkeyPatch, area: str, *merchants: Merchant, **values: object) -> list[Finding]:
    """What is found in one area under these settings."""
    for name, value in values.items():
        monkeypatch.setenv(f"KVITT_{name}", str(value))
    settings = read_settings()
    (check,) = (one for one in (*servers(settings), *vendors(settings, merchants)) if one.area == area)
    findings = list(check.look())
    assert SECRET not in str(findings)
    return findings


def told(findings: list[Finding]) -> list[str]:
    return [f"{one.state}: {one.what}: {one.why}" if one.why else f"{one.state}: {one.what}" for one in findings]


def merchants_from(email: str = "faktura@pay.nordljus.se", sms: str = "Nordljus") -> Merchant:
    """A merchant with these senders."""
    (found, *_), _ = read_merchants(Path("examples/merchants"), date(2026, 3, 2))
    senders = found.senders
    assert senders.email is not None
    changed = type(senders)(type(senders.email)(email, senders.email.name), sms, senders.letter)
    return Merchant(**{name: getattr(found, name) for name in Merchant.__slots__} | {"senders": changed})


# --- The whole command -----------------------------------------------------------------------------------------------

BROKEN = {
    "KVITT_PRODUCTION": "true",
    "KVITT_TWILLIO_TOKENS": SECRET,
    "KVITT_GATEWAY_PORT": "many",
    "KVITT_ALLOW_TEST_CLOCKS": "true",
    "KVITT_DATABASE_URL": f"postgresql+psycopg://kvitt:{SECRET}@127.0.0.1:{CLOSED}/kvitt",
    "KVITT_MERCHANTS": "tests/commands/golden/merchants",
    "KVITT_PUBLIC_URL": f"http://127.0.0.1:{CLOSED}",
    "KVITT_GATEWAY_SECRET": "change-me",
    "KVITT_STAFF_PAGES": "true",
    "KVITT_GATEWAY_HOST": "0.0.0.0",
    "KVITT_EMAIL": "smtp",
    "KVITT_SMTP_HOST": "127.0.0.1",
    "KVITT_SMTP_PORT": str(CLOSED),
    "KVITT_SMTP_USER": "kvitt",
    "KVITT_SMTP_PASSWORD": SECRET,
    "KVITT_SMS": "twilio",
    "KVITT_TWILIO_ACCOUNT": ACCOUNT,
    "KVITT_TWILIO_TOKENS": SECRET,
    "KVITT_TWILIO_HOST": f"http://127.0.0.1:{CLOSED}",
    "KVITT_LETTER": "pingen",
    "KVITT_PINGEN_CLIENT": "kvitt",
    "TEMPORAL_ADDRESS": f"127.0.0.1:{CLOSED}",
}


def test_where_everything_is_broken_each_thing_is_told_with_its_cure(tmp_path: Path, rewrite: bool):
    ran = System(tmp_path / "home", BROKEN).run("doctor")
    shown = "".join(f"{line.rstrip()}\n" for line in ran.stdout.replace(str(tmp_path), "").splitlines())
    golden = GOLDEN / "doctor-broken.txt"
    if rewrite:
        golden.write_text(shown, encoding="utf-8")

    assert ran.returncode == 1
    assert ran.stderr == ""
    assert SECRET not in shown
    assert "\x1b" not in shown, "no colours where nobody sees them"
    assert shown == golden.read_text(encoding="utf-8")


def noted(shown: str) -> list[str]:
    """The settings of which something is noted; what the law says of the merchants of the day is their own."""
    lines = (json.loads(line) for line in shown.splitlines())
    return [line["what"] for line in lines if line["state"] == "note" and line["what"].startswith("KVITT_")]


def test_who_tries_a_vendor_out_is_told_what_is_missing_for_real_customers(tmp_path: Path):
    ran = System(tmp_path, {"KVITT_SMS": "twilio"}).run("doctor", "--offline", "--json")

    assert noted(ran.stdout) == ["KVITT_PRODUCTION", "KVITT_PUBLIC_URL"]


def test_an_agency_counts_as_a_vendor_that_is_tried_out(tmp_path: Path):
    settings = {"KVITT_AGENCIES": '{"intrum": {"kind": "http"}}'}
    ran = System(tmp_path, settings).run("doctor", "--offline", "--json")

    assert {"KVITT_PRODUCTION", "KVITT_PUBLIC_URL"} <= {*noted(ran.stdout)}


def test_what_production_may_do_and_somebody_should_know_is_noted(tmp_path: Path):
    settings = {"KVITT_PRODUCTION": "true", "KVITT_STAFF_PAGES": "true"}
    ran = System(tmp_path, {**settings, "KVITT_DATABASE_URL": "sqlite:////tmp/x"}).run("doctor", "--offline", "--json")

    assert noted(ran.stdout) == ["KVITT_DATABASE_URL", "KVITT_MERCHANTS", "KVITT_STAFF_PAGES"]


def test_machines_get_a_line_for_each_finding(tmp_path: Path):
    ran = System(tmp_path, BROKEN).run("doctor", "--json")

    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 1
    assert {tuple(line) for line in lines} == {("area", "state", "what", "why", "cure")}
    assert all(line["cure"] for line in lines if line["state"] == "wrong")
    assert SECRET not in ran.stdout


def test_offline_asks_nobody(tmp_path: Path):
    asked: list[str] = []
    with web({}, asked) as host:
        ran = System(tmp_path, {"KVITT_SMS": "twilio", "KVITT_TWILIO_HOST": host}).run("doctor", "--offline", "--json")

    assert {json.loads(line)["area"] for line in ran.stdout.splitlines()} == {"Settings", "Files"}
    assert ran.returncode == 1, "Twilio's account is missing"
    assert asked == []


def test_a_machine_on_which_nothing_was_set_or_started_is_fine_and_stays_as_it_is(tmp_path: Path):
    ran = System(tmp_path / "home").run("doctor", "--json")

    states = {line["state"] for line in map(json.loads, ran.stdout.splitlines())}
    assert ran.returncode == 0
    assert states <= {"ok", "note", "unchecked"}
    assert list(tmp_path.iterdir()) == []


@ON_BOTH
def test_a_system_that_runs_is_found_well_and_its_gateway_known_as_its_own(system: System):
    ran = system.run("doctor", "--json")

    found = {line["what"]: line["state"] for line in map(json.loads, ran.stdout.splitlines())}
    assert ran.returncode == 0, ran.stdout
    assert found["Temporal's namespace default"] == "ok"
    assert found["Temporal's columns"] == "ok"
    assert [state for what, state in found.items() if what.startswith("The gateway at")] == ["ok"]
    assert [state for what, state in found.items() if what.startswith(("SQLite", "PostgreSQL"))] == ["ok"]


@ON_BOTH
def test_the_gateway_of_another_system_is_noticed(system: System):
    ours = System(system.home, {"KVITT_GATEWAY_SECRET": "b6f1c4a9e07d3582" * 2}, system.ports)

    lines = [json.loads(line) for line in ours.run("doctor", "--json").stdout.splitlines()]

    (gateway,) = (line for line in lines if line["area"] == "Address")
    assert gateway["state"] == "wrong"
    assert gateway["why"] == "a Kvitt answers, but another one than this"
    assert "KVITT_GATEWAY_SECRET" in gateway["cure"]


def test_ctrl_c_ends_it_at_once_though_somebody_is_silent(tmp_path: Path):
    reached = threading.Event()

    def hold(connection: socket.socket) -> None:
        reached.set()
        silent(connection)

    with talking(hold) as port:
        settings = {"KVITT_EMAIL": "smtp", "KVITT_SMTP_HOST": "127.0.0.1", "KVITT_SMTP_PORT": str(port)}
        process = subprocess.Popen(
            [KVITT, "doctor"],
            env=System(tmp_path, settings).environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert reached.wait(30)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, said = process.communicate(timeout=30)

    assert time.monotonic() - began < 5
    assert process.returncode == 130
    assert said.strip() == "interrupted"


# --- Each thing ------------------------------------------------------------------------------------------------------


def test_a_look_without_end_is_given_up_and_one_that_breaks_down_takes_no_other_with_it():
    hold = threading.Event()

    def never() -> list[Finding]:
        hold.wait()
        return []

    def broken() -> list[Finding]:
        raise KeyError(SECRET)

    reports = examine([Check("A", lambda: [ok("a")]), Check("B", never), Check("C", broken)], limit=0.5)
    hold.set()

    assert [told(list(report.findings)) for report in reports] == [
        ["ok: a"],
        ["wrong: B: no end after 0 seconds"],
        ["wrong: C: the look itself broke down (KeyError)"],
    ]


def test_a_home_that_is_a_file_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KVITT_HOME", str(tmp_path / "file"))

    found = home(read_settings())

    assert (found.state, found.why) == (State.WRONG, "not a directory")
    assert found.cure.startswith("KVITT_HOME")


def test_a_merchant_s_file_that_cannot_be_used_is_told_line_by_line_and_the_others_are_used(tmp_path: Path):
    good = Path("examples/merchants/nordljus.yaml").read_text(encoding="utf-8")
    (tmp_path / "good.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(good.replace("country: SE ", "country: XX "), encoding="utf-8")

    merchants, findings = read_merchants(tmp_path, date(2026, 3, 2))

    assert [merchant.id for merchant in merchants] == ["nordljus"]
    assert [one.what for one in findings if one.state is State.WRONG] == [f"{tmp_path}/bad.yaml:4: country"]


def test_a_database_of_an_older_schema_is_brought_up_by_the_next_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    path = tmp_path / "books.sqlite3"
    books = open_books(f"sqlite:///{path}", migrate=False)
    with books.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
        connection.commit()
    books.close()

    (found,) = look(monkeypatch, "Database", DATABASE_URL=f"sqlite:///{path}")

    assert found.state is State.NOTE
    assert found.why.startswith("its schema is 0001, the newest is ")


@pytest.mark.parametrize(
    ("tables", "state", "why"),
    [
        ((), State.OK, "its schema is the newest, "),
        ((IS_AT,), State.NOTE, "its schema 9999 is of a newer Kvitt; this one works on it"),
        ((IS_AT, OLDEST), State.WRONG, "its schema 9999 is of a newer Kvitt"),
    ],
    ids=["ours", "from the future", "from a future that forgot us"],
)
def test_a_database_of_our_schema_is_fine_and_one_from_the_future_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tables: tuple[str, ...], state: State, why: str
):
    url = f"sqlite:///{tmp_path / 'books.sqlite3'}"
    upgrade(url)
    books = open_books(url, migrate=False)
    with books.engine.connect() as connection:
        for table in tables:
            connection.exec_driver_sql(f"UPDATE {table} SET version_num = '9999'")
        connection.commit()
    books.close()

    (found,) = look(monkeypatch, "Database", DATABASE_URL=url)

    assert found.state is state
    assert found.why.startswith(why)


def test_a_file_that_is_no_database_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "books").write_text("These are no books, but a poem of some length. " * 40)

    (found,) = look(monkeypatch, "Database", DATABASE_URL=f"sqlite:///{tmp_path / 'books'}")

    assert told([found]) == ["wrong: The database: the file is no database"]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL."""
    server = Postgres()
    yield server
    server.close()


def test_a_postgresql_is_told_with_its_version_and_the_state_of_its_schema(
    monkeypatch: pytest.MonkeyPatch, postgres: Postgres
):
    url = postgres.create("doctor", "template1")

    (empty,) = look(monkeypatch, "Database", DATABASE_URL=url)
    upgrade(url)
    (newest,) = look(monkeypatch, "Database", DATABASE_URL=url)

    assert (empty.state, empty.why.split(",")[0]) == (State.NOTE, "its schema is empty")
    assert newest.what.startswith("PostgreSQL 1")
    assert (newest.state, newest.why.split(",")[0]) == (State.OK, "its schema is the newest")


def test_a_database_or_a_user_that_postgresql_has_not_is_told(monkeypatch: pytest.MonkeyPatch, postgres: Postgres):
    (nowhere,) = look(monkeypatch, "Database", DATABASE_URL=postgres.address("nowhere"))
    stranger = make_url(postgres.address()).set(username="stranger").render_as_string(hide_password=False)
    (nobody,) = look(monkeypatch, "Database", DATABASE_URL=stranger)

    assert told([nowhere, nobody]) == ["wrong: The database: it has no database, or no user, of that name"] * 2
    assert nowhere.cure.startswith("KVITT_DATABASE_URL")


def test_a_postgresql_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(condition, "PATIENCE_S", 2)  # the least that the driver knows
    with talking(silent) as port:
        (found,) = look(
            monkeypatch, "Database", DATABASE_URL=f"postgresql+psycopg://kvitt:{SECRET}@127.0.0.1:{port}/kvitt"
        )

    assert told([found]) == ["wrong: The database: it does not answer in time"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, b"<html>It works</html>"), "something else answers there"),
        ((200, {"status": "ok"}), "something else answers there"),
        ((200, ["ok"]), "something else answers there"),
        ((404, {}), "something else answers there"),
        ((301, b""), "it sends us on to another address"),
        (
            (503, {"status": "failing", "checks": {"books": "ok", "temporal": "failing"}}),
            "it is up, and cannot reach: temporal",
        ),
    ],
)
def test_an_address_that_does_not_lead_to_a_healthy_gateway_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: tuple[int, Any], why: str
):
    with web({"/health": answer}) as host:
        (found,) = look(monkeypatch, "Address", HOME=tmp_path, PUBLIC_URL=host)

    assert (found.state, found.why) == (State.WRONG, why)


def test_an_address_whose_name_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (found,) = look(monkeypatch, "Address", HOME=tmp_path, PUBLIC_URL="https://pay.kvitt.invalid")

    assert found.why == "no such name is known"
    assert "KVITT_PUBLIC_URL" in found.cure


@pytest.mark.parametrize(("production", "cure"), [("false", "kvitt up"), ("true", "kvitt gateway")])
def test_a_gateway_that_is_not_there_is_started_by_the_command_that_may(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, production: str, cure: str
):
    (found,) = look(monkeypatch, "Address", HOME=tmp_path, PRODUCTION=production)

    assert found.cure == f"start it with: {cure}"


def test_temporal_that_is_away_names_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{CLOSED}")

    (found,) = look(monkeypatch, "Temporal", HOME=tmp_path)

    assert found.state is State.WRONG
    assert "TEMPORAL_ADDRESS" in found.cure


@pytest.mark.parametrize("talk", [silent, garbage])
def test_temporal_that_is_something_else_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, impatient: None, talk: Any
):
    with talking(talk) as port:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
        (found,) = look(monkeypatch, "Temporal", HOME=tmp_path)

    assert found.state is State.WRONG
    assert "TEMPORAL_ADDRESS" in found.cure


# --- Vendors over the web --------------------------------------------------------------------------------------------

HOOK = {"enabled": True, "url": "https://pay.example/hooks/sendgrid", "public_key": KEY}
HOOK |= {"delivered": True, "bounce": True, "dropped": True}
SENDGRID: Mapping[str, tuple[int, Any]] = {
    "/v3/scopes": (200, {"scopes": ["mail.send", "mail.batch.create"]}),
    "/v3/user/webhooks/event/settings/all": (200, {"max_allowed": 5, "webhooks": [HOOK]}),
    "/v3/whitelabel/domains": (200, [{"domain": "nordljus.se", "valid": True}]),
}
SENDGRID_SETTINGS = {
    "EMAIL": "sendgrid",
    "SENDGRID_KEY": SECRET,
    "SENDGRID_WEBHOOK_KEYS": KEY,
    "PUBLIC_URL": "https://pay.example",
}


def test_sendgrid_that_is_well_is_found_so(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    with web(SENDGRID, asked) as host:
        found = look(monkeypatch, "E-mail", merchants_from(), **SENDGRID_SETTINGS, SENDGRID_HOST=host)

    assert told(found) == [
        "ok: SendGrid's key",
        "ok: SendGrid's event webhook",
        "ok: The domain pay.nordljus.se at SendGrid",
    ]
    assert all(one.startswith("GET ") and one.endswith(f"Bearer {SECRET}") for one in asked), "nothing is sent"


@pytest.mark.parametrize(
    ("changes", "state", "why", "cure"),
    [
        ({"/v3/scopes": (401, {})}, "wrong", "SendGrid does not take it (401)", "KVITT_SENDGRID_KEY"),
        ({"/v3/scopes": (200, {"scopes": ["alerts.read"]})}, "wrong", "it may not send", "KVITT_SENDGRID_KEY"),
        ({"/v3/scopes": (200, b"<html>")}, "wrong", "what answers there is not the vendor", "KVITT_SENDGRID_HOST"),
        ({"/v3/scopes": (200, [1])}, "wrong", "it may not send", "KVITT_SENDGRID_KEY"),
        ({"/v3/scopes": (404, {})}, "wrong", "an unexpected answer (404)", "host"),
        ({"/v3/scopes": (500, {})}, "unchecked", "the vendor has trouble of its own (500)", "again"),
        ({"/v3/scopes": (429, {})}, "unchecked", "the vendor wants fewer questions (429)", "again"),
    ],
)
def test_a_key_that_sendgrid_does_not_take_is_told(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], state: str, why: str, cure: str
):
    with web({**SENDGRID, **changes}) as host:
        (found,) = look(monkeypatch, "E-mail", **SENDGRID_SETTINGS, SENDGRID_HOST=host)

    assert (found.state, found.why) == (state, why)
    assert cure in found.cure


@pytest.mark.parametrize(
    ("hooks", "state", "why"),
    [
        ((403, {}), "unchecked", "the key may not read it (403)"),
        ((200, {"webhooks": []}), "wrong", "none leads to us"),
        ((200, {"webhooks": [HOOK | {"url": "https://elsewhere.example"}]}), "wrong", "none leads to us"),
        ((200, {"webhooks": [HOOK | {"enabled": False}]}), "wrong", "it is switched off"),
        ((200, {"webhooks": [HOOK | {"public_key": ""}]}), "wrong", "it is signed with another key, or not at all"),
        ((200, {"webhooks": [HOOK | {"bounce": False}]}), "wrong", "it does not tell of bounce"),
        ((200, {"webhooks": [7, "x", None]}), "wrong", "none leads to us"),
    ],
)
def test_a_webhook_that_would_not_reach_us_is_told(
    monkeypatch: pytest.MonkeyPatch, hooks: tuple[int, Any], state: str, why: str
):
    with web({**SENDGRID, "/v3/user/webhooks/event/settings/all": hooks}) as host:
        _, found = look(monkeypatch, "E-mail", **SENDGRID_SETTINGS, SENDGRID_HOST=host)

    assert (found.what, found.state, found.why) == ("SendGrid's event webhook", state, why)
    assert found.cure


def test_a_merchant_s_domain_that_sendgrid_does_not_know_or_nobody_can_own_is_told(monkeypatch: pytest.MonkeyPatch):
    merchants = merchants_from("faktura@bolgen.no"), merchants_from("faktura@nordljus.example")
    with web(SENDGRID) as host:
        *_, unknown, reserved = look(monkeypatch, "E-mail", *merchants, **SENDGRID_SETTINGS, SENDGRID_HOST=host)

    assert (unknown.state, unknown.what) == ("wrong", "The domain bolgen.no at SendGrid")
    assert (reserved.state, reserved.what) == ("wrong", "The domain nordljus.example")
    assert all("senders.email.from" in one.cure for one in (unknown, reserved))


TWILIO_SETTINGS = {"SMS": "twilio", "TWILIO_ACCOUNT": ACCOUNT, "TWILIO_TOKENS": f"{SECRET},older"}
PLACE = f"/2010-04-01/Accounts/{ACCOUNT}"
TWILIO: Mapping[str, tuple[int, Any]] = {
    f"{PLACE}.json": (200, {"status": "active", "type": "Full"}),
    f"{PLACE}/IncomingPhoneNumbers.json": (200, {"incoming_phone_numbers": [{"phone_number": "+46101389000"}]}),
    f"/v1/Services/{SERVICE}": (200, {"sid": SERVICE}),
    f"/v1/Services/{SERVICE}/PhoneNumbers": (200, {"phone_numbers": []}),
    f"/v1/Services/{SERVICE}/AlphaSenders": (200, {"alpha_senders": [{"alpha_sender": "Nordljus"}]}),
}


@pytest.mark.parametrize(
    ("changes", "told_", "cure"),
    [
        ({}, ["ok: Twilio's account"], ""),
        (
            {f"{PLACE}.json": (401, {"code": 20003})},
            ["wrong: Twilio's account: Twilio does not take the account and its token (401)"],
            "KVITT_TWILIO_ACCOUNT and the first of KVITT_TWILIO_TOKENS",
        ),
        (
            {f"{PLACE}.json": (200, {"status": "suspended"})},
            ["wrong: Twilio's account: it is suspended"],
            "console",
        ),
        (
            {f"{PLACE}.json": (200, {"status": "active", "type": "Trial"})},
            ["note: Twilio's account: it is a trial account: it only writes to numbers that you have verified"],
            "upgrade",
        ),
        (
            {f"{PLACE}.json": (200, b"not json")},
            ["wrong: Twilio at HOST: what answers there is not the vendor"],
            "KVITT_TWILIO_HOST",
        ),
    ],
)
def test_twilio_s_account_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], told_: list[str], cure: str
):
    with web({**TWILIO, **changes}) as host:
        found = look(monkeypatch, "SMS", **TWILIO_SETTINGS, TWILIO_HOST=host)

    assert [one.replace(host, "HOST") for one in told(found)] == told_
    assert cure in found[0].cure


@pytest.mark.parametrize(
    ("changes", "state", "why"),
    [
        ({}, "ok", ""),
        ({f"/v1/Services/{SERVICE}": (404, {})}, "wrong", "there is none of that id"),
        ({f"/v1/Services/{SERVICE}/AlphaSenders": (200, {"alpha_senders": []})}, "wrong", "it has no sender"),
        ({f"/v1/Services/{SERVICE}": (500, {})}, "unchecked", "Twilio answered 500"),
    ],
)
def test_twilio_s_messaging_service_needs_a_sender(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], state: str, why: str
):
    with web({**TWILIO, **changes}) as host:
        settings = {**TWILIO_SETTINGS, "TWILIO_HOST": host, "TWILIO_MESSAGING_SERVICE": SERVICE}
        _, found = look(monkeypatch, "SMS", **settings)

    assert (found.what, found.state, found.why) == ("Twilio's messaging service", state, why)


@pytest.mark.parametrize(
    ("sender", "told_"),
    [
        ("Nordljus", "ok: The SMS sender Nordljus"),
        ("+46101389000", "ok: A merchant's number at Twilio"),
        ("+46101389001", "wrong: A merchant's number at Twilio: it is not the account's"),
        (
            "12345",
            "wrong: The SMS sender 12345: a name has up to 11 letters of A to Z, digits and spaces, and one letter at",
        ),
        ("Bölgen", "wrong: The SMS sender Bölgen: a name has up to 11 letters of A to Z"),
    ],
)
def test_a_merchant_s_sms_sender_must_be_one_that_phones_show(monkeypatch: pytest.MonkeyPatch, sender: str, told_: str):
    with web(TWILIO) as host:
        found = look(monkeypatch, "SMS", merchants_from(sms=sender), **TWILIO_SETTINGS, TWILIO_HOST=host)

    assert told(found)[-1].startswith(told_)


PINGEN_SETTINGS = {"LETTER": "pingen", "PINGEN_CLIENT": "kvitt", "PINGEN_SECRET": SECRET, "PINGEN_ORGANISATION": "o-1"}
PINGEN: Mapping[str, tuple[int, Any]] = {
    "/auth/access-tokens": (200, {"access_token": SECRET, "expires_in": 43200}),
    "/organisations/o-1": (200, {"data": {"id": "o-1", "attributes": {"status": "active"}}}),
}


@pytest.mark.parametrize(
    ("changes", "told_", "cure"),
    [
        ({}, ["ok: Pingen's client", "ok: Pingen's organisation"], ""),
        (
            {"/auth/access-tokens": (401, {"error": "invalid_client"})},
            ["wrong: Pingen's client: Pingen does not take its id and secret (401)"],
            "KVITT_PINGEN_CLIENT and KVITT_PINGEN_SECRET",
        ),
        (
            {"/auth/access-tokens": (200, b"{")},
            ["wrong: Pingen at HOST: what answers there is not the vendor"],
            "KVITT_PINGEN_IDENTITY",
        ),
        (
            {"/organisations/o-1": (404, {})},
            ["ok: Pingen's client", "wrong: Pingen's organisation: the client does not reach it (404)"],
            "KVITT_PINGEN_ORGANISATION",
        ),
        (
            {"/organisations/o-1": (200, {"data": {"attributes": {"status": "blocked"}}})},
            ["ok: Pingen's client", "wrong: Pingen's organisation: it is blocked"],
            "Pingen",
        ),
        ({"/organisations/o-1": (200, [])}, ["ok: Pingen's client", "ok: Pingen's organisation"], ""),
        ({"/organisations/o-1": (200, {"data": []})}, ["ok: Pingen's client", "ok: Pingen's organisation"], ""),
    ],
)
def test_pingen_is_looked_at(monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], told_: list[str], cure: str):
    with web({**PINGEN, **changes}) as host:
        settings = {**PINGEN_SETTINGS, "PINGEN_HOST": host, "PINGEN_IDENTITY": host, "PINGEN_WEBHOOK_SECRETS": SECRET}
        found = look(monkeypatch, "Letters", **settings)

    assert [one.replace(host, "HOST") for one in told(found)] == told_
    assert cure in found[-1].cure


VENDORS = {
    "E-mail": ("SENDGRID_HOST", {**SENDGRID_SETTINGS}),
    "SMS": ("TWILIO_HOST", {**TWILIO_SETTINGS}),
    "Letters": ("PINGEN_IDENTITY", {**PINGEN_SETTINGS}),
}


@pytest.mark.parametrize("area", VENDORS)
@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (silent, "it does not answer in time"),
        (garbage, "it does not speak the language that was expected"),
        (None, "nobody listens there"),
    ],
)
def test_a_vendor_that_does_not_answer_as_one_is_told_with_the_variable_of_its_host(
    monkeypatch: pytest.MonkeyPatch, impatient: None, area: str, talk: Any, why: str
):
    variable, settings = VENDORS[area]
    if talk is None:
        found, *_ = look(monkeypatch, area, **settings, **{variable: f"http://127.0.0.1:{CLOSED}"})
    else:
        with talking(talk) as port:
            found, *_ = look(monkeypatch, area, **settings, **{variable: f"http://127.0.0.1:{port}"})

    assert (found.state, found.why) == (State.WRONG, why)
    assert found.cure.startswith(f"KVITT_{variable}: ")


# --- Mail ------------------------------------------------------------------------------------------------------------


class _Post:
    """A mail server's back office: it counts what it was given."""

    def __init__(self) -> None:
        self.given = 0

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802  (the library's name)
        self.given += 1
        return "250 taken"


@pytest.fixture
def post() -> Iterator[SimpleNamespace]:
    """A mail server without TLS that wants kvitt's password."""
    office = _Post()

    def known(server: object, session: object, envelope: object, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=login.password == SECRET.encode(), handled=False)

    port = free_port(0)
    controller = Controller(
        office, hostname="127.0.0.1", port=port, authenticator=known, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        yield SimpleNamespace(port=port, office=office)
    finally:
        controller.stop()


SMTP_SETTINGS = {
    "EMAIL": "smtp",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_SECURITY": "none",
    "SMTP_BOUNCE_ADDRESS": "b@pay.example",
}
SMTP_SETTINGS |= {"SMTP_BOUNCE_PORT": "2525"}


def test_a_mail_server_that_takes_the_user_is_well_and_gets_no_message(
    monkeypatch: pytest.MonkeyPatch, post: SimpleNamespace
):
    settings = {**SMTP_SETTINGS, "SMTP_PORT": post.port, "SMTP_USER": "kvitt", "SMTP_PASSWORD": SECRET}
    found = look(monkeypatch, "E-mail", **settings)

    assert told(found) == [
        f"ok: The mail server 127.0.0.1:{post.port}: in the clear",
        "ok: The mail server's user",
    ]
    assert post.office.given == 0


def test_a_mail_server_that_does_not_take_the_password_is_told(monkeypatch: pytest.MonkeyPatch, post: SimpleNamespace):
    settings = {**SMTP_SETTINGS, "SMTP_PORT": post.port, "SMTP_USER": "kvitt", "SMTP_PASSWORD": "other"}
    _, found = look(monkeypatch, "E-mail", **settings)

    assert (found.state, found.why) == (State.WRONG, "it does not take the user and the password (535)")
    assert found.cure.startswith("KVITT_SMTP_USER and KVITT_SMTP_PASSWORD")


def test_a_mail_server_that_does_not_offer_starttls_is_told(monkeypatch: pytest.MonkeyPatch, post: SimpleNamespace):
    settings = {**SMTP_SETTINGS, "SMTP_PORT": post.port, "SMTP_SECURITY": "starttls", "SMTP_USER": "kvitt"}
    (found,) = look(monkeypatch, "E-mail", **settings, SMTP_PASSWORD=SECRET)

    assert (found.state, found.why) == (State.WRONG, "it does not offer STARTTLS")
    assert found.cure.startswith("KVITT_SMTP_SECURITY")


def test_a_mail_server_whose_certificate_nobody_trusts_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(self_signed(tmp_path))
    controller = Controller(_Post(), hostname="127.0.0.1", port=free_port(0), tls_context=context)
    controller.start()
    try:
        settings = {**SMTP_SETTINGS, "SMTP_PORT": controller.port, "SMTP_SECURITY": "starttls"}
        (found,) = look(monkeypatch, "E-mail", **settings)
    finally:
        controller.stop()

    assert found.state is State.WRONG
    assert found.why.startswith("its certificate is not trusted (self-signed certificate")


def test_a_mail_server_that_does_not_speak_tls_is_told(monkeypatch: pytest.MonkeyPatch, post: SimpleNamespace):
    (found,) = look(monkeypatch, "E-mail", **{**SMTP_SETTINGS, "SMTP_PORT": post.port, "SMTP_SECURITY": "tls"})

    assert (found.state, found.why) == (State.WRONG, "it does not speak TLS there")
    assert "KVITT_SMTP_SECURITY" in found.cure


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (silent, "it does not answer in time"),
        (garbage, "it does not speak the language that was expected"),
    ],
)
def test_a_mail_server_or_mailbox_that_is_something_else_is_told(
    monkeypatch: pytest.MonkeyPatch, impatient: None, talk: Any, why: str
):
    with talking(talk) as port:
        box = {"SMTP_IMAP_HOST": "127.0.0.1", "SMTP_IMAP_PORT": port, "SMTP_IMAP_SECURITY": "none"}
        user = {"SMTP_IMAP_USER": "bounces", "SMTP_IMAP_PASSWORD": SECRET}
        found = look(monkeypatch, "E-mail", **{**SMTP_SETTINGS, "SMTP_PORT": port, **box, **user})

    assert [(one.state, one.why) for one in found] == [(State.WRONG, why)] * 2
    assert ["KVITT_SMTP_HOST" in found[0].cure, "KVITT_SMTP_IMAP_HOST" in found[1].cure] == [True, True]


@pytest.mark.parametrize(
    ("box", "state", "why", "cure"),
    [
        (mailbox(SECRET), "ok", "", ""),
        (
            mailbox("other"),
            "wrong",
            "it does not take the user and the password",
            "KVITT_SMTP_IMAP_USER and KVITT_SMTP_IMAP_PASSWORD",
        ),
        (mailbox(SECRET, "Bounces"), "wrong", "it has no folder INBOX", "KVITT_SMTP_IMAP_FOLDER"),
        (mailbox(SECRET, is_read_only=True), "note", "what was read cannot be marked there", "write"),
    ],
)
def test_the_bounces_mailbox_is_looked_into_and_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, post: SimpleNamespace, box: Any, state: str, why: str, cure: str
):
    with talking(box) as port:
        settings = {"SMTP_IMAP_HOST": "127.0.0.1", "SMTP_IMAP_PORT": port, "SMTP_IMAP_SECURITY": "none"}
        settings |= {"SMTP_IMAP_USER": "bounces", "SMTP_IMAP_PASSWORD": SECRET}
        *_, found = look(monkeypatch, "E-mail", **{**SMTP_SETTINGS, "SMTP_PORT": post.port, **settings})

    assert found.what == f"The bounces' mailbox at 127.0.0.1:{port}"
    assert found.state == state
    assert found.why.startswith(why)
    assert cure in found.cure


def test_bounces_that_nobody_hears_are_noted(monkeypatch: pytest.MonkeyPatch, post: SimpleNamespace):
    settings = {"EMAIL": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_SECURITY": "none", "SMTP_PORT": post.port}
    *_, found = look(monkeypatch, "E-mail", **settings)

    assert (found.state, found.what) == (State.NOTE, "Bounces")


# --- Print house -----------------------------------------------------------------------------------------------------


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """A print house's folder."""
    for name in ("in", "out"):
        (tmp_path / "press" / name).mkdir(parents=True)
    return tmp_path / "press"


def sftp(port: int, key: Path, host_key: str) -> dict[str, object]:
    settings: dict[str, object] = {"LETTER": "printhouse", "PRINTHOUSE_HOST": "127.0.0.1", "PRINTHOUSE_USER": "kvitt"}
    return settings | {"PRINTHOUSE_PORT": port, "PRINTHOUSE_KEY": key, "PRINTHOUSE_HOST_KEY": host_key}


def test_a_print_house_that_is_well_is_found_so_and_left_as_it_was(monkeypatch: pytest.MonkeyPatch, press: Path):
    with print_house(press) as server:
        found = look(monkeypatch, "Letters", **sftp(*server))

    assert told(found) == [
        f"ok: The print house 127.0.0.1:{server[0]}",
        "ok: The print house's folder in",
        "ok: The print house's folder out",
    ]
    assert {path.name for path in press.rglob("*")} == {"in", "out"}


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_print_house_with_another_key_is_not_trusted(monkeypatch: pytest.MonkeyPatch, press: Path, kind: str):
    other = asyncssh.generate_private_key(kind).export_public_key().decode().strip()
    with print_house(press) as (port, key, _):
        (found,) = look(monkeypatch, "Letters", **sftp(port, key, other))

    assert (found.state, found.why) == (State.WRONG, "it shows another key than the one we know")
    assert found.cure.startswith("KVITT_PRINTHOUSE_HOST_KEY")


def test_a_print_house_that_does_not_know_our_key_is_told(monkeypatch: pytest.MonkeyPatch, press: Path, tmp_path: Path):
    stranger = tmp_path / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(stranger)
    with print_house(press) as (port, _, host_key):
        (found,) = look(monkeypatch, "Letters", **sftp(port, stranger, host_key))

    assert (found.state, found.why) == (State.WRONG, "it does not take the user and the key")
    assert found.cure.startswith("KVITT_PRINTHOUSE_USER and KVITT_PRINTHOUSE_KEY")


def test_a_print_house_without_our_folders_or_that_lets_us_not_write_is_told(
    monkeypatch: pytest.MonkeyPatch, press: Path
):
    (press / "out").rmdir()
    with print_house(press, locked=True) as server:
        _, into, out_of = look(monkeypatch, "Letters", **sftp(*server))

    assert told([into, out_of]) == [
        "wrong: The print house's folder in: we may not write there",
        "wrong: The print house's folder out: it is not there",
    ]
    assert "KVITT_PRINTHOUSE_USER" in into.cure
    assert out_of.cure.startswith("KVITT_PRINTHOUSE_FOLDER")


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (silent, "it does not answer in time"),
        (garbage, "it does not speak the language that was expected"),
    ],
)
def test_a_print_house_that_is_something_else_is_told(
    monkeypatch: pytest.MonkeyPatch, impatient: None, press: Path, talk: Any, why: str
):
    with print_house(press) as (_, key, host_key), talking(talk) as port:
        (found,) = look(monkeypatch, "Letters", **sftp(port, key, host_key))

    assert (found.state, found.why) == (State.WRONG, why)
    assert "KVITT_PRINTHOUSE_HOST" in found.cure


@pytest.mark.parametrize(("content", "why"), [(None, "no such file or directory"), ("poem", "is none, or wants")])
def test_a_key_of_ours_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, why: str
):
    key = tmp_path / "key"
    if content:
        key.write_text(content)
    (found,) = look(monkeypatch, "Letters", **sftp(CLOSED, key, "ssh-ed25519 AAAA"))

    assert why in found.why
    assert found.cure.startswith("KVITT_PRINTHOUSE_KEY")


# --- Agencies --------------------------------------------------------------------------------------------------------

SIGNING, REPORTS = f"whsec_{'A' * 43}=", f"whsec_{'E' * 43}="


def with_agency(merchant: Merchant, agency: str | None) -> Merchant:
    """A merchant that hands over to this agency, or to none."""
    collection = merchant.policy.collection
    assert collection
    policy = replace(merchant.policy, collection=replace(collection, agency=agency) if agency else None)
    return replace(merchant, policy=policy, groups={})


def drop(port: int, key: Path, host_key: str) -> dict[str, object]:
    settings: dict[str, object] = {"COLLECTION": "sftp", "AGENCY_NAME": "nordinkasso", "AGENCY_HOST": "127.0.0.1"}
    return settings | {"AGENCY_USER": "kvitt", "AGENCY_PORT": port, "AGENCY_KEY": key, "AGENCY_HOST_KEY": host_key}


def posted(url: str) -> dict[str, object]:
    settings: dict[str, object] = {"COLLECTION": "http", "AGENCY_NAME": "nordinkasso", "AGENCY_URL": url}
    return settings | {"AGENCY_SECRETS": SIGNING, "AGENCY_REPORT_SECRETS": REPORTS}


def test_the_outbox_is_fine_where_somebody_hands_over_to_it(monkeypatch: pytest.MonkeyPatch):
    """A merchant that hands over to nobody needs none."""
    merchant = merchants_from()

    assert told(look(monkeypatch, "Collection", with_agency(merchant, "outbox"))) == [
        "ok: The outbox: claims wait there for a person"
    ]
    assert told(look(monkeypatch, "Collection", with_agency(merchant, None))) == [
        "ok: None: nobody hands over to an agency"
    ]


@pytest.mark.parametrize(
    ("settings", "name", "cure"),
    [
        ({}, "outbx", 'did you mean "outbox"?; or set it up with KVITT_COLLECTION or KVITT_AGENCIES'),
        ({}, "intrum", "known: outbox; or set it up with KVITT_COLLECTION or KVITT_AGENCIES"),
        ({"COLLECTION": "none"}, "outbox", "KVITT_COLLECTION is none: write outbox, or how an agency is reached"),
    ],
)
def test_an_agency_that_a_merchant_names_and_nobody_set_up_is_told(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], name: str, cure: str
):
    (found,) = look(monkeypatch, "Collection", with_agency(merchants_from(), name), **settings)

    assert (found.state, found.what) == (State.WRONG, f'The agency "{name}"')
    assert found.why.endswith("hands over to it, and it is not set up")
    assert found.cure == cure


def test_an_agency_in_what_was_published_is_told_though_the_file_names_another_by_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    text = Path("examples/merchants/bolgen.yaml").read_text().replace("agency: outbox", "agency: intrum")
    published = load_text(text, "bolgen.yaml").merchant
    with closing(open_books(f"sqlite:///{tmp_path}/kvitt.sqlite3")) as books:
        books.registry.publish(published, text, datetime(2026, 3, 2, tzinfo=UTC))

    found, _ = look(monkeypatch, "Collection", with_agency(published, "outbox"))

    assert told([found]) == ['wrong: The agency "intrum": bolgen hands over to it, and it is not set up']


def test_an_agency_whose_settings_are_missing_is_not_asked(monkeypatch: pytest.MonkeyPatch):
    (found,) = look(monkeypatch, "Collection", COLLECTION="sftp", AGENCY_NAME="nordinkasso", AGENCY_HOST="127.0.0.1")

    assert (found.state, found.what) == (State.UNCHECKED, "The agency nordinkasso")
    assert "KVITT_AGENCY_KEY is missing" in found.why


def test_an_agencys_folders_that_are_well_are_found_so_and_left_as_they_were(
    monkeypatch: pytest.MonkeyPatch, press: Path
):
    with print_house(press) as server:
        found = look(monkeypatch, "Collection", **drop(*server))

    assert told(found) == [
        f"ok: The agency nordinkasso 127.0.0.1:{server[0]}",
        "ok: The agency nordinkasso's folder in",
        "ok: The agency nordinkasso's folder out",
    ]
    assert {path.name for path in press.rglob("*")} == {"in", "out"}


def test_an_agencys_folders_that_we_may_not_write_to_are_told(monkeypatch: pytest.MonkeyPatch, press: Path):
    with print_house(press, locked=True) as server:
        _, into, out_of = look(monkeypatch, "Collection", **drop(*server))

    assert (into.state, into.why) == (State.WRONG, "we may not write there")
    assert (out_of.state, out_of.why[:21]) == (State.NOTE, "we may only read ther")
    assert "KVITT_AGENCY_USER" in into.cure


def test_another_agency_with_another_key_is_told_by_its_place_in_the_settings(
    monkeypatch: pytest.MonkeyPatch, press: Path
):
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with print_house(press) as (port, key, _):
        agency = {"kind": "sftp", "host": "127.0.0.1", "port": port, "user": "kvitt", "key": str(key)}
        agencies = json.dumps({"intrum": agency | {"host_key": other}})
        (found,) = look(monkeypatch, "Collection", AGENCIES=agencies)

    assert (found.state, found.why) == (State.WRONG, "it shows another key than the one we know")
    assert found.cure.startswith("KVITT_AGENCIES, intrum.host_key: ask the agency intrum for its key")


@pytest.mark.parametrize(
    ("status", "said", "state", "why", "cure"),
    [
        (404, {"known": False}, State.OK, "", ""),
        (200, {"known": False}, State.OK, "", ""),
        (404, {}, State.NOTE, "it does not say that it does not know a claim", "docs/agencies.md"),
        (401, {}, State.WRONG, "it does not take our signature (401)", "KVITT_AGENCY_SECRETS"),
        (403, {"known": False}, State.WRONG, "it does not take our signature (403)", "KVITT_AGENCY_SECRETS"),
        (302, {}, State.WRONG, "it sends us on to another address", "KVITT_AGENCY_URL"),
        (200, b"<html>", State.WRONG, "it claims to know a claim that never was (200)", "KVITT_AGENCY_URL"),
        (200, {"known": True}, State.WRONG, "it claims to know a claim that never was (200)", "KVITT_AGENCY_URL"),
        (503, {}, State.UNCHECKED, "it has trouble of its own (503)", "ask again"),
    ],
)
def test_an_agency_is_asked_for_a_claim_that_never_was(
    monkeypatch: pytest.MonkeyPatch, status: int, said: Any, state: State, why: str, cure: str
):
    asked: list[Asked] = []

    def act(handler: Any, request: Asked) -> None:
        asked.append(request)
        handler.send_response(status)
        handler.send_header("Location", "https://elsewhere.example/")
        handler.end_headers()
        handler.wfile.write(said if isinstance(said, bytes) else json.dumps(said).encode())

    with vendor(act) as server:
        (found,) = look(monkeypatch, "Collection", **posted(server.url))

    assert (found.state, found.what) == (state, f"The agency nordinkasso at {server.url}")
    assert found.why.startswith(why)
    assert bool(found.why) == bool(why)
    assert cure in found.cure
    (request,) = asked
    assert request.method == "GET"
    assert is_signed(request.headers, b"", [SIGNING], datetime.now(UTC))


def test_an_agency_that_is_away_or_whose_word_nobody_hears_is_told(monkeypatch: pytest.MonkeyPatch):
    settings = posted(f"http://127.0.0.1:{CLOSED}") | {"AGENCY_REPORT_SECRETS": ""}
    away, unheard = look(monkeypatch, "Collection", **settings)

    assert (away.state, away.why) == (State.WRONG, "nobody listens there")
    assert away.cure.startswith("KVITT_AGENCY_URL")
    assert (unheard.state, unheard.what) == (State.NOTE, "The reports of nordinkasso")
    assert unheard.cure.startswith("KVITT_AGENCY_REPORT_SECRETS")
