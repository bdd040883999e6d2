"""What a law wants said is found again in the finished message, or the message does not go out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from reading import spaced, text_of_pdf
from template_contents import DUNNING, HOME, TODAY, at_home, content, in_norway

import templates
from domain.charge import Added, ChargeKind
from domain.law import LAWS
from domain.law.pack import Statement
from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind, Message
from templates.content import Content
from templates.errors import RenderError
from templates.legal import Legal, legal_of
from templates.renderer import Renderer
from templates.texts import environment
from templates.view import view_of

SOURCE = Path(templates.__file__).parent
JINJA = environment()
DEMANDS = [
    (country, kind, message)
    for (country, kind), law in LAWS.items()
    for message, stated in law.must_state.items()
    if country in HOME and stated.at(TODAY[message])
]


def everything(country: str, kind: DebtorKind, message: Message, language: str = "en") -> Content:
    """A message that asks for all that can be asked for, so that every demand applies."""
    charged = {"earlier_fees": "5.00", "fee": "9.00", "interest": "12.30", "compensation": "40.00"}
    made = at_home(country, message, language, kind=kind, **(charged if message in DUNNING else {}))
    return replace(made, pay_by=date(2026, 7, 1), cost_if_unpaid=Money.parse("46.00", made.amount.currency))


def legal(made: Content) -> Legal:
    return legal_of(JINJA, made, view_of(made), Channel.EMAIL)


@pytest.mark.parametrize(("country", "kind", "message"), DEMANDS)
def test_each_statement_is_missed_when_it_is_taken_out(renderer: Renderer, country, kind, message) -> None:
    made = everything(country, kind, message)
    stated, text = legal(made), renderer.email(made).text
    wanted = LAWS[country, kind].must_state[message].at(made.today)

    assert [demanded.statement for demanded in stated.demanded] == list(wanted or ())
    for demanded in stated.demanded:
        words = [word for word in demanded.words if word]
        assert words
        stated.check("message", text)
        for word in words:
            with pytest.raises(RenderError, match=r"^message: the message does not state .* \(") as error:
                stated.check("message", spaced(text).replace(spaced(word), "…"))
            missed = [one for one in Statement if f"does not state {one} (" in str(error.value)]
            assert missed
            assert demanded.source in str(error.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOURCE, tmp_path / "templates", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def emptied(folder: Path, statement: Statement) -> None:
    """Take the words of a statement out of every text."""
    for path in (folder / "legal").glob("*.jinja"):
        block = rf"(\{{% block {statement.name.lower()} %\}}\n).*?(?=\{{% endblock)"
        path.write_text(re.sub(block, r"\1", path.read_text(), flags=re.DOTALL))


def spoken() -> Iterator[tuple[str, DebtorKind, Message, Statement]]:
    """Each statement that has words of its own, once."""
    seen = set()
    for country, kind, message in DEMANDS:
        for demanded in legal(everything(country, kind, message)).demanded:
            if demanded.words[0] and demanded.statement not in seen | {Statement.PAY_BY}:
                seen.add(demanded.statement)
                yield country, kind, message, demanded.statement


@pytest.mark.parametrize(("country", "kind", "message", "statement"), list(spoken()))
def test_a_statement_without_words_is_not_sent(folder: Path, country, kind, message, statement) -> None:
    made = everything(country, kind, message)
    emptied(folder, statement)

    for render in (Renderer(folder).email, Renderer(folder).letter):
        with pytest.raises(RenderError, match=rf"^legal/{country}: there are no words for {statement}"):
            render(made)


@pytest.mark.parametrize(
    ("file", "old", "new", "statement"),
    [
        ("messages/layout.txt", '{{ legal | join("\\n\\n") }}', "", Statement.CREDITOR),
        ("messages/layout.txt", "{{ row.label }}: {{ row.value }}", "{{ row.label }}", Statement.COSTS),
        ("messages/layout.txt", "{{ note }}", "", Statement.INTEREST_RATE),
        ("letter.typ", "{ legal() }", "{ }", Statement.CREDITOR),
        ("letter.typ", "row.notes.map(note => linebreak() + small(note)).join()", "none", Statement.INTEREST_RATE),
    ],
)
def test_a_layout_that_leaves_something_out_is_not_sent(folder: Path, file, old, new, statement) -> None:
    made = everything("SE", DebtorKind.CONSUMER, Message.DEMAND)
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    render = Renderer(folder).letter if file == "letter.typ" else Renderer(folder).email

    with pytest.raises(RenderError, match=rf"^{file}: the message does not state {statement} \(SE: "):
        render(made)


def test_sixty_is_not_found_in_a_hundred_and_sixty() -> None:
    stated = legal(everything("SE", DebtorKind.CONSUMER, Message.REMINDER))
    one = replace(stated.demanded[0], words=("60,00 kr",))

    replace(stated, demanded=(one,)).check("m", "Avgift: 60,00\u00a0kr, sedan länge")
    with pytest.raises(RenderError):
        replace(stated, demanded=(one,)).check("m", "Avgift: 160,00 kr")


def test_what_is_not_asked_for_is_not_spoken_of(renderer: Renderer) -> None:
    text = renderer.email(content(Message.DEMAND, "en")).text

    assert "interest" not in text.lower()
    assert "compensation" not in text.lower()
    assert "Legal ground" not in text


def test_one_threat_is_enough(renderer: Renderer) -> None:
    danish = renderer.email(everything("DK", DebtorKind.CONSUMER, Message.DEMAND)).text
    swedish = renderer.email(everything("SE", DebtorKind.CONSUMER, Message.DEMAND)).text

    assert danish.count("This may bring further costs for you.") == 1
    assert "passed to a debt collection agency" in danish
    assert "recovered by legal means" in swedish


@pytest.mark.parametrize(
    ("country", "language", "title"),
    [
        ("SE", "sv", "Inkassokrav"),
        ("SE", "en", "Demand for payment (inkassokrav)"),
        ("NO", "nb", "Betalingsoppfordring"),
        ("DK", "da", "Påkrav"),
        ("FI", "fi", "Maksuvaatimus"),
        ("GB", "en", "Letter of claim"),
        ("DE", "de", "Zahlungsaufforderung"),
        ("NL", "en", "Demand for payment"),
        ("FR", "en", "Demand for payment"),
    ],
)
def test_a_demand_is_called_what_the_country_calls_it(renderer: Renderer, country, language, title) -> None:
    made = everything(country, DebtorKind.CONSUMER, Message.DEMAND, language)

    assert renderer.email(made).subject.startswith(f"{title}: ")
    assert title.upper() in renderer.email(made).text
    assert title in text_of_pdf(renderer.letter(made).pdf)


def test_a_dutch_consumer_gets_the_letter_of_fourteen_days_with_the_exact_cost(renderer: Renderer) -> None:
    made = everything("NL", DebtorKind.CONSUMER, Message.REMINDER)
    made = replace(made, added=(), standing=(), total=made.amount)
    text = renderer.email(made).text

    assert "within 14 days from the day after this message was delivered to you" in text
    assert "collection costs of EUR 46.00" in text
    assert "14 days" not in renderer.email(replace(made, cost_if_unpaid=None)).text
    assert "14 days" not in renderer.email(replace(made, pay_by=made.today)).text


def test_a_french_company_reads_of_forty_euros_and_of_interest_on_its_invoice(renderer: Renderer) -> None:
    made = everything("FR", DebtorKind.COMPANY, Message.INVOICE)
    text = renderer.email(made).text

    assert "fixed compensation of EUR 40.00 for recovery costs (article L. 441-10" in text
    assert re.search(r"interest runs by law, at present at \d+(\.\d+)?% a year", text)
    assert "EUR 40.00" in text_of_pdf(renderer.letter(made).pdf)
    assert "EUR 40.00" not in renderer.email(everything("FR", DebtorKind.CONSUMER, Message.INVOICE)).text


def test_a_rate_that_nobody_knows_is_told_by_its_points(renderer: Renderer) -> None:
    made = everything("FR", DebtorKind.COMPANY, Message.INVOICE)
    early = replace(made, today=date(2013, 6, 1))

    assert LAWS["FR", DebtorKind.COMPANY].interest.reference.firm(early.today) is None
    assert "the reference rate and 10 percentage points above it" in renderer.email(early).text


def test_a_notice_that_gives_its_last_day_goes_out_and_one_day_less_does_not(renderer: Renderer) -> None:
    made = in_norway(Message.LAST_REMINDER, "nb")

    assert renderer.email(made).text
    with pytest.raises(RenderError, match=r"^legal/NO: pay-by 2026-05-10 is too soon"):
        renderer.email(replace(made, pay_by=date(2026, 5, 10)))


def test_a_demand_by_letter_counts_from_its_arrival(renderer: Renderer) -> None:
    made = replace(content(Message.DEMAND), today=date(2026, 5, 15), pay_by=date(2026, 5, 25))

    assert renderer.email(made).text
    with pytest.raises(RenderError, match=r"^legal/SE: pay-by 2026-05-25 is too soon"):
        renderer.letter(made)


def test_the_ground_of_a_fee_is_the_statute_that_the_charge_names(renderer: Renderer) -> None:
    made = at_home("DK", Message.REMINDER)
    fee = Added(ChargeKind.FEE, Money.parse("100.00", "DKK"), "DK: rentelov § 9 b")
    made = replace(made, added=(fee,), total=made.total + fee.amount)

    assert "Legal ground of the fee: rentelov § 9 b." in renderer.email(made).text
