"""django-anymail's webhook view for SendGrid, on the same calls: with a receiver that stores, and with one that counts.

The view itself keeps nothing. Where each event is stored once, all of a call is stored in one transaction, which is the
best that can be done in a receiver; Django's own default would be a transaction for each.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy import make_url

from channels.hearing import Hook


@dataclass(frozen=True, slots=True)
class Anymail:
    """The view, and the table that its receiver stores into, on each of the databases by its name."""

    view: Callable[[Any], Any]
    table: Any

    def storing(self, hook: Hook, database: str) -> float:
        """Seconds of a call whose events are each stored once."""
        from django.db import transaction  # noqa: PLC0415

        def store(event: Any, **_: Any) -> None:
            said = {"word": event.event_type, "send": event.metadata.get("kvitt_send"), "at": event.timestamp}
            said["said"] = event.mta_response or ""
            self.table.objects.using(database).get_or_create(key=event.event_id, defaults=said)

        request = _request(hook)
        with _received_by(store):
            begun = perf_counter()
            with transaction.atomic(using=database):
                answer = self.view(request)
            took = perf_counter() - begun
        _check(answer)
        return took

    def counting(self, hook: Hook) -> float:
        """Seconds of a call whose events are only counted."""
        counted = 0

        def count(**_: Any) -> None:
            nonlocal counted
            counted += 1

        request = _request(hook)
        with _received_by(count):
            begun = perf_counter()
            answer = self.view(request)
            took = perf_counter() - begun
        _check(answer)
        return took

    def stored(self, database: str) -> int:
        """How many events are stored."""
        return int(self.table.objects.using(database).count())


def set_up(public_key: str, databases: Mapping[str, str]) -> Anymail:
    """Django with nothing but this view, once in a process; ``databases`` are addresses as SQLAlchemy writes them."""
    import django  # noqa: PLC0415  (Django reads its settings when it is imported from)
    from django.conf import settings  # noqa: PLC0415

    named = {name: _database(address) for name, address in databases.items()}
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ANYMAIL={"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": public_key},
        DATABASES={"default": next(iter(named.values())), **named},
        INSTALLED_APPS=["anymail"],
        LOGGING_CONFIG=None,
        USE_TZ=True,
    )
    django.setup()
    from anymail.exceptions import AnymailNotSupportedWarning  # noqa: PLC0415
    from anymail.webhooks.sendgrid import SendGridTrackingWebhookView  # noqa: PLC0415

    warnings.simplefilter("ignore", AnymailNotSupportedWarning)
    return Anymail(SendGridTrackingWebhookView.as_view(), _table(named))


def _database(address: str) -> dict[str, Any]:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.database, "OPTIONS": options}
    where = {"NAME": url.database, "USER": url.username, "HOST": url.query.get("host", url.host)}
    return {"ENGINE": "django.db.backends.postgresql", **where}


def _table(databases: Mapping[str, Any]) -> Any:
    from django.db import connections, models  # noqa: PLC0415

    class Heard(models.Model):
        """What our own table of words keeps."""

        key = models.CharField(max_length=128, unique=True)
        word = models.CharField(max_length=16)
        send = models.CharField(max_length=32, null=True)
        at = models.DateTimeField(null=True)
        said = models.TextField()

        class Meta:
            app_label = "benchmarks"

    for name in databases:
        with connections[name].schema_editor() as editor:
            editor.create_model(Heard)
    return Heard


def _request(hook: Hook) -> Any:
    from django.test import RequestFactory  # noqa: PLC0415

    return RequestFactory().post("/", data=hook.body, content_type="application/json", headers=dict(hook.headers))


class _received_by:  # noqa: N801
    """The receiver hears what the view says, until the block ends."""

    def __init__(self, receiver: Callable[..., None]) -> None:
        from anymail.signals import tracking  # noqa: PLC0415

        self._signal, self._receiver = tracking, receiver

    def __enter__(self) -> None:
        self._signal.connect(self._receiver)

    def __exit__(self, *_: object) -> None:
        self._signal.disconnect(self._receiver)


def _check(answer: Any) -> None:
    if answer.status_code != 200:
        raise AssertionError(f"the view answered {answer.status_code}")
