"""Settings of the installation, from environment variables that begin with ``KVITT_``. Temporal's own are its own."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.problems import ConfigError, Problem
from config.vendors import Pingen, PrintHouse, SendGrid, Smtp, Twilio

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names of this machine that no other reaches."""

CURES = {
    "int_parsing": "write a whole number",
    "bool_parsing": "write true or false",
    "string_pattern_mismatch": "write an address as in https://invoices.example",
}
"""What to write instead, where pydantic's own words are a programmer's."""


class Settings(BaseSettings):
    """Everything that differs from one installation to the next; the defaults run all of it on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="KVITT_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        enable_decoding=False,
        frozen=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    home: Path = Path("var")
    """Where databases, logs and the outbox live."""
    database_url: str = ""
    """SQLAlchemy address of the store; without it SQLite under home."""
    merchants: Path = Path("examples/merchants")
    """The folder with the merchants' files."""
    gateway_host: str = "127.0.0.1"
    """The address that the gateway listens on."""
    gateway_port: int = Field(default=8080, ge=1, le=65535)
    """The port that the gateway listens on."""
    public_url: str = Field(default="", pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$")
    """The address of the gateway as customers reach it; without it the gateway's own."""
    gateway_secret: SecretStr = SecretStr("")
    """Signs what invoice pages send back. Several gateways need the same one; without it one is kept under home."""
    staff_pages: bool | None = None
    """Whether the gateway shows the staff's pages and the outbox, which ask nobody who they are. Without it: only where
    it listens on this machine alone and has no public address."""
    temporal_port: int = Field(default=7233, ge=1, le=65535)
    """The port of the embedded Temporal server."""
    ui_port: int = Field(default=8233, ge=1, le=65535)
    """The port of the embedded Temporal server's web pages."""
    task_queue: str = Field(default="kvitt", min_length=1)
    """The task queue of the workflows, and the beginning of the channels' queues."""
    allow_test_clocks: bool = True
    """Whether a case's clock may be moved. Set it to false in production."""
    production: bool = False
    """Whether real customers are written to. What is only safe for trying out is then refused at the start."""
    email: Literal["outbox", "sendgrid", "smtp"] = "outbox"
    """How e-mails go out: `outbox`, `sendgrid` or `smtp`."""
    sms: Literal["outbox", "twilio"] = "outbox"
    """How SMS go out: `outbox` or `twilio`."""
    letter: Literal["outbox", "printhouse", "pingen"] = "outbox"
    """How letters go out: `outbox`, `printhouse` or `pingen`."""
    sendgrid: SendGrid = SendGrid()
    smtp: Smtp = Smtp()
    twilio: Twilio = Twilio()
    printhouse: PrintHouse = PrintHouse()
    pingen: Pingen = Pingen()
    api_rate: str = Field(default="600/minute", pattern=r"^[1-9]\d*/(second|minute|hour)$")
    """How many requests each API key may make, as in `600/minute`; per gateway."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on the log is written."""

    @property
    def database(self) -> str:
        """The address of the store."""
        return self.database_url or f"sqlite:///{self.home / 'kvitt.sqlite3'}"

    @property
    def address(self) -> str:
        """The address of the gateway as customers reach it, without a slash at the end."""
        host = "localhost" if self.gateway_host in ("0.0.0.0", "::") else self.gateway_host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.gateway_port}").rstrip("/")

    @property
    def shows_staff_pages(self) -> bool:
        """Whether the gateway shows the staff's pages and the outbox."""
        if self.staff_pages is not None:
            return self.staff_pages
        return self.gateway_host in LOOPBACK and (urlsplit(self.address).hostname or "") in LOOPBACK


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        ConfigError: a value is wrong; one line each, naming the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigError(map(_problem, error.errors(include_url=False))) from None


def _problem(detail: ErrorDetails) -> Problem:
    cure = CURES.get(detail["type"], detail["msg"].lower())
    name = "_".join(str(part) for part in detail["loc"][:2] if isinstance(part, str)).upper()
    return Problem("", None, f"KVITT_{name}", f'is "{detail["input"]}"', cure)
