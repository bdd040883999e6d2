"""Every column of the books is known to hold somebody's data, or nobody's."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from store.inventory import INVENTORY, Holds, emptied, every_table, holding

CURE = "say in store/inventory.py what it holds; what people write, or vendors say, is a customer's"


@pytest.mark.parametrize("table", every_table(), ids=lambda table: table.name)
def test_a_table_says_of_each_column_what_it_holds_of_people(table: Table):
    columns = {f"{table.name}.{column.name}" for column in table.columns}
    told = {name for name in INVENTORY if name.partition(".")[0] == table.name}

    assert columns - told == set(), CURE
    assert told - columns == set(), "no such column"


def test_what_is_a_customers_is_emptied_to_what_its_column_takes():
    for table in every_table():
        for name, nothing in emptied(table).items():
            column = table.columns[name]
            assert not nothing, name
            assert (nothing is None) == bool(column.nullable), name


def test_a_row_that_goes_is_a_customers_own():
    gone = {table.name for table in every_table() if list(holding(table, Holds.ITS_ROW))}

    assert gone == {"contact", "answered"}
