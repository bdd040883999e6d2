"""Around every answer: safe headers, no stack trace, and log lines without people in them."""

from __future__ import annotations

import json

import httpx
import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from domain.policy import Channel
from store.cases import INVOICE
from store.engine import writing
from tests.gateway.cases import EMAIL, NAME, PHONE, STREET, Kept
from tests.gateway.conftest import OWN
from tests.live.house import House

ALWAYS = {
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}


async def every_answer(house: House, web: httpx.AsyncClient, number: str) -> dict[str, httpx.Response]:
    case = Kept(house.books, number, "2026-03-10T12:00")
    mail, sms = case.send(Channel.EMAIL, "2026-03-02T09:00"), case.send(Channel.SMS, "2026-03-05T09:00", rung=1)
    letter = case.send(Channel.LETTER, "2026-03-09T09:00", rung=2)
    base = f"/staff/invoices/nordljus/{number}"
    paths = ["/", "/health", "/staff", "/outbox", base, f"{base}/life", f"{base}/invoice.pdf", "/nowhere", "/i/nothing"]
    paths += [f"/i/{mail.token}", f"/i/{mail.token}/invoice.pdf"]
    for send in (mail, sms, letter):
        paths += [f"/i/{mail.token}/messages/{send.id}", f"/outbox/{send.id}", f"/outbox/{send.id}/raw"]
        paths += [f"{base}/messages/{send.id}"]
    for send in (mail, letter):
        paths += [
            f"/i/{mail.token}/messages/{send.id}/body",
            f"/outbox/{send.id}/body",
            f"{base}/messages/{send.id}/body",
        ]
    answers = {path: await web.get(path) for path in paths}
    answers["post"] = await web.post(f"/i/{mail.token}/viewed", headers=OWN)
    return answers


async def test_every_answer_has_the_headers(house: House, web: httpx.AsyncClient, number: str):
    for path, answer in (await every_answer(house, web, number)).items():
        policy = answer.headers["content-security-policy"]

        assert answer.status_code < 500, path
        assert ALWAYS.items() <= answer.headers.items(), path
        assert "default-src 'none'" in policy, path
        assert "unsafe-eval" not in policy, path
        assert "frame-ancestors 'none'" in policy or path.endswith(("/body", "/invoice.pdf")), path
        assert ("script-src" in policy) == (answer.status_code == 200 and is_live(path)), path
        assert "unsafe-inline" not in policy or "sandbox" in policy, path


def is_live(path: str) -> bool:
    return path.startswith("/i/") and not path.endswith(("/body", "/invoice.pdf"))


async def test_no_page_has_script_or_style_within(house: House, web: httpx.AsyncClient, number: str):
    for path, answer in (await every_answer(house, web, number)).items():
        if answer.headers.get("content-type", "").startswith("text/html") and not path.endswith("/body"):
            assert "<style" not in answer.text, path
            assert ' style="' not in answer.text, path
            assert answer.text.count("<script") == answer.text.count('<script src="/assets/'), path
            assert ' onclick="' not in answer.text, path


async def test_assets_may_be_kept_and_change_their_address_with_their_content(
    house: House, web: httpx.AsyncClient, number: str
):
    page = (await web.get("/i/nothing")).text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]

    answer = await web.get(address)

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert (await web.get("/assets/style-000000000000.css")).status_code == 404
    assert "url(" not in answer.text
    assert "http" not in answer.text.replace("http://www.w3.org", "")


async def test_log_lines_hold_nobody_and_no_link(house: House, web: httpx.AsyncClient, number: str):
    case = Kept(house.books, number, "2026-03-10T12:00")
    token = case.send(Channel.EMAIL, "2026-03-02T09:00").token

    with capture_logs() as lines:
        for path in (
            f"/i/{token}",
            f"/i/{token}/invoice.pdf",
            f"/i/{token}x",
            f"/x/{token}",
            f"/staff?merchant={NAME}",
        ):
            await web.get(path, headers={"User-Agent": EMAIL})
        await web.post(f"/i/{token}/viewed", data={"seal": token}, headers=OWN)

    written = json.dumps(lines, default=str)
    assert [line["path"] for line in lines if line["event"] == "request"] == [
        "/i/{token}",
        "/i/{token}/invoice.pdf",
        "/i/{token}",
        "unknown",
        "/staff",
        "/i/{token}/viewed",
    ]
    assert not [word for word in (token, NAME, EMAIL, PHONE, STREET, "127.0.0.1") if word in written]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_when_something_breaks_people_see_no_trace_of_it(
    house: House, web: httpx.AsyncClient, number: str, accept: str
):
    case = Kept(house.books, number, "2026-03-10T12:00")
    token = case.send(Channel.EMAIL, "2026-03-02T09:00").token
    with writing(house.books.engine) as connection:
        broken = update(INVOICE).where(INVOICE.c.id == case.id)
        connection.execute(broken.values(details=f'{{"customer": {{"name": "{NAME}"}}}}'))

    with capture_logs() as lines:
        answer = await web.get(f"/i/{token}", headers={"Accept": accept})

    written = json.dumps(lines, default=str)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith(accept)
    assert "Something went wrong" in answer.text
    assert not [word for word in ("Traceback", "Error", ".py", NAME) if word in answer.text]
    assert ALWAYS.items() <= answer.headers.items()
    assert [line for line in lines if line["event"] == "request failed"]
    assert not [word for word in (token, NAME) if word in written]
