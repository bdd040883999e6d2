"""Worker and gateway refuse to start where customers would be harmed, each time naming variable, problem and cure."""

import json
import os
import re

import pytest

from config.problems import ConfigError
from config.production import NEEDED, check, missing, refusals
from config.secrets import is_weak
from config.settings import Settings, read_settings, variables

KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86 + "=="
SECRET = "b6f1c4a9e07d3582" * 2

SAFE = {
    "PRODUCTION": "true",
    "PUBLIC_URL": "https://pay.nordljus.se",
    "GATEWAY_SECRET": SECRET,
    "EMAIL": "sendgrid",
    "SENDGRID_KEY": "SG.1",
    "SENDGRID_WEBHOOK_KEYS": KEY,
    "SMS": "twilio",
    "TWILIO_ACCOUNT": "AC" + "0" * 32,
    "TWILIO_TOKENS": SECRET,
    "LETTER": "pingen",
    "PINGEN_CLIENT": "1",
    "PINGEN_SECRET": "2",
    "PINGEN_ORGANISATION": "3",
    "PINGEN_WEBHOOK_SECRETS": SECRET,
}
"""What production wants."""

SMTP = {"EMAIL": "smtp", "SMTP_HOST": "mail.nordljus.se"}
PRINT_HOUSE = {
    "LETTER": "printhouse",
    "PRINTHOUSE_HOST": "sftp.tryck.se",
    "PRINTHOUSE_USER": "kvitt",
    "PRINTHOUSE_KEY": "/etc/kvitt/key",
    "PRINTHOUSE_HOST_KEY": "ssh-ed25519 AAAA",
}
SIGNING, REPORTS = "whsec_8uMRkzcWzO1ue9Zt4pVqTQ2hSxLbYw0o", "whsec_Vn3fJk7aDgXr5ePzCw9sHy1mKt6bLq0i"
HTTP = {
    "COLLECTION": "http",
    "AGENCY_NAME": "nordinkasso",
    "AGENCY_URL": "https://claims.nordinkasso.se/kvitt",
    "AGENCY_SECRETS": SIGNING,
    "AGENCY_REPORT_SECRETS": REPORTS,
}
SFTP = {
    "COLLECTION": "sftp",
    "AGENCY_NAME": "nordinkasso",
    "AGENCY_HOST": "sftp.nordinkasso.se",
    "AGENCY_USER": "kvitt",
    "AGENCY_KEY": "/etc/kvitt/agency",
    "AGENCY_HOST_KEY": "ssh-ed25519 AAAA",
}


def others(**changes: str) -> dict[str, str]:
    """One more agency, without what is empty."""
    agency = {"kind": "http", "url": "https://claims.intrum.se", "secrets": SIGNING, "report_secrets": REPORTS}
    return {"AGENCIES": json.dumps({"intrum": {key: value for key, value in (agency | changes).items() if value}})}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KVITT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch):
    """Settings of these variables."""

    def settings(**values: str) -> Settings:
        for name, value in values.items():
            monkeypatch.setenv(f"KVITT_{name}", value)
        return read_settings()

    return settings


def test_what_is_safe_starts(said):
    check(said(**SAFE))


@pytest.mark.parametrize(
    "instead",
    [SMTP, PRINT_HOUSE, HTTP, SFTP, others(), SFTP | others(), {"COLLECTION": "none"}],
    ids=["smtp", "printhouse", "http", "sftp", "others", "several", "no collection"],
)
def test_the_other_vendors_are_as_safe(said, instead: dict[str, str]):
    check(said(**SAFE | instead))


