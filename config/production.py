"""What a start refuses: a vendor without its settings, and in production all that is only safe for trying out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from config.agencies import missing_of, names_twice, reached, unsafe
from config.environment import PREFIX
from config.problems import ConfigError, Problem
from config.secrets import is_set, is_weak
from config.settings import LOOPBACK, Settings

NEEDED = {
    "sendgrid": {"key": "make an API key with the right to send in SendGrid"},
    "smtp": {"host": "name the mail server"},
    "twilio": {
        "account": "copy the account's SID from the Twilio console, AC…",
        "tokens": "copy the account's auth token from the Twilio console",
    },
    "printhouse": {
        "host": "name the print house's SFTP server",
        "user": "write the user that the print house gave you",
        "key": "name the file with the private key whose public one the print house has",
        "host_key": "write the server's public key as the print house told you, as in ssh-ed25519 AAAA…",
    },
    "pingen": {
        "client": "copy the client's id from Pingen",
        "secret": "copy the client's secret from Pingen",
        "organisation": "copy the organisation's id from Pingen",
    },
}
"""Which settings each vendor cannot do without, and where they are found."""

TOGETHER = (
    ("smtp", "user", "password", "write the user's password"),
    ("smtp", "bounce_port", "bounce_address", "write the address whose mail server the worker is"),
    ("smtp", "imap_host", "imap_user", "write the mailbox's user"),
    ("smtp", "imap_host", "imap_password", "write the mailbox's password"),
)
"""Where one setting is there, the other must be."""

SIGNED = {
    "sendgrid": ("webhook_keys", "turn on the signed event webhook in SendGrid and copy its verification key"),
    "pingen": ("webhook_secrets", "write the signing key of the webhooks in Pingen"),
}
"""What proves that a vendor's call is the vendor's. Twilio's is the account's own token."""

CHANNELS = ("email", "sms", "letter")
"""The channels that lead to customers. Collection by the outbox is fine: a person takes claims from there."""

SECRET_CURE = "write at least 32 random characters, from: openssl rand -hex 32"  # noqa: S105  (a cure, no secret)


def check(settings: Settings, *, embedded: bool = False) -> None:
    """Let worker and gateway start, or refuse.

    Args:
        settings: of this process.
        embedded: whether it is about to bring its own Temporal server along.

    Raises:
        ConfigError: settings of a chosen vendor are missing, or production is asked for with what is not safe there.
    """
    problems = [*missing(settings), *refusals(settings, embedded=embedded)]
    if problems:
        raise ConfigError(problems)


def missing(settings: Settings) -> list[Problem]:
    """The settings that the chosen vendors and agencies cannot do without."""
    vendors = [problem for channel in CHANNELS for problem in missing_for(settings, channel)]
    agencies = [problem for agency in reached(settings) for problem in missing_of(agency)]
    return [*vendors, *agencies, *names_twice(settings)]


def missing_for(settings: Settings, channel: str) -> list[Problem]:
    """The settings that one channel's vendor cannot do without."""
    return list(_missing(settings, channel))


def _missing(settings: Settings, channel: str) -> Iterator[Problem]:
    vendor = getattr(settings, channel)
    group = getattr(settings, vendor, None)
    for name, cure in NEEDED.get(vendor, {}).items():
        if not is_set(group, name):
            yield _at(f"{vendor}_{name}", f"is missing, and {PREFIX}{channel.upper()} is {vendor}", cure)
    for owner, given, name, cure in TOGETHER:
        if owner == vendor and is_set(group, given) and not is_set(group, name):
            yield _at(f"{vendor}_{name}", f"is missing, and {PREFIX}{vendor.upper()}_{given.upper()} is set", cure)


def refusals(settings: Settings, *, embedded: bool = False) -> list[Problem]:
    """What production must not start with; nothing where real customers are not written to."""
    if not settings.production:
        return []
    return [
        *_trials(settings, embedded=embedded),
        *_outboxes(settings),
        *_secrets(settings),
        *_addresses(settings),
        *_connections(settings),
        *(problem for agency in reached(settings) for problem in unsafe(agency)),
    ]


