"""Invoices from files: what is read, and how a bad row is told."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.invoices import InvoiceInput, RowError, read_invoice, read_invoices
from config.merchants import Loaded, find_merchant, load_merchant, load_text
from config.problems import ConfigError
from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind
from tests.config.writing import MERCHANTS, ROOT

EXAMPLES = sorted((ROOT / "examples" / "invoices").iterdir())


def merchant_of(name: str) -> Loaded:
    return load_merchant(find_merchant(name, MERCHANTS))


NORDLJUS = merchant_of("nordljus").merchant


def row(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "merchant": "nordljus",
        "number": "10001",
        "issued": "2026-03-02",
        "due": "2026-04-01",
        "amount": "249.00",
        "customer": {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"},
    }
    return {key: value for key, value in (data | changes).items() if value is not ...}


def customer(**changes: Any) -> dict[str, Any]:
    return row(customer=row()["customer"] | changes)


KNOWN = (
    "known: DE (Germany), DK (Denmark), FI (Finland), FR (France), GB (United Kingdom), NL (Netherlands), NO (Norway), "
    "SE (Sweden); and companies in the rest of the European Union"
)


def told(data: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        read_invoice(data, merchant_of)
    return str(caught.value)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_read(path: Path) -> None:
    rows = list(read_invoices(path, merchant_of))

    assert [str(item) for item in rows if isinstance(item, RowError)] == []
    assert len(rows) == (1 if path.suffix == ".json" else 10)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_what_is_written_down_is_read_back_the_same(path: Path) -> None:
    for item in read_invoices(path, merchant_of):
        assert isinstance(item, InvoiceInput)
        assert InvoiceInput.from_json(item.to_json()) == item


def for_companies(terms: str = "{debtors: [company]}") -> Loaded:
    """The example, for companies only, with a group whose rules are otherwise."""
    text = (MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8").replace("vip: {", f"private: {terms}\n  vip: {{")
    return load_text(text.replace("policy:\n", "policy:\n  debtors: [company]\n", 1), "nordljus.yaml")


def test_an_invoice_to_a_kind_of_customer_that_the_rules_are_not_for_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        read_invoice(row(), lambda _: for_companies())

    told = 'customer.kind: its rules are not for a consumer; name a group whose "debtors" have consumer among them, or'
    assert str(caught.value).startswith(told)
    assert read_invoice(customer(kind="company"), lambda _: for_companies())


def test_a_group_or_the_invoice_itself_may_have_rules_for_other_customers() -> None:
    private = for_companies("{debtors: [consumer]}")

    assert read_invoice(customer(group="private"), lambda _: private)
    assert read_invoice(row(terms={"debtors": ["consumer"]}), lambda _: private)
    with pytest.raises(ConfigError, match="rules are not for a company"):
        read_invoice(customer(kind="company", group="private"), lambda _: private)


def test_what_is_wrong_in_the_merchant_s_file_is_told_with_its_own_place() -> None:
    text = (MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8").replace("5050-1055", "5050-1056")

    with pytest.raises(ConfigError) as caught:
        read_invoice(row(), lambda _: load_text(text, "merchants/nordljus.yaml"))

    told = 'merchant: nordljus.yaml:6: payee.bankgiro: the check digit (the last) of bankgiro "5050-1056" is wrong'
    assert str(caught.value).startswith(told)


def test_a_company_in_the_union_has_a_law_where_a_consumer_has_none() -> None:
    assert read_invoice(customer(kind="company", country="PL"), merchant_of).debtor.country == "PL"


def test_no_number_is_used_twice_in_the_examples() -> None:
    items = [item for path in EXAMPLES for item in read_invoices(path)]
    numbers = [(item.merchant, item.number) for item in items if isinstance(item, InvoiceInput)]

    assert len(set(numbers)) == len(items)


def test_the_domain_gets_what_the_rules_need_and_no_name() -> None:
    invoice = read_invoice(customer(phone="070-174 06 05"), merchant_of).to_domain(NORDLJUS)

    assert (invoice.merchant, invoice.number, invoice.country) == ("nordljus", "10001", "SE")
    assert (invoice.issued, invoice.due) == (date(2026, 3, 2), date(2026, 4, 1))
    assert invoice.amount == Money(24900, "SEK")
    assert invoice.kind is DebtorKind.CONSUMER
    assert invoice.ways == {Channel.EMAIL, Channel.SMS}


@pytest.mark.parametrize(
    ("changes", "ways"),
    [
        ({"email": None}, set()),
        ({}, {Channel.EMAIL}),
        ({"phone": "+46 70-174 06 05"}, {Channel.EMAIL, Channel.SMS}),
        ({"phone": "08-465 004 00"}, {Channel.EMAIL}),
        ({"email": "", "address": ["Storgatan 1", "111 22 Stockholm"]}, {Channel.LETTER}),
        ({"address": "Storgatan 1 | 111 22 Stockholm"}, {Channel.EMAIL, Channel.LETTER}),
        ({"address": None}, {Channel.EMAIL}),
    ],
)
def test_the_ways_are_those_that_there_are(changes: dict[str, Any], ways: set[Channel]) -> None:
    assert read_invoice(customer(**changes), merchant_of).ways() == ways


def test_a_fixed_line_is_kept_though_no_sms_goes_to_it() -> None:
    assert read_invoice(customer(phone="08-465 004 00"), merchant_of).debtor.phone == "+46846500400"


def test_the_merchant_answers_what_the_invoice_leaves_open() -> None:
    someone = read_invoice(row(), merchant_of).customer(NORDLJUS)

    assert (someone.country, someone.language) == ("SE", "sv")


def test_a_language_that_the_merchant_does_not_write_becomes_its_first() -> None:
    assert read_invoice(customer(language="en"), merchant_of).customer(NORDLJUS).language == "en"
    assert read_invoice(customer(language="fi"), merchant_of).customer(NORDLJUS).language == "sv"


def test_vat_is_rounded_half_up_for_each_line() -> None:
    lines = [
        {"text": "a", "unit_price": "0.02", "vat": "25"},
        {"text": "b", "unit_price": "0.02", "vat": "25"},
        {"text": "c", "quantity": "1.5", "unit": "h", "unit_price": "0.03", "vat": "6%"},
    ]

    invoice = read_invoice(row(amount=..., lines=lines), merchant_of)

    assert [(str(line.net), str(line.vat)) for line in invoice.lines(NORDLJUS)] == [
        ("0.02", "0.01"),
        ("0.02", "0.01"),
        ("0.05", "0.00"),
    ]
    assert invoice.total(NORDLJUS) == Money(11, "SEK")


def test_a_reference_is_made_or_taken() -> None:
    made = read_invoice(row(), merchant_of)
    taken = read_invoice(row(reference="1234 566"), merchant_of)

    assert made.payment_reference(NORDLJUS) == "1000173"
    assert taken.payment_reference(NORDLJUS) == "1234566"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            row(number="10/01"),
            'number: "10/01" is not an invoice number; write up to 64 of A–Z, a–z, 0–9, dot, hyphen, underscore',
        ),
        (
            row(number="x" * 65),
            f'number: "{"x" * 65}" is not an invoice number; write up to 64 of A–Z, a–z, 0–9, dot, hyphen, underscore',
        ),
        (row(number=""), "number: is empty; it must be text; write a value after it"),
        (row(number="ABC"), 'number: "ABC" has no digit to make a reference of; put a digit in the invoice number'),
        (row(issued="2 March"), 'issued: "2 March" is not a date; write year-month-day, as in 2026-03-02'),
        (row(issued="2026-02-30"), 'issued: "2026-02-30" is not a date; write year-month-day, as in 2026-03-02'),
        (
            row(due="2026-03-01"),
            "due: 2026-03-01 is before the day of issue, 2026-03-02; write that day or a later one",
        ),
        (row(due=...), 'due: is missing; add "due: 2026-04-01"'),
        (row(amount="0.00"), "amount: 0.00 is not above zero; there is nothing to pay; leave the invoice out"),
        (row(amount="1.005"), "amount: 1.005 is not an amount in SEK; write at most 2 decimals"),
        (
            row(amount="249,00"),
            'amount: "249,00" is not a number; write digits with a dot before the decimals, as in "1.5"',
        ),
        (
            row(amount=249.5),
            'amount: 249.5 is a number with decimals, which computers do not keep exactly; write it as "249.5"',
        ),
        (row(amount=...), 'amount: is missing, and there are no lines; add "amount", or "lines"'),
        (row(currency="EUR"), "currency: EUR is not the currency of nordljus; write SEK, or leave it out"),
        (row(merchant="nordljos"), 'merchant: there is no merchant "nordljos"; did you mean "nordljus"?'),
        (
            row(reference="1234567"),
            'reference: the check digit (the last) of "1234567" is wrong; some digit was mistyped',
        ),
        (
            row(terms={"tolerance": "x"}),
            'terms.tolerance: "x" is not an amount; write digits with a dot before the decimals, as in 60.00',
        ),
        (customer(group="vips"), 'customer.group: there is no group "vips"; did you mean "vip"?'),
        (customer(kind="person"), 'customer.kind: "person" is not known here; known: consumer, company'),
        (customer(email="anna"), 'customer.email: "anna" is not an e-mail address; write it as name@example.com'),
        (customer(phone="12"), 'customer.phone: "12" is not a phone number that exists; check it, or leave it out'),
        (customer(phone="none"), 'customer.phone: "none" is not a phone number; write it as +46701740605'),
        (customer(country="XX"), f'customer.country: no law pack for country "XX"; {KNOWN}'),
        (customer(country="UK"), 'customer.country: no law pack for country "UK"; write "GB"'),
        (
            customer(country="PL"),
            "customer.country: no law is known for a consumer in 'PL'; known: DE, DK, FI, FR, GB, NL, NO, SE",
        ),
        (customer(mail="a@b.example"), 'customer.mail: unknown key; did you mean "email"?'),
        (
            row(lines=[{"text": "a", "unit_price": "100.00", "vat": "25"}]),
            "amount: is 249.00, and the lines with VAT make 125.00; correct one, or leave the amount out",
        ),
        (
            row(amount=..., lines=[{"text": "a", "unit_price": "0.8512", "vat": "25"}]),
            "lines[0].unit_price: 0.8512 is not an amount in SEK; write at most 2 decimals",
        ),
        (
            row(amount=..., lines=[{"text": "a", "unit_price": "1", "vat": "250"}]),
            'lines[0].vat: "250" is not a VAT rate; write percent from 0 to 100, as in "25"',
        ),
    ],
)
def test_a_wrong_invoice_is_told(data: dict[str, Any], text: str) -> None:
    assert told(data) == text


def test_a_phone_number_without_country_needs_one() -> None:
    with pytest.raises(ConfigError, match="has no country code; write it as "):
        read_invoice(customer(phone="070-174 06 05"))


def test_everything_wrong_in_an_invoice_is_told_at_once() -> None:
    assert told(row(number="a b", due="x", customer={"name": "A"})).count("\n") == 2


def written(path: Path, text: str, encoding: str = "utf-8") -> Iterator[InvoiceInput | RowError]:
    path.write_bytes(text.encode(encoding))
    return read_invoices(path, merchant_of)


def test_a_bad_line_does_not_stop_the_rest(tmp_path: Path) -> None:
    good, bad = json.dumps(row()), json.dumps(row(due="soon"))

    first, second, third, fourth = written(tmp_path / "a.jsonl", f"{good}\n\n{bad}\n{{\n{good}\n")

    assert isinstance(first, InvoiceInput)
    assert str(second).startswith(f'{tmp_path}/a.jsonl:3: due: "soon" is not a date')
    assert str(third).startswith(f"{tmp_path}/a.jsonl:4: is not JSON: ")
    assert isinstance(fourth, InvoiceInput)


def test_a_list_of_invoices_tells_the_line_of_the_key(tmp_path: Path) -> None:
    text = json.dumps([row(), row(due="soon"), row(number=10003)], indent=2)

    first, second, third = written(tmp_path / "a.json", text)

    assert isinstance(first, InvoiceInput)
    line = 1 + next(number for number, line in enumerate(text.splitlines()) if "soon" in line)
    assert str(second).startswith(f'{tmp_path}/a.json:{line}: due: "soon" is not a date')
    assert isinstance(third, InvoiceInput)
    assert third.number == "10003"


def test_a_json_number_is_exact(tmp_path: Path) -> None:
    (invoice,) = written(tmp_path / "a.json", json.dumps(row()).replace('"249.00"', "249.10"))

    assert isinstance(invoice, InvoiceInput)
    assert invoice.total(NORDLJUS) == Money(24910, "SEK")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ('{"a": 1', ":1: is not JSON: expecting ',' delimiter; check quotes and commas"),
        ("[]x", ":1: goes on after its end; write one invoice, or a list in [ ]"),
        ('{"a": 1, "a": 2}', ':1: "a" is written twice; keep one of them'),
        ("[" * 100_000, ":1: is nested too deeply; write it as docs/merchants.md shows"),
        ("", ":1: is not JSON: expecting value; check quotes and commas"),
    ],
)
def test_broken_json_is_told(tmp_path: Path, text: str, end: str) -> None:
    (error,) = written(tmp_path / "a.json", text)

    assert str(error) == f"{tmp_path}/a.json{end}"


CSV = "merchant,number,issued,due,amount,customer_name,customer_kind,customer_phone,customer_address\n"
LINE = "nordljus,10001,2026-03-02,2026-04-01,249.00,Åsa Öst,consumer,070-174 06 05,Storgatan 1|111 22 Stockholm\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_is_read_whatever_its_dialect(tmp_path: Path, encoding: str, delimiter: str) -> None:
    (invoice,) = written(tmp_path / "a.csv", (CSV + LINE).replace(",", delimiter), encoding)

    assert isinstance(invoice, InvoiceInput)
    assert invoice.debtor.name == "Åsa Öst"
    assert invoice.debtor.address == ("Storgatan 1", "111 22 Stockholm")
    assert invoice.ways() == {Channel.SMS, Channel.LETTER}


def test_a_bad_row_of_a_table_is_told_by_its_column(tmp_path: Path) -> None:
    rows = written(
        tmp_path / "a.csv", CSV + LINE.replace("070-174 06 05", "070") + ",,,\n" + "a" + ",b" * 9 + "\n" + LINE
    )

    phone, cells, good = rows

    assert str(phone).startswith(f'{tmp_path}/a.csv:2: customer_phone: "070" is not a phone number')
    assert (
        str(cells)
        == f"{tmp_path}/a.csv:4: has 10 cells for 9 columns; put quotes around a cell that has the delimiter in it"
    )
    assert isinstance(good, InvoiceInput)


@pytest.mark.parametrize(
    ("header", "end"),
    [
        ("merchant,numbr\n", 'unknown column "numbr"; did you mean "number"?'),
        ("number,number\n", "names a column twice; known: merchant, number"),
    ],
)
def test_a_wrong_header_is_told(tmp_path: Path, header: str, end: str) -> None:
    (error,) = written(tmp_path / "a.csv", header + LINE)

    assert str(error).startswith(f"{tmp_path}/a.csv:1: {end}")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (error,) = written(tmp_path / "a.csv", CSV + LINE, "latin-1")

    assert str(error) == f"{tmp_path}/a.csv: is not UTF-8 text; save it as UTF-8 and read it again"


@pytest.mark.parametrize(("name", "end"), [("a.xlsx", "is no file of invoices"), ("a.csv", "cannot be read")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, end: str) -> None:
    with pytest.raises(ConfigError, match=end):
        list(read_invoices(tmp_path / name))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["merchant", "number", "issued", "due", "amount", "lines", "customer", "terms", "reference", "currency"]


@given(
    st.dictionaries(st.sampled_from(KEYS), ANY),
    st.dictionaries(st.sampled_from(["name", "phone", "email", "address", "group", "language", "country"]), ANY),
)
@settings(deadline=None)
def test_any_invoice_is_read_or_told(changes: dict[str, Any], someone: dict[str, Any]) -> None:
    data = row(**changes)
    if isinstance(data.get("customer"), dict):
        data["customer"] = row()["customer"] | someone
    try:
        invoice = read_invoice(data, merchant_of)
    except ConfigError as error:
        assert error.problems  # noqa: PT017
    else:
        assert InvoiceInput.from_json(invoice.to_json()) == invoice
        invoice.to_domain(NORDLJUS if invoice.merchant == "nordljus" else merchant_of("bolgen").merchant)
