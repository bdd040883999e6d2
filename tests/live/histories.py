"""What Temporal's history says in words: each payload read, the server's own clock and task ids left out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from temporalio.client import WorkflowHandle

THE_SERVERS = frozenset({"eventTime", "taskId", "workflowTaskCompletedEventId"})


async def words_of(handle: WorkflowHandle[Any, Any]) -> str:
    """Every text of a history, one a line."""
    return "\n".join(_texts(json.loads((await handle.fetch_history()).to_json())))


def _texts(node: object) -> Iterator[str]:
    match node:
        case dict():
            for key, value in node.items():
                if key == "data" and isinstance(value, str):
                    yield base64.b64decode(value).decode(errors="replace")
                elif key not in THE_SERVERS:
                    yield key
                    yield from _texts(value)
        case list():
            for value in node:
                yield from _texts(value)
        case _:
            yield str(node)
