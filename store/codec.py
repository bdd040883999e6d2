"""Domain values as JSON text and back."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, TypeAdapter

from domain.charge import ChargeKind
from domain.events import EVENTS, Event, Reserved
from domain.merchant import Merchant

T = TypeVar("T")

KINDS = {cls: kind for kind, cls in EVENTS.items()}


def _with_rule(body: Any) -> Any:
    """A merchant as books had it when a reference was its kind and nothing else."""
    kind = body.get("reference") if isinstance(body, dict) else None
    return {**body, "reference": {"kind": kind}} if isinstance(kind, str) else body


def _with_charges(body: Any) -> Any:
    """A place taken as books had it when a message could add a fee and nothing else."""
    if not isinstance(body, dict) or body.get("fee") is None:
        return body
    fee = {
        "kind": ChargeKind.FEE,
        "amount": body["fee"],
        "law": body.get("law", ""),
        "capped": body.get("capped", False),
    }
    return {**body, "charges": [fee]}


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {
    Merchant: TypeAdapter(Annotated[Merchant, BeforeValidator(_with_rule)]),
    Reserved: TypeAdapter(Annotated[Reserved, BeforeValidator(_with_charges)]),
}


def adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """The one adapter of a class."""
    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


def dump(value: object) -> str:
    """A domain value as JSON text."""
    return adapter(type(value)).dump_json(value, exclude_defaults=True).decode()


def load(cls: type[T], text: str) -> T:
    """The domain value that ``dump`` wrote."""
    value: T = adapter(cls).validate_json(text)
    return value


def load_event(kind: str, text: str) -> Event:
    """The event kept under this kind."""
    return load(EVENTS[kind], text)
