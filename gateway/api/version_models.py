"""What is sent and answered about versions of the merchant's file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.words import When
from gateway.api.models import Document

Moment = Annotated[datetime, Field(examples=["2026-03-02T08:00:00Z"])]

LONGEST_WHY = 1_000
RUNNING = ("pin", *When)

DRAFT: dict[str, Any] = {
    "source": {"type": "string", "description": "The merchant's file: YAML."},
    "version": {"type": "integer", "minimum": 1, "maximum": 999_999, "description": "Or an older version's number."},
}
HOW: dict[str, Any] = {
    "why": {"type": "string", "maxLength": LONGEST_WHY, "description": "Why; kept with the version."},
    "running": {"type": "string", "enum": [*RUNNING], "description": "What becomes of running cases; default: pin."},
    "at_once": {
        "type": "integer",
        "minimum": 0,
        "maximum": 10_000_000,
        "description": "How many messages may go out at once because of it; if more would, moving pauses. Default: 0.",
    },
}


def takes(properties: dict[str, Any], title: str, example: dict[str, Any]) -> dict[str, Any]:
    """The body of a request: a file's text or an older version, and more."""
    schema = {"type": "object", "title": title, "properties": properties, "additionalProperties": False}
    schema |= {"oneOf": [{"required": ["source"]}, {"required": ["version"]}], "examples": [example]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


class Version(Document):
    """A version of the merchant's file."""

    version: int
    """Its number; the highest counts for new invoices."""
    at: Moment
    """When it was published."""
    who: str
    """Who published it; empty: it came with the first invoice."""
    why: str
    """Why."""


class VersionSource(Version):
    """A version with its text."""

    source: str
    """The merchant's file: YAML."""


class VersionInUse(Version):
    """A version, and who goes by it."""

    running: int
    """Cases that go by it and whose life is not over."""


class VersionList(Document):
    """What was published."""

    versions: list[VersionInUse]
    """Newest first."""


class ChangedPlan(Document):
    """A case whose plan would change: rows of when, what, and what is asked for."""

    number: str
    """The invoice."""
    before: list[tuple[str, str, str]]
    """As it goes."""
    after: list[tuple[str, str, str]]
    """Were it moved now."""


class PreviewDocument(Document):
    """What publishing would change for running cases, were they moved."""

    changes: list[str]
    """The lines of the file that change, as a unified diff."""
    running: int
    """Running cases that were looked at."""
    is_all: bool
    """Whether these are all."""
    stages: dict[str, int]
    """Where they stand."""
    on_their_way: int
    """Cases that were asked before to move later: they still will."""
    at_agency: int
    """Cases that the agency has: they keep their rules until they are yours again."""
    refused: int
    """Cases to which the file means nothing: they keep their rules."""
    examples: list[str]
    """Some of those, and why."""
    unchanged: int
    """Cases whose plan stays the same."""
    kinds: dict[str, int]
    """In how many cases what changes."""
    first: list[ChangedPlan]
    """Some plans that change."""
    at_once: dict[Literal["now", "next_step"], dict[str, int]]
    """What would go out at once, and how often, if they are moved now, or at their next step."""


class PublishedVersion(Version):
    """A version that counts for new invoices."""

    batch: str | None = None
    """The batch that moves running cases to it."""
