"""What ``kvitt doctor`` asks the chosen vendors, and whether merchants may send in their own names there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from channels.probes import agency as probes_agency
from channels.probes import http as probes
from channels.probes import mail as probes_mail
from channels.probes import sftp as probes_sftp
from channels.probes.finding import Finding, note, ok, unchecked, wrong
from commands.examining import Check, in_force
from config.agencies import Reached, cure, known, missing_of, named, reached
from config.production import CHANNELS, missing_for
from config.settings import OUTBOX, Settings
from domain.merchant import Merchant

AREAS = {"email": "E-mail", "sms": "SMS", "letter": "Letters"}

NAMES = {
    "sendgrid": "SendGrid",
    "smtp": "The mail server",
    "twilio": "Twilio",
    "printhouse": "The print house",
    "pingen": "Pingen",
}

RESERVED = re.compile(r"(^|\.)(example|test|invalid|localhost|example\.(com|net|org))$")
"""Domains that nobody can send from (RFC 2606)."""

NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
"""A sender's name as phones show it; one without a letter would be taken for a number."""


def vendors(settings: Settings, merchants: Sequence[Merchant]) -> list[Check]:
    """A look at each channel's vendor, and at the agencies."""
    channels = [Check(AREAS[channel], partial(_channel, settings, merchants, channel)) for channel in CHANNELS]
    return [*channels, Check("Collection", partial(_collection, settings, merchants))]


def _channel(settings: Settings, merchants: Sequence[Merchant], channel: str) -> list[Finding]:
    vendor = getattr(settings, channel)
    if vendor == "outbox":
        return [ok("The outbox", "nothing leaves this machine")]
    if vendor == "none":
        return [ok("None", "the channel is not used; the next one follows at once")]
    if problems := missing_for(settings, channel):
        return [unchecked(NAMES[vendor], f"{', '.join(problem.key for problem in problems)} must be set first")]
    return LOOKS[vendor](settings, merchants)


def _collection(settings: Settings, merchants: Sequence[Merchant]) -> list[Finding]:
    """Each agency that is set up, and those that merchants name, in a file or in force, and nobody knows."""
    merchants = [*merchants, *in_force(settings, merchants)]
    found = [finding for one in reached(settings) for finding in _agency(one)]
    strange = {(one.id, name): None for one in merchants for name in named(one) if name not in known(settings)}
    found += [
        wrong(f'The agency "{name}"', f"{merchant} hands over to it, and it is not set up", cure(name, settings))
        for merchant, name in strange
    ]
    if any(OUTBOX in named(merchant) for merchant in merchants) and OUTBOX in known(settings):
        found.append(ok("The outbox", "claims wait there for a person"))
    return found or [ok("None", "nobody hands over to an agency")]


def _agency(one: Reached) -> list[Finding]:
    if problems := missing_of(one):
        what = ", ".join(f"{problem.key} {problem.problem}" for problem in problems)
        return [unchecked(f"The agency {one.name}".strip(), what)]
    whose, group = probes_sftp.Whose(f"the agency {one.name}", one.variable), one.group
    if one.kind == "http":
        found = probes_agency.agency(whose, group.url, [secret.get_secret_value() for secret in group.secrets])
    else:
        key = group.key or Path()
        place = (group.host, group.port, group.user, key, group.host_key, group.folder)
        found = probes_sftp.shared(whose, *place, moves=True)
    if one.kind == "http" and not group.report_secrets:
        how = f"{one.variable('report_secrets')}: write the secret that the agency signs its reports with"
        found.append(note(f"The reports of {one.name}", "no secret is set, so none that it posts is heard", how))
    return found


def _sendgrid(settings: Settings, merchants: Sequence[Merchant]) -> list[Finding]:
    group, domains = settings.sendgrid, _domains(merchants)
    real = [domain for domain in domains if not RESERVED.search(domain)]
    hook_url = f"{settings.address}/hooks/sendgrid"
    key = group.key.get_secret_value()
    return [*probes.sendgrid(key, group.host, group.webhook_keys, hook_url, real), *_reserved(domains)]


def _smtp(settings: Settings, merchants: Sequence[Merchant]) -> list[Finding]:
    group = settings.smtp
    password = group.password.get_secret_value()
    found = probes_mail.smtp(group.host, group.port, group.security, group.user, password)
    if group.imap_host:
        secret = group.imap_password.get_secret_value()
        place = (group.imap_host, group.imap_port, group.imap_security)
        found += probes_mail.imap(*place, group.imap_user, secret, group.imap_folder)
    elif not group.bounce_port:
        cure = "set KVITT_SMTP_BOUNCE_ADDRESS, and KVITT_SMTP_IMAP_HOST or KVITT_SMTP_BOUNCE_PORT"
        found.append(note("Bounces", "nothing that comes back is heard: every e-mail counts as arrived", cure))
    return [*found, *_reserved(_domains(merchants))]


def _twilio(settings: Settings, merchants: Sequence[Merchant]) -> list[Finding]:
    group, senders = settings.twilio, sorted({one.senders.sms for one in merchants if one.senders.sms})
    numbers = [sender for sender in senders if sender.startswith("+")]
    token = group.tokens[0].get_secret_value()
    found = probes.twilio(group.account, token, group.host, group.messaging_service, numbers)
    if group.messaging_service:
        return found
    return [*found, *(_sms_name(sender) for sender in senders if sender not in numbers)]


def _sms_name(sender: str) -> Finding:
    what = f"The SMS sender {sender}"
    if NAME.fullmatch(sender):
        return ok(what)
    cure = "change senders.sms.from in the merchant's file"
    return wrong(what, "a name has up to 11 letters of A to Z, digits and spaces, and one letter at least", cure)


def _print_house(settings: Settings, _: Sequence[Merchant]) -> list[Finding]:
    group = settings.printhouse
    assert group.key is not None, "a print house without a key is told before"  # noqa: S101
    return probes_sftp.print_house(group.host, group.port, group.user, group.key, group.host_key, group.folder)


def _pingen(settings: Settings, _: Sequence[Merchant]) -> list[Finding]:
    group = settings.pingen
    secret = group.secret.get_secret_value()
    found = probes.pingen(group.client, secret, group.organisation, group.host, group.identity)
    if not group.webhook_secrets:
        cure = "KVITT_PINGEN_WEBHOOK_SECRETS: write the signing key of the webhooks in Pingen"
        found.append(note("Pingen's webhooks", "no secret is set, so nothing that Pingen says back is heard", cure))
    return found


LOOKS: dict[str, Callable[[Settings, Sequence[Merchant]], list[Finding]]] = {
    "sendgrid": _sendgrid,
    "smtp": _smtp,
    "twilio": _twilio,
    "printhouse": _print_house,
    "pingen": _pingen,
}


def _domains(merchants: Iterable[Merchant]) -> list[str]:
    """Where the merchants' e-mails come from."""
    return sorted({one.senders.email.address.rpartition("@")[2].lower() for one in merchants if one.senders.email})


def _reserved(domains: Iterable[str]) -> list[Finding]:
    cure = "change senders.email.from in the merchant's file, or name another folder with KVITT_MERCHANTS"
    return [
        wrong(f"The domain {domain}", "it is reserved for examples: nobody can send from it", cure)
        for domain in domains
        if RESERVED.search(domain)
    ]
