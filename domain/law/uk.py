"""The United Kingdom, read for England and Wales."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.law.bank_days import calendar_of, read
from domain.law.caps import Tiers
from domain.law.pack import (
    LONG_AGO,
    Dated,
    DayCount,
    DemandLaw,
    InterestLaw,
    Known,
    Law,
    ReminderLaw,
    Source,
    Start,
    Statement,
    Term,
    Value,
    since,
)
from domain.law.retention import From, Keeping
from domain.money import Money
from domain.words import DebtorKind, Message

FAIRNESS = "GB: Consumer Rights Act 2015, part 2"
PROTOCOL = "GB: Pre-Action Protocol for Debt Claims"
ACT = "GB: Late Payment of Commercial Debts (Interest) Act 1998"
ORDER = "GB: Late Payment of Commercial Debts (Rate of Interest) (No. 3) Order 2002"

LETTER_OF_CLAIM = "https://swift-resolution.com/debt-recovery/pre-action-protocol-jargon-explained-part2/"
CONTENTS = (
    "https://www.sintons.co.uk/sintons_debt/"
    "the-pre-action-protocol-for-debt-claims-and-a-letter-before-action-to-an-individual/"
)
ORDER_TOLD = "https://www.debtcollectionservice.uk/interest/"
IN_FORCE = date(2002, 8, 7)


def bank_rate(day: date, percent: str, note: str, link: str) -> Value[Decimal]:
    """The Bank of England's rate on the last day before a half-year."""
    return Value(day, Decimal(percent), read(ORDER, Known.SECONDARY, note, link))


def gbp(amount: str) -> Money:
    """So many pounds."""
    return Money.parse(amount, "GBP")


