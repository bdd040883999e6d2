"""Settings of the vendors, one group each: ``KVITT_SENDGRID_KEY`` is the ``key`` of the group ``sendgrid``."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from config.problems import closest, wrong

Address = Annotated[str, Field(pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$")]
"""An address on the web, or none."""
Host = Annotated[str, Field(pattern=r"^[^\s/@]*$")]
"""The name of a machine, or none."""
Mail = Annotated[str, Field(pattern=r"^([^\s@]+@[^\s@]+)?$")]
"""An e-mail address, or none."""
Port = Annotated[int, Field(ge=1, le=65535)]
HostKey = Annotated[str, Field(pattern=r"^([a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?)?$", examples=["ssh-ed25519 AAAA…"])]
"""A server's public key, or none."""
NO_SECRET = SecretStr("")
AGENCY_NAME = r"^([a-z0-9][a-z0-9_-]{0,23})?$"
"""An agency's name, or none."""


def _words(value: Any) -> Any:
    """A list is written with commas or spaces between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_words)]
"""Newest first. Each counts, so that one can be replaced without a gap."""

SIGNING = re.compile(r"whsec_(?=.{32,88}$)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
"""A secret of the Standard Webhooks specification."""

P256 = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
"""How every public key on the curve P-256 begins, in base64."""


def _webhook_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    if any(len(key) != 124 or not key.startswith(P256) for key in keys):
        raise wrong("is no key of a signed webhook", f"copy the verification key that SendGrid shows, {P256[:8]}…")
    return keys


def _signing(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not all(SIGNING.fullmatch(secret.get_secret_value()) for secret in secrets):
        raise wrong(
            "is no secret to sign with", "write whsec_ and 24 to 64 random bytes, from: openssl rand -base64 32"
        )
    return secrets


def _timezone(name: str) -> str:
    if name not in available_timezones():
        zones = {zone.casefold(): zone for zone in available_timezones()}
        meant = zones.get(closest(name, zones) or "", "Europe/Stockholm")
        raise wrong(f'is "{name}", which is no time zone', f"write it as in {meant}")
    return name


class Vendor(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    timeout: float = Field(default=20.0, gt=0, le=60)
    """Seconds that the vendor may take to answer."""


class SendGrid(Vendor):
    """E-mail through SendGrid."""

    key: SecretStr = NO_SECRET
    """The API key; it needs the right to send, and to read logs."""
    host: Annotated[Address, Field(examples=["https://api.sendgrid.com"])] = "https://api.sendgrid.com"
    """Where the API is. In the EU: `https://api.eu.sendgrid.com`."""
    webhook_keys: Annotated[Words, AfterValidator(_webhook_keys)] = ()
    """The public keys of signed event webhooks, as SendGrid shows them; several, parted by commas."""
    tracking: bool = False
    """Whether SendGrid may put its own links and a picture into messages, to tell of clicks and opens."""


class Smtp(Vendor):
    """E-mail through a mail server."""

    host: Annotated[Host, Field(examples=["mail.example.com"])] = ""
    """The mail server."""
    port: Port = 587
    """Its port: 587 with STARTTLS, 465 with TLS."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is protected: `starttls`, `tls`, or `none` (on this machine only)."""
    user: str = ""
    """The user, if it wants one."""
    password: SecretStr = NO_SECRET
    """The user's password."""
    bounce_address: Annotated[Mail, Field(examples=["bounces@pay.example"])] = ""
    """Where bounces go, as in `bounces@pay.example`; our id of the send is put before the @, after a plus sign."""
    bounce_port: int = Field(default=0, ge=0, le=65535)
    """The port at which the worker itself takes bounces in, as the mail server of that address; 0: it does not."""
    imap_host: Annotated[Host, Field(examples=["mail.example.com"])] = ""
    """The server of the mailbox that bounces arrive in."""
    imap_port: Port = 993
    """Its port."""
    imap_security: Literal["tls", "none"] = "tls"
    """How the connection is protected: `tls`, or `none` (on this machine only)."""
    imap_user: str = ""
    """The mailbox's user."""
    imap_password: SecretStr = NO_SECRET
    """The mailbox's password."""
    imap_folder: str = "INBOX"
    """The folder that is read; what was read is marked as seen, and stays."""


