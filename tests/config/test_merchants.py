"""Every mistake that a merchant can make is told with file, line, key, what is wrong and what would be right."""

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.merchants import find_merchant, load_merchant, load_text, policy_for, read_merchant
from config.problems import ConfigError, Problem
from domain.calendar import Span, Unit
from domain.merchant import ReferenceKind
from domain.money import Money
from domain.policy import Anchor, Channel, Claim, FeeRemainder, Rung
from domain.words import DebtorKind
from tests.config.writing import BOLGEN, MERCHANTS, NORDLJUS, TODAY, changed, line_of, problems

SPAN = 'write a whole number and "days" or "bank days", such as "3 days" or "2 bank days"'
KNOWN = (
    "known: SE (Sweden), NO (Norway), DK (Denmark), FI (Finland), DE (Germany), NL (Netherlands), FR (France), "
    "GB (United Kingdom)"
)
KNOWN = (
    "known: DE (Germany), DK (Denmark), FI (Finland), FR (France), GB (United Kingdom), NL (Netherlands), NO (Norway), "
    "SE (Sweden)"
)
FEE_LAW = "SE: lag (1981:739) om ersättning för inkassokostnader 4 §"

MISTAKES = {
    "a misspelt key": (
        ("fee: 60.00", "feee: 60.00"),
        ("policy.reminders[0].feee", "unknown key", 'did you mean "fee"?'),
    ),
    "a misspelt key at the top": (
        ("reference: {kind", "refrence: {kind"),
        ("refrence", "unknown key", 'did you mean "reference"?'),
    ),
    "a key that is like no other": (
        ("reference: {kind: ocr}", "reference: {kind: ocr, zzz: 1}"),
        ("reference.zzz", "unknown key", "known: kind, level, lengths, check, type"),
    ),
    "a decimal comma": (
        ("fee: 60.00", "fee: 60,00"),
        ("policy.reminders[0].00", "unknown key", "an amount has a dot before its decimals, as in 60.00"),
    ),
    "a key written twice": (
        ("  if_exhausted: ask ", "  tolerance: 2.00\n  if_exhausted: ask "),
        ("policy.tolerance", "is written twice, on lines 26 and 29", "keep one of them"),
    ),
    "a wrong unit": (
        ("after_due: 5 days", "after_due: 3 weeks"),
        ("policy.reminders[0].after_due", '"3 weeks" is not a time span', SPAN),
    ),
    "a span without unit": (
        ("settlement_lag: 1 bank day", "settlement_lag: 1"),
        ("policy.settlement_lag", '"1" is not a time span', SPAN),
    ),
    "hours in place of days": (
        ("after_previous: 12 days", "after_previous: 3 hours"),
        ("policy.collection.after_previous", '"3 hours" is not a time span', SPAN),
    ),
    "a wait of nothing": (
        ("viewed_within: 2 days", "viewed_within: 0 days"),
        ("policy.distribution[1].viewed_within", '"0 days" is no wait', 'write at least "1 day"'),
    ),
    "a fee above the law's cap": (
        ("fee: 60.00", "fee: 61.00"),
        (
            "policy.reminders[0].fee",
            f"61.00 SEK is more than the law allows: 60.00 SEK ({FEE_LAW})",
            "write at most 60.00",
        ),
    ),
    "a country that we do not know": (
        ("country: SE", "country: PL"),
        ("country", 'no law pack for country "PL"', KNOWN),
    ),
    "a country in small letters": (
        ("country: SE", "country: se"),
        ("country", 'no law pack for country "se"', KNOWN),
    ),
    "hours that end before they begin": (
        ("09:00-19:00", "19:00-09:00"),
        (
            "policy.contact_hours",
            '"19:00-09:00" ends before it begins',
            'write the earlier hour first, as in "09:00-19:00"',
        ),
    ),
    "an hour alone": (
        ("09:00-19:00", "21:00"),
        ("policy.contact_hours", '"21:00" is not a span of hours', 'write them as "09:00-19:00"'),
    ),
    "a wrong bankgiro number": (
        ("5050-1055", "5050-1054"),
        (
            "payee.bankgiro",
            'the check digit (the last) of bankgiro "5050-1054" is wrong; some digit was mistyped',
            "compare it with your bank's papers",
        ),
    ),
    "a list where a mapping belongs": (
        ("due_reminder: {channels: [email, sms]}", "due_reminder: [email, sms]"),
        ("policy.due_reminder", "is a list; it must be a mapping", 'write lines of "key: value" below it'),
    ),
    "a mapping where a list belongs": (
        ("languages: [sv, en]", "languages: {sv: en}"),
        ("languages", "is a mapping; it must be a list", "write [a, b], or lines that begin with a hyphen"),
    ),
    "a list where text belongs": (
        ("name: Nordljus Energi AB", "name: [Nordljus]"),
        ("name", "is a list; it must be text", "write a value after it"),
    ),
    "a key without a value": (
        ("name: Nordljus Energi AB", "name:"),
        ("name", "is empty; it must be text", "write a value after it"),
    ),
    "a reminder without channels": (
        ("channels: [email, letter]", "channels: []"),
        ("policy.reminders[0].channels", "is an empty list", "name at least one"),
    ),
    "a channel that there is not": (
        ("channels: [email, letter]", "channels: [emial, letter]"),
        ("policy.reminders[0].channels[0]", '"emial" is not known here', 'did you mean "email"?'),
    ),
    "collection as a channel": (
        ("channels: [email, letter]", "channels: [collection]"),
        ("policy.reminders[0].channels[0]", '"collection" is not known here', "known: email, sms, letter"),
    ),
    "two anchors": (
        ("after_due: 5 days", "after_due: 5 days, after_previous: 5 days"),
        (
            "policy.reminders[0]",
            "has both after_due and after_previous",
            'write either "after_due: 5 days" or "after_previous: 10 days"',
        ),
    ),
    "no anchor": (
        ("after_previous: 12 days, ", ""),
        (
            "policy.collection",
            "needs to know when",
            'write either "after_due: 5 days" or "after_previous: 10 days"',
        ),
    ),
    "yes in place of true": (
        ("fee_agreed: true", "fee_agreed: yes"),
        ("policy.fee_agreed", '"yes" is neither true nor false', "write true or false"),
    ),
    "another word than none": (
        ("due_reminder: {channels: [email, sms]}", "due_reminder: no"),
        ("policy.due_reminder", 'is "no"', 'write "none", or lines of "key: value" below it'),
    ),
    "another word than never": (
        ("collection: {after_previous: 12 days, agency: outbox, minimum: 100.00}", "collection: none"),
        ("policy.collection", 'is "none"', 'write "never", or lines of "key: value" below it'),
    ),
    "an amount that is none": (
        ("tolerance: 1.00", "tolerance: 1 kr"),
        ("policy.tolerance", '"1 kr" is not an amount', "write digits with a dot before the decimals, as in 60.00"),
    ),
    "an amount below zero": (
        ("tolerance: 1.00", "tolerance: -1.00"),
        ("policy.tolerance", '"-1.00" is below zero', "write 0.00 or more"),
    ),
    "a fee that is neither an amount nor legal": (
        ("fee: 60.00", "fee: lawful"),
        (
            "policy.reminders[0].fee",
            '"lawful" is not an amount',
            'write digits with a dot before the decimals, as in 60.00; or "legal"',
        ),
    ),
    "interest at a rate of one's own": (
        ("spread: 0 minutes", "interest: 12 %"),
        ("policy.interest", '"12 %" is not known here', "known: none, legal"),
    ),
    "a policy for nobody": (
        ("spread: 0 minutes", "debtors: []"),
        ("policy.debtors", "is an empty list", "name at least one"),
    ),
    "debtors that there are not": (
        ("spread: 0 minutes", "debtors: [consumer, companies]"),
        ("policy.debtors[1]", '"companies" is not known here', 'did you mean "company"?'),
    ),
    "minutes without a unit": (
        ("spread: 0 minutes", "spread: 0"),
        ("policy.spread", '"0" is not a number of minutes', 'write a whole number and "minutes", as in "90 minutes"'),
    ),
    "a spread longer than the day": (
        ("spread: 0 minutes", "spread: 700 minutes"),
        (
            "policy.spread",
            "700 minutes is longer than the contact hours 09:00-19:00",
            "write at most 600 minutes",
        ),
    ),
    "a sender's address that is none": (
        ("from: faktura@nordljus.example", "from: nordljus"),
        ("senders.email.from", '"nordljus" is not an e-mail address', "write it as name@example.com"),
    ),
    "an SMS sender that phones do not show": (
        ("sms: {from: Nordljus}", "sms: {from: Nordljus Energi}"),
        (
            "senders.sms.from",
            '"Nordljus Energi" is no SMS sender',
            "write up to 11 letters A–Z and digits, or a number as in +46701740605",
        ),
    ),
    "a reference that does not suit the payee": (
        ("kind: ocr", "kind: rf"),
        ("reference.kind", "rf needs an IBAN as payee", 'add "iban:" under payee, or write another kind'),
    ),
    "a group's slip": (
        ("reminders: [], collection", "remainders: [], collection"),
        ("groups.vip.remainders", "unknown key", 'did you mean "reminders"?'),
    ),
    "a group that is no mapping": (
        ("vip: {reminders: [], collection: never}", "vip: never"),
        ("groups.vip", 'is "never"; it must be a mapping', "write keys of the policy"),
    ),
    "a group's fee above the cap": (
        ("vip: {reminders: [],", "vip: {reminders: [{after_due: 3 days, fee: 99.00, channels: [letter]}],"),
        (
            "groups.vip.reminders[0].fee",
            f"99.00 SEK is more than the law allows: 60.00 SEK ({FEE_LAW})",
            "write at most 60.00",
        ),
    ),
    "an alias": (
        ("kind: ocr", "kind: *ocr"),
        ("", "the alias *ocr is not allowed", "write the value out"),
    ),
    "an anchor": (
        ("kind: ocr", "kind: &ocr ocr"),
        ("", "the anchor &ocr is not allowed", "leave it out"),
    ),
    "a tag": (
        ("kind: ocr", "kind: !!str ocr"),
        ("", "the tag tag:yaml.org,2002:str is not allowed", "leave it out; all values are text"),
    ),
    "a merge key": (
        ("vip: {", "vip: {<<: {}, "),
        ("", "the merge key << is not allowed", "write the keys out"),
    ),
}


