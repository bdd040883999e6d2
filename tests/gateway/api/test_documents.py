"""Documents by API: the bytes that were sent, and nobody else's."""

from __future__ import annotations

from hashlib import sha256

import httpx

from domain.policy import Channel
from tests.gateway.api.conftest import is_problem
from tests.gateway.cases import Kept
from tests.live.house import House


async def test_each_message_comes_byte_for_byte_as_a_file(api: httpx.AsyncClient, house: House, number: str):
    case = Kept(house.books, number, "2026-03-10T12:00")
    sends = [
        case.send(channel, f"2026-03-0{rung + 2}T09:00", rung=rung)
        for rung, channel in enumerate((Channel.EMAIL, Channel.SMS, Channel.LETTER, Channel.COLLECTION))
    ]

    listed = (await api.get(f"/invoices/{number}/documents")).json()["documents"]

    assert [one["channel"] for one in listed] == ["email", "sms", "letter", "collection"]
    assert {one["status"] for one in listed} == {"sent"}
    for entry, send in zip(listed, sends, strict=True):
        assert send.parcel
        answer = await api.get(f"/invoices/{number}/documents/{entry['id']}")
        assert answer.content == send.parcel.body
        assert entry["sha256"] == sha256(answer.content).hexdigest()
        assert entry["size"] == len(answer.content)
        assert answer.headers["content-type"] == entry["media_type"] == send.parcel.media_type
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="{number}-')
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_document_belongs_to_its_invoice(api: httpx.AsyncClient, house: House, number: str):
    send = Kept(house.books, number, "2026-03-10T12:00").send(Channel.EMAIL, "2026-03-02T09:00")
    Kept(house.books, f"{number}-2", "2026-03-10T12:00")

    assert is_problem(await api.get(f"/invoices/{number}-2/documents/{send.id}"), 404, "not-found")
    assert is_problem(await api.get(f"/invoices/{number}/documents/{'0' * 32}"), 404, "not-found")
    assert is_problem(await api.get(f"/invoices/{number}/documents/{send.token}"), 422, "invalid")
