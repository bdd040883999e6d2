"""Settings come from the environment, and a wrong one is named."""

import json
import os
from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.problems import ConfigError
from config.settings import Settings, read_settings, read_what_is_right, variables

P256 = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86 + "=="


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KVITT_"):
            monkeypatch.delenv(name)


def test_the_defaults_run_on_one_machine() -> None:
    settings = read_settings()

    assert settings.home == Path("var")
    assert settings.database == "sqlite:///var/kvitt.sqlite3"
    assert settings.address == "http://127.0.0.1:8080"
    assert settings.task_queue == "kvitt"
    assert settings.allow_test_clocks


def test_what_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_HOME", "/srv/kvitt")
    monkeypatch.setenv("KVITT_DATABASE_URL", "postgresql+psycopg://db/kvitt")
    monkeypatch.setenv("KVITT_PUBLIC_URL", "https://pay.example/")
    monkeypatch.setenv("KVITT_ALLOW_TEST_CLOCKS", "false")

    settings = read_settings()

    assert settings.database == "postgresql+psycopg://db/kvitt"
    assert settings.address == "https://pay.example"
    assert not settings.allow_test_clocks


def test_a_gateway_that_listens_everywhere_is_reached_as_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_GATEWAY_HOST", "0.0.0.0")
    monkeypatch.setenv("KVITT_GATEWAY_PORT", "9000")

    assert read_settings().address == "http://localhost:9000"


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("KVITT_GATEWAY_PORT", "many", "write a whole number"),
        ("KVITT_TEMPORAL_PORT", "70000", "write a number from 1 to 65535"),
        ("KVITT_LOG_LEVEL", "loud", "write debug, info, warning or error"),
        ("KVITT_ALLOW_TEST_CLOCKS", "perhaps", "write true or false"),
        ("KVITT_PRODUCTION", "perhaps", "write true or false"),
        ("KVITT_PUBLIC_URL", "pay.example", "write it as in https://invoices.example"),
        ("KVITT_API_RATE", "5", "write it as in 600/minute"),
        ("KVITT_EMAIL", "sengrid", "write outbox, sendgrid, smtp or none"),
        ("KVITT_SENDGRID_HOST", "api.eu.sendgrid.com", "write it as in https://api.sendgrid.com"),
        ("KVITT_SMTP_HOST", "smtp://mail.example", "write it as in mail.example.com"),
        ("KVITT_SMTP_PORT", "smtp", "write a whole number"),
        ("KVITT_SMTP_TIMEOUT", "0", "write a number above 0, at most 60"),
        ("KVITT_SMTP_SECURITY", "ssl", "write starttls, tls or none"),
        ("KVITT_SMTP_BOUNCE_ADDRESS", "bounces", "write it as in bounces@pay.example"),
        ("KVITT_TWILIO_ACCOUNT", "SK12", "write it as in AC0123456789abcdef0123456789abcdef"),
        ("KVITT_TWILIO_VALIDITY_MINUTES", "900", "write a number from 1 to 600"),
        ("KVITT_PRINTHOUSE_CUT_OFF", "4 pm", "write a time of day, as in 16:00"),
        ("KVITT_PRINTHOUSE_HOST_KEY", "AAAA", "write it as in ssh-ed25519 AAAA…"),
        ("KVITT_COLLECTION", "intrum", "write outbox, sftp, http or none"),
        ("KVITT_AGENCY_NAME", "Nord Inkasso", "write it as in nordinkasso"),
        ("KVITT_AGENCY_URL", "claims.agency.example", "write it as in https://claims.agency.example/kvitt"),
    ],
)
def test_a_wrong_value_is_told_on_one_line_with_its_variable_and_the_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, cure: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value) == f'{name}: is "{value}"; {cure}'


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read_settings().gateway_port = 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (
            "KVITT_DATABASE_URL",
            "mysql://kvitt:hush@books/kvitt",
            "is no address of a database; write postgresql+psycopg://user:password@host/name",
        ),
        (
            "KVITT_SENDGRID_WEBHOOK_KEYS",
            f"{P256}, hush",
            "is no key of a signed webhook; copy the verification key that SendGrid shows, MFkwEwYH…",
        ),
        (
            "KVITT_PRINTHOUSE_TIMEZONE",
            "europe/stokholm",
            'is "europe/stokholm", which is no time zone; write it as in Europe/Stockholm',
        ),
        ("KVITT_SMTP_HOST", "kvitt:hush@mail.example", "cannot be used; write it as in mail.example.com"),
        (
            "KVITT_AGENCY_SECRETS",
            "hush",
            "is no secret to sign with; write whsec_ and 24 to 64 random bytes, from: openssl rand -base64 32",
        ),
        (
            "KVITT_AGENCIES",
            "hush",
            'is no JSON object; write it as in {"nordinkasso": {"kind": "http", "url": "https://…"}}',
        ),
        (
            "KVITT_AGENCIES",
            '["hush"]',
            'is no JSON object; write it as in {"nordinkasso": {"kind": "http", "url": "https://…"}}',
        ),
        (
            "KVITT_AGENCIES",
            '{"outbox": {"kind": "http"}}',
            'names an agency "outbox"; write up to 24 small letters, digits, - or _; outbox is taken',
        ),
        ("KVITT_AGENCIES", '{"intrum": {"kind": "hush"}}', "intrum.kind cannot be used; write sftp or http"),
        ("KVITT_AGENCIES", '{"intrum": {"url": "https://x.example"}}', "intrum.kind is missing; write it"),
        (
            "KVITT_AGENCIES",
            '{"intrum": {"kind": "http", "secret": "hush"}}',
            "intrum.secret cannot be used; leave it out",
        ),
        (
            "KVITT_AGENCIES",
            '{"intrum": {"kind": "http", "port": 70000}}',
            "intrum.port cannot be used; write a number from 1 to 65535",
        ),
        (
            "KVITT_AGENCIES",
            '{"intrum": {"kind": "http", "secrets": "hush"}}',
            "intrum.secrets is no secret to sign with; write whsec_ and 24 to 64 random bytes, from: openssl rand "
            "-base64 32",
        ),
    ],
)
def test_a_wrong_value_is_told_in_words_of_its_own_without_the_secrets_in_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value) == f"{name}: {says}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("KVITT_TWILLIO_ACCOUNT", "KVITT_TWILIO_ACCOUNT"),
        ("KVITT_SENDGRID_KEYS", "KVITT_SENDGRID_KEY"),
        ("KVITT_SMTP_PASSWD", "KVITT_SMTP_PASSWORD"),
        ("KVITT_DATABASE", "KVITT_DATABASE_URL"),
        ("kvitt_pubic_url", "KVITT_PUBLIC_URL"),
    ],
)
@pytest.mark.parametrize("value", ["hush", ""])
def test_a_variable_that_is_no_setting_is_told_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value) == f"{name.upper()}: is no setting; did you mean {meant}?"


