"""What docs/merchants.md shows is what happens."""

import re

import pytest

from config.merchant_file import MerchantFile, PayeeFile
from config.merchants import load_text
from config.policy_file import PolicyFile
from config.problems import ConfigError
from config.reference_file import ReferenceFile, misplaced
from config.yaml_tree import read_tree
from domain.merchant import ReferenceKind
from tests.config.writing import ROOT, TODAY, beginning_with

GUIDE = (ROOT / "docs" / "merchants.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n([^`]*)```\n\n```text\n([^`]*)```", GUIDE)


@pytest.mark.parametrize(("fragment", "told"), EXAMPLES, ids=[told.split(": ")[1] for _, told in EXAMPLES])
def test_each_example_gives_exactly_the_text_below_it(fragment: str, told: str) -> None:
    assert said_of(beginning_with(fragment)) == told.rstrip("\n")


def said_of(text: str) -> str:
    """What the author of a file is told: errors, or else warnings."""
    try:
        return "\n".join(map(str, load_text(text, "nordljus.yaml", TODAY).warnings))
    except ConfigError as error:
        return str(error)


def test_there_are_enough_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("model", [MerchantFile, PolicyFile, PayeeFile, ReferenceFile])
def test_every_key_is_explained(model: type) -> None:
    missing = [key for key in model.model_fields if f"`{key}`" not in GUIDE]

    assert missing == []


def test_every_reference_that_is_shown_is_one() -> None:
    shown = [ReferenceFile.model_validate(read_tree(text, "").data) for text in re.findall(r"`(\{kind: .+?\})`", GUIDE)]

    assert {file.kind for file in shown} == set(ReferenceKind)
    assert [fault for file in shown for fault in misplaced(file)] == []
