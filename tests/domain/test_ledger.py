"""The ledger, by hand: what each posting changes, in the law's order, on its value day, and the balance after it."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from domain.charge import Added, ChargeKind
from domain.events import (
    Amended,
    Collected,
    Credited,
    Event,
    Paid,
    Reserved,
    Reversed,
    Settled,
    WrittenOff,
    fold,
)
from domain.facts import Facts
from domain.law import Law, law_of
from domain.ledger import Ledger, ledger
from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind, Message, Reason, SendId, Status
from tests.domain.build import SE, an_invoice

DE, FI, FR, NL = (law_of(country, DebtorKind.CONSUMER) for country in ("DE", "FI", "FR", "NL"))


class Book:
    """An invoice of 249.00 of 2 March, and what is booked on it; days are of 2026."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.facts = Facts.at_start(an_invoice(country=law.country, amount=Money.parse("249.00", law.currency)))

    def paid(self, day: str, amount: str, dated: str | None = None) -> Book:
        return self._learn(Paid(at=self._at(day), amount=self._money(amount), dated=_day(dated or day)))

    def collected(self, day: str, amount: str) -> Book:
        return self._learn(Collected(at=self._at(day), amount=self._money(amount), dated=_day(day)))

    def credited(self, day: str, amount: str) -> Book:
        return self._learn(Credited(at=self._at(day), amount=self._money(amount)))

    def written_off(self, day: str, amount: str) -> Book:
        return self._learn(WrittenOff(at=self._at(day), amount=self._money(amount)))

    def amended(self, day: str, amount: str) -> Book:
        return self._learn(Amended(at=self._at(day), amount=self._money(amount)))

    def charged(self, day: str, **amounts: str) -> Book:
        """A reminder of this day with a fee, interest or compensation."""
        step = f"reminder-{len(self.facts.sends) + 1}"
        send, at = SendId(step, 0, 1), self._at(day)
        added = tuple(Added(ChargeKind(kind), self._money(amount), "§ 1") for kind, amount in amounts.items())
        place = {"send": send, "channel": Channel.LETTER, "message": Message.REMINDER, "reason": Reason.OVERDUE}
        total = self.facts.balance
        reserved = Reserved(at=at, total=total, pay_by=_day(day), charges=added, **place)
        return self._learn(reserved, Settled(at=at, send=send, status=Status.SENT))

    def reversed(self, day: str, kind: str, amount: str | None = None) -> Book:
        less = self._money(amount) if amount else None
        kind = ChargeKind(kind)
        at = self._at(day)
        return self._learn(Reversed(at=at, step="reminder-1", reason=Reason.RECALCULATED, kind=kind, amount=less))

    @property
    def ledger(self) -> Ledger:
        return ledger(self.facts, self.law)

    @property
    def lines(self) -> list[str]:
        """``04-10 paid -100.00: -100.00 0.00 0.00 = 149.00``: principal, interest, costs, then the balance."""
        return [
            f"{line.day:%m-%d} {line.what} {line.amount}: "
            f"{line.principal} {line.interest} {line.costs}"
            f"{f' in favour {line.in_favour}' if line.in_favour else ''} = {line.balance}"
            for line in self.ledger.lines
        ]

    @property
    def open(self) -> tuple[str, str, str, str]:
        left = self.ledger.open
        return str(left.principal), str(left.interest), str(left.costs), str(left.in_favour)

    def _learn(self, *events: Event) -> Book:
        self.facts = fold(self.facts, events)
        assert self.ledger.open.balance == self.facts.balance
        return self

    def _at(self, day: str) -> datetime:
        return self.law.calendar.moment(datetime.combine(_day(day), time(10)))

    def _money(self, amount: str) -> Money:
        return Money.parse(amount, self.law.currency)


def _day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


INVOICED = "03-02 invoiced 249.00: 249.00 0.00 0.00 = 249.00"


# --- money -----------------------------------------------------------------------------------------------------------


def test_an_invoice_alone_is_its_first_line():
    assert Book(SE).lines == [INVOICED]


def test_part_payments_lower_the_principal():
    book = Book(SE).paid("03-20", "100.00").paid("04-01", "149.00")

    assert book.lines == [
        INVOICED,
        "03-20 paid -100.00: -100.00 0.00 0.00 = 149.00",
        "04-01 paid -149.00: -149.00 0.00 0.00 = 0.00",
    ]


def test_what_is_paid_too_much_stands_in_the_debtors_favour_and_covers_what_is_charged_later():
    book = Book(SE).paid("03-20", "300.00").charged("04-07", fee="60.00")

    assert book.lines[1:] == [
        "03-20 paid -300.00: -249.00 0.00 0.00 in favour 51.00 = -51.00",
        "04-07 fee 60.00: 0.00 0.00 9.00 in favour -51.00 = 9.00",
    ]


def test_what_the_agency_collected_is_money():
    assert Book(SE).collected("05-04", "249.00").lines[1:] == ["05-04 collected -249.00: -249.00 0.00 0.00 = 0.00"]


