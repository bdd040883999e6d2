"""Pingen's own Python client against the Pingen of our tests: what they rest on is what the vendor's client does."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest

from channels.hearing import Hook
from channels.pingen.way import verify
from tests.channels.house import Clock
from tests.channels.pingen_house import CLIENT, ORGANISATION, SECRET, SIGNING_KEY, Pingen
from tests.vendors import servers

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NAME, VERSION = "pingen2sdk", "2.2.0"


@pytest.fixture(scope="module")
def sdk() -> Iterator[ModuleType]:
    """The vendor's package, fetched and not installed: it would bring others along that we do not want."""
    folder = servers.CACHE / f"{NAME}-{VERSION}"
    wheel = folder / f"{NAME}-{VERSION}-py3-none-any.whl"
    if not wheel.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        done = subprocess.run([*map(str, command), f"{NAME}=={VERSION}"], capture_output=True, text=True, check=False)
        if done.returncode:
            servers.missing(f"{NAME} cannot be fetched: {done.stderr}")
    sys.path.insert(0, str(wheel))
    try:
        yield importlib.import_module(NAME)
    finally:
        sys.path.remove(str(wheel))


@pytest.fixture
def pingen() -> Iterator[Pingen]:
    with Pingen(Clock(NOW)) as server:
        yield server


@pytest.fixture
def letters(sdk, pingen, monkeypatch):
    monkeypatch.setattr(sdk, "api_production", pingen.url)
    monkeypatch.setattr(sdk, "client_id", CLIENT)
    monkeypatch.setattr(sdk, "client_secret", SECRET)
    token = sdk.OAuth.get_token(grant_type="client_credentials", scope="letter")["access_token"]
    return sdk.Letters(ORGANISATION, token)


@pytest.fixture
def made(letters, tmp_path) -> str:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7")
    name = str(tmp_path / "letter.pdf")
    answer = letters.upload_and_create(name, "a1.kvitt.pdf", "left", False, "cheap", "duplex", "grayscale")
    return answer.data["data"]["id"]


def status(letters, letter_id: str) -> str:
    return letters.get_details(letter_id).data["data"]["attributes"]["status"]


def test_the_vendors_client_makes_sends_and_finds_a_letter(letters, made, pingen) -> None:
    pingen.work()
    assert status(letters, made) == "valid"
    letters.send(made, "cheap", "duplex", "grayscale")
    pingen.work()

    assert status(letters, made) == "printing"
    found = letters.get_collection({"page[number]": 1, "page[limit]": 10, "sort": "-created_at"})
    assert [one["id"] for one in found.data["data"]] == [made]
    assert pingen.printed() == {"a1": 1}


def test_the_vendors_client_cancels_and_deletes_letters(letters, made, pingen, sdk) -> None:
    pingen.work()
    letters.send(made, "cheap", "duplex", "grayscale")
    letters.cancel(made)
    assert status(letters, made) == "cancelled"
    with pytest.raises(sdk.PingenError):
        letters.delete(made)

    pingen.letters[made]["status"] = "valid"
    letters.delete(made)
    with pytest.raises(sdk.PingenError):
        letters.get_details(made)


def test_the_vendors_client_and_we_check_signatures_alike(sdk, made, pingen) -> None:
    headers, body = pingen.call_back("webhook_sent", made)
    event = sdk.IncomingWebhook.construct_event(body, {"Signature": headers["signature"]}, SIGNING_KEY)

    assert event.data == json.loads(body)
    assert verify(Hook("https://pay.example", headers, body), [SIGNING_KEY], NOW)
