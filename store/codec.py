"""Domain values as JSON text and back."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from domain.events import EVENTS, Event

T = TypeVar("T")

KINDS = {cls: kind for kind, cls in EVENTS.items()}


@cache
def adapter(cls: Hashable) -> TypeAdapter[Any]:
    """The one adapter of a class."""
    return TypeAdapter(cls)


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
