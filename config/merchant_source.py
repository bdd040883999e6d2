"""A merchant's file from text to domain values, with everything that is wrong in it; the law is not asked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from config.merchant_file import MerchantFile
from config.policy_file import PolicyFile
from config.problems import ConfigError, Fault, explained, keys_of, shape
from config.reference_file import misplaced, unpayable
from config.values import COUNTRIES, Reading
from config.yaml_tree import Tree, read_tree
from domain.law import LAWS
from domain.merchant import Merchant
from domain.money import MINOR_DIGITS
from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read without fault, before the law is asked."""

    tree: Tree
    file: MerchantFile
    merchant: Merchant


@lru_cache(maxsize=256)
def read_source(text: str, file: str) -> Source:
    """Read a merchant's file, once for each text.

    Raises:
        ConfigError: with everything that is wrong.
    """
    tree = read_tree(text, file)
    model, faults = _parsed(tree)
    policies: dict[str, Policy] = {}
    if isinstance(tree.data, dict):
        policies, more = _group_policies(tree, _reading(tree.data))
        faults += more
    if model is not None:
        faults += _mismatches(model)
        faults += _all_senderless(model, policies)
    if model is None or faults or tree.problems:
        told = (tree.problem(*fault) for fault in faults)
        raise ConfigError(sorted((*tree.problems, *told), key=lambda problem: problem.line or 0))
    return Source(tree, model, _merchant(model, policies))


def _parsed(tree: Tree) -> tuple[MerchantFile | None, list[Fault]]:
    reading = _reading(tree.data) if isinstance(tree.data, dict) else Reading("SEK")
    try:
        return MerchantFile.model_validate(tree.data, context=reading), []
    except ValidationError as error:
        return None, explained(error, keys_of(MerchantFile))


def _reading(data: Mapping[str, Any]) -> Reading:
    """The currency that amounts are in: the file's, the country's, or any, if neither can be known."""
    currency, country = data.get("currency"), data.get("country")
    if isinstance(currency, str) and currency in MINOR_DIGITS:
        return Reading(currency)
    return Reading(currency_of(country) if isinstance(country, str) and country in COUNTRIES else "SEK")


def currency_of(country: str) -> str:
    """The currency of a country whose law we know."""
    return next(law.currency for (named, _), law in LAWS.items() if named == country)


def _merchant(model: MerchantFile, groups: Mapping[str, Policy]) -> Merchant:
    currency = model.currency or currency_of(model.country)
    return Merchant(
        id=model.merchant,
        name=model.name,
        country=model.country,
        currency=currency,
        languages=model.languages,
        payee=model.payee.payee(),
        reference=model.reference.rule(),
        senders=model.senders.senders(),
        policy=model.policy.policy(currency),
        groups=groups,
    )


def _group_policies(tree: Tree, reading: Reading) -> tuple[dict[str, Policy], list[Fault]]:
    """Complete policies of the groups; a fault of the policy itself is told there, not for each group again."""
    base, groups = tree.data.get("policy"), tree.data.get("groups", {})
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for name, patch in groups.items() if isinstance(groups, dict) and isinstance(base, dict) else ():
        if not isinstance(patch, dict):
            faults.append((("groups", name), f"is {shape(patch)}; it must be a mapping", "write keys of the policy"))
            continue
        policy, found = patched(base, patch, reading)
        faults += [(("groups", name, *where), problem, cure) for where, problem, cure in found]
        if policy:
            policies[name] = policy
    return policies, faults


def patched(base: Mapping[str, Any], patch: Mapping[str, Any], reading: Reading) -> tuple[Policy | None, list[Fault]]:
    """The policy with some of its keys replaced; only the faults of the replacement."""
    try:
        return PolicyFile.model_validate({**base, **patch}, context=reading).policy(reading.currency), []
    except ValidationError as error:
        faults = explained(error, keys_of(PolicyFile))
        return None, [fault for fault in faults if fault[0] and fault[0][0] in patch]


def _mismatches(model: MerchantFile) -> Iterator[Fault]:
    payee = model.payee.payee()
    yield from misplaced(model.reference)
    if payee.bankgiro or payee.plusgiro or payee.account or payee.fik_creditor or payee.iban:
        yield from unpayable(model.reference, payee)
    else:
        yield ("payee",), "has no account to pay to", f"add {_ACCOUNTS}"


_ACCOUNTS = '"bankgiro:", "plusgiro:", "account:", "fik_creditor:" or "iban:"'


def _all_senderless(model: MerchantFile, groups: Mapping[str, Policy]) -> Iterator[Fault]:
    policy = model.policy.policy(model.currency or currency_of(model.country))
    yield from senderless(model, policy, ("senders",), "the policy uses")
    for name, group in groups.items():
        yield from senderless(model, group, ("senders",), f'group "{name}" uses', policy)


def senderless(
    model: MerchantFile, policy: Policy, where: tuple[str, ...], who: str, told: Policy | None = None
) -> Iterator[Fault]:
    """Channels in use that nobody sends from; ``told`` is a policy whose own were told before."""
    before = told.channels() if told else frozenset()
    for channel in sorted(policy.channels() - before):
        if getattr(model.senders, channel) is None:
            place = (*where, channel) if where == ("senders",) else where
            problem = f"{who} {channel}, and there is no sender for it"
            yield place, problem, f'add "{channel}: {_SENDERS[channel]}" under senders'


_SENDERS = {
    "email": "{from: invoices@example.com, name: Your Name}",
    "sms": "{from: YourName}",
    "letter": "{window: se-left, return_address: [Your Name, Your Street 1, 111 11 Town]}",
}
