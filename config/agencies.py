"""The agencies of an installation: each has a name, which merchants' files use, and one way to be reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.environment import PREFIX
from config.merchant_source import read_source
from config.merchants import Loaded
from config.problems import Problem, nearest
from config.secrets import is_set, is_weak
from config.settings import LOOPBACK, OUTBOX, Settings
from config.vendors import Agency
from domain.merchant import Merchant

AGENCIES_NEED = {
    "sftp": {
        "host": "name the agency's SFTP server",
        "user": "write the user that the agency gave you",
        "key": "name the file with the private key whose public one the agency has",
        "host_key": "write the server's public key as the agency told you, as in ssh-ed25519 AAAA…",
    },
    "http": {
        "url": "write the address that the agency takes claims at",
        "secrets": "write whsec_ and what comes from: openssl rand -base64 32; and tell the agency",
    },
}
"""Which settings an agency cannot do without, by how it is reached."""

SIGNING_CURE = "write another for each direction: whsec_ and what comes from: openssl rand -base64 32"


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


def missing_of(agency: Reached) -> list[Problem]:
    """The settings that an agency cannot be reached without."""
    found = [] if agency.name else [agency.problem("name", "is missing", "write what merchants' files call it")]
    needed = AGENCIES_NEED[agency.kind].items()
    lacking = [agency.problem(name, "is missing", cure) for name, cure in needed if not is_set(agency.group, name)]
    return [*found, *lacking]


def unsafe(agency: Reached) -> Iterator[Problem]:
    """What is not safe with an agency: what it says moves money, and what it gets names people."""
    group, ours, theirs = agency.group, _plain(agency.group.secrets), _plain(agency.group.report_secrets)
    parts = urlsplit(group.url)
    if agency.kind == "http" and group.url and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        yield agency.problem("url", "is not https: claims would go in the clear", "write https://…")
    if agency.kind == "http" and not theirs:
        cure = "write the secret that the agency signs its reports with"
        yield agency.problem("report_secrets", "is missing: nothing that the agency says would be heard", cure)
    for name, secrets in (("secrets", ours), ("report_secrets", theirs)):
        if any(is_weak(secret.removeprefix("whsec_"), 32) for secret in secrets):
            yield agency.problem(name, "holds one that is a default, or can be guessed", SIGNING_CURE)
    if set(ours) & set(theirs):
        problem = "holds one of our own: what we sign could be taken for the agency's word"
        yield agency.problem("report_secrets", problem, SIGNING_CURE)


def names_twice(settings: Settings) -> Iterator[Problem]:
    """A name that two agencies have."""
    if settings.collection in AGENCIES_NEED and settings.agency.name in (OUTBOX, *settings.agencies):
        one = Reached(settings.agency.name, settings.collection, settings.agency, is_the_agency=True)
        yield one.problem("name", f"is {one.name}, which another has", "write another name")


def _plain(secrets: Sequence[SecretStr]) -> list[str]:
    return [secret.get_secret_value() for secret in secrets]
