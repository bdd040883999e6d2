"""Stories: what is read, how mistakes are told, and that each example tells what its title says."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.happenings import read_happenings
from config.merchants import policy_or_faults
from config.problems import ConfigError, Fault
from config.stories import Story, read_story
from domain.law import law_of
from domain.money import Money
from domain.policy import Channel, Policy
from domain.simulation import simulate
from domain.stories import Happening, What
from domain.timeline import Entry, life
from domain.words import When
from tests.config.writing import MERCHANTS, ROOT

STORIES = {path.stem: path for path in sorted((ROOT / "examples" / "stories").glob("*.yaml"))}

HEAD = """\
merchant: nordljus
invoice:
  number: "10001"
  issued: 2026-03-02
  due: 2026-04-01
  amount: "249.00"
  customer: {name: Anna Lundberg, kind: consumer, email: anna@customer.example}
"""


def told(name: str) -> list[Entry]:
    story = read_story(STORIES[name], MERCHANTS)
    invoice = story.invoice.to_domain(story.merchant)
    law = law_of(invoice.country, invoice.kind)
    return list(life(invoice, law.calendar, simulate(invoice, story.policy, law, story.happens)))


def short(entry: Entry) -> str:
    """An entry in few words: day and hour, what, and the step, channel or reason that matters."""
    what = entry.step if entry.did in ("charged", "reversed") else entry.channel or entry.reason
    return f"{entry.at:%m-%d %H:%M} {entry.did} {entry.message or ''} {what}".replace("  ", " ")


LIVES = {
    "new-rules-while-it-runs": [
        "03-02 09:00 sent invoice email",
        "03-04 08:00 moved new_rules",
        "03-10 09:00 sent invoice letter",
        "04-01 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-17 09:00 moved new_rules",
        "04-19 10:00 closed paid",
    ],
    "pays-on-time": ["03-02 09:00 sent invoice email", "03-27 07:30 closed paid"],
    "email-unseen-then-sms": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 sent invoice sms",
        "03-31 06:15 closed paid",
    ],
    "bounce-then-sms-at-once": [
        "03-02 09:00 sent invoice email",
        "03-02 09:05 sent invoice sms",
        "03-30 06:15 closed paid",
    ],
    "no-phone-then-letter": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 skipped invoice sms",
        "03-05 09:00 sent invoice letter",
        "03-30 06:15 closed paid",
    ],
    "nothing-reaches": [
        "03-02 09:00 sent invoice email",
        "03-02 09:03 sent invoice sms",
        "03-02 09:04 sent invoice letter",
        "03-10 11:00 asked unreachable",
    ],
    "due-reminder-then-pays": [
        "03-02 09:00 sent invoice email",
        "04-01 09:00 sent due_reminder email",
        "04-01 19:45 closed paid",
    ],
    "short-terms": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 sent invoice sms",
        "03-06 09:00 sent due_reminder email",
        "03-09 06:15 closed paid",
    ],
    "two-reminders-pays-with-fee": [
        "03-02 09:00 sent invoice email",
        "04-01 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-17 09:00 sent last_reminder sms",
        "04-20 10:00 closed paid",
    ],
    "collection-withdrawn-then-paid": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 sent invoice sms",
        "03-09 09:00 sent invoice letter",
        "04-01 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-17 09:00 sent last_reminder sms",
        "04-29 09:00 handed_over claim collection",
        "05-04 13:20 withdrawn withdrawal collection",
        "05-04 13:20 asked exhausted",
        "05-05 06:15 closed paid",
    ],
    "dispute-and-answer": [
        "03-02 09:00 sent invoice email",
        "04-01 09:00 sent due_reminder email",
        "04-02 16:00 held disputed",
        "04-14 10:00 released answered",
        "04-17 06:15 closed paid",
    ],
    "paid-on-time-booked-late": [
        "03-02 09:00 sent invoice email",
        "04-01 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-09 10:30 reversed reminder-1",
        "04-09 10:30 closed paid",
        "04-09 10:30 sent correction email",
    ],
    "midsummer": [
        "05-20 09:00 sent invoice email",
        "06-22 09:00 sent due_reminder email",
        "06-24 09:00 sent reminder email",
        "06-24 09:00 charged reminder reminder-1",
        "07-01 06:15 closed paid",
    ],
    "daylight-saving-week": [
        "03-26 09:00 sent invoice email",
        "03-30 09:00 sent invoice sms",
        "04-01 09:00 sent invoice letter",
        "04-24 06:15 closed paid",
    ],
    "down-for-three-days": [
        "03-02 09:00 sent invoice email",
        "03-09 09:00 sent due_reminder email",
        "03-10 06:15 closed paid",
    ],
    "amended": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 sent invoice sms",
        "04-15 09:00 sent due_reminder email",
        "04-16 06:15 closed paid",
    ],
    "norway-new-due-date": [
        "03-02 09:00 sent invoice email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-20 06:15 closed paid",
    ],
    "norway-to-collection": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice sms",
        "03-09 09:00 sent invoice letter",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-22 09:00 sent last_reminder email",
        "04-22 09:00 charged last_reminder reminder-2",
        "05-07 09:00 handed_over claim collection",
        "06-15 12:00 closed collected",
    ],
    "britain-company-late-payment": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-30 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-07 09:00 charged reminder reminder-1",
        "04-21 09:00 sent demand letter",
        "04-21 09:00 charged demand reminder-2",
        "04-30 10:00 closed paid",
    ],
    "britain-letter-of-claim": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-30 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-21 09:00 sent demand letter",
        "05-11 10:00 closed paid",
    ],
    "denmark-company-pays-in-two-parts": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-23 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-20 09:00 sent last_reminder email",
        "04-20 09:00 charged last_reminder reminder-2",
        "05-04 09:00 handed_over claim collection",
        "05-04 09:00 charged claim collection",
        "05-08 10:00 withdrawn withdrawal collection",
        "05-08 10:00 closed paid",
    ],
    "denmark-two-fees-to-collection": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-23 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-20 09:00 sent last_reminder email",
        "04-20 09:00 charged last_reminder reminder-2",
        "05-04 09:00 handed_over claim collection",
        "05-04 09:00 charged claim collection",
        "06-15 12:00 closed collected",
    ],
    "finland-company-paid-on-time-booked-late": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 sent invoice sms",
        "03-09 09:00 sent invoice letter",
        "04-08 09:00 sent reminder email",
        "04-08 09:00 charged reminder reminder-1",
        "04-08 09:00 charged reminder reminder-1",
        "04-14 10:00 reversed reminder-1",
        "04-14 10:00 reversed reminder-1",
        "04-14 10:00 closed paid",
        "04-14 10:00 sent correction email",
    ],
    "finland-second-fee-then-pays": [
        "03-02 09:00 sent invoice email",
        "04-14 09:00 sent reminder email",
        "04-14 09:00 charged reminder reminder-1",
        "04-14 09:00 charged reminder reminder-1",
        "04-29 09:00 sent last_reminder email",
        "04-29 09:00 charged last_reminder reminder-2",
        "04-29 09:00 charged last_reminder reminder-2",
        "05-05 09:30 closed paid",
    ],
    "france-company-forty-euros": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-31 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-07 09:00 charged reminder reminder-1",
        "04-21 09:00 sent last_reminder email",
        "04-21 09:00 charged last_reminder reminder-2",
        "05-04 10:00 closed paid",
    ],
    "france-reminded-without-a-cent": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-31 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-15 09:00 held respite",
        "05-13 16:00 closed paid",
    ],
    "germany-company-agency-returns": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "04-07 09:00 sent reminder email",
        "04-21 09:00 sent last_reminder email",
        "04-21 09:00 charged last_reminder reminder-2",
        "04-21 09:00 charged last_reminder reminder-2",
        "05-05 09:00 handed_over claim collection",
        "05-05 09:00 charged claim collection",
        "08-03 10:00 asked agency_closed",
        "08-05 10:00 closed written_off",
    ],
    "germany-part-payment": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "04-07 09:00 sent reminder email",
        "04-21 09:00 sent last_reminder letter",
        "04-21 09:00 charged last_reminder reminder-2",
        "04-21 09:00 charged last_reminder reminder-2",
        "05-04 11:00 closed within_tolerance",
    ],
    "netherlands-company-disputes-a-part": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-20 14:00 held disputed",
        "03-30 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-07 09:00 charged reminder reminder-1",
        "04-16 10:00 released upheld",
        "04-16 10:00 sent answer email",
        "04-27 10:00 closed paid",
    ],
    "netherlands-free-letter-then-cost": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice letter",
        "03-30 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "05-04 09:00 sent last_reminder email",
        "05-04 09:00 charged last_reminder reminder-2",
        "05-06 12:00 closed paid",
    ],
    "norway-company-compensation": [
        "03-02 09:00 sent invoice email",
        "03-06 09:00 sent invoice sms",
        "03-09 09:00 sent invoice letter",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-07 09:00 charged reminder reminder-1",
        "04-20 12:00 closed paid",
    ],
    "sweden-company-credited-in-part": [
        "03-02 09:00 sent invoice email",
        "03-05 09:00 sent invoice sms",
        "03-09 09:00 sent invoice letter",
        "04-01 09:00 sent due_reminder email",
        "04-07 09:00 sent reminder email",
        "04-07 09:00 charged reminder reminder-1",
        "04-07 09:00 charged reminder reminder-1",
        "04-09 10:00 held disputed",
        "04-17 09:00 sent reminder sms",
        "04-24 15:00 released upheld",
        "04-24 15:00 reversed reminder-1",
        "04-24 15:00 sent answer email",
        "04-24 15:00 sent correction email",
        "05-05 09:00 handed_over claim collection",
        "05-05 09:00 charged claim collection",
        "05-11 10:00 withdrawn withdrawal collection",
        "05-11 10:00 closed paid",
    ],
}


@pytest.mark.parametrize("name", STORIES)
def test_each_example_tells_what_its_title_says(name: str) -> None:
    assert [short(entry) for entry in told(name)] == LIVES[name]


ASKED_OR_NEARLY = {"nothing-reaches", "germany-part-payment"}
"""A person is asked; or the last cents are within the tolerance."""


@pytest.mark.parametrize("name", sorted(set(STORIES) - ASKED_OR_NEARLY))
def test_each_life_but_two_ends_with_nothing_owed(name: str) -> None:
    *_, closed = (entry for entry in told(name) if entry.did == "closed")

    assert not closed.balance


def test_the_examples_have_titles_and_numbers_of_their_own() -> None:
    stories = [read_story(path, MERCHANTS) for path in STORIES.values()]

    assert all(story.title != story.name for story in stories)
    assert len({story.invoice.number for story in stories}) == len(stories)


def story_of(path: Path, text: str) -> Story:
    path.write_text(text, encoding="utf-8")
    return read_story(path, MERCHANTS)


def mistake(path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        story_of(path, text)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_a_story_without_title_has_its_name(tmp_path: Path) -> None:
    story = story_of(tmp_path / "mine.yaml", HEAD)

    assert (story.name, story.title, story.happens) == ("mine", "mine", ())
    assert story.policy == story.merchant.policy


def test_a_story_names_its_merchant_by_a_path(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text((MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8"), encoding="utf-8")

    story = story_of(tmp_path / "s.yaml", HEAD.replace("merchant: nordljus", "merchant: ./m.yaml"))

    assert story.merchant.id == "nordljus"


def test_a_story_lives_by_its_group_and_terms(tmp_path: Path) -> None:
    text = HEAD.replace("customer: {", "terms: {tolerance: 7.00}\n  customer: {group: vip, ")

    policy = story_of(tmp_path / "s.yaml", text).policy

    assert policy.reminders == ()
    assert policy.tolerance == Money(700, "SEK")


AT = datetime(2026, 3, 3, 9, 0)
POLICY = read_story(STORIES["pays-on-time"], MERCHANTS).policy
EVENTS: list[tuple[dict[str, Any], Happening]] = [
    ({"delivered": "email"}, Happening(AT, What.DELIVERED, channel=Channel.EMAIL)),
    ({"bounced": "email"}, Happening(AT, What.BOUNCED, channel=Channel.EMAIL)),
    ({"refused": "sms"}, Happening(AT, What.REFUSED, channel=Channel.SMS)),
    ({"viewed": "letter"}, Happening(AT, What.VIEWED, channel=Channel.LETTER)),
    ({"paid": "1.50"}, Happening(AT, What.PAID, amount=Money(150, "SEK"))),
    ({"paid": "1", "dated": "2026-03-01"}, Happening(AT, What.PAID, amount=Money(100, "SEK"), dated=date(2026, 3, 1))),
    ({"credited": "2.00"}, Happening(AT, What.CREDITED, amount=Money(200, "SEK"))),
    ({"collected": "2.00"}, Happening(AT, What.COLLECTED, amount=Money(200, "SEK"))),
    (
        {"amended": {"amount": "3.00", "due": "2026-05-01"}},
        Happening(AT, What.AMENDED, amount=Money(300, "SEK"), due=date(2026, 5, 1)),
    ),
    ({"amended": {"due": "2026-05-01"}}, Happening(AT, What.AMENDED, due=date(2026, 5, 1))),
    ({"disputed": "wrong"}, Happening(AT, What.DISPUTED, note="wrong")),
    (
        {"disputed": {"amount": "0.50", "reason": "wrong"}},
        Happening(AT, What.DISPUTED, amount=Money(50, "SEK"), note="wrong"),
    ),
    ({"answered": "yes"}, Happening(AT, What.ANSWERED, note="yes")),
    (
        {"answered": {"outcome": "credited", "amount": "0.50", "reply": "You are right."}},
        Happening(AT, What.ANSWERED, outcome="credited", amount=Money(50, "SEK"), reply=True, note="You are right."),
    ),
    ({"answered": {"outcome": "upheld"}}, Happening(AT, What.ANSWERED, outcome="upheld")),
    ({"written_off": "2.00"}, Happening(AT, What.WRITTEN_OFF, amount=Money(200, "SEK"))),
    ({"acknowledged": "A-1"}, Happening(AT, What.ACKNOWLEDGED, note="A-1")),
    ({"agency_told": "instalments"}, Happening(AT, What.AGENCY_TOLD, note="instalments")),
    ({"agency_closed": "returned"}, Happening(AT, What.AGENCY_CLOSED, outcome="returned")),
    ({"withdrawal_confirmed": "yes"}, Happening(AT, What.WITHDRAWAL_CONFIRMED, note="yes")),
    ({"respite": "2026-03-20"}, Happening(AT, What.RESPITE, until=date(2026, 3, 20))),
    ({"respite": {"until": "2026-03-20"}}, Happening(AT, What.RESPITE, until=date(2026, 3, 20))),
    (
        {"paused": {"until": "2026-03-20", "reason": "ill"}},
        Happening(AT, What.PAUSED, until=date(2026, 3, 20), note="ill"),
    ),
    ({"paused": {"reason": "ill"}}, Happening(AT, What.PAUSED, note="ill")),
    ({"paused": "ill"}, Happening(AT, What.PAUSED, note="ill")),
    ({"released": "yes"}, Happening(AT, What.RELEASED, note="yes")),
    ({"waived": "reminder-2"}, Happening(AT, What.WAIVED, step="reminder-2")),
    ({"stopped": "yes"}, Happening(AT, What.STOPPED, note="yes")),
    ({"withdrawn": "yes"}, Happening(AT, What.WITHDRAWN, note="yes")),
    (
        {"moved": {"due_reminder": "none", "when": "next_step"}},
        Happening(AT, What.MOVED, policy=replace(POLICY, due_reminder=()), when=When.NEXT_STEP),
    ),
    ({"down": "2026-03-05 08:00"}, Happening(AT, What.DOWN, up_at=datetime(2026, 3, 5, 8, 0))),
]
NORDLJUS = (MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8")


def ruled(keys: dict[str, Any]) -> tuple[Policy | None, tuple[Fault, ...]]:
    return policy_or_faults(NORDLJUS, None, keys, None)


@pytest.mark.parametrize(("written", "happening"), EVENTS, ids=lambda value: str(value)[:30])
def test_every_event_is_read(written: dict[str, Any], happening: Happening) -> None:
    happens, faults = read_happenings([{"at": "2026-03-03 09:00", **written}], "SEK", POLICY, ruled)

    assert faults == []
    assert happens == (happening,)


def test_there_is_an_example_of_every_event() -> None:
    assert {happening.what for _, happening in EVENTS} == set(What)


@pytest.mark.parametrize(
    ("item", "end"),
    [
        ('{at: "2026-03-02 09:05", seen: email}', ".seen: unknown key; known: at, dated, delivered, bounced"),
        ('{at: "2026-03-02 09:05", answered: {outcome: no}}', ".answered.outcome: "),
        ('{at: "2026-03-02 09:05", answered: {outcome: credited}}', ".answered.amount: is missing"),
        (
            '{at: "2026-03-02 09:05", answered: {outcome: upheld, amount: "1.00"}}',
            ".answered.amount: does not belong here",
        ),
        ('{at: "2026-03-02 09:05", agency_closed: lost}', ".agency_closed: "),
        ('{at: "2026-03-02 09:05", dispute: x}', '.dispute: unknown key; did you mean "disputed"?'),
        ('{at: "2026-03-02 09:05"}', ": does not tell what happens; write one of delivered, bounced"),
        (
            '{at: "2026-03-02 09:05", paid: "1", viewed: email}',
            ": tells paid and viewed at once; write one of delivered",
        ),
        ("{viewed: email}", '.at: is missing; add at: "2026-03-02 09:05"'),
        ("{at: 2026-03-02, viewed: email}", '.at: "2026-03-02" is not a time; write the day and the hour'),
        ('{at: "2026-03-02 09:05", viewed: fax}', '.viewed: "fax" is not known here; known: email, sms, letter'),
        ('{at: "2026-03-02 09:05", paid: "-1"}', ".paid: -1.00 is not above zero; write an amount above zero"),
        ('{at: "2026-03-02 09:05", paid: [1]}', ".paid: is a list; it must be text; write a value after it"),
        (
            '{at: "2026-03-02 09:05", credited: "1", dated: 2026-03-01}',
            ".dated: does not belong to credited; leave it out",
        ),
        ('{at: "2026-03-02 09:05", amended: {}}', ".amended: changes nothing; write {amount:"),
        ('{at: "2026-03-02 09:05", amended: {date: 2026-03-01}}', ".amended.date: unknown key; known: amount, due"),
        (
            '{at: "2026-03-02 09:05", waived: reminder-3}',
            '.waived: "reminder-3" is not known here; did you mean "reminder-',
        ),
        ('{at: "2026-03-02 09:05", down: "2026-03-02 08:00"}', ".down: ends at 2026-03-02 08:00, before it begins"),
        ('{at: "2026-03-02 09:05", respite: soon}', '.respite: "soon" is not a date; write year-month-day'),
        ('{at: "2026-03-02 09:05", moved: none}', '.moved: is "none"; it must be a mapping; write keys of the policy'),
        (
            '{at: "2026-03-02 09:05", moved: {when: soon}}',
            '.moved.when: "soon" is not known here; known: now, next_step',
        ),
        ('{at: "2026-03-02 09:05", moved: {reminder: []}}', '.moved.reminder: unknown key; did you mean "reminders"?'),
        ("viewed", ': is "viewed"; it must be a mapping; write {at:'),
    ],
)
def test_a_wrong_event_is_told_at_its_line(tmp_path: Path, item: str, end: str) -> None:
    text = mistake(
        tmp_path / "s.yaml", f"{HEAD}happens:\n  - {{at: '2026-03-02 09:01', delivered: email}}\n  - {item}\n"
    )

    assert text.startswith(f"s.yaml:10: happens[1]{end}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("merchant: nordljus\n", 's.yaml:1: invoice: is missing; add "invoice:"'),
        (HEAD + "hapens: []\n", 's.yaml:8: hapens: unknown key; did you mean "happens"?'),
        (HEAD + "happens: nothing\n", 's.yaml:8: happens: is "nothing"; it must be a list'),
        (
            HEAD.replace("nordljus", "nordlus"),
            's.yaml:1: merchant: there is no merchant "nordlus"; did you mean "nordljus"?',
        ),
        (HEAD.replace("249.00", "x"), 's.yaml:6: invoice.amount: "x" is not a number'),
        (HEAD.replace("issued: 2026-03-02", "issued: x"), 's.yaml:4: invoice.issued: "x" is not a date'),
        (HEAD.replace("kind: consumer, ", ""), 's.yaml:7: invoice.customer.kind: is missing; add "kind: consumer"'),
        (
            HEAD.replace("customer: {", "customer: {group: x, "),
            's.yaml:7: invoice.customer.group: there is no group "x"',
        ),
        (HEAD + "  terms: {collection: no}\n", 's.yaml:8: invoice.terms.collection: is "no"; write "never"'),
        ("- a\n", "s.yaml:1: is a list; it must be a mapping; write merchant, invoice and happens"),
        ("merchant: [a]\ninvoice: b\n", "s.yaml:1: merchant: is a list; it must be a name"),
    ],
)
def test_a_wrong_story_is_told_at_its_line(tmp_path: Path, text: str, told: str) -> None:
    assert mistake(tmp_path / "s.yaml", text).startswith(told)


def test_a_mistake_in_the_merchants_file_is_told_there(tmp_path: Path) -> None:
    wrong = (MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8").replace("fee: 60.00", "fee: 99.00")
    (tmp_path / "m.yaml").write_text(wrong, encoding="utf-8")

    text = mistake(tmp_path / "s.yaml", HEAD.replace("merchant: nordljus", "merchant: ./m.yaml"))

    assert text.startswith("m.yaml:22: policy.reminders[0].fee: 99.00 SEK is more than the law allows")


ANY = st.recursive(
    st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)
PIECES = st.dictionaries(
    st.sampled_from(["at", "dated", "until", "amount", "due", *What]), ANY | st.just("2026-03-02 09:00")
)


@given(ANY | st.lists(PIECES, max_size=3))
@settings(deadline=None)
def test_any_happenings_are_read_or_told(data: object) -> None:
    happens, faults = read_happenings(data, "SEK", POLICY, ruled)

    assert len(happens) + len(faults) == (len(data) if isinstance(data, list) else 1)
