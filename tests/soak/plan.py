"""Who lives, and what goes wrong in whose life: drawn from a seed, on the ground of ``make faults``.

All lives go by the vendors' stand-ins there, the rest of the world is random too (``benchmarks/random_stories.py``).
"""

from __future__ import annotations

import random

from benchmarks.random_stories import RandomStory, random_story
from domain.policy import Channel
from domain.words import COLLECTION, DISTRIBUTION, DUE_REMINDER, reminder_step
from tests.faults.plan import Call, Kill, Life, Plan, Seat, Story, cells, faults_of
from tests.live.equivalence import merchant_of

STEPS = (DISTRIBUTION, DUE_REMINDER, reminder_step(0), reminder_step(1), reminder_step(2))
BOUNCES = 0.12
"""How often a message comes back."""
TROUBLED = 0.6
"""How many lives have faults of their own."""
LIKELY = (12, 2, 2, 1, 1)
"""How often a fault lies in wait at each of the steps: most lives come no further than the first."""
ROW = "soak"


def make_plan(seed: int, lives: int) -> Plan:
    """So many lives. Each number has one story and one set of faults, whatever else is in the plan."""
    return Plan(seed, {life.number: life for life in (_life(seed, index) for index in range(lives))})


def story_of(seed: int, life: Life) -> RandomStory:
    """What happens in a life."""
    return random_story(seed * 100_000 + life.index)


def chance_of(seed: int, life: Life, what: str) -> random.Random:
    """Dice of a life's own, so that its neighbours do not change how they fall."""
    return random.Random(f"{seed} {life.index} {what}")


def _life(seed: int, index: int) -> Life:
    number, chance = f"8{index:05d}", random.Random(f"{seed} {index} faults")
    country = random_story(seed * 100_000 + index).law.country
    mail = chance.choice((Seat.SENDGRID, Seat.SENDGRID, Seat.SMTP))
    letters = Seat.PINGEN if "pingen-left" in merchant_of(country).text else Seat.PRINT_HOUSE
    ways = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
    bounces = [(way, step) for way in ways for step in STEPS if chance.random() < BOUNCES]
    story = Story("random", (), (), bounces)
    faults = []
    if chance.random() < TROUBLED:
        mine = {mail, letters, Seat.TWILIO, Seat.OUTBOX}
        kind, seat = chance.choice([(kind, seat) for kind, seat in cells() if seat in mine])
        step = COLLECTION if seat is Seat.OUTBOX else chance.choices(STEPS, LIKELY)[0]
        faults = faults_of(number, kind, seat, step)
    heard = any(isinstance(fault.kind, Call) or fault.kind is Kill.POSTED for fault in faults)
    return Life(number, story, mail, letters, faults, ROW, "all", mute=bool(faults) and not heard and index % 2 == 0)
