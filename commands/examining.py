"""What ``kvitt doctor`` looks at that is ours: files, database, Temporal, our own address."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from channels.probes.finding import Finding, note, ok, trouble, unchecked, wrong
from commands.session import CommandError, Running, connected
from config.merchants import SUFFIXES, load_merchant, load_text
from config.problems import ConfigError, Problem
from config.settings import Settings
from config.temporal import read_temporal
from domain.merchant import Merchant
from gateway.seal import Seal, has_key, read_key
from store.books import open_books
from store.condition import OLDEST_POSTGRESQL, condition
from store.registry import Published, Registry
from workflows.server import lacking_columns

PATIENCE_S = 8.0
"""How long a server of ours may think before it counts as silent."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at, and where it stands in the report."""

    area: str
    look: Callable[[], Sequence[Finding]]


def servers(settings: Settings) -> list[Check]:
    """What of ours must be asked."""
    return [
        Check("Database", lambda: [_database(settings)]),
        Check("Temporal", lambda: asyncio.run(_temporal(settings))),
        Check("Address", lambda: [_address(settings)]),
    ]


def home(settings: Settings) -> Finding:
    """Whether we may write where databases, logs and the outbox live."""
    what, cure = f"The home {settings.home}", "KVITT_HOME must name a folder that can be written to"
    place = next(folder for folder in (settings.home, *settings.home.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return ok(what, "" if place == settings.home else "it will be made")
    except OSError as error:
        return wrong(what, (error.strerror or "it cannot be written to").lower(), cure)


def read_merchants(folder: Path, today: date) -> tuple[list[Merchant], list[Finding]]:
    """The merchants of a folder, and what is wrong with their files."""
    paths = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
    if not paths:
        cure = "KVITT_MERCHANTS: name the folder with the merchants' files"
        return [], [wrong(f"The merchants in {folder}", "there is no merchant's file", cure)]
    merchants, findings = [], []
    for path in paths:
        try:
            loaded = load_merchant(path, today)
        except ConfigError as error:
            findings += [wrong(_place(problem), problem.problem, problem.cure) for problem in error.problems]
            continue
        merchants.append(loaded.merchant)
        findings += [note(_place(one), one.problem, one.cure) for one in loaded.warnings] or [ok(str(path))]
    return merchants, findings


def in_force(settings: Settings, merchants: Sequence[Merchant]) -> list[Merchant]:
    """What these merchants have published that counts: for new invoices, or for those that run.

    Of books that cannot be read the look at the database tells.
    """
    try:
        if condition(settings.database) is None:
            return []
        with closing(open_books(settings.database, migrate=False)) as books:
            used = [one for merchant in merchants for one in _in_use(books.registry, merchant.id)]
    except SQLAlchemyError:
        return []
    return [load_text(one.source, "what was published").merchant for one in used]


def _in_use(registry: Registry, merchant: str) -> list[Published]:
    versions = registry.in_use(merchant)
    return [one for place, (one, cases) in enumerate(versions) if cases or not place]


def _place(problem: Problem) -> str:
    return str(Problem(problem.file, problem.line, problem.key, "", ""))


def _database(settings: Settings) -> Finding:
    cure = "KVITT_DATABASE_URL: is it right, and is the database up?"
    try:
        found = condition(settings.database)
    except SQLAlchemyError as error:
        return wrong("The database", _database_trouble(str(getattr(error, "orig", ""))), cure)
    if found is None:
        return ok("The database", "a new one will be made at the first start")
    if found.is_old:
        return wrong(found.server, f"it is older than {OLDEST_POSTGRESQL}", "bring it to a newer version")
    schema = found.schema
    if schema.is_beyond_us:
        return wrong(found.server, f"its schema {schema.revision} is of a newer Kvitt", "install that version again")
    if schema.is_newer:
        shown = f"its schema {schema.revision} is of a newer Kvitt; this one works on it"
        return note(found.server, shown, "once you need not go back, install that version again")
    if schema.revision != schema.newest:
        shown = f"its schema is {schema.revision or 'empty'}, the newest is {schema.newest}"
        return note(found.server, shown, "the next kvitt worker brings it there; keep a backup")
    return ok(found.server, f"its schema is the newest, {schema.newest}")


def _database_trouble(said: str) -> str:
    """The driver's words in plain ones; they are not repeated, since they name users and machines."""
    told = {
        "authentication failed": "it does not take the user and the password",
        "no password supplied": "it wants a password",
        "does not exist": "it has no database, or no user, of that name",
        "refused": "nobody listens there",
        "timeout": "it does not answer in time",
        "resolve": "no such name is known",
        "not a database": "the file is no database",
        "unable to open": "the file cannot be opened",
    }
    return next((words for sign, words in told.items() if sign in said), "it does not answer")


async def _temporal(settings: Settings) -> list[Finding]:
    try:
        config = read_temporal()
    except ConfigError as error:
        return [wrong(problem.key, problem.problem, problem.cure) for problem in error.problems]
    if "target_host" not in config and Running.read(settings.home) is None:
        if settings.production:
            return [
                wrong(
                    "Temporal",
                    "no server is named",
                    "TEMPORAL_ADDRESS: write your server's, as in temporal.internal:7233",
                )
            ]
        return [unchecked("Temporal", "nothing runs here now", "start it with: kvitt up, or set TEMPORAL_ADDRESS")]
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _asked_temporal(await connected(settings))
    except CommandError as error:
        return [wrong("Temporal", *str(error).split("; ", 1))]
    except TimeoutError:
        return [wrong("Temporal", "it does not answer in time", "is TEMPORAL_ADDRESS right?")]


async def _asked_temporal(client: Client) -> list[Finding]:
    what = f"Temporal's namespace {client.namespace}"
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return [wrong(what, "there is none of that name", "TEMPORAL_NAMESPACE: write one that is there")]
        return [
            wrong(
                what, f"the server does not let us in ({error.status.name.lower()})", "TEMPORAL_API_KEY, or TLS: check"
            )
        ]
    try:
        lacking = await lacking_columns(client)
    except RPCError as error:
        return [ok(what), unchecked("Temporal's columns", f"we may not look ({error.status.name.lower()})")]
    if lacking:
        cure = "docs/operations.md, Upgrade, has the commands"
        return [ok(what), wrong("Temporal's columns", f"{', '.join(lacking)} is not there", cure)]
    return [ok(what), ok("Temporal's columns")]


def _address(settings: Settings) -> Finding:
    running = Running.read(settings.home)
    start = "kvitt gateway" if settings.production else "kvitt up"
    if not settings.public_url and running is None:
        return unchecked("The gateway", "nothing runs here now", f"start it with: {start}")
    address = settings.address if settings.public_url or running is None else running.gateway
    what = f"The gateway at {address}"
    cure = (
        "start kvitt gateway, and let KVITT_PUBLIC_URL lead to it" if settings.public_url else f"start it with: {start}"
    )
    question = secrets.token_hex(8)
    try:
        answer = httpx.get(f"{address}/health", params={"whose": question}, timeout=PATIENCE_S)
        if answer.is_redirect:
            return wrong(what, "it sends us on to another address", "KVITT_PUBLIC_URL: write that one")
        said = answer.json()
        failing = [name for name, word in said["checks"].items() if word != "ok"]
    except httpx.HTTPError as error:
        return wrong(what, trouble(error), cure)
    except (ValueError, TypeError, KeyError, AttributeError):
        return wrong(what, "something else answers there", cure)
    if has_key(settings) and said.get("proof") != Seal(read_key(settings)).proof(question):
        cure = "KVITT_PUBLIC_URL and KVITT_GATEWAY_SECRET: the gateway must have the same"
        return wrong(what, "a Kvitt answers, but another one than this", cure)
    if failing:
        return wrong(what, f"it is up, and cannot reach: {', '.join(failing)}", "look at its log")
    return ok(what)