@pytest.mark.parametrize(
    ("law", "covered", "left"),
    [
        # none is firmly known: the principal, interest, costs
        (SE, "-200.00 0.00 0.00", ("49.00", "12.34", "60.00", "0.00")),
        # laki saatavien perinnästä: the principal before the costs
        (FI, "-200.00 0.00 0.00", ("49.00", "12.34", "60.00", "0.00")),
        # BGB § 367 (1): costs, interest, the principal
        (DE, "-127.66 -12.34 -60.00", ("121.34", "0.00", "0.00", "0.00")),
        # BW 6:44: the same
        (NL, "-127.66 -12.34 -60.00", ("121.34", "0.00", "0.00", "0.00")),
        # code civil art. 1343-1: interest, costs, the principal
        (FR, "-127.66 -12.34 -60.00", ("121.34", "0.00", "0.00", "0.00")),
    ],
    ids=["SE", "FI", "DE", "NL", "FR"],
)
def test_a_payment_covers_the_parts_in_the_laws_order(law, covered, left):
    book = Book(law).charged("04-07", fee="60.00", interest="12.34").paid("04-20", "200.00")

    assert book.lines[-1] == f"04-20 paid -200.00: {covered} = 121.34"
    assert book.open == left


@pytest.mark.parametrize(
    ("law", "left"),
    [
        (SE, ("199.00", "12.34", "60.00", "0.00")),
        (DE, ("249.00", "12.34", "10.00", "0.00")),
        (FR, ("249.00", "0.00", "22.34", "0.00")),
    ],
    ids=["principal first", "costs first", "interest first"],
)
def test_a_small_payment_shows_what_comes_first(law, left):
    assert Book(law).charged("04-07", fee="60.00", interest="12.34").paid("04-20", "50.00").open == left


@pytest.mark.parametrize(
    ("law", "line"),
    [
        (SE, "04-22 paid 100.00: 27.66 12.34 60.00 = 100.00"),
        (DE, "04-22 paid 100.00: 100.00 0.00 0.00 = 100.00"),
    ],
    ids=["principal first", "costs first"],
)
def test_money_taken_back_uncovers_what_was_covered_last(law, line):
    book = Book(law).charged("04-07", fee="60.00", interest="12.34").paid("04-20", "321.34").paid("04-22", "-100.00")

    assert book.lines[-1] == line


def test_money_taken_back_is_first_what_stood_in_the_debtors_favour():
    book = Book(SE).paid("03-20", "300.00").paid("03-25", "-100.00")

    assert book.lines[-1] == "03-25 paid 100.00: 49.00 0.00 0.00 in favour -51.00 = 49.00"


def test_a_payment_taken_back_whole_leaves_what_was_owed():
    book = Book(DE).charged("04-07", fee="0.76").paid("04-20", "100.00").paid("04-22", "-100.00")

    assert book.open == ("249.00", "0.00", "0.76", "0.00")


# --- what is owed no more --------------------------------------------------------------------------------------------


def test_a_credit_lowers_the_principal():
    assert Book(SE).credited("03-20", "49.00").lines[1:] == ["03-20 credited -49.00: -49.00 0.00 0.00 = 200.00"]


def test_a_credit_above_what_is_open_frees_what_was_paid():
    book = Book(SE).paid("03-20", "200.00").credited("03-25", "100.00")

    assert book.lines[-1] == "03-25 credited -100.00: -49.00 0.00 0.00 in favour 51.00 = -51.00"


def test_what_a_credit_frees_covers_the_fee_that_is_open():
    book = Book(SE).charged("04-07", fee="60.00").paid("04-20", "200.00").credited("04-25", "100.00")

    assert book.lines[-1] == "04-25 credited -100.00: -49.00 0.00 -51.00 = 9.00"


def test_a_credit_of_all_that_was_paid_stands_in_the_debtors_favour():
    book = Book(SE).paid("03-20", "249.00").credited("03-25", "249.00")

    assert book.open == ("0.00", "0.00", "0.00", "249.00")


@pytest.mark.parametrize(
    ("law", "covered"),
    [(SE, "-100.00 0.00 0.00"), (DE, "-40.00 0.00 -60.00")],
    ids=["principal first", "costs first"],
)
def test_what_is_written_off_goes_by_the_same_order(law, covered):
    book = Book(law).charged("04-07", fee="60.00").written_off("05-04", "100.00")

    assert book.lines[-1] == f"05-04 written_off -100.00: {covered} = 209.00"


def test_no_more_is_written_off_than_is_owed():
    book = Book(SE).paid("03-20", "200.00").written_off("05-04", "100.00")

    assert book.lines[-1] == "05-04 written_off -49.00: -49.00 0.00 0.00 = 0.00"