@pytest.mark.parametrize(("change", "told"), MISTAKES.values(), ids=MISTAKES)
def test_one_mistake_gives_one_problem_at_its_line(change: tuple[str, str], told: tuple[str, str, str]) -> None:
    text = changed(*change)
    wrong_line = next(
        number
        for number, (was, now) in enumerate(zip(NORDLJUS.splitlines(), text.splitlines(), strict=False), start=1)
        if was != now
    )
    if "twice" in told[1]:
        wrong_line = 29

    (problem,) = problems(text)
    assert (problem.file, problem.line) == ("x.yaml", wrong_line)
    assert (problem.key, problem.problem, problem.cure) == told


def test_a_problem_reads_as_one_line() -> None:
    (problem,) = problems(changed("fee: 60.00", "feee: 60.00"))

    assert str(problem) == 'x.yaml:22: policy.reminders[0].feee: unknown key; did you mean "fee"?'


@pytest.mark.parametrize(
    ("key", "cure"),
    [
        ("merchant: nordljus\n", 'add "merchant: nordljus"'),
        ("name: Nordljus Energi AB\n", 'add "name: Nordljus Energi AB"'),
        ("reference: {kind: ocr}\n", 'add "reference: {kind: ocr}"'),
        (
            "languages: [sv, en]                   # the first is for customers who have not chosen\n",
            'add "languages: [sv, en]"',
        ),
    ],
)
def test_a_missing_key_is_told_with_what_to_add(key: str, cure: str) -> None:
    text = changed(key, "")

    assert problems(text) == (Problem("x.yaml", 2, key.partition(":")[0], "is missing", cure),)


