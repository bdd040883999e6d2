"""Contents to render: a few merchants, one invoice, and any stage of its life."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from domain.calendar import Hours
from domain.charge import Added, ChargeKind, Period
from domain.merchant import EmailSender, LetterSender, Merchant, Payee, ReferenceKind, ReferenceRule, Senders
from domain.money import Money
from domain.policy import Policy
from domain.words import Message
from templates.content import Content, Customer, Line

DUNNING = (Message.REMINDER, Message.LAST_REMINDER, Message.DEMAND)
ISSUED, DUE = date(2026, 3, 2), date(2026, 4, 1)
TODAY = {
    Message.INVOICE: ISSUED,
    Message.DUE_REMINDER: DUE,
    Message.REMINDER: date(2026, 4, 7),
    Message.LAST_REMINDER: date(2026, 4, 27),
    Message.DEMAND: date(2026, 5, 15),
    Message.CORRECTION: date(2026, 4, 28),
    Message.ANSWER: date(2026, 4, 20),
    Message.RECEIPT: date(2026, 4, 28),
}
PAY_BY = {
    Message.INVOICE: DUE,
    Message.DUE_REMINDER: date(2026, 4, 6),
    Message.REMINDER: date(2026, 4, 22),
    Message.LAST_REMINDER: date(2026, 5, 11),
    Message.DEMAND: date(2026, 6, 15),
    Message.CORRECTION: date(2026, 5, 12),
    Message.ANSWER: date(2026, 5, 11),
    Message.RECEIPT: DUE,
}
GROUNDS = {
    "SE": "SE: lag (1981:739) om ersättning för inkassokostnader",
    "NO": "NO: inkassoforskriften",
    "DK": "DK: renteloven § 9 b",
    "FI": "FI: laki saatavien perinnästä (513/1999) 10 a §",
    "DE": "DE: BGB § 280",
}
ANSWER = "We have read your meter again.\n\nIt shows what we have invoiced, so the amount stands."
ANNA = Customer(
    name="Åsa Öberg",
    country="SE",
    language="sv",
    email="asa@customer.example",
    phone="+46701740605",
    address=("Ängsgatan 1", "111 22 Västerås"),
)


def policy(currency: str) -> Policy:
    return Policy(currency, Hours(time(9), time(19)), (), (), (), None, Money.zero(currency))


def merchant(
    name: str = "Nordljus Energi AB",
    *,
    country: str = "SE",
    currency: str = "SEK",
    payee: Payee | None = None,
    reference: ReferenceKind = ReferenceKind.OCR,
    window: str = "se-left",
    address: tuple[str, ...] = ("Box 1", "111 11 Stockholm"),
) -> Merchant:
    return Merchant(
        id="nordljus",
        name=name,
        country=country,
        currency=currency,
        languages=("sv", "en"),
        payee=payee or Payee(bankgiro="5050-1055", organisation="556677-8899"),
        reference=ReferenceRule(reference),
        senders=Senders(
            EmailSender("faktura@merchant.example", name), "Nordljus", LetterSender(window, (name, *address))
        ),
        policy=policy(currency),
        groups={},
    )


SWEDISH = merchant()
NORWEGIAN = merchant(
    "Fjordkraft Sør AS",
    country="NO",
    currency="NOK",
    payee=Payee(account="12345678903", organisation="912345678"),
    reference=ReferenceKind.KID,
    window="no-c5",
    address=("Postboks 7", "0150 Oslo"),
)
EURO = merchant(
    "Bygg & Trä Export AB",
    currency="EUR",
    payee=Payee(bankgiro="5050-1055", iban="SE4550000000058398257466", bic="ESSESESS", organisation="556677-8899"),
    reference=ReferenceKind.RF,
    window="se-right",
)
DANISH = merchant(
    "Havblik Varme A/S",
    country="DK",
    currency="DKK",
    payee=Payee(fik_creditor="81234567", organisation="12345678"),
    reference=ReferenceKind.FIK,
    address=("Postboks 9", "1001 København K"),
)
FINNISH = merchant(
    "Koivurannan Lämpö Oy",
    country="FI",
    currency="EUR",
    payee=Payee(iban="FI2112345600000785", bic="NDEAFIHH", organisation="1234567-1"),
    reference=ReferenceKind.VIITE,
    address=("PL 1", "00100 Helsinki"),
)


def abroad(country: str, name: str, currency: str, address: str) -> Merchant:
    """A merchant that is paid by IBAN and RF."""
    payee = Payee(iban="DE89370400440532013000", bic="COBADEFF", organisation="HRB 12345")
    return merchant(
        name, country=country, currency=currency, payee=payee, reference=ReferenceKind.RF, address=("PO Box 1", address)
    )


GERMAN = abroad("DE", "Lindenhof Wärme GmbH", "EUR", "10117 Berlin")
HOME = {
    "SE": (SWEDISH, "1000173"),
    "NO": (NORWEGIAN, "100016"),
    "DK": (DANISH, "000000012345674"),
    "FI": (FINNISH, "1232"),
    "DE": (GERMAN, "RF332348236"),
    "NL": (abroad("NL", "Duinzicht Energie B.V.", "EUR", "1012 AB Amsterdam"), "RF332348236"),
    "FR": (abroad("FR", "Clairvent SARL", "EUR", "75001 Paris"), "RF332348236"),
    "GB": (abroad("GB", "Marlowe Heating Ltd", "GBP", "London EC1A 1BB"), "RF332348236"),
    "AT": (abroad("AT", "Donaustrom GmbH", "EUR", "1010 Wien"), "RF332348236"),
}
"""A merchant in each country, and a reference of the kind that it uses. Austria has no pack of its own."""


def lines(currency: str = "SEK") -> tuple[Line, ...]:
    def money(text: str) -> Money:
        return Money.parse(text, currency)

    return (
        Line("Nät, fast avgift", Decimal(1), "mån", money("320.00"), money("320.00"), Decimal(25), money("80.00")),
        Line("Överföring", Decimal("412.5"), "kWh", money("0.80"), money("330.00"), Decimal(25), money("82.50")),
        Line("Tidningen Ljus", Decimal(1), "st", money("100.00"), money("100.00"), Decimal(6), money("6.00")),
    )


def content(message: Message = Message.INVOICE, language: str = "sv", **changes: object) -> Content:
    """An invoice of 918.50 in the middle of its life; ``changes`` are fields of the content, amounts as strings.

    ``fee``, ``interest`` and ``compensation`` are added by this message, ``earlier_fees`` stand.
    """
    currency = getattr(changes.get("merchant", SWEDISH), "currency", "SEK")

    def money(name: str, default: str = "0") -> Money:
        return Money.parse(str(changes.pop(name, default)), currency)

    amount, credited, paid, earlier = (
        money(*pair) for pair in (("amount", "918.50"), ("credited",), ("paid",), ("earlier_fees",))
    )
    disputed, written_off = money("disputed"), money("written_off")
    added = tuple(one for kind in ChargeKind if (one := adding(kind, money(kind), amount)).amount)
    owed = amount - credited - paid - disputed - written_off + earlier
    made = Content(
        message=message,
        language=language,
        merchant=SWEDISH,
        customer=ANNA,
        number="10001",
        reference="1000173",
        issued=ISSUED,
        due=DUE,
        pay_by=PAY_BY[message],
        today=TODAY[message],
        lines=lines(currency),
        amount=amount,
        credited=credited,
        paid=paid,
        total=sum((one.amount for one in added), owed),
        link="https://faktura.merchant.example/i/k7Qx2mV9sT4bLw8RzN3c",
        agency="Sydinkasso AB" if message is Message.LAST_REMINDER else None,
        added=added,
        standing=((ChargeKind.FEE, earlier),) if earlier else (),
        disputed=disputed or None,
        written_off=written_off or None,
        answer=ANSWER if message is Message.ANSWER else "",
    )
    return on_the_ground_of_its_country(replace(made, **changes))  # type: ignore[arg-type]


def on_the_ground_of_its_country(made: Content) -> Content:
    """Each charge names the statute of the debtor's country."""
    law = GROUNDS.get(made.customer.country, "a statute")
    return replace(made, added=tuple(replace(one, law=law) for one in made.added))


