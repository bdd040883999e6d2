"""The mailbox of bounces, at a real IMAP server."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.hearing import Word
from channels.smtp.bounces import parse
from channels.smtp.mailbox import MOST_BYTES, ImapMailbox
from channels.way import MailboxError
from tests.vendors.dovecot import PASSWORD, USER, Dovecot, dovecot

BOUNCE = (Path(__file__).parents[1] / "channels" / "payloads" / "dsn" / "failed.eml").read_bytes()


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as opened:
        yield opened


@pytest.fixture
def mailbox(server: Dovecot) -> ImapMailbox:
    def trusting() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(server.certificate))

    return ImapMailbox("127.0.0.1", server.tls, "tls", USER, PASSWORD, "INBOX", 10, trusting)


def test_a_bounce_is_fetched_as_it_came(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)
    (post,) = mailbox.fetch()

    assert (post.vendor, post.body) == ("smtp", BOUNCE)
    assert [heard.word for heard in parse(post)] == [Word.BOUNCED]


def test_what_was_not_put_away_is_fetched_again_and_is_the_same(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)
    server.deliver("2", BOUNCE)
    first, second = mailbox.fetch()
    mailbox.put_away(first)

    assert list(mailbox.fetch()) == [second]
    assert first.key != second.key


def test_what_was_put_away_stays_in_the_mailbox(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)
    for post in mailbox.fetch():
        mailbox.put_away(post)

    assert list(mailbox.fetch()) == []
    assert len(list((server.folder / "cur").iterdir())) == 1


def test_an_empty_mailbox_has_nothing(mailbox: ImapMailbox):
    assert list(mailbox.fetch()) == []


def test_of_a_large_mail_the_beginning_is_read(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE + b"a line\r\n" * (MOST_BYTES // 8))
    (post,) = mailbox.fetch()

    assert len(post.body) == MOST_BYTES
    assert [heard.word for heard in parse(post)] == [Word.BOUNCED]


def test_another_folder_may_have_blanks_and_quotes_in_its_name(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)
    other = replace(mailbox, folder='Came "back" home')
    with imaplib.IMAP4("127.0.0.1", server.plain, timeout=10) as imap:
        imap.login(USER, PASSWORD)
        imap.create(r'"Came \"back\" home"')
        imap.select("INBOX")
        imap.copy("1", r'"Came \"back\" home"')

    (post,) = other.fetch()
    other.put_away(post)

    assert list(other.fetch()) == []
    assert len(list(mailbox.fetch())) == 1


def test_a_mailbox_that_was_numbered_anew_marks_no_other_mail(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)
    (post,) = mailbox.fetch()
    validity, uid = post.about.removeprefix("imap ").split("/")

    mailbox.put_away(replace(post, about=f"imap {int(validity) - 1}/{uid}"))
    mailbox.put_away(replace(post, about=""))

    assert list(mailbox.fetch()) == [post]


def test_without_protection_on_this_machine(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)

    assert len(list(replace(mailbox, port=server.plain, security="none").fetch())) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"folder": "Nowhere"},
        {"tls": ssl.create_default_context},
        {"host": "localhost"},
        {"host": "imap.invalid"},
        {"port": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_wrong_is_told_without_naming_anybody(mailbox: ImapMailbox, wrong: dict[str, object]):
    broken = replace(mailbox, **wrong)  # type: ignore[arg-type]

    with pytest.raises(MailboxError) as caught:
        list(broken.fetch())

    assert broken.host in str(caught.value)
    assert USER not in str(caught.value).removeprefix("the mailbox of bounces")
    assert PASSWORD not in str(caught.value)


def test_a_server_that_went_away_meanwhile_is_told(server: Dovecot, mailbox: ImapMailbox):
    server.deliver("1", BOUNCE)
    (post,) = mailbox.fetch()

    with pytest.raises(MailboxError):
        replace(mailbox, port=1).put_away(post)
