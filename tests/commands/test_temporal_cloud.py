"""Temporal behind TLS, by settings alone: certificates and keys arrive, and what is wrong is told with its variable."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from commands.examining import servers
from commands.session import CommandError, connected
from config.problems import ConfigError
from config.settings import Settings
from tests.commands.cloud import Authority, Endpoint, cloud
from tests.commands.system import System
from workflows.server import serving

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.only_on("sqlite")]

API_KEY = "a-key-b6f1c4a9e07d3582"


@dataclass(frozen=True)
class There:
    """A server that asks for certificates, the same one that asks for none, and who signs."""

    strict: Endpoint
    open: Endpoint
    plain: str
    authority: Authority
    stranger: Authority

    @property
    def mutual(self) -> dict[str, str]:
        """Settings under which we are let in by certificate."""
        certificate, key = self.authority.sign("worker")
        return {
            "TEMPORAL_ADDRESS": self.strict.address,
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(certificate),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(key),
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.authority.certificate),
        }

    @property
    def strange(self) -> dict[str, str]:
        """A certificate that somebody else signed, and its key."""
        certificate, key = map(str, self.stranger.sign("worker"))
        return {"TEMPORAL_TLS_CLIENT_CERT_PATH": certificate, "TEMPORAL_TLS_CLIENT_KEY_PATH": key}

    @property
    def by_key(self) -> dict[str, str]:
        """Settings under which we are let in by API key."""
        authority = str(self.authority.certificate)
        return {
            "TEMPORAL_ADDRESS": self.open.address,
            "TEMPORAL_API_KEY": API_KEY,
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": authority,
        }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[There]:
    folder = tmp_path_factory.mktemp("cloud")
    ours, strange = Authority(folder / "ours"), Authority(folder / "strange")
    async with (
        serving(folder / "home", 0, 0) as server,
        cloud(ours, server.address) as strict,
        cloud(ours, server.address, asks=False) as open_,
    ):
        yield There(strict, open_, server.address, ours, strange)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("KVITT_", "TEMPORAL_")):
            monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def say(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


async def test_our_certificate_arrives(there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    say(monkeypatch, there.mutual)
    before = len(there.strict.clients)

    client = await connected(settings)

    assert await client.service_client.check_health()
    assert there.strict.clients[before:] == ["worker"]


async def test_our_api_key_arrives_with_each_call_and_nowhere_without_tls(
    there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    say(monkeypatch, there.by_key)
    before = len(there.open.headers)

    client = await connected(settings)
    await client.service_client.check_health()

    arrived = there.open.headers[before:]
    assert len(arrived) >= 2
    assert {headers["authorization"] for headers in arrived} == {f"Bearer {API_KEY}"}
    assert {headers[":scheme"] for headers in arrived} == {"https"}


async def test_a_file_may_hold_all_of_it(
    there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """As a secret of Kubernetes or Compose: Temporal's own configuration file."""
    file = tmp_path / "temporal.toml"
    file.write_text(
        f'[profile.default]\naddress = "{there.open.address}"\nnamespace = "default"\napi_key = "in-a-file"\n'
        f'[profile.default.tls]\nserver_ca_cert_path = "{there.authority.certificate}"\n'
    )
    say(monkeypatch, {"TEMPORAL_CONFIG_FILE": str(file)})

    client = await connected(settings)

    assert await client.service_client.check_health()
    assert there.open.headers[-1]["authorization"] == "Bearer in-a-file"


CERTIFICATE, KEY = "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH"

