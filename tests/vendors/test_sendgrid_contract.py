"""What we ask of SendGrid is what its own specification allows."""

from __future__ import annotations

import httpx
import pytest

from channels.mail import read_mail
from channels.sendgrid.way import SendGridWay
from domain.words import Reason, Status
from tests.activities.test_email_packing import ANSWERS, ATTACHES
from tests.channels.mails import AT, item, packed
from tests.channels.sendgrid_account import Account
from tests.channels.vendor import vendor
from tests.config.writing import NORDLJUS
from tests.vendors import servers


@pytest.mark.parametrize("text", [NORDLJUS, ANSWERS, ATTACHES], ids=["plain", "reply-to", "with a file"])
def test_a_message_is_accepted(sendgrid_contract: str, text: str):
    answer = SendGridWay("SG.key", sendgrid_contract, 20).send(item(packed(text)))

    assert answer.status is Status.SENT, answer.said


def test_letters_beyond_ascii_are_accepted(sendgrid_contract: str):
    answer = SendGridWay("SG.key", sendgrid_contract, 20).send(item(packed(name="Åsa Öberg, f. Ärlig")))

    assert answer.status is Status.SENT, answer.said


def test_the_contract_does_look_at_what_is_sent(sendgrid_contract: str):
    refused = httpx.post(
        f"{sendgrid_contract}/v3/mail/send",
        json={"subject": read_mail(packed()).subject},
        headers={"Authorization": "Bearer SG.key"},
    )

    assert refused.is_client_error


def test_what_the_contract_lets_through_arrives_whole():
    account = Account(AT)
    with vendor(account) as behind, servers.prism(servers.sendgrid_spec(), behind.url) as sendgrid:
        answer = SendGridWay("SG.key", sendgrid, 20).send(item(packed(ATTACHES)))

    assert (answer.status, answer.vendor_id) == (Status.SENT, "m" + "0" * 21)
    assert len(account.messages) == 1


@pytest.mark.parametrize(("code", "status"), [(413, Status.FAILED), (500, Status.UNKNOWN)])
def test_the_refusals_it_describes_are_understood(
    sendgrid_contract: str, monkeypatch: pytest.MonkeyPatch, code: int, status: Status
):
    monkeypatch.setattr(
        "sendgrid.base_interface.BaseInterface._default_headers",
        {"Authorization": "Bearer SG.key", "Prefer": f"code={code}"},
    )
    answer = SendGridWay("SG.key", sendgrid_contract, 20).send(item(packed()))

    assert answer.status is status, answer.said
    assert answer.why == (Reason.REFUSED if status is Status.FAILED else None)
