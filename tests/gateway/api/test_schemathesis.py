"""What the description promises, tried by a machine that knows nothing but it: over a real port, with a real worker."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from gateway.app import create_app
from gateway.serve import serving_gateway
from store.keys import ApiKeys, NewKey, Scope
from tests.gateway.api.conftest import API
from tests.gateway.cases import live
from tests.live.house import open_house

NUMBER = "10001"
"""The invoice that the description takes as its example."""
ASKS_NOTHING = {"GET /versions", "GET /webhooks", "POST /webhook-deliveries/replay"}
"""What takes neither a parameter nor a body, and so cannot be asked wrongly."""
UNGUESSABLE = re.compile(r"\{(endpoint|delivery|batch)_id\}")
"""What is reached by an id that nobody can guess."""

HOW: dict[str, Any] = {
    "seed": 1,
    "generation": {"max-examples": 5, "mode": "all", "database": "none"},
    # A form cannot say that an invoice is due after it was issued; and a number is taken as the text that was written.
    "checks": {"positive_data_acceptance": {"enabled": False}, "negative_data_rejection": {"enabled": False}},
    # Every corner of a body is hundreds of requests; the tests beside this one go there.
    "operations": [
        {
            "exclude-operation-id": ["listInvoices", "readInvoice", "readDocument", "bookPayment", "readVersion"],
            "phases": {"coverage": {"enabled": False}},
        }
    ],
}


async def test_no_request_breaks_it_and_every_answer_is_as_described(tmp_path: Path):
    async with open_house(tmp_path) as house:
        key = ApiKeys(house.books.engine).create("nordljus", "machine", Scope, datetime.now(UTC))
        await live(house, NUMBER, "2026-03-10T12:00")
        app = create_app(house.client, house.settings.model_copy(update={"api_rate": "1000/second"}))
        async with serving_gateway(app, "127.0.0.1", 0) as port:
            tried, failures = await asyncio.to_thread(attack, f"http://127.0.0.1:{port}{API}/openapi.json", key)

    assert not failures, "\n".join(failures)
    assert set(tried) == operations(app)
    never = [label for label, statuses in tried.items() if label not in ASKS_NOTHING and not statuses & {404, 422}]
    assert not never, tried
    guessable = [statuses for label, statuses in tried.items() if not UNGUESSABLE.search(label)]
    assert sum(bool(statuses & {200, 201, 202}) for statuses in guessable) >= len(guessable) - 1, tried


def attack(address: str, key: NewKey) -> tuple[dict[str, set[int]], list[str]]:
    """All that the machine thinks of: each operation's statuses, and what it has to object to."""
    config = SchemathesisConfig.from_dict({**HOW, "headers": {"Authorization": f"Bearer {key.text}"}})
    tried: dict[str, set[int]] = defaultdict(set)
    failures: list[str] = []
    for event in from_schema(schemathesis.openapi.from_url(address, config=config)).execute():
        match event:
            case events.ScenarioFinished(label=label, recorder=recorder) if label:
                answers = (one.response for one in recorder.interactions.values() if one.response)
                tried[label] |= {answer.status_code for answer in answers}
                checks = (check for checks in recorder.checks.values() for check in checks)
                failures += [f"{label}: {one.name}: {one.failure_info}" for one in checks if one.failure_info]
            case events.NonFatalError() | events.FatalError():
                failures.append(str(event))
    return tried, failures


def operations(app: FastAPI) -> set[str]:
    """The operations of the description, as the machine names them."""
    api = next(route.app for route in app.routes if getattr(route, "path", "") == API)
    return {f"{method.upper()} {path}" for path, methods in api.openapi()["paths"].items() for method in methods}
