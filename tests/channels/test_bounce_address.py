"""The bounce address: mail is accepted when the books have it, and not before."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.hearing import Post, Word
from channels.smtp.bounce_address import MOST_BYTES, BounceAddress
from channels.smtp.bounces import parse
from tests.channels.certificates import self_signed

SEND = "0123456789abcdef0123456789abcdef"
OURS = f"bounces+{SEND}@pay.example"
BOUNCE = (Path(__file__).with_name("payloads") / "dsn" / "failed.eml").read_bytes()


class Books:
    """What keeps, or cannot."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.away = False

    async def keep(self, post: Post) -> None:
        if self.away:
            raise ConnectionError("the database is away, and so is anna@customer.example")
        self.posts.append(post)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
async def address(books: Books) -> AsyncIterator[BounceAddress]:
    async with BounceAddress("bounces@pay.example", "127.0.0.1", 0, books.keep) as opened:
        yield opened


async def told(address: BounceAddress, to: list[str], body: bytes = BOUNCE, sender: str = "") -> list[int]:
    """The codes that another mail server gets: for each recipient, then for the message."""

    def talk() -> list[int]:
        with smtplib.SMTP("127.0.0.1", address.port, timeout=10) as smtp:
            smtp.ehlo()
            codes = [smtp.mail(sender)[0], *(smtp.rcpt(each)[0] for each in to)]
            return [*codes[1:], smtp.data(body)[0]] if 250 in codes[1:] else codes[1:]

    return await asyncio.to_thread(talk)


async def test_a_bounce_is_kept_as_it_came_with_the_address_it_came_to(address: BounceAddress, books: Books):
    assert await told(address, [OURS]) == [250, 250]

    assert books.posts == [Post("smtp", BOUNCE, OURS)]
    assert [(heard.word, heard.send_id) for heard in parse(books.posts[0])] == [(Word.BOUNCED, SEND)]


async def test_without_the_books_it_must_come_again(
    address: BounceAddress, books: Books, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    books.away = True
    assert await told(address, [OURS]) == [250, 451]

    books.away = False
    assert await told(address, [OURS]) == [250, 250]
    assert len(books.posts) == 1
    assert "customer.example" not in caplog.text + capsys.readouterr().out


@pytest.mark.parametrize(
    "to",
    [
        "bounces@pay.example",
        f"other+{SEND}@pay.example",
        f"bounces+{SEND}@customer.example",
        f"bounces+{SEND}0@pay.example",
        "bounces+anna@pay.example",
        "postmaster@pay.example",
        f"bounces+{SEND}@payxexample",
    ],
)
async def test_nobody_else_lives_here(address: BounceAddress, books: Books, to: str):
    assert await told(address, [to]) == [550]
    assert not books.posts


async def test_capitals_make_no_other_address(address: BounceAddress, books: Books):
    assert await told(address, [OURS.upper()]) == [250, 250]


async def test_one_mail_is_about_one_send(address: BounceAddress, books: Books):
    assert await told(address, [OURS, f"bounces+{'f' * 32}@pay.example"]) == [250, 452, 250]
    assert len(books.posts) == 1


async def test_what_is_too_large_is_refused_and_not_held(address: BounceAddress, books: Books):
    assert await told(address, [OURS], BOUNCE + b"a line\r\n" * (MOST_BYTES // 8)) == [250, 552]
    assert not books.posts


async def test_many_at_once_are_all_kept(address: BounceAddress, books: Books):
    await asyncio.gather(*(told(address, [f"bounces+{number:032x}@pay.example"]) for number in range(20)))

    assert {post.about for post in books.posts} == {f"bounces+{number:032x}@pay.example" for number in range(20)}


async def test_nobody_is_named_in_the_log(address: BounceAddress, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        await told(address, [OURS], sender="anna@customer.example")

    assert "anna" not in caplog.text


async def test_it_can_be_protected(books: Books, tmp_path: Path):
    certificate = self_signed(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)

    def talk(port: int) -> int:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=str(certificate)))
            smtp.sendmail("", [OURS], BOUNCE)
            return len(books.posts)

    async with BounceAddress("bounces@pay.example", "127.0.0.1", 0, books.keep, serving) as opened:
        assert await asyncio.to_thread(talk, opened.port) == 1


async def test_afterwards_nobody_listens(books: Books):
    async with BounceAddress("bounces@pay.example", "127.0.0.1", 0, books.keep) as opened:
        pass

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", opened.port)
