"""Which invoices are meant: by merchant, stage, due day, next step, version of the merchant's file, country."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Engine, Select, and_, cast, func, or_, select

from domain.stages import Stage
from domain.wire import InvoiceRef
from store.cases import INVOICE, MERCHANT, POLICY
from store.engine import among, reading


@dataclass(frozen=True, slots=True)
class Selection:
    """Invoices as the last look at each left them. What is not named does not matter; all that is named must hold."""

    merchant: str | None = None
    stages: tuple[Stage, ...] = ()
    due_before: date | None = None
    due_from: date | None = None
    next_step: str | None = None
    """``reminder-1``, with any channel; or ``reminder-1: email``."""
    version: int | None = None
    """The number of the version of the merchant's file by which they go."""
    country: str | None = None
    """The debtor's."""
    finished: bool = False
    """Also those whose life is over."""
    other_than: int | None = None
    """Those that go by any version but this."""

    def __str__(self) -> str:
        """The selection as people read it."""
        parts = [
            f"of {self.merchant}" if self.merchant else "of all merchants",
            f"that are {' or '.join(stage.replace('_', ' ') for stage in self.stages)}" if self.stages else "",
            f"due before {self.due_before}" if self.due_before else "",
            f"due from {self.due_from} on" if self.due_from else "",
            f"whose next step is {self.next_step}" if self.next_step else "",
            f"under version {self.version}" if self.version else "",
            f"not under version {self.other_than}" if self.other_than else "",
            f"in {self.country}" if self.country else "",
            "closed ones too" if self.finished else "",
        ]
        return ", ".join(filter(None, parts)).replace(", that are", " that are", 1)


class Selecting:
    """Finds the invoices that are meant."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def count(self, selection: Selection) -> int:
        """How many there are."""
        with reading(self.engine) as connection:
            query = select(func.count()).select_from(INVOICE).where(meant(selection, connection))
            return int(connection.execute(query).scalar_one())

    def refs(self, selection: Selection, after: int = 0, limit: int = 1_000) -> list[InvoiceRef]:
        """Those whose id is above ``after``, by id."""
        with reading(self.engine) as connection:
            query = in_order(selection, connection).where(INVOICE.c.id > after).limit(limit)
            return [InvoiceRef(row.id, row.merchant, row.number) for row in connection.execute(query)]

    def known(self, invoices: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Of invoices, each told by its merchant and its number, those that are in the books."""
        numbers: dict[str, list[str]] = {}
        for merchant, number in invoices:
            numbers.setdefault(merchant, []).append(number)
        found: set[tuple[str, str]] = set()
        with reading(self.engine) as connection:
            for merchant, mine in numbers.items():
                there = (INVOICE.c.merchant == merchant) & among(INVOICE.c.number, mine, connection)
                found |= {
                    (merchant, number) for number in connection.execute(select(INVOICE.c.number).where(there)).scalars()
                }
        return found


def in_order(selection: Selection, connection: Connection) -> Select[Any]:
    """The invoices that are meant, by id."""
    columns = select(INVOICE.c.id, INVOICE.c.merchant, INVOICE.c.number)
    return columns.where(meant(selection, connection)).order_by(INVOICE.c.id)


def meant(selection: Selection, connection: Connection) -> ColumnElement[bool]:
    """Whether an invoice is meant."""
    is_meant: list[ColumnElement[bool]] = [INVOICE.c.id > 0]
    if selection.merchant:
        is_meant.append(INVOICE.c.merchant == selection.merchant)
    if selection.stages:
        is_meant.append(INVOICE.c.stage.in_([stage.value for stage in selection.stages]))
    if not selection.finished and Stage.CLOSED not in selection.stages:
        is_meant.append(INVOICE.c.stage != Stage.CLOSED.value)
    if selection.due_before:
        is_meant.append(INVOICE.c.due < selection.due_before)
    if selection.due_from:
        is_meant.append(INVOICE.c.due >= selection.due_from)
    if step := selection.next_step:
        of_step = INVOICE.c.next_step.startswith(f"{step}:", autoescape=True)
        is_meant.append(or_(INVOICE.c.next_step == step, of_step))
    if selection.version is not None:
        is_meant.append(INVOICE.c.policy_version_id.in_(_policies_of(selection.version, selection.merchant)))
    if selection.other_than is not None:
        is_meant.append(INVOICE.c.policy_version_id.not_in(_policies_of(selection.other_than, selection.merchant)))
    if selection.country:
        is_meant.append(_country(connection) == selection.country)
    return and_(*is_meant)


def _policies_of(version: int, merchant: str | None) -> Select[Any]:
    """The policies of a version of a merchant's file, with what groups and invoices replace in it."""
    of_version = select(POLICY.c.id).join(MERCHANT, MERCHANT.c.id == POLICY.c.merchant_version_id)
    of_version = of_version.where(MERCHANT.c.version == version)
    return of_version.where(MERCHANT.c.merchant == merchant) if merchant else of_version


def _country(connection: Connection) -> ColumnElement[Any]:
    """The debtor's country, as it stands in the invoice."""
    if connection.dialect.name == "sqlite":
        return func.json_extract(INVOICE.c.invoice, "$.country")
    country: ColumnElement[Any] = cast(INVOICE.c.invoice, JSON)["country"].as_string()
    return country
