"""Domain values as JSON text and back."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

from domain.events import EVENTS, Event

T = TypeVar("T")

KINDS = {cls: kind for kind, cls in EVENTS.items()}


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


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