def test_a_variable_like_no_setting_leads_to_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_XYZZY", "1")

    with pytest.raises(ConfigError, match=r"^KVITT_XYZZY: is no setting; see docs/settings.md, or unset it$"):
        read_settings()


def test_a_whole_group_in_one_variable_is_no_setting_and_its_secret_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KVITT_SENDGRID", '{"key": "hush"}')

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value) == "KVITT_SENDGRID: is no setting; did you mean KVITT_SENDGRID_KEY?"


def test_what_tests_and_tools_read_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_VENDOR_CACHE", "/tmp/vendors")

    assert read_settings() == Settings()


def test_what_kubernetes_writes_for_services_of_our_name_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Settings().model_dump()
    for name, value in {
        "KVITT_SERVICE_HOST": "10.0.0.1",
        "KVITT_SERVICE_PORT_HTTP": "8080",
        "KVITT_PORT": "tcp://10.0.0.1:8080",
        "KVITT_PORT_8080_TCP_ADDR": "10.0.0.1",
        "KVITT_SMTP_SERVICE_HOST": "10.0.0.2",
    }.items():
        monkeypatch.setenv(name, value)

    assert read_settings().model_dump() == usual


def test_what_kubernetes_writes_over_a_setting_of_ours_is_told_as_its(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_GATEWAY_PORT", "tcp://10.0.0.1:8080")

    with pytest.raises(ConfigError, match="tell it enableServiceLinks: false"):
        read_settings()


def test_every_fault_is_told_at_once_each_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_GATEWAY_PORT", "many")
    monkeypatch.setenv("KVITT_SMTP_PORT", "0")
    monkeypatch.setenv("KVITT_TWILLIO_ACCOUNT", "AC")

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert {problem.key for problem in caught.value.problems} == {
        "KVITT_GATEWAY_PORT",
        "KVITT_SMTP_PORT",
        "KVITT_TWILLIO_ACCOUNT",
    }


def test_what_is_right_is_read_beside_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_GATEWAY_PORT", "many")
    monkeypatch.setenv("KVITT_GATEWAY_HOST", "0.0.0.0")
    monkeypatch.setenv("KVITT_SMTP_PORT", "many")
    monkeypatch.setenv("KVITT_SMTP_HOST", "mail.example")

    settings, problems = read_what_is_right()

    assert (settings.gateway_host, settings.gateway_port) == ("0.0.0.0", 8080)
    assert (settings.smtp.host, settings.smtp.port) == ("mail.example", 587)
    assert len(problems) == 2


def test_a_group_is_read_from_variables_that_begin_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_EMAIL", "smtp")
    monkeypatch.setenv("KVITT_SMTP_IMAP_HOST", "mail.example")
    monkeypatch.setenv("KVITT_SMTP_IMAP_PASSWORD", "hush")
    monkeypatch.setenv("KVITT_PRINTHOUSE_KEY", "/etc/kvitt/key")
    monkeypatch.setenv("KVITT_PRINTHOUSE_CUT_OFF", "15:30")

    settings = read_settings()

    assert settings.email == "smtp"
    assert settings.smtp.imap_host == "mail.example"
    assert settings.smtp.imap_password.get_secret_value() == "hush"
    assert settings.printhouse.key == Path("/etc/kvitt/key")
    assert settings.printhouse.cut_off == time(15, 30)


@pytest.mark.parametrize("written", ["new,old", "new old", " new ,  old, "])
def test_a_list_is_parted_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("KVITT_TWILIO_TOKENS", written)

    assert [token.get_secret_value() for token in read_settings().twilio.tokens] == ["new", "old"]


def test_a_setting_that_is_empty_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a container's file writes it that passes variables on."""
    for name, _ in variables():
        monkeypatch.setenv(name, "")

    assert read_settings() == Settings()


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SENDGRID_KEY", "SMTP_PASSWORD", "TWILIO_TOKENS", "PINGEN_SECRET", "GATEWAY_SECRET"):
        monkeypatch.setenv(f"KVITT_{name}", "hush-hush")

    assert "hush-hush" not in repr(read_settings())


@pytest.mark.parametrize(
    ("production", "said", "may_move"),
    [("", "", True), ("true", "", False), ("false", "", True), ("true", "true", True), ("", "false", False)],
)
def test_clocks_may_be_moved_except_in_production(
    monkeypatch: pytest.MonkeyPatch, production: str, said: str, may_move: bool
) -> None:
    """Who writes true there is refused at the start."""
    monkeypatch.setenv("KVITT_PRODUCTION", production)
    monkeypatch.setenv("KVITT_ALLOW_TEST_CLOCKS", said)

    assert read_settings().allow_test_clocks is may_move


def test_more_agencies_stand_in_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = f"whsec_{'A' * 43}=", f"whsec_{'E' * 43}="
    agency = {"kind": "http", "url": "https://claims.agency.example", "secrets": f"{first}, {second}", "timeout": 5}
    monkeypatch.setenv("KVITT_AGENCIES", json.dumps({"intrum": agency, "other": {"kind": "sftp", "port": 2222}}))

    found = read_settings().agencies

    assert [*found] == ["intrum", "other"]
    assert [secret.get_secret_value() for secret in found["intrum"].secrets] == [first, second]
    assert (found["intrum"].timeout, found["other"].port) == (5, 2222)


def test_wrong_agencies_leave_the_other_settings_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_AGENCIES", '{"intrum": {"kind": "http", "secret": "hush"}}')
    monkeypatch.setenv("KVITT_EMAIL", "smtp")

    settings, problems = read_what_is_right()

    assert (settings.agencies, settings.email) == ({}, "smtp")
    assert [problem.key for problem in problems] == ["KVITT_AGENCIES"]


def in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str | bytes) -> Path:
    path = tmp_path / name.lower()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.setenv(f"{name}_FILE", str(path))
    return path


