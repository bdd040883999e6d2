"""The duty that lets go of what nobody may keep any longer: by the law, by the settings, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, delete, insert, select, update
from structlog.testing import capture_logs

from activities import forgetting, retention
from activities.evidence import evidence_of
from activities.forgetting import NotYetError, booked_on
from activities.retention import Retention
from config.settings import Settings
from domain.events import Amended, Delivered, Paid, Reserved, Viewed
from domain.money import Money
from domain.policy import Channel
from domain.words import DUE_REMINDER, Message, Reason, SendId
from store import expiring
from store.answered import ANSWERED, Answered
from store.books import Books, open_books
from store.cases import CONTACT, INVOICE, CaseFile
from store.deliveries import DELIVERY
from store.endpoints import Endpoints
from store.engine import reading, writing
from store.forgetting import FORGOTTEN
from store.inbox import POST, Line, Mentions
from store.looks import LOOK
from store.opt_outs import EVERY_MERCHANT, OPT_OUT, OptOut
from store.sends import HEARD, SEND
from tests.activities.ended import aged, ended, forgetter, look
from tests.activities.proven import hear, lived
from tests.databases import database_of
from tests.gateway.cases import NAME, Kept, at, merchant, opening, sek

pytestmark = pytest.mark.books

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = open_books(database_of(tmp_path))
    yield books
    books.close()


def duty(books: Books, home: Path, **settings: Any) -> Retention:
    return Retention(books, Settings(home=home, retention_year_ends="12-31", **settings))


def closed(books: Books, number: str, age: timedelta, of: str = "nordljus") -> Kept:
    """A case that was closed so long ago."""
    case = Kept(books, number, "2026-04-10T12:00", merchant(of))
    case.send(Channel.EMAIL, "2026-03-02T09:00")
    ended(case)
    aged(case, age)
    return case


def is_forgotten(case: Kept) -> bool:
    return case.books.forgetting.of(case.id) is not None


def values(books: Books, column: Column[Any]) -> list[Any]:
    """A column, in the order of its table's key."""
    with reading(books.engine) as connection:
        return list(connection.execute(select(column).order_by(*column.table.primary_key.columns)).scalars())


# --- customers -------------------------------------------------------------------------------------------------------


def test_a_customer_is_forgotten_so_many_days_after_closing(books: Books, tmp_path: Path):
    old, young = closed(books, "1", timedelta(days=31)), closed(books, "2", timedelta(days=29))
    living = Kept(books, "3", "2026-04-10T12:00")
    aged(living, timedelta(days=31))

    done = duty(books, tmp_path, retention_closed_days=30).step(datetime.now(UTC))

    assert done["forgotten"] == 1
    assert [is_forgotten(case) for case in (old, young, living)] == [True, False, False]
    told = books.forgetting.of(old.id)
    assert told
    assert (told.who, told.is_sealed) == ("kvitt", True)


def test_nobody_is_forgotten_by_default_before_the_books_time_is_over(books: Books, tmp_path: Path):
    case = closed(books, "1", 6 * YEAR)

    assert duty(books, tmp_path).step(datetime.now(UTC))["forgotten"] == 0
    assert not is_forgotten(case)


def test_when_the_books_time_is_over_nothing_is_left_to_seal(books: Books, tmp_path: Path):
    over, not_yet = of_year(books, "1", 2015), of_year(books, "2", 2019)
    task = duty(books, tmp_path)

    assert task.step(datetime.now(UTC))["forgotten"] == 1

    told = books.forgetting.of(over.id)
    assert told
    assert (told.is_sealed, str(told.keep_until)) == (False, "2022-12-31")
    assert NAME not in over.file.details
    assert not is_forgotten(not_yet)


def test_who_keeps_books_for_longer_forgets_later(books: Books, tmp_path: Path):
    case = of_year(books, "1", 2015)

    assert duty(books, tmp_path, retention_years=15).step(datetime.now(UTC))["forgotten"] == 0
    assert not is_forgotten(case)


def of_year(books: Books, number: str, year: int) -> Kept:
    """A case that was opened and closed in another year."""
    case, opened = Kept.__new__(Kept), opening(number)
    invoice = replace(opened.invoice, issued=date(year, 3, 2), due=date(year, 4, 1))
    case.books, case.id = books, books.registry.open(replace(opened, invoice=invoice), NOW).id
    ended(case, f"{year}-04-09T10:00")
    aged(case, 6 * YEAR)
    return case


