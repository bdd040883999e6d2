"""Webhooks: where the merchant's systems hear what happens, and what became of each message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from channels.webhook import EndpointError, check_url, posting, signed, trial
from config.problems import nearest, shape
from domain.announcements import Type
from gateway.api.auth import Caller, ManagesWebhooks
from gateway.api.bodies import Body, read_body
from gateway.api.models import Document, Number
from gateway.api.once import Answer, IdempotencyKey, once
from gateway.api.problems import Kind, Refusal, wrong_at
from gateway.api.schemas import answers
from store.deliveries import Delivery, UnknownDeliveryError
from store.endpoints import Endpoint, UnknownEndpointError

T = TypeVar("T")

State = Literal["new", "pending", "delivered", "dead"]
EndpointId = Annotated[
    str, Path(pattern="^ep_[0-9a-f]{20}$", description="The endpoint's id.", examples=["ep_5c0e9a1b7d425c0e9a1b"])
]
MESSAGE = "^msg_[0-9a-f]{32}$"
DeliveryId = Annotated[str, Path(pattern=MESSAGE, description="The message's id.", examples=["msg_" + "0a1b" * 8])]
Moment = Annotated[datetime, Field(examples=["2026-03-02T08:00:00Z"])]

_WANTED: dict[str, Any] = {
    "type": "object",
    "title": "NewWebhook",
    "properties": {
        "url": {
            "type": "string",
            "format": "uri",
            "maxLength": 2000,
            "description": "Where to post to; https, and reached from the internet.",
        },
        "types": {
            "type": "array",
            "items": {"type": "string", "enum": list(Type)},
            "description": "Only these; none: all.",
        },
    },
    "required": ["url"],
    "additionalProperties": False,
    "examples": [{"url": "https://shop.example/kvitt", "types": ["invoice.paid", "invoice.closed"]}],
}
_TAKES = {"requestBody": {"required": True, "content": {"application/json": {"schema": _WANTED}}}}


class Webhook(Document):
    """An endpoint."""

    id: str
    """Its id."""
    url: str
    """Where messages are posted to."""
    types: list[Type]
    """What it hears of; none: everything."""
    created_at: Moment
    """Since when."""


class WebhookSecret(Webhook):
    """An endpoint, and what its messages are signed with."""

    secret: str
    """The newest secret; it is told now and never again."""


class WebhookList(Document):
    """The open endpoints."""

    webhooks: list[Webhook]
    """Oldest first."""


class RemovedWebhook(Document):
    """An endpoint that is told nothing more."""

    id: str
    """Its id."""


class WebhookTest(Document):
    """What a receiver made of a message that says nothing."""

    taken: bool
    """Whether it answered with 2xx."""
    status: int | None = None
    """What it answered; without it, it did not."""
    said: str
    """How its answer began, or what went wrong."""


class DeliveryDocument(Document):
    """A message, and how far its delivery has come."""

    id: str
    """Its `webhook-id`."""
    webhook: str
    """To which endpoint."""
    number: Number
    """About which invoice."""
    type: Type
    """What happened."""
    state: State
    """`new` and `pending`: on its way; `delivered`; `dead`: given up."""
    attempts: int
    """How often it was posted."""
    last_status: int | None = None
    """What the receiver answered last."""
    last_said: str
    """How its answer began, or what went wrong."""
    created_at: Moment
    """When it was written."""
    ended_at: Moment | None = None
    """When it was delivered or given up."""


class DeliveryList(Document):
    """A page of messages."""

    deliveries: list[DeliveryDocument]
    """Newest first."""
    next: str | None = None
    """Ask for the next page with this as `after`; without it there is none."""


class Replayed(Document):
    """Messages that are sent anew."""

    replayed: int
    """How many."""


def router() -> APIRouter:
    """The addresses of webhooks."""
    routes = APIRouter(tags=["Webhooks"])
    _endpoints(routes)
    _deliveries(routes)
    return routes


def _endpoints(routes: APIRouter) -> None:
    @routes.post(
        "/webhooks",
        operation_id="addWebhook",
        summary="Open an endpoint",
        status_code=201,
        responses=answers(WebhookSecret, {201: "It hears what happens from now on."}),
        openapi_extra=_TAKES,
    )
    async def add(request: Request, asks: ManagesWebhooks, key: IdempotencyKey = None) -> Response:
        """Messages are signed after the Standard Webhooks specification, with the secret in the answer."""
        body = await read_body(request)
        url, types = _wanted(asks, body)

        async def work() -> Answer:
            endpoints = asks.service.books.endpoints
            made = await asyncio.to_thread(endpoints.add, asks.merchant, url, types, datetime.now(UTC))
            return Answer(201, _with_secret(made, made.secrets[0]).as_json())

        return await once(request, asks, key, body, work)

    @routes.get(
        "/webhooks",
        operation_id="listWebhooks",
        summary="List the endpoints",
        response_model=WebhookList,
        responses=answers(WebhookList, {200: "The open ones."}, reads=True),
    )
    async def list_all(asks: ManagesWebhooks) -> WebhookList:
        """The open endpoints, without their secrets."""
        found = await asyncio.to_thread(asks.service.books.endpoints.of_merchant, asks.merchant)
        return WebhookList(webhooks=[Webhook(**_fields(one)) for one in found])

    @routes.delete(
        "/webhooks/{endpoint_id}",
        operation_id="removeWebhook",
        summary="Close an endpoint",
        response_model=RemovedWebhook,
        responses=answers(RemovedWebhook, {200: "It is told nothing more."}, reads=True),
    )
    async def remove(asks: ManagesWebhooks, endpoint_id: EndpointId) -> RemovedWebhook:
        """What is on its way to it is given up."""
        close = asks.service.books.endpoints.close
        await _there(lambda: close(asks.merchant, endpoint_id, datetime.now(UTC)))
        return RemovedWebhook(id=endpoint_id)

    @routes.post(
        "/webhooks/{endpoint_id}/rotate",
        operation_id="rotateWebhookSecret",
        summary="Give an endpoint a new secret",
        response_model=WebhookSecret,
        responses=answers(WebhookSecret, {200: "The new secret."}, reads=True),
    )
    async def rotate(
        asks: ManagesWebhooks,
        endpoint_id: EndpointId,
        sign: Annotated[
            Literal["both", "newest"],
            Query(description="`both`: with the secret before too, until the next time; `newest`: that one leaked."),
        ] = "both",
    ) -> WebhookSecret:
        """Messages then carry two signatures, so that the receiver can take its time."""
        endpoints = asks.service.books.endpoints

        def work() -> WebhookSecret:
            secret = endpoints.rotate(asks.merchant, endpoint_id, at_once=sign == "newest")
            return _with_secret(endpoints.get(endpoint_id, asks.merchant), secret)

        return await _there(work)

    @routes.post(
        "/webhooks/{endpoint_id}/test",
        operation_id="testWebhook",
        summary="Try an endpoint",
        response_model=WebhookTest,
        response_model_exclude_none=True,
        responses=answers(WebhookTest, {200: "What the receiver made of it."}, reads=True),
    )
    async def try_out(asks: ManagesWebhooks, endpoint_id: EndpointId) -> WebhookTest:
        """Post a signed message of the type `webhook.test`, once."""
        endpoint = await _there(lambda: asks.service.books.endpoints.get(endpoint_id, asks.merchant))
        now = datetime.now(UTC)
        message_id, body = trial(asks.merchant, now)
        async with posting(public_only=asks.service.desk.settings.production) as poster:
            reply = await poster.post(endpoint.url, signed(endpoint.secrets, message_id, body, now), body)
        return WebhookTest(taken=reply.is_taken, status=reply.status, said=reply.said)


def _deliveries(routes: APIRouter) -> None:
    @routes.get(
        "/webhook-deliveries",
        operation_id="listDeliveries",
        summary="List what was told",
        response_model=DeliveryList,
        response_model_exclude_none=True,
        responses=answers(DeliveryList, {200: "A page of messages."}, reads=True),
    )
    async def list_all(
        asks: ManagesWebhooks,
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
        after: Annotated[
            str | None, Query(pattern=MESSAGE, description="Go on after this message: the page's `next`.")
        ] = None,
        state: Annotated[State | None, Query(description="Only those that have come so far.")] = None,
    ) -> DeliveryList:
        """The newest first."""
        newest = asks.service.books.deliveries.newest
        found = await _there(lambda: newest(limit + 1, asks.merchant, state, after))
        page = [_told(one) for one in found[:limit]]
        return DeliveryList(deliveries=page, next=page[-1].id if len(found) > limit else None)

    @routes.post(
        "/webhook-deliveries/replay",
        operation_id="replayDeadDeliveries",
        summary="Send every dead message anew",
        response_model=Replayed,
        responses=answers(Replayed, {200: "They are on their way."}, reads=True),
    )
    async def replay_dead(asks: ManagesWebhooks) -> Replayed:
        """Those that were given up and whose endpoint is open, under their old ids."""
        return Replayed(replayed=await asyncio.to_thread(asks.service.books.deliveries.replay_dead, asks.merchant))

    @routes.post(
        "/webhook-deliveries/{delivery_id}/replay",
        operation_id="replayDelivery",
        summary="Send a message anew",
        response_model=Replayed,
        responses=answers(Replayed, {200: "It is on its way."}, reads=True),
    )
    async def replay(asks: ManagesWebhooks, delivery_id: DeliveryId) -> Replayed:
        """Whatever became of it, under its old id."""
        await _there(lambda: asks.service.books.deliveries.replay(delivery_id, asks.merchant))
        return Replayed(replayed=1)


async def _there(work: Callable[[], T]) -> T:
    """Do this with an endpoint or a message of the caller's.

    Raises:
        Refusal: it has none of this id; what others have is not there.
    """
    try:
        return await asyncio.to_thread(work)
    except (UnknownEndpointError, UnknownDeliveryError):
        raise Refusal(Kind.NOT_FOUND, "This key's merchant has no such webhook or message.") from None


def _wanted(asks: Caller, body: Body) -> tuple[str, tuple[str, ...]]:
    """The address and the types that were sent, checked."""
    for name in body.data:
        if name not in ("url", "types"):
            raise wrong_at(name, "unknown key", nearest(name, ("url", "types")))
    url, types = body.data.get("url"), body.data.get("types", [])
    if not isinstance(url, str):
        raise wrong_at("url", f"is {shape(url)[:40]}; it must be text", "write it as in https://shop.example/kvitt")
    try:
        check_url(url, public_only=asks.service.desk.settings.production)
    except EndpointError as error:
        problem, _, cure = str(error).partition("; ")
        raise wrong_at("url", problem, cure) from None
    if not isinstance(types, list):
        raise wrong_at("types", f"is {shape(types)[:40]}; it must be a list", f'write ["{Type.PAID}"]')
    for index, one in enumerate(types):
        if not isinstance(one, str) or one not in set(Type):
            raise wrong_at(f"types[{index}]", "is nothing that is told", nearest(str(one)[:40], Type))
    return url, tuple(dict.fromkeys(types))


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    types = [Type(word) for word in endpoint.types]
    return {"id": endpoint.id, "url": endpoint.url, "types": types, "created_at": endpoint.created_at}


def _with_secret(endpoint: Endpoint, secret: str) -> WebhookSecret:
    return WebhookSecret(**_fields(endpoint), secret=secret)


def _told(delivery: Delivery) -> DeliveryDocument:
    return DeliveryDocument.model_validate(
        {
            "id": delivery.id,
            "webhook": delivery.endpoint_id,
            "number": delivery.number,
            "type": delivery.type,
            "state": delivery.state,
            "attempts": delivery.attempts,
            "last_status": delivery.last_status,
            "last_said": delivery.last_said,
            "created_at": delivery.created_at,
            "ended_at": delivery.ended_at,
        }
    )
