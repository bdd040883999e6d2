"""Merchants who change their minds: a file as it was published last, with its rules changed at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import yaml

from config.merchants import Loaded, load_text
from config.problems import ConfigError

TRIALS = 100
Rules = dict[str, Any]


def draft_of(source: str, chance: random.Random, day: date) -> Loaded:
    """Another version of a merchant's file, which the product accepts on this day: the law allows not every change."""
    for _ in range(TRIALS):
        data = yaml.load(source, yaml.BaseLoader)  # as the product reads it: every scalar is a string
        for change in chance.sample(CHANGES, 3):
            change(data["policy"], chance)
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1_000)
        try:
            draft = load_text(text, "draft", day)
        except ConfigError:
            continue
        if text != source:
            return draft
    raise AssertionError("no change of this file is lawful")


def _other_order(policy: Rules, chance: random.Random) -> None:
    chance.shuffle(policy["distribution"])


def _fewer_ways(policy: Rules, chance: random.Random) -> None:
    if len(policy["distribution"]) > 1:
        policy["distribution"].pop(chance.randrange(len(policy["distribution"])))


def _patience(policy: Rules, chance: random.Random) -> None:
    for rung in policy["distribution"][:-1]:
        rung["viewed_within"] = f"{chance.randint(1, 5)} days"


def _fewer_reminders(policy: Rules, chance: random.Random) -> None:
    """A step goes from under the cases that sit in it."""
    if policy["reminders"]:
        policy["reminders"].pop()


def _reminders_later(policy: Rules, chance: random.Random) -> None:
    for reminder in policy["reminders"]:
        when = "after_due" if "after_due" in reminder else "after_previous"
        reminder[when] = f"{int(reminder[when].split()[0]) + chance.randint(0, 6)} days"


def _other_ways_to_remind(policy: Rules, chance: random.Random) -> None:
    for reminder in policy["reminders"]:
        chance.shuffle(reminder["channels"])


def _due_reminder(policy: Rules, chance: random.Random) -> None:
    policy["due_reminder"] = chance.choice(["none", {"channels": ["sms"]}, {"channels": ["email", "letter"]}])


def _no_collection(policy: Rules, chance: random.Random) -> None:
    policy["collection"] = "never"


def _if_nothing_helps(policy: Rules, chance: random.Random) -> None:
    policy["if_exhausted"], policy["if_unreachable"] = (chance.choice(["ask", "wait"]) for _ in range(2))


def _hours(policy: Rules, chance: random.Random) -> None:
    policy["contact_hours"] = chance.choice(["08:00-12:00", "10:00-16:00", "09:00-19:00"])


CHANGES: list[Callable[[Rules, random.Random], None]] = [
    _other_order,
    _fewer_ways,
    _patience,
    _fewer_reminders,
    _reminders_later,
    _other_ways_to_remind,
    _due_reminder,
    _no_collection,
    _if_nothing_helps,
    _hours,
]