def test_a_missing_key_of_the_policy_is_told_at_the_policy() -> None:
    text = changed("  due_reminder: {channels: [email, sms]}           # or: none\n", "")

    told = Problem("x.yaml", 12, "policy.due_reminder", "is missing", 'add "due_reminder: none"')
    assert problems(text) == (told,)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = changed("[sv, en]", "[sv, xx]", changed("5050-1055", "1", changed("fee: 60.00", "fee: x")))

    assert [problem.key for problem in problems(text)] == ["languages[1]", "payee.bankgiro", "policy.reminders[0].fee"]


def test_a_sender_that_only_a_group_needs_is_missed_too() -> None:
    text = changed("  letter: {window", "  #", changed("    - {channel: letter}\n", ""))
    text = text.replace("[email, letter]", "[email]").replace("[sms, letter]", "[sms]")
    text = text.replace("vip: {reminders", "vip: {distribution: [letter], reminders")

    (problem,) = problems(text)

    assert (problem.line, problem.key) == (8, "senders.letter")
    assert problem.problem == 'group "vip" uses letter, and there is no sender for it'
    assert problem.cure.startswith('add "letter: {window: se-left, return_address:')


def test_a_fee_that_was_not_agreed_is_refused() -> None:
    text = changed("  fee_agreed: true", "  #")

    (problem,) = problems(text)

    assert (problem.line, problem.key) == (line_of("fee: 60.00", text), "policy.reminders[0].fee")
    assert FEE_LAW.replace("4 §", "2 §") in problem.problem
    assert "fee_agreed: true" in problem.cure


