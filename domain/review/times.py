"""Time: what messages must give, what may not follow too soon, and when people may be contacted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.calendar import Hours, Span
from domain.review.finding import Finding, error, warning
from domain.review.looking import Look, Step, fewest_days, ruled, time_of


def times_to_pay(look: Look) -> Iterator[Finding]:
    """Days to pay that are fewer than the law's."""
    for step in look.steps:
        short = [given for given in step.given if step.time_to_pay and fewest_days(step.time_to_pay) < given.days]
        if short:
            most = max(short, key=lambda given: (given.days, given.binds))
            value = Span(most.days)
            problem = f"{step.time_to_pay} is less than the law gives {most.what}: {most.limit}"
            yield error((*step.where, "time_to_pay"), problem, f"write {value}", most.source, most.limit, value)


def waits(look: Look) -> Iterator[Finding]:
    """Steps that follow before the time of the one before them is over."""
    for before, step in pairwise(look.steps):
        gap = step.wished - before.earliest
        soon = [given for given in before.given if gap <= given.days]
        value = Span(fewest_days(step.wait) + time_of(before) + 1 - gap)
        binding = [given for given in soon if given.binds]
        if binding:
            most = max(binding, key=lambda given: given.days)
            problem = f"{step.wait} is too soon: the law gives {most.limit} {most.what}"
            yield error(step.key, problem, f"write {value}", most.source, most.limit, value)
        elif soon:
            problem = f"the law gives {soon[0].limit} {soon[0].what}, so this will be moved"
            yield warning(step.key, problem, f"write {value}", soon[0].source, soon[0].limit, value)
        elif gap <= time_of(before):
            yield _out_of_order(before, step, value)


def contact_hours(look: Look) -> Iterator[Finding]:
    """Hours in which the law lets nobody be contacted."""
    rule = ruled(look.law.contact.weekdays, look.day)
    if rule is None:
        return
    allowed, source = rule
    wished, narrowed = look.policy.contact_hours, look.policy.contact_hours.narrowed(allowed)
    problem = f"{wished} is not within the {allowed} that the law allows"
    if narrowed.opens >= narrowed.closes:
        cure = f"write {allowed}, or hours within"
        yield error(("contact_hours",), f"{problem}; nothing is left", cure, source, allowed, allowed)
    elif narrowed != wished:
        told = f"{problem}; it will be {narrowed}"
        yield warning(("contact_hours",), told, f"write {narrowed}", source, allowed, narrowed)


def spread(look: Look) -> Iterator[Finding]:
    """A spread that is longer than the day."""
    allowed = look.law.contact.weekdays.at(look.day)
    hours = look.policy.contact_hours.narrowed(allowed) if allowed else look.policy.contact_hours
    most = _minutes(hours)
    if 0 < most < look.policy.spread_minutes:
        problem = f"{look.policy.spread_minutes} minutes is longer than the contact hours {hours}"
        yield error(("spread",), problem, f"write at most {most} minutes", None, hours, f"{most} minutes")


def _out_of_order(before: Step, step: Step, value: Span) -> Finding:
    if before.time_to_pay:
        problem = f"the step before gives {before.time_to_pay} to pay, so this will be moved"
    else:
        problem = "comes no later than the step before, so it will be moved"
    return warning(step.key, problem, f"write {value}", None, "", value)


def _minutes(hours: Hours) -> int:
    return (hours.closes.hour - hours.opens.hour) * 60 + hours.closes.minute - hours.opens.minute
