"""Law against policy, for every law and random policies: what passes the review is never cut, and its cures cure.

Three things that no file can know may still make a charge smaller than the wish: how small the debt is, where the cap
depends on it (the Dutch scale); that a company's fixed compensation covers a fee already; and that the notice never
went out in writing, so that what was to be a demand is a reminder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given

from benchmarks.random_stories import RandomStory
from config.values import parse_hours, parse_minutes, parse_span
from domain.charge import Added, ChargeKind
from domain.events import Reserved
from domain.law import Law
from domain.money import Money
from domain.policy import Channel, Claim, Policy, Rung
from domain.review import Finding, Severity, review
from domain.review.looking import Look
from domain.simulation import simulate
from domain.stories import What
from domain.words import COLLECTION, reminder_step
from tests.domain.strategies import STEADY, stories

ROUNDS = 20
"""More than a policy of three reminders ever needs."""


def errors(policy: Policy, law: Law, day: date) -> list[Finding]:
    return [finding for finding in review(policy, law, day) if finding.severity is Severity.ERROR]


def mended(policy: Policy, finding: Finding) -> Policy:
    """The policy with the finding's value written where it belongs."""
    match finding.where[1:]:
        case ("reminders", int(index), str(key)):
            steps = list(policy.reminders)
            steps[index] = replace(steps[index], **written(key, finding, policy.currency))
            return replace(policy, reminders=tuple(steps))
        case ("collection", str(key)) if policy.collection:
            mended_one = replace(policy.collection, **written(key, finding, policy.currency))
            return replace(policy, collection=mended_one)
        case (str(key),):
            return replace(policy, **written(key, finding, policy.currency))
    raise AssertionError(finding)


def written(key: str, finding: Finding, currency: str) -> dict[str, Any]:
    """The fields that a key's value becomes, as the file's reader makes them."""
    value = finding.value
    match key:
        case "fee" if value == Claim.LEGAL:
            return {"legal_fee": True}
        case "fee":
            return {"fee": Money.parse(value, currency)} | (
                {"legal_fee": False} if "reminders" in finding.where else {}
            )
        case "after_due" | "after_previous":
            return {"wait": parse_span(value)}
        case "time_to_pay":
            return {"time_to_pay": parse_span(value)}
        case "demand":
            return {"demand": value == "true"}
        case "contact_hours":
            return {"contact_hours": parse_hours(value)}
        case "spread":
            return {"spread_minutes": parse_minutes(value)}
        case "interest" | "compensation":
            return {key: Claim(value)}
        case "collection":
            assert value == "never"
            return {"collection": None}
    raise AssertionError(finding)


def in_writing(policy: Policy, finding: Finding) -> Policy:
    """The policy with a letter where the law wants writing, which takes more than a value."""
    assert finding.where[-1] == "channels", finding
    steps, index = list(policy.reminders), int(finding.where[2])
    steps[index] = replace(steps[index], rungs=(*steps[index].rungs, Rung(Channel.LETTER)))
    return replace(policy, reminders=tuple(steps))


def lawful(story: RandomStory) -> RandomStory:
    """The story with every cure taken, one at a time."""
    policy, law, day = story.policy, story.law, story.invoice.issued
    for _ in range(ROUNDS):
        wrong = errors(policy, law, day)
        if not wrong:
            return story._replace(policy=policy)
        policy = mended(policy, wrong[0]) if wrong[0].value else in_writing(policy, wrong[0])
    raise AssertionError(errors(policy, law, day))


def added(story: RandomStory) -> Iterator[tuple[Reserved, Added]]:
    """Every fee of a whole life by the rules that it began with."""
    happens = [happening for happening in story.happens if happening.what is not What.MOVED]
    for event in simulate(story.invoice, story.policy, story.law, happens):
        if isinstance(event, Reserved):
            yield from ((event, charge) for charge in event.charges if charge.kind is ChargeKind.FEE)


def wish(story: RandomStory, step: str) -> Money | None:
    """What the policy asks for a step; None: whatever is lawful."""
    if step == COLLECTION:
        return story.policy.collection.fee if story.policy.collection else None
    reminder = next(one for n, one in enumerate(story.policy.reminders) if reminder_step(n) == step)
    return None if reminder.legal_fee else reminder.fee


def dear(story: RandomStory) -> RandomStory:
    """The story with every fee, where there is one, beyond all sense."""
    policy = story.policy
    much = Money(9_000_000, policy.currency)
    reminders = tuple(replace(one, fee=much if one.fee else one.fee) for one in policy.reminders)
    collection = policy.collection and replace(policy.collection, fee=policy.collection.fee and much)
    return story._replace(policy=replace(policy, reminders=reminders, collection=collection, fee_agreed=True))


@given(stories)
@STEADY
def test_writing_what_a_finding_names_makes_it_go_away(story: RandomStory) -> None:
    policy, law, day = story.policy, story.law, story.invoice.issued

    for finding in review(policy, law, day):
        if finding.value:
            after = review(mended(policy, finding), law, day)
            rules = [(other.where, other.source, other.limit) for other in after if other.severity is finding.severity]
            assert (finding.where, finding.source, finding.limit) not in rules, (finding, after)


@given(stories)
@STEADY
def test_a_policy_can_be_made_lawful_by_its_cures_alone(story: RandomStory) -> None:
    assert errors(lawful(story).policy, story.law, story.invoice.issued) == []


@given(stories)
@STEADY
def test_what_passes_the_review_is_never_cut_by_a_cap(story: RandomStory) -> None:
    story = lawful(story._replace(policy=replace(story.policy, compensation=Claim.NONE)))
    look = Look(story.policy, story.law, story.invoice.issued)
    told = {reminder_step(index): message for index, message in enumerate(look.messages)}

    for event, charge in added(story):
        by_size = any(finding.value == Claim.LEGAL for finding in review(look.policy, look.law, look.day))
        if event.message is told.get(event.send.step, event.message) and not by_size:
            assert not charge.capped, (event, charge)
            assert wish(story, event.send.step) in (None, charge.amount)


@given(stories)
@STEADY
def test_what_the_review_calls_more_than_the_law_allows_is_never_charged(story: RandomStory) -> None:
    story = dear(story)
    refused = {
        finding.where[1:-1]
        for finding in errors(story.policy, story.law, story.invoice.issued)
        if finding.where[-1] == "fee" and "more than the law allows" in finding.problem
    }

    for event, charge in added(story):
        step = event.send.step
        asked = wish(story, step)
        where = ("collection",) if step == COLLECTION else ("reminders", int(step.rpartition("-")[2]) - 1)
        if asked is not None and where in refused:
            assert charge.amount < asked


@given(stories)
@STEADY
def test_a_review_tells_the_same_every_time(story: RandomStory) -> None:
    once = review(story.policy, story.law, story.invoice.issued)

    assert once == review(story.policy, story.law, story.invoice.issued)
    assert all(finding.where[0] == "policy" and finding.problem and finding.cure for finding in once)
