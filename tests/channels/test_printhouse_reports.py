"""What print houses report, in our words: recorded files, one per kind of house."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.hearing import ParseError, Post, Word
from channels.printhouse.way import parse

PAYLOADS = Path(__file__).parent / "payloads" / "printhouse"
BATCH = "2026-11-20-1"


def report(file: str, name: str) -> Post:
    return Post("printhouse", (PAYLOADS / file).read_bytes(), f"out/{BATCH}/{name}")


def words(file: str, name: str) -> list[tuple[str | None, Word]]:
    return [(heard.send_id, heard.word) for heard in parse(report(file, name))]


def test_an_acknowledgement() -> None:
    assert words("ack.json", "ack.json") == [("a1", Word.ACCEPTED), ("b2", Word.REFUSED), ("c3", Word.RECALLED)]


def test_another_houses_names_and_values_are_understood_or_kept() -> None:
    heard = parse(report("ack_of_another_house.json", "ack.json"))

    assert [(one.send_id, one.word) for one in heard] == [
        ("a1", Word.ACCEPTED),
        ("b2", Word.OTHER),
        (None, Word.OTHER),
        (None, Word.OTHER),
        ("c3", Word.ACCEPTED),
    ]
    assert '"on hold"' in heard[1].said
    assert "what is this" in heard[2].said


def test_what_was_posted_and_when() -> None:
    first, second = parse(report("produced.csv", "produced.csv"))

    assert (first.word, first.at) == (Word.DELIVERED, datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert (second.word, second.at) == (Word.DELIVERED, datetime(2026, 11, 23, 6, 15, tzinfo=UTC))


def test_a_bad_row_does_not_lose_the_others() -> None:
    assert words("produced_with_bom_and_semicolons.csv", "produced.csv") == [
        ("a1", Word.DELIVERED),
        (None, Word.OTHER),
        ("b2", Word.DELIVERED),
        ("c3", Word.OTHER),
    ]


def test_returned_letters_with_a_reason_in_the_houses_own_code() -> None:
    heard = parse(report("returned_in_latin_1.csv", "returned.csv"))

    assert [one.word for one in heard] == [Word.BOUNCED, Word.BOUNCED]
    assert "Okänd mottagare" in heard[1].said


def test_the_same_said_again_has_the_same_key_in_whatever_file_and_row_it_comes() -> None:
    once = parse(report("produced.csv", "produced.csv"))
    post = report("produced.csv", "produced.csv")
    longer = Post(post.vendor, b"send_id,status,mailed\nz9,mailed,\n" + post.body.partition(b"\n")[2], post.about)
    again = {heard.key for heard in parse(longer)}

    assert {heard.key for heard in once} < again
    assert len({heard.key for heard in once}) == 2


def test_a_letter_is_known_by_our_id_and_by_the_vendors() -> None:
    heard = parse(report("produced.csv", "produced.csv"))

    assert [(one.send_id, one.vendor_id) for one in heard] == [("a1", f"{BATCH}/a1"), ("b2", f"{BATCH}/b2")]


@pytest.mark.parametrize("body", [b"", b"{", b"null", b'{"letters": {}}', b'"text"', b"[" * 100_000])
def test_an_acknowledgement_that_cannot_be_read_stays_in_the_inbox(body) -> None:
    with pytest.raises(ParseError):
        parse(Post("printhouse", body, f"out/{BATCH}/ack.json"))


@given(body=st.binary(max_size=300), name=st.sampled_from(["ack.json", "produced.csv", "returned.csv"]))
def test_no_report_breaks_the_reader(body, name) -> None:
    try:
        heard = parse(Post("printhouse", body, f"out/{BATCH}/{name}"))
    except ParseError:
        return
    assert all(len(one.key) <= 120 for one in heard)


@given(rows=st.lists(st.text(max_size=30), max_size=6), comma=st.sampled_from(",;\t"))
def test_no_row_breaks_the_reader(rows, comma) -> None:
    text = "\n".join([comma.join(("send_id", "status", "date")), *(comma.join((row, row, row)) for row in rows)])

    parse(Post("printhouse", text.encode("utf-8", "surrogatepass"), f"out/{BATCH}/returned.csv"))
