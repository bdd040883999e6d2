"""What is sent: too much, cut off, not what it says, or malicious. It is refused, and nothing is stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.api.bodies import MOST
from gateway.api.invoices import BATCH_BYTES
from gateway.serve import serving_gateway
from store.keys import NewKey
from tests.gateway.api.conftest import API, is_problem
from tests.live.house import House

JSON = {"Content-Type": "application/json"}


async def drops(total: int, size: int = 65536) -> AsyncIterator[bytes]:
    """A body of which nobody says how long it is."""
    for _ in range(0, total, size):
        yield b" " * size


@pytest.mark.parametrize(("path", "most"), [("/invoices", MOST), ("/invoices/batch", BATCH_BYTES)])
async def test_a_body_that_is_too_large_is_refused_whatever_it_says_of_its_length(
    api: httpx.AsyncClient, path: str, most: int
):
    told = await api.post(path, content=b" " * (most + 1), headers=JSON)
    untold = await api.post(path, content=drops(most + 65536), headers=JSON)
    lied = await api.post(path, content=drops(most + 65536), headers=JSON | {"Content-Length": "10"})
    fits = await api.post(path, content=b" " * most, headers=JSON)

    assert all(is_problem(answer, 413, "too-large") for answer in (told, untold, lied))
    assert is_problem(fits, 400, "unreadable")


async def test_a_length_beyond_all_numbers_is_too_large(api: httpx.AsyncClient):
    answer = await api.post("/invoices", content=b"{}", headers=JSON | {"Content-Length": "9" * 400})

    assert is_problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/jsonx"},
    ],
)
async def test_only_json_is_read(api: httpx.AsyncClient, headers: dict[str, str]):
    answer = await api.post("/invoices", content=b"{}", headers=headers)

    assert is_problem(answer, 415, "not-json")


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=UTF-8"])
async def test_json_is_json_however_it_is_written(api: httpx.AsyncClient, media_type: str):
    answer = await api.post("/invoices", content=b"{}", headers={"Content-Type": media_type})

    assert is_problem(answer, 422, "invalid")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "is not JSON"),
        (b'{"number": "1"', "is not JSON"),
        (b'{"number": "1"}}', "is not JSON"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'{"number": "1", "number": "2"}', '\\"number\\" is written twice'),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"terms":' * 500 + b"1" + b"}" * 500, "nested too deeply"),
        (b'{"terms":' * 30 + b"1" + b"}" * 30, "nested too deeply"),
    ],
)
async def test_what_cannot_be_read_is_said(api: httpx.AsyncClient, body: bytes, says: str):
    answer = await api.post("/invoices", content=body, headers=JSON)

    assert is_problem(answer, 400, "unreadable")
    assert says in answer.text


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b"true", b"NaN", b"1e999", b"-0"])
@pytest.mark.parametrize("path", ["/invoices", "/invoices/batch", "/invoices/1/payments", "/invoices/1/commands"])
async def test_json_that_is_no_object_is_refused(api: httpx.AsyncClient, path: str, body: bytes):
    assert is_problem(await api.post(path, content=body, headers=JSON), 422, "invalid")


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "a\u0000b"},
        {"number": ".."},
        {"number": "x" * 65},
        {"number": ["1"]},
        {"number": {"a": 1}},
        {"number": True},
        {"amount": 1e400},
        {"amount": "9" * 40},
        {"amount": "NaN"},
        {"amount": -1},
        {"issued": "2026-02-30"},
        {"issued": "٢٠٢٦-03-02"},
        {"due": 20260401},
        {"customer": None},
        {"customer": {"name": "\ud800", "kind": "consumer"}},
        {"customer": {"name": "a\nb", "kind": "consumer"}},
        {"customer": {"name": "a" * 1000, "kind": "x" * 100_000}},
        {"lines": [{"text": "x", "unit_price": "1", "vat": "1000"}]},
        {"terms": {"reminders": "x", "y/~": [{"z": {}}]}},
        {"__class__": "x", "/a~b": 1},
    ],
    ids=str,
)
async def test_a_wrong_value_is_told_with_its_place_and_never_breaks_anything(
    api: httpx.AsyncClient, invoice: Any, house: House, number: str, fields: dict[str, Any]
):
    answer = await api.post("/invoices", content=json.dumps(invoice(**fields)), headers=JSON)

    assert is_problem(answer, 422, "invalid")
    assert all(error.keys() == {"pointer", "problem", "cure"} for error in answer.json()["errors"])
    assert len(answer.content) < 4_000
    assert not house.books.cases.has("nordljus", number)


async def test_each_error_points_at_its_place(api: httpx.AsyncClient, invoice: Any):
    lines = [{"text": "x", "unit_price": "1.00", "vat": "25"}, {"text": "y", "unit_price": "z", "vat": "25"}]
    customer = {"nam": "Anna", "kind": "consumer", "email": "anna"}

    answer = await api.post("/invoices", json=invoice(lines=lines, customer=customer))

    assert {error["pointer"]: error["cure"] for error in answer.json()["errors"]} == {
        "/lines/1/unit_price": 'write digits with a dot before the decimals, as in "1.5"',
        "/customer/nam": 'did you mean "name"?',
        "/customer/email": "write it as name@example.com",
    }


@pytest.mark.parametrize("number", ["..", ".", "%2e%2e", "%00", "a%00b", "a%2Fb", "%C3%A5", "%FF", "a b", "x" * 5000])
@pytest.mark.parametrize("path", ["/invoices/{}", "/invoices/{}/documents", "/invoices/{}/documents/" + "0" * 32])
async def test_an_odd_number_in_an_address_is_no_invoice(app: FastAPI, key: NewKey, path: str, number: str):
    raw = f"{API}{path.format(number.replace(' ', '%20'))}"

    status, document = await asked(app, key, raw)

    assert status in (404, 422), document
    assert document["type"].startswith("urn:kvitt:problem:")


async def test_a_percent_encoded_number_is_the_same_number(api: httpx.AsyncClient, invoice: Any, number: str):
    odd = f"A.{number}_-"
    assert (await api.post("/invoices", json=invoice(number=odd))).status_code == 201

    answer = await api.get("/invoices/" + "".join(f"%{ord(letter):02x}" for letter in odd))

    assert answer.json()["number"] == odd


async def test_a_request_that_is_cut_off_stores_nothing(
    app: FastAPI, key: NewKey, invoice: Any, house: House, number: str
):
    body = json.dumps(invoice()).encode()
    head = f"POST {API}/invoices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.text}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body) + 1}\r\n\r\n"

    async with serving_gateway(app, "127.0.0.1", 0) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    assert not house.books.cases.has("nordljus", number)


async def test_two_lengths_are_not_a_way_in(app: FastAPI, key: NewKey, invoice: Any, house: House, number: str):
    body = json.dumps(invoice()).encode()
    head = f"POST {API}/invoices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.text}\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nContent-Length: 2\r\n\r\n"

    async with serving_gateway(app, "127.0.0.1", 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()

    assert answer.split(b" ")[1] == b"400"
    assert not house.books.cases.has("nordljus", number)


async def test_where_nothing_is_the_answer_is_json_too(api: httpx.AsyncClient):
    assert is_problem(await api.get("/nowhere"), 404, "not-found")
    assert is_problem(await api.get(str(api.base_url).rstrip("/")), 404, "not-found")
    assert is_problem(await api.get("/invoices/"), 404, "not-found")
    for method, path, known in (("DELETE", "/invoices", "GET, POST"), ("PUT", "/invoices/1/payments", "POST")):
        answer = await api.request(method, path)
        assert is_problem(answer, 405, "wrong-method")
        assert answer.headers["allow"] == known


async def test_every_answer_has_the_safe_headers(api: httpx.AsyncClient):
    for path in ("/openapi.json", "/invoices", "/invoices/none", "/nowhere"):
        answer = await api.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def asked(app: FastAPI, key: NewKey, raw_path: str) -> tuple[int, dict[str, Any]]:
    """Ask for an address exactly as it is written; a client would tidy it up."""
    async with serving_gateway(app, "127.0.0.1", 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET {raw_path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.text}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), json.loads(body)


@pytest.mark.parametrize("path", ["/nothing", "/invoices/a%0Ab", "/webhook-deliveries/%0D%0A/replay"])
async def test_an_address_that_is_none_is_told_as_a_problem_too(api: httpx.AsyncClient, path: str):
    assert is_problem(await api.get(path), 404, "not-found")
