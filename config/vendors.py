"""Settings of the vendors, one group each: ``KVITT_SENDGRID_KEY`` is the ``key`` of the group ``sendgrid``."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

Address = Annotated[str, Field(pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$")]
Port = Annotated[int, Field(ge=1, le=65535)]
NO_SECRET = SecretStr("")


def _words(value: Any) -> Any:
    """A list is written with commas or spaces between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_words)]
"""Newest first. Each counts, so that one can be replaced without a gap."""


class Vendor(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    timeout: float = Field(default=20, gt=0, le=60)
    """Seconds that the vendor may take to answer."""


class SendGrid(Vendor):
    """E-mail through SendGrid."""

    key: SecretStr = NO_SECRET
    """The API key; it needs the right to send, and to read logs."""
    host: Address = "https://api.sendgrid.com"
    """Where the API is. In the EU: `https://api.eu.sendgrid.com`."""
    webhook_keys: Words = ()
    """The public keys of signed event webhooks, as SendGrid shows them; several, parted by commas."""


class Smtp(Vendor):
    """E-mail through a mail server."""

    host: str = ""
    """The mail server."""
    port: Port = 587
    """Its port: 587 with STARTTLS, 465 with TLS."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is protected: `starttls`, `tls`, or `none` (on this machine only)."""
    user: str = ""
    """The user, if it wants one."""
    password: SecretStr = NO_SECRET
    """The user's password."""
    bounce_address: str = ""
    """Where bounces go, as in `bounces@pay.example`; our id of the send is put before the @, after a plus sign."""
    bounce_port: int = Field(default=0, ge=0, le=65535)
    """The port at which the worker itself takes bounces in, as the mail server of that address; 0: it does not."""
    imap_host: str = ""
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

    account: str = ""
    """The account's SID, `AC…`."""
    tokens: Secrets = ()
    """The account's auth tokens, the newest first; calls back are signed with them. Several, parted by commas."""
    messaging_service: str = ""
    """The messaging service's SID, `MG…`; without it the merchant's own sender is used."""
    host: Address = "https://api.twilio.com"
    """Where the API is."""
    validity_minutes: int = Field(default=240, ge=1, le=600)
    """Minutes after which an SMS that found no phone is given up."""


class PrintHouse(Vendor):
    """Letters through a print house that fetches them by SFTP."""

    host: str = ""
    """The SFTP server."""
    port: Port = 22
    """Its port."""
    user: str = ""
    """The user."""
    key: Path | None = None
    """The file with our private key."""
    host_key: str = ""
    """The server's public key, as in `ssh-ed25519 AAAA…`."""
    folder: str = "."
    """The folder that holds `in` and `out`."""
    cut_off: time = time(16)
    """When the day's batch is closed, local time of the print house."""
    last_call: time = time(18)
    """Until when the print house takes letters back out of a closed batch."""
    timezone: str = "Europe/Stockholm"
    """The print house's time zone."""


class Pingen(Vendor):
    """Letters through Pingen."""

    client: str = ""
    """The client's id."""
    secret: SecretStr = NO_SECRET
    """The client's secret."""
    organisation: str = ""
    """The organisation's id."""
    host: Address = "https://api.pingen.com"
    """Where the API is. For trying out: `https://api-staging.pingen.com`."""
    identity: Address = "https://identity.pingen.com"
    """Where access tokens come from. For trying out: `https://identity-staging.pingen.com`."""
    webhook_secrets: Secrets = ()
    """The secrets that calls back are signed with, the newest first; several, parted by commas."""
    product: str = "cheap"
    """The delivery product."""
    cut_off: time = time(16)
    """When the day's letters are given to print, UTC; until then they can be called back."""
