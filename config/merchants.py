"""Merchants' files: read, checked against the law, found by name; and the policy of one invoice.

A version of a merchant is the text of its file and nothing else. A text that was accepted once stays readable: the law
of a day is looked at only where a day is given, since at run time it has the last word anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from config.lawful import HOME, Ruling, Whose, in_words, new_findings, rebased, rulings
from config.merchant_source import patched, read_source, senderless
from config.problems import ConfigError, Fault, Problem, nearest, shape, shown_key
from config.values import Reading
from domain.merchant import Merchant
from domain.policy import Policy
from domain.review import Severity

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A merchant, the text that it was read from, and what its author should know."""

    merchant: Merchant
    text: str
    warnings: tuple[Ruling, ...]


def read_merchant(text: str, file: str, day: date | None = None) -> Merchant:
    """Read a merchant's file from its text.

    Args:
        text: YAML.
        file: its name, for errors.
        day: whose law the policy must keep; None: a version that was accepted before.

    Raises:
        ConfigError: with everything that is wrong.
    """
    return load_text(text, file, day).merchant


def load_text(text: str, file: str, day: date | None = None) -> Loaded:
    """Read a merchant's file from its text, with what its author should know.

    Raises:
        ConfigError: with everything that is wrong.
    """
    source = read_source(text, file)
    found = tuple(rulings(source, day)) if day else ()
    errors = [ruling for ruling in found if ruling.severity is Severity.ERROR]
    if errors:
        raise ConfigError(errors)
    return Loaded(source.merchant, text, found)


def examine(path: Path, day: date, whose: Whose = HOME) -> Loaded:
    """Read a merchant's file, whatever the law of a day says: its errors are told among the warnings.

    Raises:
        ConfigError: it cannot be read, so the law was not asked.
    """
    text = read_text(path)
    source = read_source(text, str(path))
    return Loaded(source.merchant, text, tuple(rulings(source, day, whose)))


def load_merchant(path: Path, day: date | None = None) -> Loaded:
    """Read a merchant's file.

    Raises:
        ConfigError: with everything that is wrong.
    """
    return load_text(read_text(path), str(path), day)


def find_merchant(name_or_path: str, folder: Path, relative_to: Path | None = None) -> Path:
    """Find a merchant's file: by name in the folder, or by its path.

    Args:
        name_or_path: ``nordljus``, or ``../merchants/nordljus.yaml``.
        folder: where names are looked for.
        relative_to: the folder that a path counts from; None: the working directory.

    Raises:
        ConfigError: there is no such file.
    """
    if "/" in name_or_path or name_or_path.endswith(SUFFIXES):
        path = (relative_to or Path()) / name_or_path
        if path.is_file():
            return path
        raise ConfigError([Problem(str(path), None, "", "there is no such file", "check the path")])
    for suffix in SUFFIXES:
        path = folder / f"{name_or_path}{suffix}"
        if path.is_file():
            return path
    known = sorted(path.stem for suffix in SUFFIXES for path in folder.glob(f"*{suffix}"))
    cure = nearest(name_or_path, known) if known else f"put {name_or_path}.yaml there, or name another folder"
    raise ConfigError([Problem(str(folder), None, "", f'there is no merchant "{name_or_path}"', cure)])


def policy_for(
    text: str, group: str | None = None, terms: Mapping[str, Any] | None = None, day: date | None = None
) -> Policy:
    """Make the policy of one invoice: the merchant's, with what its group and its own terms replace.

    Args:
        text: the merchant's file.
        group: the customer's group.
        terms: keys of the policy, as they would be written in the file.
        day: whose law the terms must keep; None: terms that were accepted before.

    Raises:
        ConfigError: the group is unknown, or the terms are wrong; their keys are told as ``terms.<key>``.
    """
    policy, faults = policy_or_faults(text, group, terms, day)
    if policy is None:
        raise ConfigError(Problem("", None, shown_key(where), problem, cure) for where, problem, cure in faults)
    return policy


def policy_or_faults(
    text: str, group: str | None, terms: Mapping[str, Any] | None, day: date | None
) -> tuple[Policy | None, tuple[Fault, ...]]:
    """Make the policy of one invoice, or tell the faults, at ``group`` or ``terms``."""
    return _policy_for(text, group, json.dumps(terms or {}, sort_keys=True, default=str), day)


@lru_cache(maxsize=1024)
def _policy_for(text: str, group: str | None, terms: str, day: date | None) -> tuple[Policy | None, tuple[Fault, ...]]:
    source = read_source(text, "")
    merchant, patch = source.merchant, json.loads(terms)
    if group and group not in merchant.groups:
        cure = nearest(group, merchant.groups) if merchant.groups else "the merchant has no groups; leave it out"
        return None, ((("group",), f'there is no group "{group}"', cure),)
    if not isinstance(patch, dict):
        return None, ((("terms",), f"is {shape(patch)}; it must be a mapping", "write keys of the policy"),)
    base = merchant.groups[group] if group else merchant.policy
    if not patch:
        return base, ()
    raw = source.tree.data["policy"] | (source.tree.data["groups"][group] if group else {})
    policy, faults = patched(raw, patch, Reading(merchant.currency))
    if policy is None:
        return None, tuple((("terms", *where), problem, cure) for where, problem, cure in faults)
    lacking = tuple(senderless(source.file, policy, ("terms",), "the terms use", merchant.policy))
    broken = [
        (rebased(finding, ("terms",), patch), *in_words(finding))
        for finding in (new_findings(policy, base, merchant, day) if day else ())
        if finding.severity is Severity.ERROR
    ]
    return (None, (*lacking, *broken)) if lacking or broken else (policy, ())


def read_text(path: Path) -> str:
    """Read a text file.

    Raises:
        ConfigError: it is not there, or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([Problem(str(path), None, "", "is not UTF-8 text", "save it as UTF-8")]) from None
    except OSError as error:
        problem = f"cannot be read: {(error.strerror or 'no reason given').lower()}"
        raise ConfigError([Problem(str(path), None, "", problem, "check the path")]) from None