@pytest.mark.parametrize(
    ("changes", "name", "problem"),
    [
        ({"ALLOW_TEST_CLOCKS": "true"}, "ALLOW_TEST_CLOCKS", "is true: a customer would get in a minute"),
        ({"EMAIL": ""}, "EMAIL", "is outbox: customers would get nothing"),
        ({"SMS": ""}, "SMS", "is outbox: customers would get nothing"),
        ({"LETTER": "outbox"}, "LETTER", "is outbox: customers would get nothing"),
        ({"SENDGRID_WEBHOOK_KEYS": ""}, "SENDGRID_WEBHOOK_KEYS", "is missing: anybody could call"),
        ({"PINGEN_WEBHOOK_SECRETS": ""}, "PINGEN_WEBHOOK_SECRETS", "is missing: anybody could call"),
        ({"PINGEN_WEBHOOK_SECRETS": f"{SECRET},secret"}, "PINGEN_WEBHOOK_SECRETS", "holds one that is a default"),
        ({"TWILIO_TOKENS": ""}, "TWILIO_TOKENS", "is missing"),
        ({"TWILIO_TOKENS": "twilio_test_auth_token"}, "TWILIO_TOKENS", "holds one that is a default"),
        ({"GATEWAY_SECRET": ""}, "GATEWAY_SECRET", "is missing"),
        ({"GATEWAY_SECRET": SECRET[:31]}, "GATEWAY_SECRET", "is a default, or can be guessed"),
        ({"GATEWAY_SECRET": "short"}, "GATEWAY_SECRET", "is a default, or can be guessed"),
        ({"GATEWAY_SECRET": "change-me-" * 4}, "GATEWAY_SECRET", "is a default, or can be guessed"),
        ({"GATEWAY_SECRET": "ab" * 20}, "GATEWAY_SECRET", "is a default, or can be guessed"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL", "is missing: every link would lead nowhere"),
        ({"PUBLIC_URL": "http://pay.nordljus.se"}, "PUBLIC_URL", "is not https"),
        ({"PUBLIC_URL": "https://localhost:8080"}, "PUBLIC_URL", "names this machine"),
        (
            {"STAFF_PAGES": "true", "GATEWAY_HOST": "0.0.0.0"},
            "STAFF_PAGES",
            "is true, and KVITT_GATEWAY_HOST is 0.0.0.0",
        ),
        (SMTP | {"SMTP_SECURITY": "none"}, "SMTP_SECURITY", "is none: e-mails and password would go in the clear"),
        (
            SMTP
            | {
                "SMTP_IMAP_HOST": "mail.nordljus.se",
                "SMTP_IMAP_USER": "bounces",
                "SMTP_IMAP_PASSWORD": "1",
                "SMTP_IMAP_SECURITY": "none",
            },
            "SMTP_IMAP_SECURITY",
            "is none: the password would go in the clear",
        ),
        ({"SENDGRID_HOST": "http://api.sendgrid.com"}, "SENDGRID_HOST", "is not https"),
        ({"TWILIO_HOST": "http://api.twilio.com"}, "TWILIO_HOST", "is not https"),
        ({"PINGEN_HOST": "https://api-staging.pingen.com"}, "PINGEN_HOST", "is for trying out"),
        ({"PINGEN_IDENTITY": "https://identity-staging.pingen.com"}, "PINGEN_IDENTITY", "is for trying out"),
        (HTTP | {"AGENCY_URL": "http://claims.nordinkasso.se"}, "AGENCY_URL", "is not https: claims would go"),
        (HTTP | {"AGENCY_REPORT_SECRETS": ""}, "AGENCY_REPORT_SECRETS", "is missing: nothing that the agency says"),
        (HTTP | {"AGENCY_REPORT_SECRETS": SIGNING}, "AGENCY_REPORT_SECRETS", "holds one of our own"),
        (HTTP | {"AGENCY_SECRETS": f"{SIGNING},whsec_{'A' * 32}"}, "AGENCY_SECRETS", "holds one that is a default"),
        (SFTP | {"AGENCY_REPORT_SECRETS": f"whsec_{'A' * 32}"}, "AGENCY_REPORT_SECRETS", "holds one that is a default"),
        (others(url="http://claims.intrum.se"), "AGENCIES", "intrum.url is not https"),
        (others(report_secrets=""), "AGENCIES", "intrum.report_secrets is missing"),
    ],
)
def test_production_refuses(said, changes: dict[str, str], name: str, problem: str):
    settings = said(**SAFE | changes)

    with pytest.raises(ConfigError) as caught:
        check(settings)

    (told,) = {one.key: one for one in caught.value.problems}.values()
    assert told.key == f"KVITT_{name}"
    assert told.problem.startswith(problem)
    assert told.cure
    assert "\n" not in str(told)


def test_production_refuses_to_bring_its_own_server_along(said):
    with pytest.raises(ConfigError, match="KVITT_PRODUCTION: is true, and this command brings a server"):
        check(said(**SAFE), embedded=True)


def test_a_gateway_for_staff_that_only_this_machine_reaches_is_fine(said):
    check(said(**SAFE | {"STAFF_PAGES": "true"}))


def test_servers_on_this_machine_need_no_protection(said):
    """A relay beside us, or a stand-in."""
    relay = {"EMAIL": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_SECURITY": "none"}
    check(said(**SAFE | relay | {"TWILIO_HOST": "http://127.0.0.1:4030"}))


def test_where_customers_are_not_real_all_of_it_is_allowed(said):
    settings = said(
        ALLOW_TEST_CLOCKS="true",
        GATEWAY_SECRET="secret",
        STAFF_PAGES="true",
        GATEWAY_HOST="0.0.0.0",
        PUBLIC_URL="http://pay.example",
    )

    assert refusals(settings, embedded=True) == []
    check(settings, embedded=True)


def test_everything_is_told_at_once(said):
    told = {problem.key for problem in refusals(said(PRODUCTION="true"))}

    assert told == {f"KVITT_{name}" for name in ("EMAIL", "SMS", "LETTER", "GATEWAY_SECRET", "PUBLIC_URL")}


def test_no_secret_is_in_a_refusal(said):
    settings = said(
        **SAFE
        | {"GATEWAY_SECRET": "hush", "TWILIO_TOKENS": "hush", "PINGEN_WEBHOOK_SECRETS": "hush", "PINGEN_CLIENT": ""}
    )

    with pytest.raises(ConfigError) as caught:
        check(settings)

    assert len(caught.value.problems) == 4
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("channel", "vendor"),
    [("EMAIL", "sendgrid"), ("EMAIL", "smtp"), ("SMS", "twilio"), ("LETTER", "printhouse"), ("LETTER", "pingen")],
)
def test_a_chosen_vendor_s_missing_settings_are_one_line_each_also_where_customers_are_not_real(
    said, channel: str, vendor: str
):
    settings = said(**{channel: vendor})

    with pytest.raises(ConfigError) as caught:
        check(settings)

    assert [problem.key for problem in caught.value.problems] == [
        f"KVITT_{vendor}_{name}".upper() for name in NEEDED[vendor]
    ]
    assert all(f"KVITT_{channel} is {vendor}" in problem.problem for problem in caught.value.problems)


def test_what_needs_no_vendor_can_do_without_its_settings(said):
    assert said(EMAIL="sendgrid").email == "sendgrid"


def test_a_vendor_that_is_not_chosen_lacks_nothing(said):
    assert missing(said(SMTP_USER="kvitt")) == []


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"SMTP_USER": "kvitt"}, ["SMTP_PASSWORD"]),
        ({"SMTP_BOUNCE_PORT": "2525"}, ["SMTP_BOUNCE_ADDRESS"]),
        ({"SMTP_IMAP_HOST": "mail.nordljus.se"}, ["SMTP_IMAP_USER", "SMTP_IMAP_PASSWORD"]),
    ],
)
def test_half_of_what_belongs_together_is_not_enough(said, given: dict[str, str], lacking: list[str]):
    assert [problem.key for problem in missing(said(**SMTP | given))] == [f"KVITT_{name}" for name in lacking]