def test_a_clock_that_was_moved_makes_nobody_old(books: Books, tmp_path: Path):
    case = closed(books, "1", 31 * YEAR)
    with writing(books.engine) as connection:
        connection.execute(update(INVOICE).values(shift=1.0))

    assert duty(books, tmp_path, retention_closed_days=0).step(datetime.now(UTC))["forgotten"] == 0
    assert not is_forgotten(case)


def test_each_minute_does_a_part_and_the_round_gets_to_all(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(retention, "AT_A_TIME", 1)
    monkeypatch.setattr(retention, "INVOICES", 2)
    cases = [closed(books, str(number), YEAR) for number in range(5)]
    task = duty(books, tmp_path, retention_closed_days=30)

    counts = [task.step(datetime.now(UTC))["forgotten"] for _ in range(6)]

    assert all(is_forgotten(case) for case in cases)
    assert sorted(counts) == [0, 1, 1, 1, 1, 1]
    late = closed(books, "99", YEAR)
    for _ in range(4):
        task.step(datetime.now(UTC))
    assert is_forgotten(late)


def test_one_that_cannot_be_forgotten_keeps_no_other(books: Books, tmp_path: Path):
    stuck, fine = closed(books, "1", YEAR), closed(books, "2", YEAR)
    stuck.hear(reserved())
    look(stuck, "2026-04-09T11:00")
    aged(stuck, YEAR)

    assert duty(books, tmp_path, retention_closed_days=30).step(datetime.now(UTC))["forgotten"] == 1
    assert [is_forgotten(case) for case in (stuck, fine)] == [False, True]


def test_one_that_cannot_be_read_keeps_no_other_and_is_told(books: Books, tmp_path: Path):
    cases = [closed(books, str(number), YEAR) for number in range(3)]
    with writing(books.engine) as connection:
        connection.execute(update(INVOICE).where(INVOICE.c.id == cases[1].id).values(invoice="nothing of ours"))
    task = duty(books, tmp_path, retention_closed_days=30)

    with capture_logs() as logs:
        assert task.step(datetime.now(UTC))["forgotten"] == 2

    assert [is_forgotten(case) for case in cases] == [True, False, True]
    [told] = [line for line in logs if line["log_level"] == "error"]
    assert (told["event"], told["invoice"], told["error"]) == (
        "a customer could not be forgotten",
        cases[1].id,
        "ValidationError",
    )


def reserved() -> Reserved:
    """A message that may be on its way."""
    return Reserved(
        at=at("2026-04-09T10:30"),
        send=SendId(DUE_REMINDER, 0, 1),
        channel=Channel.SMS,
        message=Message.DUE_REMINDER,
        reason=Reason.DUE,
        total=sek("1.00"),
        pay_by=at("2026-04-20T09:00").date(),
    )


# --- what cannot be forgotten yet ------------------------------------------------------------------------------------


def test_a_case_that_still_has_something_to_do_is_not_forgotten(books: Books):
    case = Kept(books, "1", "2026-04-10T12:00")
    refused(case, "nordljus/1 is not closed; settle it, or: kvitt stop nordljus/1")
    ended(case)
    case.hear(Paid(at=at("2026-04-09T12:00"), amount=sek("1.00"), dated=at("2026-04-09T12:00").date()))
    refused(
        case, "nordljus/1 still has something to do; try again when a worker has done it, see: kvitt status nordljus/1"
    )
    case.hear(reserved())
    refused(case, "nobody knows what became of a message of nordljus/1; try again when it is known")
    assert not is_forgotten(case)


def test_what_happens_while_the_evidence_is_gathered_is_waited_for_by_nobody_and_gets_into_it(
    books: Books, monkeypatch: pytest.MonkeyPatch
):
    case = closed(books, "1", YEAR)
    [send] = books.sends.of_invoice(case.id)

    def meanwhile(books: Books, file: CaseFile) -> bytes:
        pack = evidence_of(books, file)
        case.hear(Viewed(at=at("2026-05-05T10:00"), send=send.send))
        return pack

    with monkeypatch.context() as slow:
        slow.setattr(forgetting, "evidence_of", meanwhile)
        with pytest.raises(NotYetError) as refusal:
            forgetter(books).forget(case.id, "clerk", "")

    assert str(refusal.value) == "something has just happened to nordljus/1; try again in a minute"
    assert not is_forgotten(case)
    expected = evidence_of(books, case.file)
    forgetter(books).forget(case.id, "clerk", "")
    assert books.forgetting.sealed(case.id) == expected


def refused(case: Kept, says: str) -> None:
    for work in (forgetter(case.books).check, lambda one: forgetter(case.books).forget(one, "clerk", "")):
        with pytest.raises(NotYetError) as refusal:
            work(case.id)
        assert str(refusal.value) == says


def test_the_books_time_runs_from_the_last_that_was_booked(books: Books):
    case = Kept(books, "1", "2027-02-10T12:00")
    assert str(booked_on(case.file)) == "2026-03-02"
    ended(case, "2027-01-09T10:00")
    send = case.send(Channel.EMAIL, "2027-01-09T11:00", Message.RECEIPT, "receipt")
    case.hear(Viewed(at=at("2029-05-05T10:00"), send=send.send))

    assert str(booked_on(case.file)) == "2027-01-09"
    look(case, "2029-05-05T11:00")
    assert str(forgetter(books).check(case.id)) == "2034-12-31"


# --- afterwards ------------------------------------------------------------------------------------------------------


def test_what_vendors_say_of_a_forgotten_customer_later_is_emptied(books: Books, tmp_path: Path):
    case, other = closed(books, "1", YEAR), closed(books, "2", timedelta(0))
    task = duty(books, tmp_path)
    task.step(NOW)
    forgetter(books).forget(case.id, "clerk", "")
    for one in (case, other):
        [send] = books.sends.of_invoice(one.id)
        word(books, send.id, f"550 no such user anna@{one.id}")

    assert task.step(NOW)["words"] == 1

    assert values(books, HEARD.c.said) == ["", f"550 no such user anna@{other.id}"]
    assert values(books, POST.c.body) == [b"", f"post of anna@{other.id}".encode()]
    assert task.step(NOW)["words"] == 0


def word(books: Books, send_id: str, said: str) -> None:
    """A vendor's word, out of a post."""
    address = said.rpartition(" ")[2]
    post = books.inbox.keep("sendgrid", f"post-{send_id}", "", f"post of {address}".encode(), NOW)

    def understand(known: Any, _: object) -> list[Line]:
        return [Line(f"late-{send_id}", "bounced", NOW, said, known[send_id], None)]

    books.inbox.write("sendgrid", Mentions([send_id], [], understand), post)


def test_a_post_that_speaks_of_others_too_goes_and_what_it_said_of_them_stays(books: Books):
    case, other = closed(books, "1", YEAR), closed(books, "2", YEAR)
    sends = [books.sends.of_invoice(one.id)[0].id for one in (case, other)]
    post = books.inbox.keep("sendgrid", "both", "about both", b"of both", NOW)
    lines = [(send, f"said of {send}") for send in sends]
    books.inbox.write(
        "sendgrid",
        Mentions(sends, [], lambda known, _: [Line(s, "other", NOW, text, known[s]) for s, text in lines]),
        post,
    )

    forgetter(books).forget(case.id, "clerk", "")

    assert dict(zip(values(books, HEARD.c.send_id), values(books, HEARD.c.said), strict=True)) == {
        sends[0]: "",
        sends[1]: f"said of {sends[1]}",
    }
    assert (values(books, POST.c.body), values(books, POST.c.about)) == ([b""], [""])


def test_packs_go_the_day_after_the_books_time_and_not_before(books: Books, tmp_path: Path):
    case = closed(books, "1", YEAR)
    forgetter(books).forget(case.id, "clerk", "")
    last = datetime(2033, 12, 31, 23, tzinfo=UTC)

    assert duty(books, tmp_path).step(last)["packs"] == 0
    assert books.forgetting.sealed(case.id)
    assert duty(books, tmp_path).step(last + timedelta(hours=1))["packs"] == 1
    assert books.forgetting.sealed(case.id) is None
    assert is_forgotten(case)


def test_of_packs_as_of_the_rest_an_hour_lets_go_of_no_more_than_its_part(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(expiring, "PART", 2)
    monkeypatch.setattr(retention, "AN_HOUR", 3)
    monkeypatch.setattr(retention, "HOURLY", 1)
    for number in range(4):
        forgetter(books).forget(closed(books, str(number), YEAR).id, "clerk", "")
    over = datetime(2034, 1, 1, tzinfo=UTC)
    task = duty(books, tmp_path)

    assert [task.step(over)["packs"] for _ in range(3)] == [3, 1, 0]
    assert values(books, FORGOTTEN.c.sealed) == [None] * 4


def test_forgetting_twice_is_forgetting_once(books: Books):
    case = closed(books, "1", YEAR)

    first = forgetter(books).forget(case.id, "clerk", "asked")
    assert forgetter(books).forget(case.id, "another", "again") == first
    assert len(values(books, FORGOTTEN.c.invoice_id)) == 1


def test_files_of_the_outbox_go_with_the_customer(books: Books, tmp_path: Path):
    case, other = closed(books, "1", YEAR), closed(books, "2", YEAR)
    files = [tmp_path / "email" / f"{books.sends.of_invoice(one.id)[0].id}.eml" for one in (case, other)]
    files[0].parent.mkdir()
    for file in files:
        file.write_bytes(b"Dear Anna")

    forgetter(books, tmp_path).forget(case.id, "clerk", "")

    assert [file.exists() for file in files] == [False, True]


def test_the_customers_hash_goes_and_with_it_the_days_of_its_sms(books: Books):
    case, other = closed(books, "1", YEAR), closed(books, "2", YEAR)
    for one, day in ((case, "2026-04-01"), (other, "2026-04-02")):
        row = {"customer": one.file.customer, "day": at(day).date(), "invoice_id": one.id, "at": NOW}
        with writing(books.engine) as connection:
            connection.execute(insert(CONTACT), row)

    forgetter(books).forget(case.id, "clerk", "")

    assert (case.file.customer, bool(other.file.customer)) == (None, True)
    assert values(books, CONTACT.c.invoice_id) == [other.id]


@pytest.mark.only_on("sqlite")
def test_what_was_overwritten_before_is_not_left_in_the_file_either(books: Books, tmp_path: Path):
    """An address that was changed long ago, or lifted: SQLite leaves it where it stood."""
    address = "once.was.here@customer.example"
    books.opt_outs.add(OptOut(Channel.EMAIL, address, EVERY_MERCHANT, NOW, "letter"))
    with writing(books.engine) as connection:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF").close()  # as most builds of SQLite are
        connection.execute(delete(OPT_OUT))
    assert address in on_disk(tmp_path)

    assert books.forgetting.compact()

    assert address not in on_disk(tmp_path)


@pytest.mark.only_on("sqlite")
def test_while_somebody_reads_it_is_said_that_traces_may_be_left(books: Books):
    with reading(books.engine) as connection:
        connection.execute(select(FORGOTTEN.c.invoice_id)).all()
        assert not books.forgetting.compact(patience_s=0.01)


def on_disk(home: Path) -> str:
    return b"".join(path.read_bytes() for path in home.glob("kvitt.sqlite3*")).decode("latin-1")


# --- what nobody needs -----------------------------------------------------------------------------------------------


def test_a_post_about_no_message_of_ours_is_emptied_after_some_days_and_proof_stays(books: Books, tmp_path: Path):
    case = closed(books, "1", timedelta(0))
    proof = books.sends.of_invoice(case.id)[0]
    word(books, proof.id, "250 ok")
    for key, text in (("strange", b"of somebody else"), ("unread", b"what is this")):
        books.inbox.keep("sendgrid", key, "", text, NOW)
    books.inbox.write("sendgrid", Mentions([], [], lambda *_: [Line("odd", "other", NOW, "of Else")]), 2)
    books.inbox.unreadable(3)

    assert duty(books, tmp_path).step(NOW + timedelta(days=90))["posts"] == 0
    assert duty(books, tmp_path).step(NOW + timedelta(days=91))["posts"] == 1

    assert values(books, POST.c.body) == [b"post of ok", b"", b"what is this"]
    assert values(books, HEARD.c.said) == ["250 ok", ""]


def test_messages_to_merchants_go_some_days_after_they_ended(books: Books, tmp_path: Path):
    case = closed(books, "1", timedelta(0))
    endpoint = Endpoints(books.engine).add("nordljus", "https://shop.example/hook", (), NOW)
    rows = [
        {"id": state, "state": state, "ended_at": None if state == "pending" else NOW, "seq": seq}
        for seq, state in enumerate(("delivered", "dead", "pending"))
    ]
    same = {"endpoint_id": endpoint.id, "invoice_id": case.id, "type": "invoice.sent", "body": "{}", "last_said": "ok"}
    with writing(books.engine) as connection:
        connection.execute(insert(DELIVERY), [{**same, **row, "created_at": NOW} for row in rows])

    assert duty(books, tmp_path).step(NOW + timedelta(days=90))["deliveries"] == 0
    assert duty(books, tmp_path).step(NOW + timedelta(days=91))["deliveries"] == 2
    assert values(books, DELIVERY.c.id) == ["pending"]


def test_all_that_an_hour_may_let_go_of_goes_in_parts(books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(expiring, "PART", 2)
    case = closed(books, "1", timedelta(0))
    endpoint = Endpoints(books.engine).add("nordljus", "https://shop.example/hook", (), NOW)
    same = {"endpoint_id": endpoint.id, "invoice_id": case.id, "type": "invoice.sent", "body": "{}", "last_said": "ok"}
    rows = [{**same, "id": str(n), "seq": n, "state": "dead", "created_at": NOW, "ended_at": NOW} for n in range(5)]
    with writing(books.engine) as connection:
        connection.execute(insert(DELIVERY), rows)
    for number in range(5):
        post = books.inbox.keep("sendgrid", str(number), "", b"of nobody", NOW)
        books.inbox.write("sendgrid", Mentions([], []), post)

    done = duty(books, tmp_path).step(NOW + timedelta(days=91))

    assert (done["deliveries"], done["posts"]) == (5, 5)
    assert values(books, DELIVERY.c.id) == []
    assert set(values(books, POST.c.body)) == {b""}


def test_answers_of_the_api_go_after_48_hours_also_where_nobody_calls(books: Books, tmp_path: Path):
    Answered(books.engine).claim("nordljus", "key", "0" * 64, NOW)

    assert duty(books, tmp_path).step(NOW + timedelta(hours=47))["answers"] == 0
    assert duty(books, tmp_path).step(NOW + timedelta(hours=49))["answers"] == 1
    assert values(books, ANSWERED.c.key) == []


def test_the_audit_of_looks_stays_unless_a_setting_says_otherwise(books: Books, tmp_path: Path):
    old, young = closed(books, "1", timedelta(days=31)), closed(books, "2", timedelta(days=29))
    assert duty(books, tmp_path).step(datetime.now(UTC))["looks"] == 0

    assert duty(books, tmp_path, retention_look_days=30).step(datetime.now(UTC))["looks"] == 1
    assert values(books, LOOK.c.invoice_id) == [young.id]
    assert not is_forgotten(old)


def test_what_is_let_go_of_is_told_in_numbers(books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    closed(books, "1", YEAR)

    duty(books, tmp_path, retention_closed_days=30).step(datetime.now(UTC))

    printed = capsys.readouterr().out
    assert "let go of what is kept no longer" in printed
    assert "forgotten=1" in printed
    assert NAME not in printed


def test_evidence_of_a_whole_life_lies_sealed_whatever_was_in_it(books: Books):
    case = lived(books)
    send = books.sends.of_invoice(case.id)[1]
    hear(books, send, "delivered", "2026-03-05T09:01", Delivered(at=at("2026-03-05T09:01"), send=send.send))
    case.hear(Amended(at=at("2026-05-02T08:00"), amount=Money.parse("469.55", "SEK")))
    ended(case, "2026-05-02T11:00")
    before = dict(zip(values(books, SEND.c.id), values(books, SEND.c.sha256), strict=True))

    told = forgetter(books).forget(case.id, "clerk", "")

    assert told.is_sealed
    assert set(values(books, SEND.c.body)) == {None}
    assert dict(zip(values(books, SEND.c.id), values(books, SEND.c.sha256), strict=True)) == before
    assert json.loads(case.file.details)["customer"] == {"name": "—", "kind": "consumer", "language": "en"}
