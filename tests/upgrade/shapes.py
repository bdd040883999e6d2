"""What tables look like, and what a change of them takes from programs that know only the ones before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Inspector, inspect

from store.engine import open_engine


@dataclass(frozen=True)
class Table:
    """One table: its columns by name, and what must hold of them."""

    columns: dict[str, dict[str, Any]]
    rules: dict[tuple[str, ...], str]
    """By their columns: keys, what is unique, what refers to another table, what is checked."""


def shape_of(url: str) -> dict[str, Table]:
    """Every table of a database."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return _shape(connection)
    finally:
        engine.dispose()


def _shape(connection: Connection) -> dict[str, Table]:
    found = inspect(connection)
    return {name: Table(_columns(found, name), dict(_rules(found, name))) for name in found.get_table_names()}


def _columns(found: Inspector, table: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: {**one, "type": str(one["type"])} for one in found.get_columns(table)}


def _rules(found: Inspector, table: str) -> Iterator[tuple[tuple[str, ...], str]]:
    key = found.get_pk_constraint(table)["constrained_columns"]
    yield tuple(key), "the key"
    for one in found.get_unique_constraints(table):
        yield tuple(one["column_names"]), "unique"
    for index in found.get_indexes(table):
        if index["unique"]:
            yield tuple(str(name) for name in index["column_names"]), "unique"
    for other in found.get_foreign_keys(table):
        yield tuple(other["constrained_columns"]), f"refers to {other['referred_table']}"
    for check in found.get_check_constraints(table):
        yield (str(check["sqltext"]),), "checked"


def losses(before: dict[str, Table], after: dict[str, Table]) -> list[str]:
    """What a program that knows only the tables of before could no longer do."""
    lost = [f"{name} is gone" for name in before.keys() - after.keys()]
    for name in sorted(before.keys() & after.keys()):
        lost += [f"{name}.{loss}" for loss in _of_table(before[name], after[name])]
    return lost


def _of_table(before: Table, after: Table) -> Iterator[str]:
    for name, old in before.columns.items():
        new = after.columns.get(name)
        if new is None:
            yield f"{name} is gone"
        elif new["type"] != old["type"]:
            yield f"{name} is {new['type']} now"
        elif old["nullable"] and not new["nullable"]:
            yield f"{name} must be given now"
    added = after.columns.keys() - before.columns.keys()
    for name in sorted(added):
        if not after.columns[name]["nullable"] and after.columns[name]["default"] is None:
            yield f"{name} must be given, and has no default"
    for columns, rule in after.rules.items():
        is_of_new_ones = rule.startswith("refers") and set(columns) <= added
        if before.rules.get(columns) != rule and not is_of_new_ones:
            yield f"({', '.join(columns)}) is {rule} now"