def test_norway_stays_norway() -> None:
    merchant = read_merchant(BOLGEN, "bolgen.yaml", TODAY)

    assert (merchant.country, merchant.currency, merchant.reference.kind) == ("NO", "NOK", ReferenceKind.KID)
    assert merchant.payee.account == "12345678903"


def test_a_norwegian_fee_keeps_the_norwegian_law() -> None:
    early = changed("after_due: 14 days, fee: 35.00", "after_due: 10 days, fee: 38.00", BOLGEN)

    dear, soon = problems(early)

    assert "38.00 NOK is more than the law allows" in dear.problem
    assert "from 14 days after the due date; this is after 10" in soon.problem
    assert (soon.key, soon.cure) == ("policy.reminders[0].after_due", 'write "14 days", or a fee of 0.00')


def test_a_norwegian_notice_must_be_in_writing() -> None:
    lines = changed("fee: 35.00, channels: [email, letter]}      # the notice", "channels: [sms]} #", BOLGEN)

    (problem,) = problems(lines)

    assert problem.key == "policy.reminders[1].channels"
    assert problem.cure == "add email or letter"


def test_hours_outside_the_laws_are_a_warning() -> None:
    loaded = load_text(changed("09:00-20:00", "07:00-22:00", BOLGEN), "b.yaml", TODAY)

    assert [warning.key for warning in loaded.warnings] == ["policy.contact_hours"]
    assert loaded.warnings[0].cure == "write 08:00-21:00"


def test_a_version_once_accepted_stays_readable_when_the_law_gets_stricter() -> None:
    text = changed("fee: 60.00", "fee: 70.00")

    assert read_merchant(text, "").policy.reminders[0].fee == Money(7000, "SEK")
    with pytest.raises(ConfigError):
        read_merchant(text, "", TODAY)


def test_the_example_becomes_what_it_says() -> None:
    merchant = read_merchant(NORDLJUS, "nordljus.yaml", TODAY)
    policy = merchant.policy

    assert merchant.senders.sms == "Nordljus"
    assert merchant.senders.letter
    assert merchant.senders.letter.return_address == ("Nordljus Energi AB", "Box 1", "111 11 Stockholm")
    assert (policy.contact_hours.opens, policy.contact_hours.closes) == (time(9), time(19))
    assert policy.distribution[0] == Rung(Channel.EMAIL, Span(3))
    assert policy.distribution[2] == Rung(Channel.LETTER)
    assert policy.due_reminder == (Rung(Channel.EMAIL), Rung(Channel.SMS))
    assert [reminder.anchor for reminder in policy.reminders] == [Anchor.AFTER_DUE, Anchor.AFTER_PREVIOUS]
    assert policy.reminders[0].fee == Money(6000, "SEK")
    assert policy.collection
    assert policy.collection.minimum == Money(10000, "SEK")
    assert policy.settlement_lag == Span(1, Unit.BANK_DAYS)
    assert policy.tolerance == Money(100, "SEK")
    assert policy.fee_remainder is FeeRemainder.WRITE_OFF
    assert policy.receipt == ()