REFUSALS = {
    "a certificate of somebody else": (
        lambda there: there.mutual | there.strange,
        f"it hangs up; {CERTIFICATE}: it does not take this one; name one of an authority that the namespace knows",
    ),
    "no certificate": (
        lambda there: there.mutual | dict.fromkeys((CERTIFICATE, KEY), ""),
        f"it hangs up; if it wants a certificate of ours, {CERTIFICATE} and {KEY}: name its files",
    ),
    "the key of another certificate": (
        lambda there: there.mutual | {KEY: there.strange[KEY]},
        f"our certificate and our key do not belong together; {CERTIFICATE} and {KEY}: name the two files of one pair",
    ),
    "a certificate that is none": (
        lambda there: there.mutual | {CERTIFICATE: __file__},
        f"our certificate is none; {CERTIFICATE}: name a file with a certificate, as PEM",
    ),
    "a server that nobody vouches for": (
        lambda there: there.by_key | {"TEMPORAL_TLS_SERVER_CA_CERT_PATH": ""},
        "its certificate is signed by nobody whom we know; TEMPORAL_TLS_SERVER_CA_CERT_PATH: name the file with the"
        " certificate of the authority that signs for it",
    ),
    "a server of another name": (
        lambda there: there.by_key | {"TEMPORAL_TLS_SERVER_NAME": "elsewhere.example"},
        "its certificate is for another name; TEMPORAL_ADDRESS: is it right? Or write the certificate's name in"
        " TEMPORAL_TLS_SERVER_NAME",
    ),
    "no TLS where there is some": (
        lambda there: {"TEMPORAL_ADDRESS": there.open.address},
        "it hangs up; TEMPORAL_TLS: write true if it speaks TLS, or is TEMPORAL_ADDRESS right?",
    ),
    "TLS where there is none": (
        lambda there: there.by_key | {"TEMPORAL_ADDRESS": there.plain},
        "it speaks without TLS; TEMPORAL_TLS: write false, or is TEMPORAL_ADDRESS right?",
    ),
    "a name that nobody has": (
        lambda there: there.by_key | {"TEMPORAL_ADDRESS": "kvitt.a1b2c.invalid:7233"},
        "no such name is known; is TEMPORAL_ADDRESS right?",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_who_is_not_let_in_is_told_which_variable_and_the_cure(
    there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch, case: str
):
    given, told = REFUSALS[case]
    values = given(there)
    say(monkeypatch, values)

    with pytest.raises(CommandError) as refused:
        await connected(settings)

    assert str(refused.value) == f"no Temporal server answers at {values['TEMPORAL_ADDRESS']}: {told}"
    assert API_KEY not in str(refused.value)


UNREADABLE = {
    "a file that is not there": (
        {CERTIFICATE: "/nowhere/tls.crt", KEY: "/nowhere/tls.key"},
        "/nowhere/tls.crt cannot be read (no such file or directory); name a file that we may read",
    ),
    "a folder": (
        {CERTIFICATE: "/etc", KEY: "/etc"},
        "/etc cannot be read (is a directory); name a file that we may read",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_a_file_that_cannot_be_read_is_told(
    there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch, case: str
):
    given, told = UNREADABLE[case]
    say(monkeypatch, there.mutual | given)

    with pytest.raises(ConfigError) as refused:
        await connected(settings)

    assert str(refused.value) == f"{CERTIFICATE}: {told}"


async def test_a_certificate_needs_its_key(there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    say(monkeypatch, there.mutual | {KEY: ""})

    with pytest.raises(ConfigError) as refused:
        await connected(settings)

    assert str(refused.value) == f"{CERTIFICATE} and {KEY}: one is set without the other; set both, or none"


async def test_an_api_key_with_the_end_of_its_line_is_told_and_not_repeated(
    there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """The library would leave it out without a word."""
    say(monkeypatch, there.by_key | {"TEMPORAL_API_KEY": f"{API_KEY}\n"})

    with pytest.raises(ConfigError) as refused:
        await connected(settings)

    assert str(refused.value).startswith("TEMPORAL_API_KEY: holds a space, or the end of a line")
    assert API_KEY not in str(refused.value)


async def test_the_doctor_says_the_same(there: There, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    (check,) = (one for one in servers(settings) if one.area == "Temporal")
    say(monkeypatch, there.mutual)
    well = await asyncio.to_thread(check.look)
    say(monkeypatch, there.strange)
    ill = await asyncio.to_thread(check.look)

    assert [one.state for one in well] == ["ok", "ok"]
    assert [one.cure.split(":")[0] for one in ill] == [CERTIFICATE]


async def test_a_worker_works_through_it_and_stops_in_time(there: There, tmp_path: Path):
    system = System(tmp_path, there.mutual)
    worker = system.start("worker")
    await asyncio.to_thread(system.wait_until_said, "the worker runs", worker)
    worker.send_signal(signal.SIGTERM)

    assert await asyncio.to_thread(worker.wait, 40) == 0
