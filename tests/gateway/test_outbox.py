"""The outbox shows each message as its reader sees it."""

from __future__ import annotations

import json

import httpx

from domain.evidence import CLAIM, check
from domain.policy import Channel
from domain.words import COLLECTION, Message
from gateway.parcels import framed, linked
from tests.gateway.cases import EMAIL, PHONE, URL, Kept
from tests.live.house import House


def full(house: House, number: str) -> Kept:
    case = Kept(house.books, number, "2026-05-02T12:00")
    case.send(Channel.EMAIL, "2026-03-02T09:00")
    case.send(Channel.SMS, "2026-03-05T09:00", rung=1)
    case.send(Channel.LETTER, "2026-03-09T09:00", rung=2)
    case.send(Channel.COLLECTION, "2026-05-01T09:00", Message.CLAIM, COLLECTION)
    return case


async def test_the_list_has_every_message_and_each_tab_its_own(house: House, web: httpx.AsyncClient, number: str):
    sends = house.books.sends.of_invoice(full(house, number).id)

    everything = (await web.get("/outbox")).text
    tabs = {channel: (await web.get("/outbox", params={"channel": channel})).text for channel in Channel}

    assert not [send for send in sends if send.id not in everything]
    for send in sends:
        assert [channel for channel, html in tabs.items() if send.id in html] == [send.channel]
    assert "1 × GSM-7" in tabs[Channel.SMS]
    assert PHONE in tabs[Channel.SMS]
    assert "Thu 05 Mar 2026 09:00" in tabs[Channel.SMS]
    assert EMAIL in tabs[Channel.EMAIL]
    assert f"Invoice {number} from Nordljus" in tabs[Channel.EMAIL]


async def test_each_message_is_shown_and_can_be_had_as_it_went(house: House, web: httpx.AsyncClient, number: str):
    sends = house.books.sends.of_invoice(full(house, number).id)
    endings = {"email": "eml", "sms": "txt", "letter": "pdf", "collection": "zip"}

    for send in sends:
        assert send.parcel
        shown, raw = await web.get(f"/outbox/{send.id}"), await web.get(f"/outbox/{send.id}/raw")

        assert shown.status_code == 200
        assert raw.content == send.parcel.body
        assert raw.headers["content-disposition"].startswith("attachment;")
        assert raw.headers["content-disposition"].endswith(f'.{endings[send.channel]}"')


async def test_a_claims_notice_is_read_out_of_its_pack_beside_what_else_is_in_it(
    house: House, web: httpx.AsyncClient, number: str
):
    claim = house.books.sends.of_invoice(full(house, number).id)[-1]
    assert claim.parcel
    pack = check(claim.parcel.body)

    html = (await web.get(f"/outbox/{claim.id}")).text

    assert json.loads(pack.files[CLAIM])["invoice"]["reference"] in html
    assert "&#34;debtor&#34;: {\n" in html
    assert pack.head in html
    assert not [path for path, body in pack.files.items() if f"{path}</code>, {len(body)} bytes" not in html]


async def test_a_notice_about_a_claim_is_shown_as_readable_json(house: House, web: httpx.AsyncClient, number: str):
    case = full(house, number)
    notice = case.send(Channel.COLLECTION, "2026-05-02T09:00", Message.WITHDRAWAL, f"{COLLECTION}-1")

    html = (await web.get(f"/outbox/{notice.id}")).text

    assert "&#34;notice&#34;: &#34;withdrawal&#34;,\n" in html
    assert "Head of its log" not in html


async def test_links_within_messages_work(house: House, web: httpx.AsyncClient, number: str):
    mail, sms, *_ = house.books.sends.of_invoice(full(house, number).id)

    assert f'href="{URL}/i/{mail.token}"' in (await web.get(f"/outbox/{mail.id}/body")).text
    assert f'<a href="{URL}/i/{sms.token}">' in (await web.get(f"/outbox/{sms.id}")).text
    assert (await web.get(f"/i/{sms.token}")).status_code == 200


async def test_what_is_not_there_is_not_found(house: House, web: httpx.AsyncClient, number: str):
    sms = house.books.sends.of_invoice(full(house, number).id)[1]

    for path in ("/outbox/x", "/outbox/x/body", "/outbox/x/raw", f"/outbox/{sms.id}/body"):
        assert (await web.get(path)).status_code == 404


def test_text_is_escaped_and_only_web_addresses_become_links():
    text = linked('<b>"x"</b> see https://pay.example/i/a?b=1&c=2. javascript:alert(1)')

    assert text == (
        "&lt;b&gt;&#34;x&#34;&lt;/b&gt; see "
        '<a href="https://pay.example/i/a?b=1&amp;c=2">https://pay.example/i/a?b=1&amp;c=2</a>. javascript:alert(1)'
    )


def test_a_framed_mail_opens_its_links_outside():
    assert framed('<html><head lang="sv"><title>') == '<html><head lang="sv"><base target="_blank"><title>'
    assert framed("<p>no head") == '<base target="_blank"><p>no head'