def _trials(settings: Settings, *, embedded: bool) -> Iterator[Problem]:
    if embedded:
        problem = "is true, and this command brings a server for trying out"
        yield _at("production", problem, "run kvitt worker and kvitt gateway against your own Temporal server")
    if settings.allow_test_clocks:
        problem = "is true: a customer would get in a minute what the law gives weeks for"
        yield _at("allow_test_clocks", problem, "unset it, or write false")


def _outboxes(settings: Settings) -> Iterator[Problem]:
    for channel in CHANNELS:
        if getattr(settings, channel) == "outbox":
            vendors = " or ".join(name for name in _choices(channel) if name != "outbox")
            yield _at(channel, "is outbox: customers would get nothing", f"write {vendors}")


def _secrets(settings: Settings) -> Iterator[Problem]:
    secret = settings.gateway_secret.get_secret_value()
    if not secret:
        yield _at("gateway_secret", "is missing", SECRET_CURE)
    elif is_weak(secret, 32):
        yield _at("gateway_secret", "is a default, or can be guessed", SECRET_CURE)
    for channel in CHANNELS:
        vendor = getattr(settings, channel)
        if vendor in SIGNED:
            name, cure = SIGNED[vendor]
            if not is_set(getattr(settings, vendor), name):
                yield _at(f"{vendor}_{name}", "is missing: anybody could call in the vendor's name", cure)
    if settings.sms == "twilio" and any(is_weak(token.get_secret_value(), 16) for token in settings.twilio.tokens):
        yield _at("twilio_tokens", "holds one that is a default, or can be guessed", "copy the account's auth token")
    if settings.letter == "pingen" and any(
        is_weak(one.get_secret_value(), 16) for one in settings.pingen.webhook_secrets
    ):
        problem = "holds one that is a default, or can be guessed"
        yield _at("pingen_webhook_secrets", problem, f"{SECRET_CURE}; and write it in Pingen, too")


def _addresses(settings: Settings) -> Iterator[Problem]:
    cure = "write the address that customers reach the gateway by, as in https://pay.example"
    parts = urlsplit(settings.public_url)
    if not settings.public_url:
        yield _at("public_url", "is missing: every link would lead nowhere", cure)
    elif parts.scheme != "https":
        yield _at("public_url", "is not https: anybody on the way could read invoices", cure)
    elif parts.hostname in LOOPBACK:
        yield _at("public_url", "names this machine, which customers do not reach", cure)
    if settings.shows_staff_pages and settings.gateway_host not in LOOPBACK:
        problem = f"is true, and {PREFIX}GATEWAY_HOST is {settings.gateway_host}: everybody could read every invoice"
        yield _at("staff_pages", problem, f"unset it, or write false; or let {PREFIX}GATEWAY_HOST be 127.0.0.1")


def _connections(settings: Settings) -> Iterator[Problem]:
    if settings.email == "smtp":
        smtp = settings.smtp
        if smtp.security == "none" and smtp.host not in LOOPBACK:
            yield _at("smtp_security", "is none: e-mails and password would go in the clear", "write starttls or tls")
        if smtp.imap_host and smtp.imap_security == "none" and smtp.imap_host not in LOOPBACK:
            yield _at("smtp_imap_security", "is none: the password would go in the clear", "write tls")
    for name, url in _vendor_addresses(settings):
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            yield _at(name, "is not https: keys and messages would go in the clear", "write https://…, or unset it")
        elif "staging" in (parts.hostname or ""):
            yield _at(name, "is for trying out: letters would not be printed", "unset it")


def _vendor_addresses(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.email == "sendgrid":
        yield "sendgrid_host", settings.sendgrid.host
    if settings.sms == "twilio":
        yield "twilio_host", settings.twilio.host
    if settings.letter == "pingen":
        yield "pingen_host", settings.pingen.host
        yield "pingen_identity", settings.pingen.identity


def _choices(channel: str) -> tuple[str, ...]:
    annotation = Settings.model_fields[channel].annotation
    return tuple(getattr(annotation, "__args__", ()))


def _at(name: str, problem: str, cure: str) -> Problem:
    return Problem("", None, f"{PREFIX}{name.upper()}", problem, cure)
