"""The schema for editors says what the reader accepts."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.merchant_file import WINDOWS
from config.schema import DIALECT, merchant_schema
from config.yaml_tree import read_tree
from domain.languages import FALLBACK, LANGUAGES
from templates import windows
from tests.config.writing import MERCHANTS, ROOT

SCHEMA = merchant_schema()


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a mapping, wherever it stands."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from objects(item)


def faults(schema: dict[str, Any], data: Any, where: str = "") -> Iterator[str]:
    """What of the dialect our schema uses, applied to text, lists and mappings."""
    if "$ref" in schema:
        yield from faults(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], data, where)
        return
    if "anyOf" in schema:
        found = [list(faults(option, data, where)) for option in schema["anyOf"]]
        if all(found):
            yield f"{where}: {found}"
        return
    yield from (f"{where}: {data} does not fit {schema}" for fits in _fitting(schema, data) if not fits)
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from faults(schema["items"], item, f"{where}[{index}]")
    if isinstance(data, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", False)
        for key, value in data.items():
            if key not in properties and others is False:
                yield f"{where}: unknown {key}"
            else:
                yield from faults(properties.get(key, others), value, f"{where}.{key}")
        yield from (f"{where}: no {key}" for key in schema.get("required", []) if key not in data)


def _fitting(schema: dict[str, Any], data: Any) -> Iterator[bool]:
    """Whether a value keeps each of a schema's own demands."""
    kinds = schema.get("type", "string")
    kind = {dict: "object", list: "array"}.get(type(data), "string")
    yield kind == kinds or kind in kinds
    yield data == schema.get("const", data)
    yield data in schema.get("enum", [data])
    yield not isinstance(data, str) or bool(re.search(schema.get("pattern", ""), data))


def test_it_names_its_dialect_and_is_json() -> None:
    assert SCHEMA["$schema"] == DIALECT
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_every_key_is_described_and_no_other_is_allowed() -> None:
    for schema in objects(SCHEMA):
        assert schema["additionalProperties"] is False
        assert [key for key, field in schema["properties"].items() if not {"description", "$ref"} & set(field)] == []


@pytest.mark.parametrize("path", sorted(MERCHANTS.iterdir()), ids=lambda path: path.name)
def test_the_examples_fit(path: Path) -> None:
    data = read_tree(path.read_text(encoding="utf-8"), path.name).data

    assert list(faults(SCHEMA, data)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"country": "XX"},
        {"languages": "sv"},
        {"polici": {}},
        {"payee": {"bankgiro": "1"}},
        {"groups": {"vip": {"spread": "2 hours"}}},
        {"groups": {"vip": {"collection": "no"}}},
    ],
)
def test_what_the_reader_refuses_does_not_fit(change: dict[str, Any]) -> None:
    data = read_tree((MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8"), "").data

    assert list(faults(SCHEMA, data | change))


def test_a_group_may_name_any_key_of_the_policy_and_needs_none() -> None:
    group = SCHEMA["$defs"]["GroupFile"]

    assert set(group["properties"]) == set(SCHEMA["$defs"]["PolicyFile"]["properties"])
    assert "required" not in group


def test_there_is_a_layout_for_every_window_and_a_translation_for_every_language() -> None:
    assert set(WINDOWS) == set(windows.WINDOWS)
    catalogues = (ROOT / "templates" / "translations").glob("*/LC_MESSAGES/kvitt.po")
    assert {path.parent.parent.name for path in catalogues} | {FALLBACK} == set(LANGUAGES)
