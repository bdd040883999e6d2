"""Each claim goes to the agency that the policy names, and to no other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from activities.vendors import PARSERS, ears, mailboxes, rounds, ways
from channels.agency.drop import DropWay
from channels.agency.http import HttpWay
from channels.agency.way import Agencies
from channels.outbox import Outbox
from channels.way import Item, Way
from config.settings import Settings
from config.vendors import OtherAgency, TheAgency
from domain.parcel import Parcel
from domain.policy import Channel
from domain.words import Reason, Status
from tests.channels.vendor import answering, vendor

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
SECRET = SecretStr(f"whsec_{'A' * 43}=")


def claim(agency: str) -> Item:
    return Item("a1", Parcel("application/zip", b"PK", agency, "claim 10001"), NOW)


def out(settings: Settings) -> Way:
    return ways(settings)[Channel.COLLECTION]


def http(url: str) -> OtherAgency:
    return OtherAgency(kind="http", url=url, secrets=(SECRET,), report_secrets=(SECRET,))


def test_without_settings_there_is_the_outbox_alone(tmp_path: Path):
    way = out(Settings(home=tmp_path))

    assert isinstance(way, Agencies)
    assert [*way.by_name] == ["outbox"]
    assert way.send(claim("outbox")).status is Status.SENT
    assert way.evidence(claim("outbox"), NOW).status is Status.SENT
    assert not way.tells


@pytest.mark.parametrize("name", ["intrum", "", "Outbox"])
def test_an_agency_that_is_not_set_up_refuses_visibly_and_proves_nothing(tmp_path: Path, name: str):
    """The settings may have lost it: what it got before is not known to be lost with it."""
    way = out(Settings(home=tmp_path))
    answer = way.send(claim(name))

    assert (answer.status, answer.why) == (Status.FAILED, Reason.REFUSED)
    assert name in answer.said
    assert way.evidence(claim(name), NOW).status is Status.UNKNOWN
    assert way.recall(claim(name)).status is Status.UNKNOWN
    assert way.status(claim(name)) == ()
    assert not [*tmp_path.rglob("a1*")]


def test_where_the_outbox_is_not_wanted_it_refuses_and_other_agencies_are_still_there(tmp_path: Path):
    """What they have is theirs: they must be heard, and be told of withdrawals."""
    settings = Settings(home=tmp_path, collection="none", agencies={"intrum": http("http://127.0.0.1:1")})
    way = out(settings)

    assert way.send(claim("outbox")).status is Status.FAILED
    assert way.send(claim("intrum")).status is Status.NOT_SENT
    assert "agency/intrum" in ears(settings)


def test_each_of_several_gets_its_own(tmp_path: Path):
    with vendor(answering(202)) as first, vendor(answering(202)) as second:
        settings = Settings(
            home=tmp_path,
            collection="http",
            agency=TheAgency(name="nordinkasso", url=first.url, secrets=(SECRET,)),
            agencies={"intrum": http(second.url)},
        )
        way = out(settings)
        for name in ("nordinkasso", "intrum", "outbox"):
            assert way.send(claim(name)).status is Status.SENT

    assert (first.times(), second.times()) == (1, 1)
    assert len([*tmp_path.rglob("a1*")]) == 1
    assert way.tells


def test_what_is_set_up_is_what_sends_hears_and_is_asked(tmp_path: Path):
    settings = Settings(
        home=tmp_path,
        collection="sftp",
        agency=TheAgency(name="nordinkasso", host="sftp.agency.example", user="kvitt"),
        agencies={"intrum": http("https://claims.agency.example"), "plain": OtherAgency(kind="sftp")},
    )
    way = out(settings)

    assert isinstance(way, Agencies)
    kinds = {name: type(one) for name, one in way.by_name.items()}
    assert kinds == {"nordinkasso": DropWay, "intrum": HttpWay, "plain": DropWay, "outbox": Outbox}
    assert [mailbox.name for mailbox in mailboxes(settings)] == ["agency/nordinkasso", "agency/plain"]
    agencies = {name: ear.secrets for name, ear in ears(settings).items() if name.startswith("agency")}
    secret = [SECRET.get_secret_value()]
    assert agencies == {"agency/nordinkasso": [], "agency/intrum": secret, "agency/plain": []}
    assert "agency" in PARSERS
    assert rounds(ways(settings)) == []