@pytest.mark.parametrize(
    ("amount", "line"),
    [
        ("300.00", "03-25 amended 51.00: 51.00 0.00 0.00 = 100.00"),
        ("220.00", "03-25 amended -29.00: -29.00 0.00 0.00 = 20.00"),
        ("150.00", "03-25 amended -99.00: -49.00 0.00 0.00 in favour 50.00 = -50.00"),
    ],
    ids=["more", "less", "less than was paid"],
)
def test_an_amended_invoice_changes_the_principal(amount, line):
    assert Book(SE).paid("03-20", "200.00").amended("03-25", amount).lines[-1] == line


# --- charges ---------------------------------------------------------------------------------------------------------


def test_each_charge_is_a_line_with_its_ground_and_its_step():
    book = Book(SE).charged("04-07", fee="60.00", interest="12.34", compensation="390.00")

    assert book.lines[1:] == [
        "04-07 fee 60.00: 0.00 0.00 60.00 = 309.00",
        "04-07 interest 12.34: 0.00 12.34 0.00 = 321.34",
        "04-07 compensation 390.00: 0.00 0.00 390.00 = 711.34",
    ]
    assert {(line.law, line.step) for line in book.ledger.lines[1:]} == {("§ 1", "reminder-1")}


def test_a_part_of_a_charge_that_is_taken_back_is_a_line_of_its_own():
    book = Book(SE).charged("04-07", interest="12.34").reversed("04-10", "interest", "4.39")

    assert book.lines[-1] == "04-10 interest_reversed -4.39: 0.00 -4.39 0.00 = 256.95"
    assert (book.ledger.lines[-1].law, book.ledger.lines[-1].step) == ("§ 1", "reminder-1")


def test_a_fee_taken_back_that_was_paid_covers_the_rest_or_stands_in_the_debtors_favour():
    fee = Book(DE).charged("04-07", fee="60.00").paid("04-20", "100.00")

    # costs first: 60 and 40; the 60 then cover the principal
    assert fee.open == ("209.00", "0.00", "0.00", "0.00")
    assert fee.reversed("04-22", "fee").lines[-1] == "04-22 fee_reversed -60.00: -60.00 0.00 0.00 = 149.00"

    all_paid = Book(SE).charged("04-07", fee="60.00").paid("04-20", "309.00").reversed("04-22", "fee")

    assert all_paid.open == ("0.00", "0.00", "0.00", "60.00")


def test_a_fee_that_was_paid_and_taken_back_is_not_owed_again_when_the_money_goes():
    book = Book(SE).charged("04-07", fee="60.00").paid("04-20", "309.00").reversed("04-22", "fee")

    assert book.paid("04-24", "-309.00").open == ("249.00", "0.00", "0.00", "0.00")


# --- days ------------------------------------------------------------------------------------------------------------


def test_a_payment_counts_from_its_value_day_and_what_was_charged_between_comes_after_it():
    book = Book(DE).charged("04-07", fee="60.00").paid("04-10", "249.00", dated="04-01")

    assert book.lines[1:] == [
        "04-01 paid -249.00: -249.00 0.00 0.00 = 0.00",
        "04-07 fee 60.00: 0.00 0.00 60.00 = 60.00",
    ]
    assert [f"{line.booked:%m-%d}" for line in book.ledger.lines[1:]] == ["04-10", "04-07"]


def test_a_value_day_before_the_invoice_is_the_invoices():
    assert Book(SE).paid("03-05", "249.00", dated="02-27").lines == [
        INVOICED,
        "03-02 paid -249.00: -249.00 0.00 0.00 = 0.00",
    ]


def test_on_one_day_lines_stand_as_they_were_booked():
    book = Book(SE).paid("04-07", "100.00").charged("04-07", fee="60.00").paid("04-07", "49.00")

    assert [line.split(":")[0] for line in book.lines[1:]] == [
        "04-07 paid -100.00",
        "04-07 fee 60.00",
        "04-07 paid -49.00",
    ]


@pytest.mark.parametrize(
    ("day", "count", "balance"),
    [
        ("03-01", 0, "0.00"),
        ("03-02", 1, "249.00"),
        ("03-31", 1, "249.00"),
        ("04-01", 2, "149.00"),  # booked on the 10th
        ("04-06", 2, "149.00"),
        ("04-07", 3, "209.00"),
        ("04-15", 4, "160.00"),
        ("12-31", 5, "0.00"),
    ],
)
def test_the_ledger_of_a_day_is_what_counted_by_its_end(day, count, balance):
    book = Book(SE).charged("04-07", fee="60.00").paid("04-10", "100.00", dated="04-01")
    book.credited("04-15", "49.00").paid("05-04", "160.00")

    then = book.ledger.at(_day(day))

    assert (len(then.lines), str(then.open.balance)) == (count, balance)
    assert not then.lines or str(then.lines[-1].balance) == balance


def test_the_day_is_the_debtors():
    book = Book(SE)
    late = book.law.calendar.moment(datetime(2026, 4, 7, 0, 30))  # the 6th in UTC
    book.facts = fold(book.facts, [Credited(at=late, amount=Money.parse("49.00", "SEK"))])

    assert book.lines[-1].startswith("04-07 credited")
