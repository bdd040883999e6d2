"""A view is an act of a person in a browser. Nothing else counts, and nothing counts twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from domain.policy import Channel
from domain.words import COLLECTION, Message
from gateway.seal import Seal
from tests.gateway.cases import Kept, link, live, move_to, views
from tests.gateway.conftest import OWN
from tests.live.house import House

AGO = timedelta(seconds=5)


def sealed(seal: Seal, token: str, ago: timedelta = AGO, by: str = "page") -> dict[str, str]:
    return {"seal": seal.issue(token, datetime.now(UTC) - ago), "by": by}


async def test_the_act_of_the_page_counts(house: House, web: httpx.AsyncClient, seal: Seal, number: str):
    ref = await live(house, number, "2026-03-03T12:00")
    token = link(house, ref).token

    answer = await web.post(f"/i/{token}/viewed", data=sealed(seal, token), headers=OWN)

    assert answer.status_code == 204
    assert views(house, ref) == 1


async def test_who_has_viewed_gets_no_message_on_the_next_channel(
    house: House, web: httpx.AsyncClient, seal: Seal, number: str
):
    seen, unseen = await live(house, number, "2026-03-03T12:00"), await live(house, f"{number}-b", "2026-03-03T12:00")
    token = link(house, seen).token

    await web.post(f"/i/{token}/viewed", data=sealed(seal, token), headers=OWN)
    await move_to(house, seen, "2026-03-20T12:00")
    await move_to(house, unseen, "2026-03-20T12:00")

    assert [send.channel for send in house.books.sends.of_invoice(seen.id)] == ["email"]
    assert [send.channel for send in house.books.sends.of_invoice(unseen.id)] == ["email", "sms", "letter"]


async def test_two_acts_count_once(house: House, web: httpx.AsyncClient, seal: Seal, number: str):
    ref = await live(house, number, "2026-03-03T12:00")
    token = link(house, ref).token

    answers = [await web.post(f"/i/{token}/viewed", data=sealed(seal, token), headers=OWN) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert views(house, ref) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}],
    ids=str,
)
async def test_opening_the_link_never_counts(
    house: House, web: httpx.AsyncClient, number: str, method: str, headers: dict[str, str]
):
    ref = await live(house, number, "2026-03-03T12:00")
    token, before = link(house, ref).token, house.books.cases.read(ref.id).facts.seen

    for path in ("", "/invoice.pdf", f"/messages/{link(house, ref).id}", f"/messages/{link(house, ref).id}/body"):
        answer = await web.request(method, f"/i/{token}{path}", headers=headers)
        assert answer.status_code == 200

    assert (await web.request(method, f"/i/{token}/viewed", headers=headers)).status_code == 405
    assert house.books.cases.read(ref.id).facts.seen == before


async def test_a_post_without_the_page_s_own_value_never_counts(
    house: House, web: httpx.AsyncClient, seal: Seal, number: str
):
    ref = await live(house, number, "2026-03-06T12:00")
    token, other = link(house, ref).token, link(house, ref, 1).token
    good = sealed(seal, token)["seal"]
    wrong = {
        "nothing": {},
        "no value": {"by": "page"},
        "empty": {"seal": "", "by": "page"},
        "nonsense": {"seal": "²³.é", "by": "page"},
        "another link's": sealed(seal, other),
        "another key's": sealed(Seal(b"guessed"), token),
        "changed": {"seal": good[:-1] + ("0" if good[-1] != "0" else "1"), "by": "page"},
        "too young": sealed(seal, token, timedelta(seconds=1)),
        "too old": sealed(seal, token, timedelta(days=1, seconds=5)),
        "from tomorrow": sealed(seal, token, timedelta(days=-1)),
        "too long": {"seal": good, "by": "page", "more": "x" * 3000},
    }

    answers = {
        name: (await web.post(f"/i/{token}/viewed", data=data, headers=OWN)).status_code for name, data in wrong.items()
    }

    assert answers == dict.fromkeys(wrong, 403)
    assert views(house, ref) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {**OWN, "Sec-Purpose": "prefetch"},
        {**OWN, "Purpose": "prefetch"},
        {**OWN, "Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": OWN["Origin"]},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
async def test_a_post_that_no_page_of_ours_makes_never_counts(
    house: House, web: httpx.AsyncClient, seal: Seal, number: str, headers: dict[str, str]
):
    ref = await live(house, number, "2026-03-03T12:00")
    token = link(house, ref).token

    answer = await web.post(f"/i/{token}/viewed", data=sealed(seal, token), headers=headers)

    assert answer.status_code == 403
    assert views(house, ref) == 0


async def test_an_older_browser_that_names_its_origin_only_counts(
    house: House, web: httpx.AsyncClient, seal: Seal, number: str
):
    ref = await live(house, number, "2026-03-03T12:00")
    token = link(house, ref).token

    await web.post(f"/i/{token}/viewed", data=sealed(seal, token), headers={"Origin": OWN["Origin"]})

    assert views(house, ref) == 1


async def test_the_button_leads_back_to_the_page_and_counts_when_it_was_not_too_quick(
    house: House, web: httpx.AsyncClient, seal: Seal, number: str
):
    ref = await live(house, number, "2026-03-03T12:00")
    token = link(house, ref).token

    quick = await web.post(f"/i/{token}/viewed", data=sealed(seal, token, timedelta(0), by="hand"), headers=OWN)
    assert (quick.status_code, quick.headers["location"]) == (303, f"/i/{token}")
    assert views(house, ref) == 0

    pressed = await web.post(f"/i/{token}/viewed", data=sealed(seal, token, by="hand"), headers=OWN)
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/i/{token}")
    assert views(house, ref) == 1


async def test_a_page_asks_for_a_view_until_its_own_link_has_one(
    house: House, web: httpx.AsyncClient, seal: Seal, number: str
):
    ref = await live(house, number, "2026-03-06T12:00")
    first, second = link(house, ref, 0).token, link(house, ref, 1).token

    await web.post(f"/i/{first}/viewed", data=sealed(seal, first), headers=OWN)

    assert "data-seal" not in (await web.get(f"/i/{first}")).text
    assert "I have seen this invoice" not in (await web.get(f"/i/{first}")).text
    assert "data-seal" in (await web.get(f"/i/{second}")).text
    assert "I have seen this invoice" in (await web.get(f"/i/{second}")).text


async def test_the_staff_s_preview_never_counts(house: House, web: httpx.AsyncClient, number: str):
    ref = await live(house, number, "2026-03-03T12:00")
    base = f"/staff/invoices/nordljus/{number}"

    page = await web.get(base)

    assert "Staff preview" in page.text
    assert "<script" not in page.text
    assert "viewed" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert (await web.post(f"{base}/viewed", headers=OWN)).status_code in (404, 405)
    assert views(house, ref) == 0


async def test_what_the_agency_got_is_no_link(house: House, web: httpx.AsyncClient, seal: Seal, number: str):
    case = Kept(house.books, number, "2026-05-02T12:00")
    case.send(Channel.EMAIL, "2026-03-02T09:00")
    claim = case.send(Channel.COLLECTION, "2026-05-01T09:00", Message.CLAIM, COLLECTION)

    posted = await web.post(f"/i/{claim.token}/viewed", data=sealed(seal, claim.token), headers=OWN)

    assert posted.status_code == 404
    assert (await web.get(f"/i/{claim.token}")).status_code == 404
