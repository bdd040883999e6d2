"""An evidence pack from the books: what went out, what was heard, what is owed and why; always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from activities.evidence import evidence_of, rules_version
from config.merchants import read_merchant
from domain.events import Acknowledged, Answered, Disputed, MoveAsked, Moved, Paid
from domain.evidence import CLAIM, HISTORY, LOG, check, head_of
from domain.law.pack import FIRM
from domain.policy import Channel, Claim
from domain.words import COLLECTION, DisputeOutcome, Message, When
from store.books import Books, open_books
from templates.errors import RenderError
from tests.activities.proven import claim_in, files_in, lived, rows_in, told
from tests.databases import database_of
from tests.gateway.cases import NAME, Kept, at, sek
from tests.live.house import STORIES
from workflows.published import rules_under

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = open_books(database_of(tmp_path))
    yield books
    books.close()


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_a_pack_verifies_and_holds_exactly_the_bytes_that_were_sent(books: Books):
    case = lived(books)

    pack = evidence_of(books, case.file)

    assert check(pack).problems == ()
    files, sends = files_in(pack), books.sends.of_invoice(case.id)
    names = {"email": "message.eml", "sms": "message.txt", "letter": "letter.pdf", "collection": "claim.zip"}
    assert {send.channel for send in sends} == set(Channel)
    for number, send in enumerate(sends, start=1):
        assert send.parcel
        folder = f"messages/{number:02}-{send.send.step}-{send.channel}"
        assert files[f"{folder}/{names[send.channel]}"] == send.parcel.body
        about = json.loads(files[f"{folder}/about.json"])
        assert about["send"] == send.id
        assert about["sha256"] == sha256(send.parcel.body).hexdigest()
        assert about["recipient"] == send.parcel.recipient
        assert (about["message"], about["status"]) == (send.message, "delivered" if send is sends[0] else "sent")
        assert about["went_out"] == case.file.law.calendar.local(send.reserved_at).isoformat()


def test_any_flipped_byte_of_a_real_pack_is_found(books: Books):
    case = lived(books)
    chance = Random(17)

    for pack in (evidence_of(books, case.file), claim_in(books, case)):
        for at_byte in chance.sample(range(len(pack)), 60):
            flipped = bytes([pack[at_byte] ^ 1 << chance.randrange(8)])
            assert check(pack[:at_byte] + flipped + pack[at_byte + 1 :]).problems, at_byte


def test_its_log_tells_in_the_order_of_time_what_there_is(books: Books, rewrite: bool):
    case = lived(books)
    packs = {"pack": evidence_of(books, case.file), "claim": claim_in(books, case)}

    for name, pack in packs.items():
        golden = GOLDEN / f"evidence-{name}.txt"
        told = "".join(f"{line.at}  {line.path}  ({line.what})\n" for line in check(pack).lines)
        if rewrite:
            golden.write_text(told)
        assert told == golden.read_text()


def test_the_same_books_give_the_same_bytes(books: Books, tmp_path: Path):
    case = lived(books)
    pack = evidence_of(books, case.file)
    again = open_books(database_of(tmp_path))

    assert evidence_of(again, again.cases.read(case.id)) == pack
    again.close()


def test_one_more_word_from_the_world_gives_another_head(books: Books):
    case = lived(books)
    before = head_of(evidence_of(books, case.file))

    case.hear(Paid(at=at("2026-05-01T10:00"), amount=sek("1.00"), dated=date(2026, 5, 1)))

    assert head_of(evidence_of(books, case.file)) != before


def test_deliveries_are_told_with_the_vendors_moment_and_our_id(books: Books):
    case = lived(books)
    mail, sms, *_ = books.sends.of_invoice(case.id)

    told = rows_in(files_in(evidence_of(books, case.file))["delivery.jsonl"])

    assert [(one["send"], one["word"], one["at"]) for one in told] == [
        (mail.id, "delivered", "2026-03-02T08:01:00+00:00"),
        (sms.id, "viewed", "2026-03-05T18:20:00+01:00"),
    ]
    assert told[0]["vendor"] == "sendgrid"
    assert told[0]["said"] == "250 2.0.0 OK"


def test_orders_are_told_with_who_when_and_why(books: Books):
    [told] = rows_in(files_in(evidence_of(books, lived(books).file))["commands.jsonl"])

    assert (told["id"], told["order"], told["who"], told["why"]) == ("bank-7", "paid", "clerk", "by hand")
    assert told["at"] == "2026-04-09T10:00:00+02:00"
    assert told["meant"]["amount"] == {"minor": 10000, "currency": "SEK"}


def test_versions_are_those_that_the_case_is_pinned_to_and_can_be_checked(books: Books):
    files = files_in(evidence_of(books, lived(books).file))
    versions = json.loads(files["versions.json"])

    assert versions["merchant"]["sha256"] == sha256(files["policy.yaml"]).hexdigest()
    assert versions["policy"]["sha256"] == sha256(files["policy.json"]).hexdigest()
    assert versions["rules"]["sha256"] == rules_version()
    assert files["policy.yaml"] == Path("examples/merchants/nordljus.yaml").read_bytes()


def test_a_case_that_was_moved_tells_all_the_rules_by_which_it_went(books: Books):
    case = lived(books)
    began = case.file
    text = Path("examples/merchants/nordljus.yaml").read_text().replace("fee: 60.00", "fee: 40.00")
    second = books.registry.publish(read_merchant(text, "second"), text, at("2026-05-01T09:00"))
    rules = rules_under(books, began, second)
    case.hear(
        MoveAsked(at=at("2026-05-02T09:00"), rules=rules, when=When.NOW), Moved(at=at("2026-05-02T09:01"), rules=rules)
    )

    files = files_in(evidence_of(books, case.file))
    versions = json.loads(files["versions.json"])

    assert (versions["merchant"]["version"], versions["earlier"][0]["merchant"]["version"]) == (2, 1)
    assert versions["policy"]["sha256"] == sha256(files["policy.json"]).hexdigest()
    assert versions["earlier"][0]["policy"]["sha256"] == sha256(files["earlier/policy-1.json"]).hexdigest()
    assert files["policy.yaml"].decode() == text
    assert case.file.began_by == began.policy_version_id
    assert "earlier/" in files["README.txt"].decode()


def test_the_ledger_and_the_history_are_the_books_own(books: Books):
    case = lived(books)
    files = files_in(evidence_of(books, case.file))
    told = json.loads(files["ledger.json"])

    assert told["open"]["balance"] == str(case.file.facts.balance)
    assert [line["what"] for line in told["lines"]] == ["invoiced", "paid", "fee"]
    assert rows_in(files[HISTORY]) == [entry.as_json() for entry in case.file.life]


# --- the hand-over ---------------------------------------------------------------------------------------------------


def test_a_claim_is_the_pack_and_its_notice_tells_principal_interest_and_costs_apart(books: Books):
    case = lived(books)
    pack = claim_in(books, case)

    assert check(pack).problems == ()
    claim = json.loads(files_in(pack)[CLAIM])
    assert claim["debtor"]["name"] == NAME
    assert (claim["principal"], claim["interest"], claim["costs"]) == ("369.55", "0.00", "60.00")
    assert claim["balance"] == str(case.file.facts.balance) == "429.55"
    [charge] = claim["charges"]
    assert (charge["kind"], charge["amount"], charge["law"]) == ("fee", "60.00", "a law")
    assert [document["channel"] for document in claim["documents"]] == ["email", "sms", "letter", "letter"]


def test_a_claim_names_the_evidence_that_it_rests_on(books: Books):
    pack = claim_in(books, lived(books))
    lines = files_in(pack)[LOG].splitlines()
    evidence = json.loads(files_in(pack)[CLAIM])["evidence"]

    assert evidence["sha256"] == sha256(lines[evidence["lines"] - 1]).hexdigest()
    assert [json.loads(line)["path"] for line in lines[evidence["lines"] :]] == [CLAIM, LOG]


def test_the_guide_for_agencies_tells_all_that_a_notice_holds(books: Books):
    _, [(parcel, _)] = told(books, "norway-to-collection", interest=Claim.LEGAL)
    claim = json.loads(files_in(parcel.body)[CLAIM])
    guide = Path("docs/agencies.md").read_text()
    charge = next(charge for charge in claim["charges"] if charge["kind"] == "interest")

    for told_of in (claim, charge["periods"][0], {"kind", "amount", "law", "capped", "state"}):
        assert [field for field in told_of if f"`{field}`" not in guide] == []


def test_an_agency_gets_nothing_of_what_others_were_told(books: Books):
    case = lived(books)
    case.send(Channel.COLLECTION, "2026-05-02T09:00", Message.WITHDRAWAL, f"{COLLECTION}-withdrawal")
    first = claim_in_step(books, case, COLLECTION)
    case.send(Channel.COLLECTION, "2026-05-03T09:00", Message.CLAIM, f"{COLLECTION}-again")
    second = claim_in_step(books, case, f"{COLLECTION}-again")

    paths = files_in(second)
    assert not [path for path in paths if "collection" in path or path == "policy.yaml"]
    assert len(second) < len(first) * 1.2
    assert any(path.endswith("claim.zip") for path in files_in(evidence_of(books, case.file)))


def claim_in_step(books: Books, case: Kept, step: str) -> bytes:
    [send] = [send for send in books.sends.of_invoice(case.id) if send.send.step == step]
    assert send.parcel
    return send.parcel.body


def test_notices_about_a_claim_are_json_and_name_it(books: Books):
    case = lived(books)
    claim = books.sends.of_invoice(case.id)[-1]
    case.hear(
        Acknowledged(at=at("2026-05-02T08:00"), case="K-1"), Disputed(at=at("2026-05-03T08:00"), amount=sek("100.00"))
    )
    for day, message in enumerate((Message.DISPUTE_NOTICE, Message.WITHDRAWAL), start=3):
        send = case.send(Channel.COLLECTION, f"2026-05-0{day}T09:00", message, f"{COLLECTION}-{message}")

        assert send.parcel
        assert send.parcel.media_type == "application/json"
        notice = json.loads(send.parcel.body)
        assert notice["notice"] == message
        assert notice["claim"] == claim.id
        assert ("case" in notice, "disputed" in notice) == (True, message is Message.DISPUTE_NOTICE)
        case.hear(Answered(at=at("2026-05-03T12:00"), outcome=DisputeOutcome.REJECTED))


def test_a_claim_that_is_too_large_to_be_read_again_is_not_made(books: Books, monkeypatch: pytest.MonkeyPatch):
    case = lived(books)
    monkeypatch.setattr("domain.archive.MOST_BYTES", 1000)

    with pytest.raises(RenderError, match="more than a pack holds"):
        case.send(Channel.COLLECTION, "2026-05-03T09:00", Message.CLAIM, f"{COLLECTION}-again")


# --- every story -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_pack_of_every_story_verifies_and_its_claims_add_up(books: Books, path: Path):
    case, claims = told(books, path.stem)

    assert check(evidence_of(books, case)).problems == ()
    for parcel, event in claims:
        claim = json.loads(files_in(parcel.body)[CLAIM])
        owed = sum((sek_of(claim, part) for part in ("principal", "interest", "costs")), 0)
        assert check(parcel.body).problems == ()
        assert owed == sek_of(claim, "balance") == event.total.minor


def test_interest_is_claimed_apart_with_its_periods_and_the_rate_that_the_law_gave(books: Books):
    _, [(parcel, _)] = told(books, "norway-to-collection", interest=Claim.LEGAL)
    files = files_in(parcel.body)
    claim, law = json.loads(files[CLAIM]), json.loads(files["law.json"])

    charged = [charge for charge in claim["charges"] if charge["kind"] == "interest"]
    assert [charge["state"] for charge in charged] == ["booked", "booked", "pending"]
    assert sek_of(claim, "interest") == sum(sek_of(charge, "amount") for charge in charged) > 0
    for charge in charged:
        periods = charge["periods"]
        assert sek_of(charge, "amount") == sum(sek_of(period, "amount") for period in periods)
        [grounds] = [
            one["grounds"] for one in law["charges"] if (one["step"], one["kind"]) == (charge["step"], "interest")
        ]
        values = {ground["rule"]: ground["value"] for ground in grounds}
        for period in periods:
            assert f"{values['interest.reference']} + {values['interest.points']}" == (
                f"{Decimal(period['rate']) - 8} % a year + 8 percentage points"
            )


def test_compensation_and_fees_are_costs(books: Books):
    _, [(parcel, _)] = told(books, "collection-withdrawn-then-paid", compensation=Claim.LEGAL)
    claim = json.loads(files_in(parcel.body)[CLAIM])

    assert [(charge["kind"], charge["amount"]) for charge in claim["charges"]] == [("compensation", "450.00")]
    assert claim["costs"] == "450.00"


def sek_of(claim: dict[str, Any], part: str) -> int:
    """Minor units; every example's currency has hundredths."""
    return int(claim[part].replace(".", ""))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_each_charge_of_every_story_has_its_firm_ground_in_law(books: Books, path: Path):
    case, _ = told(books, path.stem)
    law = json.loads(files_in(evidence_of(books, case))["law.json"])

    assert len(law["charges"]) == len(case.facts.charges)
    for charge in law["charges"]:
        grounds = [ground for ground in charge["grounds"] if ground["ref"] == charge["law"] and ground["firm"]]
        assert grounds
        assert all(ground["since"] and ground["mark"] in [known.value for known in FIRM] for ground in grounds)
    assert {"rule", "value", "since", "ref", "link", "mark", "read"} <= set(law["in_force"][0])
