"""What agencies report: one recorded file a kind, with invented numbers; signatures, and what is unheard of."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from channels.agency.reports import WORDS, parse, speaker, verify
from channels.agency.signing import is_secret, signed
from channels.hearing import Heard, Hook, ParseError, Post, Word
from domain.money import Money

PAYLOADS = Path(__file__).parent / "payloads" / "agency"
SCHEMA = json.loads(Path("docs/agency-report.schema.json").read_text())
CLAIM = "7c1f0f6b2a6c4f0d9f0a52f3f5f1e001"
NEW, OLD, OTHER = (f"whsec_{letter * 43}=" for letter in "AEI")
NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)
URL = "https://pay.example/hooks/agency/nordinkasso"


def body(name: str, **changes: object) -> bytes:
    report = json.loads((PAYLOADS / f"{name}.json").read_bytes()) | changes
    return json.dumps({key: value for key, value in report.items() if value is not None}).encode()


def heard(name: str, agency: str = "nordinkasso", **changes: object) -> Heard:
    """What a report tells, apart from that the agency has what it is about."""
    return parse(Post(speaker(agency), body(name, **changes)))[-1]


def names() -> list[str]:
    return sorted(path.stem for path in PAYLOADS.glob("*.json"))


@pytest.mark.parametrize(
    ("name", "word", "told"),
    [
        ("acknowledged", Word.ACKNOWLEDGED, {"case": "K-2026/48213"}),
        ("status", Word.TOLD, {"code": "demand_sent"}),
        ("paid", Word.COLLECTED, {"amount": Money(24900, "SEK"), "dated": date(2026, 5, 18)}),
        ("closed", Word.AGENCY_CLOSED, {"code": "paid"}),
        ("closed_returned", Word.AGENCY_CLOSED, {"code": "returned"}),
        ("closed_uncollectible", Word.AGENCY_CLOSED, {"code": "uncollectible"}),
        ("withdrawn", Word.WITHDRAWAL_CONFIRMED, {}),
        ("refused", Word.REFUSED, {"code": "debtor_unknown"}),
        ("paid_with_fields_of_tomorrow", Word.COLLECTED, {"amount": Money(5000, "SEK"), "dated": date(2026, 5, 19)}),
    ],
)
def test_each_report_is_understood(name: str, word: Word, told: dict[str, object]):
    found = heard(name)

    assert (found.word, found.send_id, found.agency) == (word, CLAIM, "nordinkasso")
    assert {key: getattr(found, key) for key in told} == told
    assert found.at


def test_every_type_has_a_recorded_file():
    assert {json.loads(body(name))["type"] for name in names()} >= set(WORDS)


@pytest.mark.parametrize("name", ["acknowledged", "status", "paid", "closed", "withdrawn"])
def test_whoever_speaks_of_a_claim_has_it(name: str):
    """A claim whose answer was lost is settled by the first word about it, whichever that is."""
    has_it, _ = parse(Post(speaker("nordinkasso"), body(name)))

    assert (has_it.word, has_it.send_id) == (Word.ACCEPTED, CLAIM)
    assert has_it.key == parse(Post(speaker("nordinkasso"), body("acknowledged")))[0].key


def test_whoever_refuses_a_claim_has_it_not():
    assert [one.word for one in parse(Post(speaker("nordinkasso"), body("refused")))] == [Word.REFUSED]


@pytest.mark.parametrize("name", ["a_type_of_tomorrow", "status_without_a_code"])
def test_what_is_unheard_of_is_kept_and_changes_nothing(name: str):
    found = heard(name)

    assert (found.word, found.code) == (Word.OTHER, "")
    assert json.loads(body(name))["id"] in found.said


@pytest.mark.parametrize("name", ["acknowledged", "paid", "closed", "withdrawn", "refused"])
def test_what_can_be_so_once_is_told_once_under_whichever_id(name: str):
    again = heard(name, id="another-report", at="2026-06-01T00:00:00Z", note="the same again")

    assert again.key == heard(name).key


def test_a_payment_is_known_by_the_agencys_id_of_it():
    """Trap 13: reported twice it is one payment; two payments of the same amount and day are two."""
    assert heard("paid", id="evt-2", amount="249").key == heard("paid").key
    assert heard("paid", payment="P-2").key != heard("paid").key
    assert heard("paid", about="another").key != heard("paid").key


def test_the_same_status_may_come_again():
    assert heard("status", id="evt-2").key != heard("status").key
    assert heard("status").key == heard("status").key


def test_no_agency_can_use_up_anothers_words():
    for name in names():
        assert heard(name, "nordinkasso").key != heard(name, "another").key


def test_each_report_has_a_key_of_its_own():
    keys = [one.key for name in names() for one in parse(Post(speaker("nordinkasso"), body(name)))]
    has_it = len([name for name in names() if len(parse(Post(speaker("nordinkasso"), body(name)))) == 2])

    assert len(set(keys)) == len(keys) - has_it + 1
    assert all(len(key) <= 64 for key in keys)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("acknowledged", {"about": None}),
        ("acknowledged", {"about": "../../etc"}),
        ("acknowledged", {"about": 17}),
        ("acknowledged", {"case": None}),
        ("acknowledged", {"case": "K\n1"}),
        ("acknowledged", {"case": "K" * 65}),
        ("paid", {"payment": None}),
        ("paid", {"amount": None}),
        ("paid", {"amount": 249.5}),
        ("paid", {"amount": "249.001"}),
        ("paid", {"amount": "1e3"}),
        ("paid", {"amount": "0.00"}),
        ("paid", {"amount": "-5.00"}),
        ("paid", {"currency": None}),
        ("paid", {"currency": "XTS"}),
        ("paid", {"dated": None}),
        ("paid", {"dated": "18 May"}),
        ("closed", {"outcome": None}),
        ("closed", {"outcome": "sold"}),
    ],
)
def test_what_would_move_money_and_cannot_be_read_stays_where_somebody_sees_it(name: str, changes: dict[str, object]):
    with pytest.raises(ParseError):
        heard(name, **changes)

    assert not jsonschema_rs.is_valid(SCHEMA, json.loads(body(name, **changes)))


@pytest.mark.parametrize("bad", [b"", b"{", b"[]", b"null", b'"paid"', b"[" * 100_000, b"\xff"])
def test_what_is_no_report_stays_in_the_inbox(bad: bytes):
    with pytest.raises(ParseError):
        parse(Post(speaker("nordinkasso"), bad))


@pytest.mark.parametrize("name", [name for name in names() if name != "status_without_a_code"])
def test_the_schema_takes_every_recorded_report(name: str):
    assert list(jsonschema_rs.iter_errors(SCHEMA, json.loads(body(name)))) == []


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=5),
        "type": st.sampled_from([*WORDS, "other"]),
        "at": st.sampled_from(["2026-05-04T09:30:00+02:00", "0001-01-01T00:00:00+23:00", "soon"]),
        "about": st.sampled_from([CLAIM, "", "å"]) | st.integers(),
        "case": st.text(max_size=3) | st.just("K-1"),
        "status": st.sampled_from(["demand_sent", "Ä"]) | st.none(),
        "payment": st.text(max_size=3),
        "amount": st.sampled_from(["1.00", "0.001", "-1", "1e2", "٣"]) | st.floats(),
        "currency": st.sampled_from(["SEK", "sek", "", "XTS"]),
        "dated": st.sampled_from(["2026-05-18", "20260518", "x"]),
        "outcome": st.sampled_from(["paid", "sold", ""]),
        "code": st.text(max_size=3),
        "note": st.text(max_size=3),
    },
)


@given(report=FIELDS)
def test_no_report_breaks_the_reader_and_each_that_the_schema_takes_is_read(report: dict[str, object]):
    try:
        found = parse(Post(speaker("nordinkasso"), json.dumps(report).encode()))
    except ParseError:
        assert not jsonschema_rs.is_valid(SCHEMA, report)
        return
    assert all(one.word is Word.OTHER or one.send_id == CLAIM for one in found)


def call(secrets: list[str], text: bytes, at: datetime = NOW, message_id: str = "msg_1") -> Hook:
    return Hook(URL, signed(secrets, message_id, text, at), text)


@pytest.mark.parametrize("signing", [[NEW], [OLD], [NEW, OLD], [OTHER, OLD]])
def test_any_of_the_secrets_signs(signing: list[str]):
    """While one is replaced by another, both do."""
    assert verify(call(signing, body("paid")), [NEW, OLD], NOW)


def test_another_secret_does_not_sign_nor_does_none():
    assert not verify(call([OTHER], body("paid")), [NEW, OLD], NOW)
    assert not verify(call([NEW], body("paid")), [], NOW)
    assert not verify(call([NEW], body("paid")), ["", "hush", "whsec_"], NOW)
    assert not verify(Hook(URL, {}, body("paid")), [NEW], NOW)


@pytest.mark.parametrize(("minutes", "is_fresh"), [(-6, False), (-5, True), (0, True), (5, True), (6, False)])
def test_a_report_that_was_signed_long_ago_or_later_is_not_taken(minutes: int, is_fresh: bool):
    hook = call([NEW], body("paid"), NOW + timedelta(minutes=minutes))

    assert verify(hook, [NEW], NOW) is is_fresh


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "٣", "9" * 400, "1779256800.5"])
def test_a_moment_that_is_none_is_not_taken(stamp: str):
    hook = call([NEW], body("paid"))

    assert not verify(Hook(URL, {**hook.headers, "webhook-timestamp": stamp}, hook.body), [NEW], NOW)


def test_nothing_that_is_signed_can_be_changed():
    hook = call([NEW], body("paid"))
    later = str(int(hook.headers["webhook-timestamp"]) + 1)

    assert verify(hook, [NEW], NOW)
    assert not verify(Hook(URL, hook.headers, hook.body + b" "), [NEW], NOW)
    assert not verify(Hook(URL, {**hook.headers, "webhook-id": "msg_2"}, hook.body), [NEW], NOW)
    assert not verify(Hook(URL, {**hook.headers, "webhook-timestamp": later}, hook.body), [NEW], NOW)


@pytest.mark.parametrize("given_", ["", "v1", "v1,", "v1,å", "v2,x v1a,y", ",,,"])
def test_a_wrong_signature_is_no_signature(given_: str):
    hook = call([NEW], body("paid"))

    assert not verify(Hook(URL, {**hook.headers, "webhook-signature": given_}, hook.body), [NEW], NOW)


def test_a_signature_of_another_version_is_not_ours():
    hook = call([NEW], body("paid"))
    other = hook.headers["webhook-signature"].replace("v1,", "v2,")

    assert not verify(Hook(URL, {**hook.headers, "webhook-signature": other}, hook.body), [NEW], NOW)


def test_another_version_of_the_signature_beside_ours_does_no_harm():
    hook = call([NEW], body("paid"))
    both = f"v1a,AAAA {hook.headers['webhook-signature']} v2,BBBB"

    assert verify(Hook(URL, {**hook.headers, "webhook-signature": both}, hook.body), [NEW], NOW)


def test_the_specifications_own_library_signs_the_same():
    """For text: a claim is bytes, which it does not sign."""
    text = body("paid")
    ours = signed([NEW], "msg_1", text, NOW)

    assert ours["webhook-signature"] == Webhook(NEW).sign("msg_1", NOW, text.decode())
    assert Webhook(NEW).verify(text, signed([NEW], "msg_1", text, datetime.now(UTC)))


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_AAAA", "hush", NEW.removeprefix("whsec_"), f"{NEW}å"])
def test_what_is_no_secret_is_none(text: str):
    assert is_secret(NEW)
    assert not is_secret(text)


@given(text=st.binary(max_size=50), signature=st.text(max_size=80), stamp=st.text(max_size=12))
def test_no_call_breaks_the_check(text: bytes, signature: str, stamp: str):
    headers = {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": signature}

    assert not verify(Hook(URL, headers, text), [NEW], NOW)
