"""Settings of the installation, from environment variables that begin with ``KVITT_``. Temporal's own are its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from config.environment import FILE, PREFIX, Environment, read_environment
from config.faults import told
from config.problems import ConfigError, Problem, closest, wrong
from config.retention import RetentionSettings
from config.vendors import (
    AGENCY_NAME,
    Address,
    OtherAgency,
    Pingen,
    Port,
    PrintHouse,
    SendGrid,
    Smtp,
    TheAgency,
    Twilio,
    Vendor,
)

OUTBOX = "outbox"
"""The agency that is always there: a folder that a person takes claims from."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names of this machine that no other reaches."""

DATABASES = ("sqlite:///", "postgresql+psycopg://", "postgresql://", "postgres://")


def _database(value: Any) -> Any:
    """The two databases, with the drivers that are installed. The address is not repeated: it may hold a password."""
    if isinstance(value, str) and value and not value.startswith(DATABASES):
        raise wrong("is no address of a database", "write postgresql+psycopg://user:password@host/name")
    return value


def _agencies(value: Any) -> Any:
    """More agencies, as JSON. What is wrong is told without the text: it may hold secrets."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise wrong("is no JSON object", 'write it as in {"nordinkasso": {"kind": "http", "url": "https://…"}}')
    for name in found:
        if not name or not re.fullmatch(AGENCY_NAME, name) or name == OUTBOX:
            raise wrong(f'names an agency "{name}"', "write up to 24 small letters, digits, - or _; outbox is taken")
    return found


class Settings(RetentionSettings, BaseSettings):
    """Everything that differs from one installation to the next; the defaults run all of it on one machine."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        enable_decoding=False,
        frozen=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    home: Path = Path("var")
    """Where databases, logs and the outbox live."""
    database_url: Annotated[str, BeforeValidator(_database)] = ""
    """SQLAlchemy address of the store; without it SQLite under home."""
    merchants: Path = Path("examples/merchants")
    """The folder with the merchants' files."""
    gateway_host: str = "127.0.0.1"
    """The address that the gateway listens on."""
    gateway_port: Port = 8080
    """The port that the gateway listens on."""
    public_url: Annotated[Address, Field(examples=["https://invoices.example"])] = ""
    """The address of the gateway as customers reach it; without it the gateway's own."""
    gateway_secret: SecretStr = SecretStr("")
    """Signs what invoice pages send back. Several gateways need the same one; without it one is kept under home."""
    staff_pages: bool | None = None
    """Whether the gateway shows the staff's pages and the outbox, which ask nobody who they are. Without it: only where
    it listens on this machine alone and has no public address."""
    temporal_port: Port = 7233
    """The port of the embedded Temporal server."""
    ui_port: Port = 8233
    """The port of the embedded Temporal server's web pages."""
    health_port: int = Field(default=0, ge=0, le=65535)
    """The port at which a worker answers probes, `/live` and `/ready`; 0: it does not."""
    task_queue: str = Field(default="kvitt", min_length=1)
    """The task queue of the workflows, and the beginning of the channels' queues."""
    build_id: str = Field(default="", pattern=r"^([A-Za-z0-9][A-Za-z0-9._+-]{0,63})?$", examples=["2026.11.2"])
    """Which build a worker is, for upgrades without a gap; without it workers are all the same to Temporal."""
    cache: int = Field(default=400, ge=1, le=100_000)
    """How many cases a worker keeps in memory between two looks; another one's history is read again, and lived again,
    before it goes on."""
    production: bool = False
    """Whether real customers are written to. What is only safe for trying out is then refused at the start."""
    allow_test_clocks: bool = Field(default_factory=lambda known: not known.get("production"))
    """Whether a case's clock may be moved. Without it: except in production."""
    email: Literal["outbox", "sendgrid", "smtp", "none"] = "outbox"
    """How e-mails go out: `outbox`, `sendgrid`, `smtp`; or `none`, and the next channel follows at once."""
    sms: Literal["outbox", "twilio", "none"] = "outbox"
    """How SMS go out: `outbox`, `twilio` or `none`."""
    letter: Literal["outbox", "printhouse", "pingen", "none"] = "outbox"
    """How letters go out: `outbox`, `printhouse`, `pingen` or `none`."""
    sendgrid: SendGrid = SendGrid()
    smtp: Smtp = Smtp()
    twilio: Twilio = Twilio()
    printhouse: PrintHouse = PrintHouse()
    pingen: Pingen = Pingen()
    collection: Literal["outbox", "sftp", "http", "none"] = "outbox"
    """How claims go to the agency that `KVITT_AGENCY_NAME` names: `sftp` or `http`; `outbox`: there is none, and claims
    for the agency `outbox` wait there for a person; `none`: those are refused as well."""
    agency: TheAgency = TheAgency()
    agencies: Annotated[dict[str, OtherAgency], BeforeValidator(_agencies)] = {}
    """More agencies by name, as JSON."""
    api_rate: str = Field(default="600/minute", pattern=r"^[1-9]\d*/(second|minute|hour)$", examples=["600/minute"])
    """How many requests each API key may make, as in `600/minute`; per gateway."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on the log is written."""
    log_format: Literal["text", "json"] = "text"
    """How the log is written: `text`, for people, or `json`, one object a line."""
    metrics_host: str = Field(default="127.0.0.1", min_length=1)
    """The address on which a worker or a gateway shows its metrics."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """The port of the metrics; `0`: none are shown."""
    traces: Annotated[Address, Field(examples=["http://127.0.0.1:4318"])] = ""
    """The collector that traces are sent to, by OTLP over HTTP; without it nobody traces."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is handed in, then the environment with its files."""
        return (init_settings, _Said(settings_cls))

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
    def metrics(self) -> tuple[str, int] | None:
        """Where the metrics are shown, if they are."""
        return (self.metrics_host, self.metrics_port) if self.metrics_port else None

    @property
    def shows_staff_pages(self) -> bool:
        """Whether the gateway shows the staff's pages and the outbox."""
        if self.staff_pages is not None:
            return self.staff_pages
        return self.gateway_host in LOOPBACK and (urlsplit(self.address).hostname or "") in LOOPBACK