def test_what_the_law_gives_is_claimed_by_name() -> None:
    text = changed("fee: 60.00", "fee: legal", changed("  fee_agreed: true", "  interest: legal\n  fee_agreed: true"))
    text = changed("tolerance: 1.00", "compensation: legal\n  debtors: [company]\n  tolerance: 1.00", text)

    policy = read_merchant(text, "", TODAY).policy

    assert (policy.interest, policy.compensation) == (Claim.LEGAL, Claim.LEGAL)
    assert policy.debtors == {DebtorKind.COMPANY}
    assert policy.reminders[0].legal_fee
    assert not policy.reminders[0].fee


def test_the_last_reminder_may_be_a_demand_and_the_agency_has_rules_of_its_own() -> None:
    text = changed("fee: 0.00, channels: [sms, letter]", "fee: 180.00, channels: [letter], demand: true")
    text = changed("minimum: 100.00", "minimum: 100.00, undisputed_only: true, acknowledged_within: 2 bank days", text)

    policy = read_merchant(text, "", TODAY).policy

    assert [reminder.demand for reminder in policy.reminders] == [False, True]
    assert policy.collection
    assert policy.collection.undisputed_only
    assert policy.collection.acknowledged_within == Span(2, Unit.BANK_DAYS)
    assert policy.collection.fee is None
    assert read_merchant(changed("minimum: 100.00", "fee: 9.50", text), "").policy.collection != policy.collection


def test_what_is_left_out_claims_nothing_and_is_for_all() -> None:
    policy = read_merchant(NORDLJUS, "").policy

    assert (policy.interest, policy.compensation, policy.debtors) == (Claim.NONE, Claim.NONE, set(DebtorKind))


FINLAND = changed("country: SE", "country: FI", changed("{kind: ocr}", "{kind: viite}")).replace(
    "{bankgiro: 5050-1055, organisation: 556123-4567}", "{iban: FI2112345600000785}"
)


def test_what_one_law_finds_names_whom_it_protects() -> None:
    text = changed("after_due: 5 days, fee: 60.00", "after_due: 14 days, fee: 12.00", FINLAND)

    (problem,) = problems(text.replace("{after_previous: 12", "{after_previous: 20"))

    assert problem.problem.startswith("for consumers, 12.00 EUR is more than the law allows: 5.00 EUR (FI: ")
    assert problems(text.replace("policy:", "policy:\n  debtors: [company]").replace("12 days", "20 days")) == ()


def test_a_group_for_other_debtors_is_checked_against_their_law() -> None:
    text = changed("after_due: 5 days, fee: 60.00", "after_due: 14 days, fee: 12.00", FINLAND)
    text = text.replace("policy:", "policy:\n  debtors: [company]").replace("12 days", "20 days")

    (problem,) = problems(changed("vip: {", "private: {debtors: [consumer]}\n  vip: {", text))

    assert (problem.key, problem.line) == (
        "groups.private",
        line_of("private: {", changed("vip: {", "private: {\n", text)),
    )
    assert "12.00 EUR is more than the law allows: 5.00 EUR" in problem.problem


def test_what_the_policy_was_told_its_groups_are_not_told_again() -> None:
    loaded = load_text(changed("[email, letter]}", "[sms]}"), "x.yaml", TODAY)

    assert [warning.key for warning in loaded.warnings] == ["policy.reminders[0].fee"]


def test_a_group_replaces_whole_keys_and_keeps_the_others() -> None:
    merchant = read_merchant(NORDLJUS, "")

    assert merchant.groups["vip"].reminders == ()
    assert merchant.groups["vip"].collection is None
    assert merchant.groups["vip"].distribution == merchant.policy.distribution


def test_what_is_left_out_has_its_default() -> None:
    policy = read_merchant(BOLGEN, "").policy

    assert policy.due_reminder == ()
    assert policy.settlement_lag == Span(1, Unit.BANK_DAYS)
    assert policy.spread_minutes == 0


def test_terms_stand_above_the_group() -> None:
    terms = {"collection": "never", "tolerance": "5.00"}

    policy = policy_for(NORDLJUS, "vip", terms)

    assert policy.collection is None
    assert policy.tolerance == Money(500, "SEK")
    assert policy.reminders == ()


