"""A merchant that books of the version before hold is read as what it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from config.merchant_source import read_source
from domain.merchant import Merchant, ReferenceKind, ReferenceRule
from store.books import open_books
from store.cases import MERCHANT
from store.codec import dump, load
from store.engine import reading, writing
from tests.config.writing import BOLGEN, NORDLJUS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(("text", "kind"), [(NORDLJUS, "ocr"), (BOLGEN, "kid")], ids=["nordljus", "bolgen"])
def test_a_reference_that_was_its_kind_alone_is_a_rule_that_changes_nothing(
    books_url: str, text: str, kind: str
) -> None:
    merchant = read_source(text, "").merchant
    books = open_books(books_url)
    version = books.registry.publish(merchant, text, NOW).id
    with writing(books.engine) as connection:
        body = json.loads(connection.execute(select(MERCHANT.c.body).where(MERCHANT.c.id == version)).scalar_one())
        assert body["reference"] == {"kind": kind}
        old = json.dumps({**body, "reference": kind})
        connection.execute(update(MERCHANT).where(MERCHANT.c.id == version).values(body=old))
    books.cases.merchant.cache_clear()

    with reading(books.engine) as connection:
        stored = connection.execute(select(MERCHANT.c.body).where(MERCHANT.c.id == version)).scalar_one()
    assert f'"reference": "{kind}"' in stored
    assert books.cases.merchant(version) == merchant
    books.close()


def test_a_rule_is_kept_whole() -> None:
    rule = ReferenceRule(ReferenceKind.KID, check="mod11", lengths=(12, 16))
    merchant = replace(read_source(BOLGEN, "").merchant, reference=rule)

    assert load(Merchant, dump(merchant)) == merchant