class Twilio(Vendor):
    """SMS through Twilio."""

    account: str = Field(default="", pattern=r"^(AC[0-9a-fA-F]{32})?$", examples=["AC0123456789abcdef0123456789abcdef"])
    """The account's SID, `AC…`."""
    tokens: Secrets = ()
    """The account's auth tokens, the newest first; calls back are signed with them. Several, parted by commas."""
    messaging_service: str = Field(
        default="", pattern=r"^(MG[0-9a-fA-F]{32})?$", examples=["MG0123456789abcdef0123456789abcdef"]
    )
    """The messaging service's SID, `MG…`; without it the merchant's own sender is used."""
    host: Annotated[Address, Field(examples=["https://api.twilio.com"])] = "https://api.twilio.com"
    """Where the API is."""
    validity_minutes: int = Field(default=240, ge=1, le=600)
    """Minutes after which an SMS that found no phone is given up."""


class PrintHouse(Vendor):
    """Letters through a print house that fetches them by SFTP."""

    host: Annotated[Host, Field(examples=["sftp.printhouse.example"])] = ""
    """The SFTP server."""
    port: Port = 22
    """Its port."""
    user: str = ""
    """The user."""
    key: Path | None = None
    """The file with our private key."""
    host_key: HostKey = ""
    """The server's public key, as in `ssh-ed25519 AAAA…`."""
    folder: str = "."
    """The folder that holds `in` and `out`."""
    cut_off: time = time(16)
    """When the day's batch is closed, local time of the print house."""
    last_call: time = time(18)
    """Until when the print house takes letters back out of a closed batch."""
    timezone: Annotated[str, AfterValidator(_timezone)] = "Europe/Stockholm"
    """The print house's time zone."""


class Pingen(Vendor):
    """Letters through Pingen."""

    client: str = ""
    """The client's id."""
    secret: SecretStr = NO_SECRET
    """The client's secret."""
    organisation: str = ""
    """The organisation's id."""
    host: Annotated[Address, Field(examples=["https://api.pingen.com"])] = "https://api.pingen.com"
    """Where the API is. For trying out: `https://api-staging.pingen.com`."""
    identity: Annotated[Address, Field(examples=["https://identity.pingen.com"])] = "https://identity.pingen.com"
    """Where access tokens come from. For trying out: `https://identity-staging.pingen.com`."""
    webhook_secrets: Secrets = ()
    """The secrets that calls back are signed with, the newest first; several, parted by commas."""
    product: str = "cheap"
    """The delivery product."""
    cut_off: time = time(16)
    """When the day's letters are given to print, UTC; until then they can be called back."""


SigningSecrets = Annotated[Secrets, AfterValidator(_signing)]


class Agency(Vendor):
    """A collection agency, reached through a folder (SFTP) or at an address (HTTP)."""

    host: Annotated[Host, Field(examples=["sftp.agency.example"])] = ""
    """The SFTP server."""
    port: Port = 22
    """Its port."""
    user: str = ""
    """The user."""
    key: Path | None = None
    """The file with our private key."""
    host_key: HostKey = ""
    """The server's public key, as in `ssh-ed25519 AAAA…`."""
    folder: str = "."
    """The folder that holds `in` and `out`."""
    url: Annotated[Address, Field(examples=["https://claims.agency.example/kvitt"])] = ""
    """Where claims are posted to."""
    secrets: SigningSecrets = ()
    """The secrets that we sign with, `whsec_…`, the newest first; several, parted by commas."""
    report_secrets: SigningSecrets = ()
    """The secrets that the agency signs its reports with, `whsec_…`; others than ours."""


class TheAgency(Agency):
    """The agency that ``KVITT_COLLECTION`` leads to."""

    name: str = Field(default="", pattern=AGENCY_NAME, examples=["nordinkasso"])
    """What merchants' files call it."""


class OtherAgency(Agency):
    """One more agency."""

    kind: Literal["sftp", "http"]
    """How it is reached: `sftp` or `http`."""
