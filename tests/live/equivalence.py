"""Random stories, told by the simulator and lived on the real server, compared entry by entry.

python -m tests.live.equivalence --seed 1 --stories 200
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.random_stories import RandomStory, random_story
from config.invoices import read_invoice
from config.merchants import Loaded, find_merchant, load_merchant
from domain.policy import Channel
from domain.simulation import simulate
from domain.timeline import Entry, life
from domain.words import DebtorKind
from store.registry import Opening
from tests.live.house import EXAMPLES, House, open_house
from workflows.opening import opening_of
from workflows.play import Player

AT_ONCE = 8
MERCHANTS = {
    "SE": "nordljus",
    "NO": "bolgen",
    "DK": "havblik",
    "FI": "koivuranta",
    "DE": "lindenhof",
    "NL": "duinzicht",
    "FR": "clairvent",
    "GB": "marlowe",
}
COMPANIES = {"FI": "yritys", "DE": "firma", "NL": "zakelijk"}
"""The group of a company, where the merchant's own rules are for consumers."""
WAYS = {
    Channel.EMAIL: {"email": "kim@customer.example"},
    Channel.SMS: {"phone": "+4670"},
    Channel.LETTER: {"address": ["Storgatan 1", "111 22 Stockholm"]},
}


def opening_for(told: RandomStory, number: str) -> Opening:
    """The story's invoice as its country's example merchant would send it, with the story's own policy."""
    merchant = merchant_of(told.law.country)
    customer = {"name": "Kim Berg", "kind": told.invoice.kind.value}
    for way in told.invoice.ways:
        customer |= WAYS[way]
    if told.invoice.kind is DebtorKind.COMPANY and told.law.country in COMPANIES:
        customer["group"] = COMPANIES[told.law.country]
    if "phone" in customer:
        customer["phone"] += number  # each a customer of its own: one gets at most one dunning SMS a day
    data = {
        "merchant": merchant.merchant.id,
        "number": number,
        "issued": told.invoice.issued.isoformat(),
        "due": told.invoice.due.isoformat(),
        "amount": str(told.invoice.amount),
        "customer": customer,
    }
    opening = opening_of(read_invoice(data, lambda _: merchant), merchant)
    spread = replace(told.invoice, merchant=merchant.merchant.id, number=number)
    return replace(opening, invoice=spread, policy=told.policy)


def merchant_of(country: str) -> Loaded:
    return load_merchant(find_merchant(MERCHANTS[country], EXAMPLES / "merchants"))


async def compare(house: House, seed: int) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """A story's two lives: lived and simulated."""
    told = random_story(seed)
    opening = opening_for(told, f"9{seed:06d}")
    ref = await Player(house.client).play(opening, told.happens)
    calendar = told.law.calendar
    simulated = life(opening.invoice, calendar, simulate(opening.invoice, told.policy, told.law, told.happens))
    return _fields(house.life(ref)), _fields(simulated)


async def compare_all(seeds: range, console: Console) -> tuple[int, int]:
    """How many lives differ, and how many entries were compared."""
    different = entries = 0
    with tempfile.TemporaryDirectory() as home, Progress(console=console, disable=not console.is_terminal) as bar:
        async with open_house(Path(home)) as house:
            task, waiting = bar.add_task("Living", total=len(seeds)), iter(seeds)

            async def compare_some(mine: Iterator[int]) -> None:
                nonlocal different, entries
                for seed in mine:
                    lived, simulated = await compare(house, seed)
                    entries += len(simulated)
                    if lived != simulated:
                        different += 1
                        console.print(f"seed {seed} differs\n  lived     {lived}\n  simulated {simulated}")
                    bar.advance(task)

            await asyncio.gather(*(compare_some(waiting) for _ in range(AT_ONCE)))
    return different, entries


def _fields(entries: tuple[Entry, ...]) -> list[dict[str, str]]:
    return [entry.as_json() for entry in entries]


def main() -> None:
    """Compare, and tell how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first story's seed")
    parser.add_argument("--stories", type=int, default=200, help="how many stories")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.stories)
    different, entries = asyncio.run(compare_all(seeds, Console(stderr=True)))
    sys.stdout.write(
        f"{given.stories} random stories, {entries} entries: {given.stories - different} equal, {different} differ\n"
    )
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
