"""The JSON Schemas of a merchant's file and of an invoice: what editors and programs check against before we do."""

from __future__ import annotations

from typing import Any

from config.invoice_file import InvoiceRow
from config.merchant_file import MerchantFile
from config.policy_file import PolicyFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def merchant_schema() -> dict[str, Any]:
    """Make the schema from the same models that read the file, so the two cannot differ.

    Editors read YAML with types (``fee: 60.00`` is a number to them), so where that happens the schema allows both.
    """
    schema = MerchantFile.model_json_schema(by_alias=True)
    parts = schema["$defs"]
    for key, field in PolicyFile.model_fields.items():
        if "default" in parts["PolicyFile"]["properties"][key]:
            parts["PolicyFile"]["properties"][key]["default"] = _written(field.default)
    parts["GroupFile"] = _partial(parts["PolicyFile"])
    schema["properties"]["groups"] |= {"additionalProperties": {"$ref": "#/$defs/GroupFile"}}
    _allow_word(parts["PolicyFile"], parts["GroupFile"], key="due_reminder", word="none")
    _allow_word(parts["PolicyFile"], parts["GroupFile"], key="collection", word="never")
    _allow_word(parts["PolicyFile"], parts["GroupFile"], key="receipt", word="none")
    clean: dict[str, Any] = _without_null({"$schema": DIALECT, **schema, "title": "A merchant of Kvitt"})
    return clean


def invoice_schemas(template: str) -> dict[str, Any]:
    """The schemas of an invoice and its parts, by name; references follow the template, as in ``#/$defs/{model}``."""
    schema = InvoiceRow.model_json_schema(by_alias=True, ref_template=template)
    parts = schema.pop("$defs")
    return {**parts, InvoiceRow.__name__: schema}


def _written(default: object) -> object:
    """A default as it would be written in a file."""
    match default:
        case bool() | None:
            return default
        case int():
            return f"{default} minutes"
        case ():
            return "none"
        case tuple():
            return list(default)
        case _:
            return str(default)


def _partial(policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with no key required: what a group may replace."""
    properties = {key: dict(value) for key, value in policy["properties"].items()}
    kept = {key: value for key, value in policy.items() if key != "required"}
    return kept | {"title": "GroupFile", "description": "What is otherwise for a group.", "properties": properties}


def _allow_word(*policies: dict[str, Any], key: str, word: str) -> None:
    """Let a key hold one word instead of its value: ``none``, ``never``."""
    for policy in policies:
        field = policy["properties"][key]
        told = {name: field.pop(name) for name in ("description", "examples", "default") if name in field}
        value = field.pop("anyOf", None) or [dict(field)]
        field.clear()
        field |= {"anyOf": [*value, {"const": word}], **told}


def _without_null(node: Any) -> Any:
    """The schema without null: in a file, what is not there is left out."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    clean = {key: _without_null(value) for key, value in node.items() if not (key == "default" and value is None)}
    if "anyOf" in clean:
        kept = [item for item in clean["anyOf"] if item != {"type": "null"}]
        clean = {**clean, "anyOf": kept} if len(kept) > 1 else {**kept[0], **_told(clean)}
    return clean


def _told(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "anyOf"}