class _Said(EnvSettingsSource):
    """What the environment says of settings, files that it names included."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self.env_vars = {name.lower(): value for name, value in _environment().values.items()}


class _Told(Settings):
    """The settings that are handed in, whatever the environment says."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (called by position, with all of them)
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what is handed in."""
        return (init_settings,)


def variables() -> Iterator[tuple[str, FieldInfo]]:
    """Every variable there is; those of a vendor's group are named by both, as in ``KVITT_SMTP_HOST``."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, Vendor):
            for inner, its in type(field.default).model_fields.items():
                yield f"{PREFIX}{name}_{inner}".upper(), its
        else:
            yield f"{PREFIX}{name}".upper(), field


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        ConfigError: a variable is unknown, or its value wrong; one line each, naming the variable, and no secret.
    """
    settings, problems = read_what_is_right()
    if problems:
        raise ConfigError(problems)
    return settings


def read_what_is_right() -> tuple[Settings, tuple[Problem, ...]]:
    """Read the settings from the environment; what is wrong there is told, and left at its default."""
    said = _environment()
    problems = [*map(_unknown, said.unknown), *said.problems]
    try:
        return Settings(), tuple(problems)
    except ValidationError as error:
        faults = [one for one in error.errors(include_url=False) if _is_first(one)]
        told_of = {name: _told(name, fault, said) for fault in faults for name in [_variable(fault)]}
        return _Told(**_without({*told_of})), (*problems, *told_of.values())


def _told(name: str, fault: ErrorDetails, said: Environment) -> Problem:
    """What is wrong, told of the variable that somebody wrote."""
    return told(said.files.get(name, name), fault, dict(variables())[name])


def _environment() -> Environment:
    return read_environment([name for name, _ in variables()])


def _unknown(name: str) -> Problem:
    known = {one.removeprefix(PREFIX).lower(): one for one, _ in variables()}
    meant = known.get(closest(name.removeprefix(PREFIX).removesuffix(FILE), known) or "")
    cure = f"did you mean {meant}?" if meant else "see docs/settings.md, or unset it"
    return Problem("", None, name, "is no setting", cure)


def _variable(fault: ErrorDetails) -> str:
    """The variable that a fault is about; a list's element is about the list's."""
    if fault["loc"][0] == "agencies":
        return f"{PREFIX}AGENCIES"
    return (PREFIX + "_".join(part for part in fault["loc"][:2] if isinstance(part, str))).upper()


def _is_first(fault: ErrorDetails) -> bool:
    """Whether it is a fault of its own: a default that depends on another variable fails with that one."""
    return fault["type"] != "default_factory_not_called"


def _without(names: set[str]) -> dict[str, Any]:
    """What the environment says, but for these variables."""
    said: dict[str, Any] = {}
    for name, value in _Said(Settings)().items():
        if not isinstance(value, dict):
            said |= {name: value} if f"{PREFIX}{name}".upper() not in names else {}
        else:
            said[name] = {key: one for key, one in value.items() if f"{PREFIX}{name}_{key}".upper() not in names}
    return said
