"""Options that every suite may use, and which tests run on both databases.

**A test that opens books** asks for their address: ``database_of(home)`` from ``tests.databases``, never a URL of its
own. ``open_house(home)``, ``System(home)`` and the fixture ``books_url`` do so already. Everything in the places of
``BOOKS`` runs on SQLite and again on PostgreSQL; a test elsewhere joins them with ``@pytest.mark.books``. What only
makes sense on one of the two says so with ``@pytest.mark.only_on("sqlite")`` or ``("postgres")``. Every other test may
be run on PostgreSQL too, by name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import databases
from tests.databases import POSTGRES, SQLITE, database_of

BOOKS = ("commands/test_processes.py", "gateway", "live", "store", "upgrade/test_drill.py", "upgrade/test_schema.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write golden files anew instead of comparing with them")
    parser.addoption("--database", choices=(SQLITE, POSTGRES), default=SQLITE, help="where tests keep their books")


def pytest_configure(config: pytest.Config) -> None:
    databases.use(config.getoption("--database"))


def pytest_unconfigure() -> None:
    databases.close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"books: {config.getoption('--database')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs on both databases, and leave out what is about the other one."""
    here, kind, kept, left_out = Path(__file__).parent, config.getoption("--database"), [], []
    for item in items:
        if any(item.path.is_relative_to(here / place) for place in BOOKS):
            item.add_marker(pytest.mark.books)
        only_on = item.get_closest_marker("only_on")
        (left_out if only_on and kind not in only_on.args else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are written anew."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture
def books_url(tmp_path: Path) -> str:
    """The address of this test's own books, on the database that this run is about."""
    return database_of(tmp_path)