@pytest.mark.parametrize(
    ("group", "terms", "told"),
    [
        ("vpi", None, 'group: there is no group "vpi"; did you mean "vip"?'),
        (
            None,
            {"tolerance": "x"},
            'terms.tolerance: "x" is not an amount; write digits with a dot before the decimals, as in 60.00',
        ),
        (None, {"tolerence": "1.00"}, 'terms.tolerence: unknown key; did you mean "tolerance"?'),
    ],
)
def test_wrong_terms_are_told(group: str | None, terms: dict[str, str] | None, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        policy_for(NORDLJUS, group, terms)

    assert str(caught.value) == told


def test_terms_keep_the_law_of_their_day() -> None:
    terms = {"reminders": [{"after_due": "5 days", "fee": "75.00", "channels": ["email"]}]}

    assert policy_for(NORDLJUS, None, terms).reminders[0].fee == Money(7500, "SEK")
    with pytest.raises(ConfigError, match=r"terms\.reminders\[0\]\.fee: 75\.00 SEK is more than the law allows"):
        policy_for(NORDLJUS, None, terms, TODAY)


def test_a_merchant_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(NORDLJUS, encoding="utf-8")

    assert find_merchant("nordljus", MERCHANTS) == MERCHANTS / "nordljus.yaml"
    assert find_merchant("mine", tmp_path) == tmp_path / "mine.yml"
    assert find_merchant("./mine.yml", MERCHANTS, relative_to=tmp_path).read_text(encoding="utf-8") == NORDLJUS


def test_a_merchant_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r'there is no merchant "nordlys"; did you mean "nordljus"\?'):
        find_merchant("nordlys", MERCHANTS)
    with pytest.raises(ConfigError, match="there is no such file"):
        find_merchant("x/nordljus.yaml", MERCHANTS)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("name: Bølgen".encode("latin-1"))

    with pytest.raises(ConfigError, match="cannot be read: no such file or directory"):
        load_merchant(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="is not UTF-8 text; save it as UTF-8"):
        load_merchant(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "x.yaml:1: is empty; see docs/merchants.md for what belongs in it"),
        ("- a\n", 'x.yaml:1: is a list; it must be a mapping; write lines of "key: value" below it'),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: a second document begins here; write one plain document a file"),
        ("[" * 40, "x.yaml:1: is nested too deeply; write one plain document a file"),
        (
            "name: \x07\n",
            "x.yaml:1: has a character that YAML does not allow: special characters are not allowed; remove it",
        ),
    ],
)
def test_a_text_that_is_no_merchant_is_told(text: str, told: str) -> None:
    (problem,) = problems(text)

    assert str(problem) == told


def test_broken_yaml_is_told_with_its_line() -> None:
    (problem,) = problems(changed("reference: {kind: ocr}", "reference: {kind: ocr"))

    assert problem.line == 8
    assert problem.problem.startswith("is not YAML: ")


def test_a_tab_is_told_with_what_to_write() -> None:
    (problem,) = problems("payee:\n\tbankgiro: 5050-1055\n")

    assert (problem.line, problem.cure) == (2, "write spaces, not tabs")


def both(text: str, day: date | None) -> None:
    """Reading gives a merchant or tells what is wrong; nothing else."""
    try:
        read_merchant(text, "x.yaml", day)
    except ConfigError as error:
        assert error.problems  # noqa: PT017
        assert all(problem.problem for problem in error.problems)  # noqa: PT017


@given(st.text())
@settings(deadline=None)
def test_any_text_gives_a_merchant_or_problems(text: str) -> None:
    both(text, TODAY)


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_any_change_of_a_file_gives_a_merchant_or_problems(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(NORDLJUS)))
    length = data.draw(st.integers(0, 40))
    piece = data.draw(st.text(alphabet=st.sampled_from(" :-[]{}#&*!|>'\"%@`,\n\tabyesno0123456789.é"), max_size=12))

    both(NORDLJUS[:start] + piece + NORDLJUS[start + length :], TODAY)


ANY = st.recursive(
    st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)


@given(st.dictionaries(st.sampled_from(["tolerance", "reminders", "distribution", "collection", "spread", "x"]), ANY))
@settings(deadline=None)
def test_any_terms_give_a_policy_or_problems(terms: dict[str, object]) -> None:
    try:
        policy_for(NORDLJUS, None, terms, TODAY)
    except ConfigError as error:
        assert all(problem.key.startswith("terms") for problem in error.problems)  # noqa: PT017
