"""The stand-ins themselves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.vendors import servers


@pytest.mark.parametrize("elsewhere", ["127.0.0.2", "::1"])
def test_a_stand_in_listens_on_one_address_only(twilio_emulator: str, elsewhere: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in elsewhere else socket.AF_INET) as probe:
        assert probe.connect_ex((elsewhere, int(twilio_emulator.rsplit(":", 1)[1])))


@pytest.mark.parametrize(
    ("contract", "path"),
    [("twilio_contract", f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"), ("sendgrid_contract", "/v3/mail/send")],
)
def test_a_contract_refuses_what_it_does_not_describe(contract: str, path: str, request: pytest.FixtureRequest) -> None:
    answer = httpx.post(request.getfixturevalue(contract) + path, json={"not": "so"}, headers={"Authorization": "-"})
    assert answer.is_client_error


def test_a_stand_in_ends_with_those_who_opened_it() -> None:
    with servers.emulate_twilio() as url:
        assert httpx.get(url).status_code
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1])))


def test_a_program_that_never_listens_is_an_error_with_its_own_words() -> None:
    command = [sys.executable, "-c", "print('no port for me')"]
    with pytest.raises(AssertionError, match="no port for me"), servers.running(command, servers.free_port()):
        pass


def test_wiremock_counts_what_it_was_asked(wiremock: str) -> None:
    httpx.post(f"{wiremock}/counted", content=b"once")
    wanted = {"method": "POST", "urlPath": "/counted"}
    assert httpx.post(f"{wiremock}/__admin/requests/count", json=wanted).json()["count"] == 1


def test_what_two_processes_want_at_once_is_fetched_once(tmp_path: Path) -> None:
    want = (
        "from tests.vendors import servers as s; print(s.npm_package('picocolors', '1.1.1').joinpath('package.json'))"
    )
    environment = {**os.environ, "KVITT_VENDOR_CACHE": str(tmp_path)}
    wanting = [
        subprocess.Popen([sys.executable, "-c", want], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    found = {process.communicate(timeout=120)[0].strip() for process in wanting}
    (only,) = found
    assert Path(only).exists()
