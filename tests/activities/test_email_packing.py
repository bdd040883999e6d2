"""The e-mail as it goes over the wire."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from domain.parcel import Parcel
from domain.words import Message
from gateway.parcels import mail_of
from templates.errors import RenderError
from tests.channels.mails import PLACE, packed
from tests.config.writing import NORDLJUS, changed, problems

SENDER = "email: {from: faktura@nordljus.example, name: Nordljus Energi}"
ANSWERS = changed(SENDER, SENDER.replace("}", ", reply_to: kund@nordljus.example}"))
ATTACHES = changed(SENDER, SENDER.replace("}", ", attach_pdf: true}"))


def read(parcel: Parcel) -> EmailMessage:
    return message_from_bytes(parcel.body, policy=policy.default)


def test_an_e_mail_names_its_send_and_says_that_no_person_wrote_it():
    parcel = packed()
    mail = read(parcel)

    assert mail["Message-ID"] == f"<{PLACE.id}@nordljus.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parcel.sender == "faktura@nordljus.example"
    assert parcel.recipient in str(mail["To"])


def test_an_invoice_is_no_newsletter():
    assert not [name for name in list(read(packed())) if name.lower().startswith("list-")]


def test_answers_go_to_the_sender_unless_the_merchant_says_where():
    assert read(packed())["Reply-To"] is None
    told = read(packed(ANSWERS))
    assert told["Reply-To"] == "kund@nordljus.example"
    assert "kund@nordljus.example" in told.get_body(("plain",)).get_content()
    assert ("Reply-To", "kund@nordljus.example") in mail_of(packed(ANSWERS)).headers


@pytest.mark.parametrize("text", [NORDLJUS, ATTACHES], ids=["words alone", "with a file"])
def test_the_same_e_mail_is_the_same_bytes(text: str):
    assert packed(text).body == packed(text).body


def test_on_wish_the_letter_is_attached():
    mail = read(packed(ATTACHES, address=["Storgatan 1", "111 22 Stockholm"]))
    (file,) = mail.iter_attachments()

    assert mail.get_content_type() == "multipart/mixed"
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "10001.pdf")
    assert file.get_content().startswith(b"%PDF-")
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part
        assert "https://pay.example/i/" in part.get_content()


def test_who_gave_no_postal_address_gets_the_file_too():
    assert list(read(packed(ATTACHES, address=[])).iter_attachments())


def test_a_receipt_is_no_invoice_and_brings_none():
    assert not list(read(packed(ATTACHES, Message.RECEIPT)).iter_attachments())


def test_an_address_that_mail_servers_do_not_know_stops_visibly():
    with pytest.raises(RenderError):
        packed(email="åsa@customer.example")


def test_a_file_without_a_sender_of_letters_is_told_where_it_is_written():
    without = changed("  letter: {window: se-left,", "  #", ATTACHES)

    assert ("senders", "the PDF in e-mails is the letter, and there is no sender of letters") in [
        (problem.key, problem.problem) for problem in problems(without)
    ]