def test_every_variable_that_a_refusal_names_is_a_setting(said):
    known = {name for name, _ in variables()}
    worst = said(
        PRODUCTION="true",
        ALLOW_TEST_CLOCKS="true",
        STAFF_PAGES="true",
        GATEWAY_HOST="0.0.0.0",
        EMAIL="smtp",
        LETTER="pingen",
    )
    told = "\n".join(map(str, [*missing(worst), *refusals(worst, embedded=True)]))

    assert set(re.findall(r"KVITT_[A-Z_]*[A-Z]", told)) <= known


@pytest.mark.parametrize(
    "secret", ["", "kvitt", "changeme" * 6, "Change_Me" * 6, "a" * 64, "your-secret-here-please-0123456789"]
)
def test_a_weak_secret_is_known_as_one(secret: str):
    assert is_weak(secret, 32)


@pytest.mark.parametrize("secret", [SECRET, "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdo"])
def test_a_strong_secret_is_taken(secret: str):
    assert not is_weak(secret, 32)


@pytest.mark.parametrize(
    ("values", "name", "problem"),
    [
        ({"COLLECTION": "sftp", "AGENCY_NAME": ""}, "AGENCY_NAME", "is missing"),
        ({"COLLECTION": "sftp"}, "AGENCY_HOST", "is missing"),
        ({"COLLECTION": "sftp"}, "AGENCY_HOST_KEY", "is missing"),
        ({"COLLECTION": "http"}, "AGENCY_URL", "is missing"),
        ({"COLLECTION": "http"}, "AGENCY_SECRETS", "is missing"),
        ({"AGENCIES": '{"intrum": {"kind": "sftp", "host": "sftp.intrum.se"}}'}, "AGENCIES", "intrum.user is missing"),
        (HTTP | {"AGENCY_NAME": "outbox"}, "AGENCY_NAME", "is outbox, which another has"),
        (HTTP | {"AGENCY_NAME": "intrum"} | others(), "AGENCY_NAME", "is intrum, which another has"),
    ],
)
def test_an_agency_that_cannot_be_reached_starts_nowhere(said, values: dict[str, str], name: str, problem: str):
    told = {f"{one.key} {one.problem}": one.cure for one in missing(said(**values))}

    assert told[f"KVITT_{name} {problem}"]


def test_what_a_chosen_agency_does_not_use_need_not_be_there(said):
    assert missing(said(**HTTP)) == []
    assert missing(said(COLLECTION="outbox", AGENCY_HOST="sftp.nordinkasso.se")) == []
