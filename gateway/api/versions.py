"""Versions of the merchant's file: what was published, what a new one would change, and publishing it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from config.merchants import Loaded, load_text
from config.problems import ConfigError, Problem, nearest, shape
from domain.batches import USUAL_RATE
from domain.wire import InvoiceRef
from domain.words import When
from gateway.api.auth import Caller, ManagesPolicies
from gateway.api.batching import MOST, begin
from gateway.api.bodies import Body, read_body
from gateway.api.once import Answer, IdempotencyKey, once
from gateway.api.problems import Kind, Refusal, invalid, wrong_at
from gateway.api.schemas import answers
from gateway.api.version_models import (
    DRAFT,
    HOW,
    LONGEST_WHY,
    RUNNING,
    PreviewDocument,
    PublishedVersion,
    VersionInUse,
    VersionList,
    VersionSource,
    takes,
)
from store.registry import Published
from workflows.publishing import Comparing, move_all, running_cases

Number = Annotated[int, Path(ge=1, le=999_999, description="The version's number.")]


def router() -> APIRouter:
    """The addresses of versions."""
    routes = APIRouter(tags=["Policies"])
    _reading(routes)
    _publishing(routes)
    return routes


def _reading(routes: APIRouter) -> None:
    @routes.get(
        "/versions",
        operation_id="listVersions",
        summary="List what was published",
        response_model=VersionList,
        responses=answers(VersionList, {200: "All versions."}, reads=True),
    )
    async def list_all(asks: ManagesPolicies) -> VersionList:
        """The newest first."""
        found = await asyncio.to_thread(asks.service.books.registry.in_use, asks.merchant)
        return VersionList(versions=[VersionInUse(**_fields(one), running=cases) for one, cases in found])

    @routes.get(
        "/versions/{version}",
        operation_id="readVersion",
        summary="Read a version",
        response_model=VersionSource,
        responses=answers(VersionSource, {200: "The version."}, reads=True),
    )
    async def read(asks: ManagesPolicies, version: Number) -> VersionSource:
        """With the text of the file."""
        found = await _older(asks, version)
        return VersionSource(**_fields(found), source=found.source)


def _publishing(routes: APIRouter) -> None:
    @routes.post(
        "/versions/preview",
        operation_id="previewVersion",
        summary="See what a version would change",
        response_model=PreviewDocument,
        responses=answers(PreviewDocument, {200: "What would change."}),
        openapi_extra=takes(DRAFT, "Draft", {"version": 1}),
    )
    async def preview(request: Request, asks: ManagesPolicies) -> PreviewDocument:
        """Nothing is published. At most 2,000 running cases are compared; the command line compares all."""
        draft = await _draft(asks, await read_body(request), {*DRAFT})
        refs = await asyncio.to_thread(lambda: list(islice(running_cases(asks.service.books, draft), MOST + 1)))
        cases = [(ref, await _now(asks, ref)) for ref in refs[:MOST]]
        comparing = Comparing(asks.service.books, draft, most=MOST)
        seen = await asyncio.to_thread(comparing.preview, cases, lambda: None)
        return PreviewDocument(is_all=len(refs) <= MOST, **seen.as_fields())

    @routes.post(
        "/versions",
        operation_id="publishVersion",
        summary="Publish a version",
        status_code=201,
        responses=answers(PublishedVersion, {201: "It counts for new invoices."}),
        openapi_extra=takes(DRAFT | HOW, "NewVersion", {"version": 1, "running": "pin"}),
    )
    async def publish(request: Request, asks: ManagesPolicies, key: IdempotencyKey = None) -> Response:
        """Running cases are pinned, or moved by a batch: now, or each at its next step."""
        body = await read_body(request)
        draft = await _draft(asks, body, {*DRAFT, *HOW})
        when, at_once, why = _how(body)

        async def work() -> Answer:
            books, now = asks.service.books, datetime.now(UTC)
            published = await asyncio.to_thread(books.registry.publish, draft.merchant, draft.text, now, asks.name, why)
            batch = await _move(asks, published, when, at_once) if when else None
            return Answer(201, PublishedVersion(**_fields(published), batch=batch).as_json())

        return await once(request, asks, key, body, work)


async def _move(asks: Caller, published: Published, when: When, at_once: int) -> str:
    """Begin to move the running cases; the batch's id."""
    books = asks.service.books
    batch = await asyncio.to_thread(move_all, books, published, asks.merchant, when, at_once, USUAL_RATE)
    await begin(asks, batch.id)
    return batch.id


async def _now(asks: Caller, ref: InvoiceRef) -> datetime:
    return await asks.service.desk.client.clock.now(ref, asks.service.books)


async def _older(asks: Caller, version: int) -> Published:
    found = await asyncio.to_thread(asks.service.books.registry.version, asks.merchant, version)
    if found is None:
        raise Refusal(Kind.NOT_FOUND, "This key's merchant has published no such version.")
    return found


async def _draft(asks: Caller, body: Body, known: set[str]) -> Loaded:
    """The file that was sent, or the version that was named, by the law of today.

    Raises:
        Refusal: it is neither, or not lawful, or another merchant's.
    """
    for name in body.data:
        if name not in known:
            raise wrong_at(name, "unknown key", nearest(name, known))
    source, version = body.data.get("source"), body.data.get("version")
    if (source is None) == (version is None):
        raise wrong_at("source", "send either the file's text or a version", 'write {"version": 1}')
    if version is not None:
        source = (await _older(asks, _whole("version", version, 999_999))).source
    if not isinstance(source, str):
        raise wrong_at("source", f"is {shape(source)[:40]}; it must be text", "send the text of the file")
    return await asyncio.to_thread(_checked, asks.merchant, source)


def _checked(merchant: str, source: str) -> Loaded:
    try:
        draft = load_text(source, "", datetime.now(UTC).date())
    except ConfigError as error:
        raise invalid(_in_source(problem) for problem in error.problems) from None
    if draft.merchant.id != merchant:
        raise Refusal(Kind.OTHER_MERCHANT, "The file names another merchant.")
    return draft


def _in_source(problem: Problem) -> Problem:
    """A problem of the file, told at the one field that holds it."""
    place = f"line {problem.line}: " if problem.line else ""
    return Problem("", None, "source", f"{place}{problem.key}: {problem.problem}".replace(": : ", ": "), problem.cure)


def _how(body: Body) -> tuple[When | None, int, str]:
    """When running cases are moved, how many messages may go out at once because of it, and why."""
    running, at_once, why = (
        body.data.get(name, default) for name, default in (("running", "pin"), ("at_once", 0), ("why", ""))
    )
    if running not in RUNNING:
        raise wrong_at("running", "is none of them", f"write one of {', '.join(RUNNING)}")
    if not isinstance(why, str) or len(why) > LONGEST_WHY or not why.isprintable():
        raise wrong_at("why", "is not one line of text", f"write at most {LONGEST_WHY} letters")
    return (None if running == "pin" else When(running)), _whole("at_once", at_once, 10_000_000), why


def _whole(name: str, value: object, most: int) -> int:
    """A whole number; the numbers of a request are read as they were written."""
    if not re.fullmatch(r"[0-9]{1,8}", str(value), re.ASCII) or int(str(value)) > most:
        raise wrong_at(name, "is not a whole number that can be meant", f"write one up to {most:,}, as in 1")
    return int(str(value))


def _fields(one: Published) -> dict[str, Any]:
    return {"version": one.version, "at": one.at, "who": one.who, "why": one.why}
