"""What proves a claim, by API: the ledger line by line, and the pack."""

from __future__ import annotations

from datetime import UTC, date, datetime

import httpx
import pytest
from fastapi import FastAPI

from activities.evidence import evidence_of
from domain.events import Paid
from domain.evidence import check
from domain.policy import Channel
from domain.words import Message, reminder_step
from store.keys import ApiKeys, Scope
from tests.gateway.api.conftest import calling, is_problem
from tests.gateway.cases import Kept, at, sek
from tests.live.house import House


def reminded(house: House, number: str) -> Kept:
    """A case with a fee, of which a part is paid."""
    case = Kept(house.books, number, "2026-05-02T12:00")
    case.send(Channel.EMAIL, "2026-03-02T09:00")
    case.send(Channel.LETTER, "2026-04-08T09:00", Message.REMINDER, reminder_step(0), fee=sek("60.00"))
    case.hear(Paid(at=at("2026-04-20T10:00"), amount=sek("100.00"), dated=date(2026, 4, 17)))
    return case


async def test_the_ledger_comes_line_by_line_with_its_explanation(api: httpx.AsyncClient, house: House, number: str):
    case = reminded(house, number)

    told = (await api.get(f"/invoices/{number}/ledger")).json()

    assert [(line["what"], line["day"], line["amount"]) for line in told["lines"]] == [
        ("invoiced", "2026-03-02", "469.55"),
        ("fee", "2026-04-08", "60.00"),
        ("paid", "2026-04-17", "-100.00"),
    ]
    assert told["lines"][1]["law"] == "a law"
    assert told["lines"][2]["booked"] == "2026-04-20T10:00:00+02:00"
    assert told["open"] == {
        "principal": "369.55",
        "interest": "0.00",
        "costs": "60.00",
        "in_favour": "0.00",
        "balance": str(case.file.facts.balance),
    }
    assert (told["at"], told["currency"]) == ("2026-04-17", "SEK")
    assert told["explained"][0] == "On 2026-04-17, 429.55 SEK are owed: principal 369.55, interest 0.00, costs 60.00."


async def test_the_ledger_of_an_earlier_day_ends_with_that_day(api: httpx.AsyncClient, house: House, number: str):
    reminded(house, number)

    told = (await api.get(f"/invoices/{number}/ledger", params={"at": "2026-04-16"})).json()

    assert (told["at"], told["open"]["balance"]) == ("2026-04-16", "529.55")
    assert [line["what"] for line in told["lines"]] == ["invoiced", "fee"]


@pytest.mark.parametrize("day", ["2026-02-30", "0", "2026-04-16T00:00:00", "", "tomorrow"])
async def test_a_day_that_is_none_is_refused(api: httpx.AsyncClient, house: House, number: str, day: str):
    reminded(house, number)

    answer = await api.get(f"/invoices/{number}/ledger", params={"at": day})

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["parameter"] == "at"


async def test_the_pack_comes_as_a_file_that_verifies(api: httpx.AsyncClient, house: House, number: str):
    case = reminded(house, number)

    answer = await api.get(f"/invoices/{number}/evidence")

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{number}-evidence.zip"'
    assert check(answer.content).problems == ()
    assert answer.content == evidence_of(house.books, case.file)


async def test_the_pack_needs_the_scope_for_documents_and_the_ledger_that_for_invoices(
    app: FastAPI, keys: ApiKeys, house: House, number: str
):
    reminded(house, number)
    allowed = {"ledger": Scope.READ_INVOICES, "evidence": Scope.READ_DOCUMENTS}

    for path, scope in allowed.items():
        for given in allowed.values():
            key = keys.create("nordljus", "narrow", [given], datetime.now(UTC))
            async with calling(app, key.text) as web:
                answer = await web.get(f"/invoices/{number}/{path}")
            assert answer.status_code == (200 if given is scope else 403), (path, given)
