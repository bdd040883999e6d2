"""Old programs and new ones work on the same books: migrations only add, and a program knows when it is too old."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.script import Script, ScriptDirectory
from structlog.testing import capture_logs

from store.books import open_books
from store.condition import condition
from store.schema import OLDEST, SCRIPTS, NewerBooksError, upgrade
from tests.databases import empty_database
from tests.store.test_migrations import fill
from tests.upgrade.shapes import losses, shape_of

FIRST_BOUND = "0004"
"""From this migration on they only add."""

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{head}"
branch_labels = None
depends_on = None
oldest = "{oldest}"


def upgrade() -> None:
    {change}
"""
A_TABLE = 'op.create_table("novelty", sa.Column("id", sa.Integer(), primary_key=True))'
ADDS = {
    "a table": A_TABLE,
    "a column that may be empty": 'op.add_column("invoice", sa.Column("mood", sa.Text()))',
    "a column with a default": (
        'op.add_column("invoice", sa.Column("mood", sa.Text(), nullable=False, server_default=""))'
    ),
    "a reference of its own": (
        'op.add_column("invoice", sa.Column("twin", sa.Integer(), sa.ForeignKey("policy_version.id")),'
        " inline_references=True)"
    ),
    "an index": 'op.create_index("ix_novelty", "invoice", ["due"])',
}
TAKES = {
    "a table is dropped": ('op.drop_table("opt_out")', "opt_out is gone"),
    "a table is renamed": ('op.rename_table("opt_out", "refusal")', "opt_out is gone"),
    "a column is dropped": ('op.drop_column("command", "reply")', "command.reply is gone"),
    "a column is renamed": (
        'op.execute("ALTER TABLE command RENAME COLUMN why TO reason")',
        "command.why is gone",
    ),
    "a column must be given": (
        'with op.batch_alter_table("heard") as heard: heard.add_column(sa.Column("mood", sa.Text(), nullable=False))',
        "heard.mood must be given, and has no default",
    ),
    "what was free is unique": (
        'op.create_index("only", "command", ["why"], unique=True)',
        "command.(why) is unique now",
    ),
}


def known() -> ScriptDirectory:
    return ScriptDirectory(str(SCRIPTS))


def bound() -> list[Script]:
    """Every migration that promises something to programs of before, oldest first."""
    return [script for script in reversed(list(known().walk_revisions())) if script.revision >= FIRST_BOUND]


def with_next(folder: Path, change: str, oldest: str) -> Path:
    """Our migrations, and one more, of a version that is not written yet."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    text = NEXT.format(head=known().get_current_head(), oldest=oldest, change=change)
    (scripts / "versions" / "9000_the_next.py").write_text(text)
    return scripts


@pytest.mark.parametrize("script", bound(), ids=lambda script: script.revision)
def test_a_migration_only_adds_or_says_which_programs_it_leaves_behind(script: Script, tmp_path: Path):
    url, before = empty_database(tmp_path), script.down_revision
    assert isinstance(before, str)
    upgrade(url, before)
    old, moved = shape_of(url), script.module.oldest != getattr(known().get_revision(before).module, "oldest", before)
    upgrade(url, script.revision)

    assert moved or losses(old, shape_of(url)) == []


@pytest.mark.parametrize("change", ADDS.values(), ids=ADDS)
def test_what_only_adds_takes_nothing(change: str, tmp_path: Path):
    url = empty_database(tmp_path)
    upgrade(url)
    before = shape_of(url)
    upgrade(url, scripts=with_next(tmp_path, change, "0003"))

    assert losses(before, shape_of(url)) == []


@pytest.mark.parametrize(("change", "loss"), TAKES.values(), ids=TAKES)
def test_what_takes_something_is_noticed(change: str, loss: str, tmp_path: Path):
    url = empty_database(tmp_path)
    upgrade(url)
    before = shape_of(url)
    upgrade(url, scripts=with_next(tmp_path, change, "0003"))

    assert loss in losses(before, shape_of(url))


def test_a_program_goes_on_with_books_of_a_newer_version_that_only_added(tmp_path: Path):
    url = empty_database(tmp_path)
    upgrade(url, scripts=with_next(tmp_path, A_TABLE, "0003"))

    with capture_logs() as logs:
        books = open_books(url)
    read = books.cases.read(fill(books))
    books.close()

    assert [(line["event"], line["schema"]) for line in logs] == [
        ("the books are of a newer version; this one works on them", "9000")
    ]
    assert read.invoice.number == "1"
    assert stands(url) == ("9000", "0003", False)


def test_a_program_refuses_books_that_took_away_what_it_needs_and_says_what_to_install(tmp_path: Path):
    url = empty_database(tmp_path)
    upgrade(url, scripts=with_next(tmp_path, A_TABLE, "9000"))

    with pytest.raises(NewerBooksError) as refused:
        open_books(url)

    head = known().get_current_head()
    assert str(refused.value) == (
        "the books are at schema 9000, which programs from before schema 9000 cannot work on; "
        f"this one knows {head}: install the newer version again"
    )
    assert stands(url) == ("9000", "9000", True)


def test_programs_from_before_find_their_own_revision_where_they_look_for_it(tmp_path: Path):
    """Those at 0003 look into this table, and do not start where it names a revision that they do not know."""
    url = empty_database(tmp_path)
    upgrade(url, "0003")
    upgrade(url)

    assert OLDEST == "alembic_version"
    assert stands(url) == (known().get_current_head(), "0003", False)


def stands(url: str) -> tuple[str | None, str | None, bool]:
    found = condition(url)
    assert found
    return found.schema.revision, found.schema.oldest, found.schema.is_beyond_us