CONSUMER = Law(
    country="GB",
    kind=DebtorKind.CONSUMER,
    names={
        "en": "United Kingdom",
        "sv": "Storbritannien",
        "nb": "Storbritannia",
        "da": "Storbritannien",
        "fi": "Britannia",
        "de": "Vereinigtes Königreich",
    },
    currency="GBP",
    calendar=calendar_of("GB"),
    about=(
        "A consumer owes for a reminder only what the contract says and is fair; no figure is known, so nothing is "
        "charged, and no interest. Before a claim in court a letter of claim gives 30 days, by post unless the debtor "
        "asked otherwise, with the information sheet and the reply form, which the merchant must enclose. Nobody is "
        "contacted at unreasonable times; the rule names no hours."
    ),
    reminders=ReminderLaw(
        cap=since(
            date(2015, 10, 1), None, Source(FAIRNESS, Known.UNKNOWN, "what the contract says and is fair: no figure")
        ),
        needs_agreement=since(date(2015, 10, 1), True, Source(FAIRNESS, Known.SECONDARY, "only by contract")),
    ),
    demand=DemandLaw(
        cap=since(date(2017, 10, 1), None, Source(PROTOCOL, Known.UNKNOWN, "says nothing of a fee")),
        term=since(
            date(2017, 10, 1),
            (Term(30),),
            read(
                f"{PROTOCOL} 3",
                Known.SECONDARY,
                "from the date of the letter; sole traders count as individuals, so companies are given it too",
                LETTER_OF_CLAIM,
            ),
        ),
    ),
    must_state={
        Message.DEMAND: since(
            date(2017, 10, 1),
            (
                Statement.CREDITOR,
                Statement.CONTACT,
                Statement.NUMBER,
                Statement.PRINCIPAL,
                Statement.TOTAL,
                Statement.PAY_BY,
                Statement.PAY_TO,
                Statement.OBJECT,
                Statement.LEGAL_FOLLOWS,
            ),
            read(f"{PROTOCOL} 3", Known.SECONDARY, "and the enclosures, which are the merchant's", CONTENTS),
        )
    },
    on_time=Source("GB: common law", Known.MEMORY, "the next bank day is our leniency"),
    dispute=read(
        "GB: FCA Handbook, CONC 7.14",
        Known.PRIMARY,
        "binds regulated credit; kept for all",
        "https://handbook.fca.org.uk/handbook/CONC/7/14.html?date=2016-07-01&timeline=True",
    ),
    books=since(
        LONG_AGO,
        Keeping(6, From.ACCOUNTING_YEAR),
        read(
            "GB: HMRC, company and accounting records",
            Known.SECONDARY,
            "HMRC's page retold; the Companies Act 2006, s. 388, wants three years of private companies, six of public",
            "https://www.stokestaffsgrowthhub.co.uk/company-and-accounting-records/",
        ),
    ),
    sources=("legislation.gov.uk", "justice.gov.uk", "bankofengland.co.uk", "handbook.fca.org.uk"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=(
        "Each late invoice costs GBP 40 below GBP 1 000, GBP 70 below GBP 10 000 and GBP 100 from there, and interest "
        "of eight points above the Bank of England's rate on the last day before the half-year in which it begins. "
        "Further cost only if it was reasonable and is proven, so a reminder carries no fee. The Commercial Payments "
        "Bill of May 2026 is not in force."
    ),
    reminders=ReminderLaw(
        cap=since(
            date(2013, 3, 16), None, Source(f"{ACT} s. 5A (2A)", Known.UNKNOWN, "reasonable cost above the fixed sum")
        )
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                bank_rate(
                    date(2024, 1, 1),
                    "5.25",
                    "",
                    "https://payontime.co.uk/how-to-calculate-late-payment-interest-and-compensation",
                ),
                bank_rate(
                    date(2024, 7, 1), "5.25", "cut to 5.00 in August", "https://londondevelopmentsites.com/tag/bank"
                ),
                bank_rate(
                    date(2025, 1, 1),
                    "4.75",
                    "",
                    "https://www.focus-economics.com/country-indicator/united-kingdom/interest-rate",
                ),
                bank_rate(
                    date(2025, 7, 1),
                    "4.25",
                    "held on 19 June 2025",
                    "https://www.investmentweek.co.uk/news/4515181/bank-england-leaves-interest-rates-unchanged",
                ),
                bank_rate(
                    date(2026, 1, 1),
                    "3.75",
                    "cut on 18 December 2025",
                    "https://www.wired-gov.net/wg/news.nsf/articles/hmrc+revises+interest+rates+for+late+payments+19122025161500?open",
                ),
                bank_rate(
                    date(2026, 7, 1),
                    "3.75",
                    "held on 18 June 2026, next on 30 July",
                    "https://research.titanfx.com/central-bank-watch/boe-monetary-policy",
                ),
                Value(date(2027, 1, 1), None, Source(ORDER, Known.UNKNOWN, "not yet set")),
            )
        ),
        points=since(IN_FORCE, Decimal(8), read(f"{ORDER} art. 4", Known.SECONDARY, "", ORDER_TOLD)),
        starts=since(IN_FORCE, Start.DUE, read(f"{ACT} s. 4", Known.SECONDARY, "the day after", ORDER_TOLD)),
        fixed=since(
            IN_FORCE,
            True,
            read(f"{ORDER} art. 4", Known.SECONDARY, "the rate before the day on which interest starts", ORDER_TOLD),
        ),
        day_count=since(
            LONG_AGO,
            DayCount.ACTUAL_365,
            read(ACT, Known.SECONDARY, "practice", "https://usewolfx.com/glossary/late-payment-interest"),
        ),
    ),
    compensation=since(
        IN_FORCE,
        Tiers(
            ((gbp("999.99"), gbp("40.00")), (gbp("9999.99"), gbp("70.00"))),
            above=gbp("100.00"),
        ),
        read(
            f"{ACT} s. 5A (2)",
            Known.PRIMARY,
            "less than 1 000, less than 10 000, and from there",
            "https://www.legislation.gov.uk/cy/ukpga/1998/20/section/5A",
        ),
    ),
)
