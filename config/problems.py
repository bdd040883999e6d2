"""What is wrong with a file, told so that its author can put it right: where, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

Where = tuple[str | int, ...]
"""A place in a file: keys and list indexes, from the top."""

Fault = tuple[Where, str, str]
"""What is wrong, before its file and line are known: where, the problem, the cure."""

Known = Callable[[Where], Mapping[str, str]]
"""The keys that a place may have, each with what to write if it is missing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. What is not known is empty: the file of a web request, the key of a broken line."""

    file: str
    line: int | None
    key: str
    problem: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        text = "; ".join(filter(None, (self.problem, self.cure)))
        return ": ".join(filter(None, (place, self.key, text)))


class ConfigError(ValueError):
    """A file that cannot be used, with everything that is wrong in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def wrong(problem: str, cure: str = "") -> PydanticCustomError:
    """The error that a value's own check raises; ``explained`` turns it into a problem."""
    return PydanticCustomError("kvitt", "{problem}", {"problem": problem, "cure": cure})


def shown_key(where: Where) -> str:
    """A place as people write it.

    >>> shown_key(("policy", "reminders", 0, "fee"))
    'policy.reminders[0].fee'
    """
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """The cure for an unknown word: the one that was meant, or all there are."""
    words = list(known)
    meant = closest(word, words)
    return f'did you mean "{meant}"?' if meant else f"known: {', '.join(words)}"


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(get_close_matches(word.casefold(), list(known), n=1)), None)


def shape(value: object) -> str:
    """What a value is, in a reader's words."""
    match value:
        case Mapping():
            return "a mapping"
        case str():
            return f'"{value}"' if value.strip() else "empty"
        case Sequence():
            return "a list"
        case None:
            return "empty"
        case _:
            return f"{value}".lower()


def explained(error: ValidationError, known: Known) -> list[Fault]:
    """What pydantic found, in a merchant's words. What follows from another fault is left out:
    a key that is missing because it was misspelt, a list that is empty because its items are wrong.
    """
    details = error.errors(include_url=False)
    unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    meant = {(*where[:-1], closest(str(where[-1]), known(where[:-1]))) for where in unknown}
    return [
        _explained(detail["loc"], detail["type"], detail, known)
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"] in meant)
        and not (detail["type"] == "too_short" and detail["input"])
    ]


def keys_of(model: type[BaseModel]) -> Known:
    """Tell the keys of each place in a file that is read with this model."""

    def known(where: Where) -> Mapping[str, str]:
        place: type[BaseModel] | None = model
        for part in where:
            if isinstance(part, str) and place is not None:
                place = next((_model_in(f.annotation) for key, f in _fields(place).items() if key == part), None)
        return {key: _suggestion(key, field) for key, field in _fields(place).items()} if place else {}

    return known


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model somewhere inside an annotation such as ``tuple[Model, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _suggestion(key: str, field: FieldInfo) -> str:
    if not field.examples:
        return f'add "{key}:"'
    example = field.examples[0]
    written = f"[{', '.join(map(str, example))}]" if isinstance(example, list) else str(example)
    return f'add "{key}: {written}"'


def _explained(where: Where, kind: str, detail: Mapping[str, Any], known: Known) -> Fault:
    given = shape(detail["input"])
    match kind:
        case "kvitt":
            return where, detail["ctx"]["problem"], detail["ctx"]["cure"]
        case "missing":
            return where, "is missing", known(where[:-1]).get(str(where[-1]), "")
        case "extra_forbidden":
            key = str(where[-1])
            comma = "an amount has a dot before its decimals, as in 60.00"
            return where, "unknown key", comma if key.isdigit() else nearest(key, known(where[:-1]))
        case "too_short":
            return where, "is an empty list", "name at least one"
        case "model_type" | "model_attributes_type" | "dict_type":
            return where, f"is {given}; it must be a mapping", 'write lines of "key: value" below it'
        case "tuple_type" | "list_type":
            return where, f"is {given}; it must be a list", "write [a, b], or lines that begin with a hyphen"
        case _:
            return where, str(detail["msg"]), ""