def adding(kind: ChargeKind, amount: Money, base: Money) -> Added:
    """A charge; interest for two half-years, each at its own rate."""
    periods = (
        Period(date(2026, 4, 2), date(2026, 6, 30), base, Decimal("10.5")),
        Period(date(2026, 7, 1), date(2026, 7, 14), base, Decimal("10.25")),
    )
    return Added(kind, amount, "", periods=periods if kind is ChargeKind.INTEREST else ())


def in_norway(message: Message = Message.INVOICE, language: str = "sv", **changes: object) -> Content:
    kari = replace(ANNA, name="Kåre Bjørnsønn", country="NO", address=("Åsveien 12", "0362 Oslo"))
    return content(message, language, **{"merchant": NORWEGIAN, "customer": kari, "reference": "100016", **changes})


def in_euro(message: Message = Message.INVOICE, language: str = "sv", **changes: object) -> Content:
    return content(message, language, **{"merchant": EURO, "reference": "RF332348236", **changes})


def at_home(country: str, message: Message = Message.INVOICE, language: str = "en", **changes: object) -> Content:
    """The same between a merchant and a customer of one country."""
    who, reference = HOME[country]
    someone = replace(ANNA, country=country)
    return content(message, language, **{"merchant": who, "customer": someone, "reference": reference, **changes})


def in_denmark(message: Message = Message.INVOICE, language: str = "da", **changes: object) -> Content:
    return at_home("DK", message, language, **changes)


def in_finland(message: Message = Message.INVOICE, language: str = "fi", **changes: object) -> Content:
    return at_home("FI", message, language, **changes)


def in_germany(message: Message = Message.INVOICE, language: str = "de", **changes: object) -> Content:
    return at_home("DE", message, language, **changes)
