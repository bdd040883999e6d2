"""From files to a batch: the same files are the same batch, whenever they are read and however often."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from config.discreet import discreetly
from config.invoices import MerchantOf, Placed, read_placed
from store.batch_items import NewItem
from store.books import Books
from workflows.foreseeing import Seen

CHUNK = 1_000
"""Rows that are written at a time."""
ID_LETTERS = 12


def id_of(paths: Iterable[Path], extra: str = "") -> str:
    """A batch's id: what its files hold, whatever they are called. ``extra`` tells what else makes it another one."""
    digest = sha256(extra.encode())
    for path in paths:
        digest.update(b"\0file\0")
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:ID_LETTERS]


def fill(
    books: Books,
    batch_id: str,
    paths: Iterable[Path],
    merchant_of: MerchantOf,
    today: date | None,
    seen: Seen,
) -> set[str]:
    """Read files into a batch, row by row; whose the invoices are. What is there already stays.

    Args:
        books: where the batch is.
        batch_id: it takes invoices still.
        paths: the files.
        merchant_of: gives each row's merchant.
        today: if given, all dates are moved so that the first invoice is issued on this day.
        seen: is told how many rows were read.
    """
    merchants = set[str]()
    by = _days_to(today, paths) if today else timedelta(0)
    rows = enumerate((row for path in paths for row in read_placed(path, merchant_of)), start=1)
    while chunk := list(islice(rows, CHUNK)):
        books.batch_items.fill(batch_id, [_item(place, row, by) for place, row in chunk])
        merchants |= {row.invoice.merchant for _, row in chunk if row.invoice}
        seen(len(chunk))
    return merchants


def _item(place: int, row: Placed, by: timedelta) -> NewItem:
    if row.invoice is None:
        return NewItem(place, None, row.number, row.origin, discreetly(row.problems))
    moved = row.invoice.model_copy(update={"issued": row.invoice.issued + by, "due": row.invoice.due + by})
    return NewItem(place, moved.to_json(), row.number, row.origin)


def _days_to(today: date, paths: Iterable[Path]) -> timedelta:
    """How far to move all dates; for trying out, so reading everything twice may cost what it costs."""
    issued = (row.invoice.issued for path in paths for row in read_placed(path) if row.invoice)
    return today - min(issued, default=today)


def names(paths: Iterable[Path]) -> str:
    """What people know the batch by."""
    return ", ".join(path.name for path in paths)[:255]