@pytest.mark.parametrize(("name", "_"), list(variables()), ids=lambda one: one if isinstance(one, str) else "")
def test_a_file_may_hold_any_setting(name: str, _: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is read: another setting than before, or a problem that is told of the variable that names the file."""
    before = read_settings()
    in_a_file(tmp_path, monkeypatch, name, "{")

    settings, problems = read_what_is_right()

    assert settings != before or {problem.key for problem in problems} == {f"{name}_FILE"}


def test_secrets_are_read_from_files_without_the_end_of_the_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_a_file(tmp_path, monkeypatch, "KVITT_GATEWAY_SECRET", "b6f1c4a9\n")
    in_a_file(tmp_path, monkeypatch, "KVITT_DATABASE_URL", "postgresql+psycopg://kvitt:hush@books/kvitt\n")
    in_a_file(tmp_path, monkeypatch, "KVITT_TWILIO_TOKENS", "newer,\nolder\n")

    settings = read_settings()

    assert settings.gateway_secret.get_secret_value() == "b6f1c4a9"
    assert settings.database == "postgresql+psycopg://kvitt:hush@books/kvitt"
    assert [token.get_secret_value() for token in settings.twilio.tokens] == ["newer", "older"]


def test_an_empty_file_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_a_file(tmp_path, monkeypatch, "KVITT_GATEWAY_PORT", "\n")
    monkeypatch.setenv("KVITT_HOME_FILE", "")

    assert read_settings() == Settings()


def test_a_file_that_cannot_be_read_is_told_and_nothing_of_what_it_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    picture = in_a_file(tmp_path, monkeypatch, "KVITT_GATEWAY_SECRET", b"\xff\xd8hush")
    monkeypatch.setenv("KVITT_DATABASE_URL_FILE", "/run/secrets/nowhere")
    cure = "name a file that we may read, with the value in it"

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value).splitlines() == [
        f"KVITT_DATABASE_URL_FILE: /run/secrets/nowhere cannot be read (no such file or directory); {cure}",
        f"KVITT_GATEWAY_SECRET_FILE: {picture} cannot be read (it is no text); {cure}",
    ]


def test_a_setting_has_a_value_or_a_file_and_not_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_a_file(tmp_path, monkeypatch, "KVITT_GATEWAY_SECRET", "hush")
    monkeypatch.setenv("KVITT_GATEWAY_SECRET", "hush")

    with pytest.raises(ConfigError, match=r"^KVITT_GATEWAY_SECRET_FILE: is set, and so is KVITT_GATEWAY_SECRET; unset"):
        read_settings()


def test_a_wrong_value_in_a_file_names_the_variable_of_the_file_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_a_file(tmp_path, monkeypatch, "KVITT_DATABASE_URL", "mysql://kvitt:hush@books/kvitt")
    in_a_file(tmp_path, monkeypatch, "KVITT_GATEWAY_PORT", "many")

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value).splitlines() == [
        "KVITT_DATABASE_URL_FILE: is no address of a database; write postgresql+psycopg://user:password@host/name",
        'KVITT_GATEWAY_PORT_FILE: is "many"; write a whole number',
    ]


def test_a_file_for_what_is_no_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_GATEWAY_SECRETS_FILE", "/run/secrets/gateway")

    with pytest.raises(
        ConfigError, match=r"^KVITT_GATEWAY_SECRETS_FILE: is no setting; did you mean KVITT_GATEWAY_SECRET\?"
    ):
        read_settings()
