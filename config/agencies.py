"""The agencies of an installation: each has a name, which merchants' files use, and one way to be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from config.merchant_source import read_source
from config.merchants import Loaded
from config.problems import Problem, nearest
from config.settings import OUTBOX, PREFIX, Settings
from config.vendors import Agency
from domain.merchant import Merchant


class Reached(NamedTuple):
    """An agency, how it is reached, and in which variable it stands."""

    name: str
    kind: str
    group: Agency
    is_the_agency: bool

    def problem(self, setting: str, problem: str, cure: str) -> Problem:
        """A problem with one of its settings."""
        if self.is_the_agency:
            return Problem("", None, f"{PREFIX}AGENCY_{setting}".upper(), problem, cure)
        return Problem("", None, f"{PREFIX}AGENCIES", f"{self.name}.{setting} {problem}", cure)

    def variable(self, setting: str) -> str:
        """Where one of its settings stands, in words."""
        return f"{PREFIX}AGENCY_{setting}".upper() if self.is_the_agency else f"{PREFIX}AGENCIES, {self.name}.{setting}"


def reached(settings: Settings) -> list[Reached]:
    """The agencies that claims go to, and that are heard."""
    others = [Reached(name, one.kind, one, is_the_agency=False) for name, one in settings.agencies.items()]
    if settings.collection in (OUTBOX, "none"):
        return others
    return [Reached(settings.agency.name, settings.collection, settings.agency, is_the_agency=True), *others]


def known(settings: Settings) -> list[str]:
    """The names that merchants' files may use."""
    outbox = [] if settings.collection == "none" else [OUTBOX]
    return [*outbox, *(one.name for one in reached(settings) if one.name)]


def named(merchant: Merchant) -> list[str]:
    """The agencies that a merchant's policies name, each once."""
    policies = (merchant.policy, *merchant.groups.values())
    return list(dict.fromkeys(policy.collection.agency for policy in policies if policy.collection))


def strangers(loaded: Loaded, file: str, settings: Settings) -> Iterator[Problem]:
    """The agencies that a merchant's file names and the settings do not know."""
    tree, merchant = read_source(loaded.text, file).tree, loaded.merchant
    policies = {("policy",): merchant.policy} | {("groups", name): one for name, one in merchant.groups.items()}
    told = set(known(settings))
    for where, policy in policies.items():
        if policy.collection and policy.collection.agency not in told:
            agency = policy.collection.agency
            told.add(agency)
            place = (*where, "collection", "agency")
            yield tree.problem(place, f'names "{agency}", which is not set up here', cure(agency, settings))


def cure(agency: str, settings: Settings) -> str:
    """What to do about an agency that is not set up."""
    if settings.collection == "none" and agency == OUTBOX:
        return f"{PREFIX}COLLECTION is none: write {OUTBOX}, or how an agency is reached"
    return f"{nearest(agency, known(settings))}; or set it up with {PREFIX}COLLECTION or {PREFIX}AGENCIES"
