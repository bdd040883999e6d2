"""What is wrong with a setting, told on one line to whoever wrote it."""

from __future__ import annotations

import re

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from config.problems import Problem
from config.vendors import OtherAgency

CURES = {
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "float_parsing": "write a number",
    "bool_parsing": "write true or false",
    "time_parsing": "write a time of day, as in 16:00",
    "missing": "write it",
    "extra_forbidden": "leave it out",
}
"""What to write instead, where pydantic's own words are a programmer's."""


def told(name: str, fault: ErrorDetails, field: FieldInfo) -> Problem:
    """What is wrong with a variable and what to write instead; no secret is repeated."""
    if fault["loc"][0] == "agencies":
        return _of_agency(name, fault)
    if fault["type"] == "kvitt":
        return Problem("", None, name, fault["ctx"]["problem"], fault["ctx"]["cure"])
    shown = "cannot be used" if _is_secret(fault["input"], field) else f'is "{fault["input"]}"'
    return Problem("", None, name, shown, _cure(fault, field))


def _of_agency(name: str, fault: ErrorDetails) -> Problem:
    """What is wrong with one of more agencies; no value is repeated."""
    if fault["type"] == "kvitt" and len(fault["loc"]) == 1:
        return Problem("", None, name, fault["ctx"]["problem"], fault["ctx"]["cure"])
    where = ".".join(str(part) for part in fault["loc"][1:3])
    if fault["type"] == "kvitt":
        return Problem("", None, name, f"{where} {fault['ctx']['problem']}", fault["ctx"]["cure"])
    field = OtherAgency.model_fields.get(str(fault["loc"][2])) if len(fault["loc"]) > 2 else None
    problem = "is missing" if fault["type"] == "missing" else "cannot be used"
    return Problem("", None, name, f"{where} {problem}", _cure(fault, field or FieldInfo()))


def _cure(fault: ErrorDetails, field: FieldInfo) -> str:
    ctx = fault.get("ctx", {})
    if str(fault["input"]).startswith("tcp://"):
        return "Kubernetes wrote this for a service of that name; tell it enableServiceLinks: false"
    match fault["type"]:
        case "literal_error":
            return f"write {ctx['expected'].replace(chr(39), '')}"
        case "string_pattern_mismatch" if field.examples:
            return f"write it as in {field.examples[0]}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"write a number {_bounds(field)}"
    return CURES.get(fault["type"], fault["msg"].lower())


def _bounds(field: FieldInfo) -> str:
    """A number's bounds in words."""
    least, most, above = (
        next((getattr(one, kind) for one in field.metadata if hasattr(one, kind)), None) for kind in ("ge", "le", "gt")
    )
    low = f"above {above}" if above is not None else f"from {least}"
    return f"{low}, at most {most}" if above is not None else f"{low} to {most}"


def _is_secret(value: object, field: FieldInfo) -> bool:
    """Whether a value must not be repeated: a secret, or an address with a user and a password before the @."""
    return "SecretStr" in str(field.annotation) or re.search(r":.*@", str(value)) is not None
