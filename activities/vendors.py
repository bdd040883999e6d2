"""Who sends on each channel, as the settings say: the one place where a channel gets its vendor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr

from activities.hearing import Parse
from channels.agency import reports as agency_reports
from channels.agency.drop import DropMailbox, DropWay
from channels.agency.http import HttpWay
from channels.agency.reports import NAME as AGENCY
from channels.agency.reports import speaker
from channels.agency.way import Agencies
from channels.hearing import Ear, Post
from channels.nowhere import Nowhere
from channels.outbox import Outbox
from channels.pingen import hooks as pingen_hooks
from channels.pingen.way import PingenWay
from channels.printhouse import reports as printreports
from channels.printhouse.way import PrintHouseMailbox, PrintHouseWay
from channels.sendgrid import events as sendgrid_events
from channels.sendgrid.way import SendGridWay
from channels.sftp import Door
from channels.smtp import bounces
from channels.smtp.bounce_address import BounceAddress
from channels.smtp.mailbox import ImapMailbox
from channels.smtp.way import SmtpWay
from channels.twilio import hooks as twilio_hooks
from channels.twilio.way import TwilioWay
from channels.way import Mailbox, Round, Way
from config.agencies import Reached, known, reached
from config.settings import OUTBOX, Settings
from domain.policy import Channel

PARSERS: Mapping[str, Parse] = {
    "sendgrid": sendgrid_events.parse,
    "smtp": bounces.parse,
    "twilio": twilio_hooks.parse,
    "printhouse": printreports.parse,
    "pingen": pingen_hooks.parse,
    AGENCY: agency_reports.parse,
}
"""How each vendor's posts are read; also those that wait in the inbox for a vendor that is used no more."""


def ways(settings: Settings) -> dict[Channel, Way]:
    """The way out of each channel."""
    return {
        Channel.EMAIL: _way(settings.email, Channel.EMAIL, settings),
        Channel.SMS: _way(settings.sms, Channel.SMS, settings),
        Channel.LETTER: _way(settings.letter, Channel.LETTER, settings),
        Channel.COLLECTION: _agencies(settings),
    }


def mailboxes(settings: Settings) -> list[Mailbox]:
    """Where vendors leave word for us to fetch."""
    found: list[Mailbox] = []
    smtp = settings.smtp
    if settings.email == "smtp" and smtp.imap_host:
        found.append(
            ImapMailbox(
                smtp.imap_host,
                smtp.imap_port,
                smtp.imap_security,
                smtp.imap_user,
                smtp.imap_password.get_secret_value(),
                smtp.imap_folder,
                smtp.timeout,
            )
        )
    if settings.letter == "printhouse":
        found.append(PrintHouseMailbox(*_door(settings), settings.printhouse.timezone, settings.printhouse.timeout))
    found += [DropMailbox(one.name, _agency_door(one)) for one in reached(settings) if one.kind == "sftp"]
    return found


def rounds(ways: Mapping[Channel, Way]) -> list[Round]:
    """The ways that have something to do at their hour."""
    return [way for way in ways.values() if isinstance(way, PrintHouseWay | PingenWay)]


def bounce_address(settings: Settings, keep: Callable[[Post], Awaitable[object]]) -> BounceAddress | None:
    """The mail server for bounces, where the worker is to be one."""
    smtp = settings.smtp
    if settings.email != "smtp" or not smtp.bounce_port:
        return None
    return BounceAddress(smtp.bounce_address, settings.gateway_host, smtp.bounce_port, keep)


def ears(settings: Settings) -> dict[str, Ear]:
    """How each vendor proves that it calls. One without a secret can prove nothing."""
    return {
        "sendgrid": Ear(sendgrid_events.verify, settings.sendgrid.webhook_keys),
        "twilio": Ear(twilio_hooks.verify, _plain(settings.twilio.tokens)),
        "pingen": Ear(pingen_hooks.verify, _plain(settings.pingen.webhook_secrets)),
        **{
            speaker(one.name): Ear(agency_reports.verify, _plain(one.group.report_secrets)) for one in reached(settings)
        },
    }


def _way(vendor: str, channel: Channel, settings: Settings) -> Way:
    match vendor:
        case "outbox":
            return Outbox(settings.home / "outbox", channel)
        case "sendgrid":
            return _sendgrid(settings)
        case "smtp":
            return _smtp(settings)
        case "twilio":
            return _twilio(settings)
        case "printhouse":
            return _print_house(settings)
        case "pingen":
            return _pingen(settings)
        case _:
            return Nowhere()


def _sendgrid(settings: Settings) -> Way:
    group = settings.sendgrid
    return SendGridWay(group.key.get_secret_value(), group.host, group.timeout, group.tracking)


def _smtp(settings: Settings) -> Way:
    group = settings.smtp
    password = group.password.get_secret_value()
    return SmtpWay(group.host, group.port, group.security, group.user, password, group.timeout, group.bounce_address)


def _twilio(settings: Settings) -> Way:
    group = settings.twilio
    token = group.tokens[0].get_secret_value()
    callback = f"{settings.address}/hooks/twilio"
    return TwilioWay(
        group.account, token, group.host, group.timeout, group.messaging_service, callback, group.validity_minutes
    )


def _print_house(settings: Settings) -> Way:
    group = settings.printhouse
    return PrintHouseWay(*_door(settings), group.cut_off, group.last_call, group.timezone, group.timeout)


def _pingen(settings: Settings) -> Way:
    group = settings.pingen
    secret = group.secret.get_secret_value()
    return PingenWay(
        group.client,
        secret,
        group.organisation,
        group.host,
        group.identity,
        group.product,
        group.cut_off,
        group.timeout,
    )


def _agencies(settings: Settings) -> Agencies:
    """Every agency by its name, and the outbox."""
    by_name: dict[str, Way] = {one.name: _agency(one) for one in reached(settings)}
    if OUTBOX in known(settings):
        by_name[OUTBOX] = Outbox(settings.home / "outbox", Channel.COLLECTION)
    return Agencies(by_name)


def _agency(one: Reached) -> Way:
    if one.kind == "sftp":
        return DropWay(one.name, _agency_door(one))
    return HttpWay(one.name, one.group.url, _plain(one.group.secrets), one.group.timeout)


def _agency_door(one: Reached) -> Door:
    group = one.group
    return Door(group.host, group.port, group.user, group.key or Path(), group.host_key, group.folder, group.timeout)


def _plain(secrets: Sequence[SecretStr]) -> list[str]:
    return [secret.get_secret_value() for secret in secrets]


def _door(settings: Settings) -> tuple[str, int, str, Path, str, str]:
    """How to get into the print house."""
    group = settings.printhouse
    return group.host, group.port, group.user, group.key or Path(), group.host_key, group.folder
