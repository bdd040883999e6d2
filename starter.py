"""The command line ``kvitt``, and the Python call that starts an invoice.

>>> from starter import start_invoice  # doctest: +SKIP
>>> await start_invoice({"merchant": "nordljus", "number": "10042", ...})  # doctest: +SKIP
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import ArgumentError, OperationalError
from temporalio.service import RPCError

from commands import show
from commands.line import command_line
from commands.session import CommandError, session
from config.invoices import read_invoice
from config.problems import ConfigError
from config.settings import Settings, read_settings, read_what_is_right
from store.forgetting import ForgottenError
from store.orders import OrderIdTakenError
from store.registry import Opening, OvertakenError
from store.schema import NewerBooksError
from telemetry.logs import speak
from telemetry.process import TelemetryError
from workflows.client import ClocksForbiddenError, Started
from workflows.opening import opening_of
from workflows.published import Merchants
from workflows.server import ServerError


async def start_invoice(invoice: Mapping[str, Any], settings: Settings | None = None) -> Started:
    """Start an invoice in the running system, from any Python program.

    Args:
        invoice: the fields of ``examples/invoices/*.json``; amounts are decimal strings.
        settings: where the system is; by default as the environment (``KVITT_*``, ``TEMPORAL_*``) says.

    Returns:
        Which invoice it is, and whether it was new: the same merchant and number again changes nothing.

    Raises:
        ConfigError: the invoice, or its merchant's file, cannot be used; with every problem and its cure.
        CommandError: the system does not answer.
        OvertakenError: the merchant's file was published while the invoice was read from a draft of it; do it again.
    """
    settings = settings or read_settings()
    async with session(settings) as client:
        loaded = Merchants(client.books, settings.merchants)
        opening = await asyncio.to_thread(lambda: _opening(invoice, loaded))
        return await client.start(opening)


def _opening(invoice: Mapping[str, Any], loaded: Merchants) -> Opening:
    checked = read_invoice(invoice, loaded)
    return opening_of(checked, loaded(checked.merchant))


INTERRUPTED = 130

TOLD = (
    CommandError,
    ConfigError,
    ServerError,
    ClocksForbiddenError,
    ForgottenError,
    OrderIdTakenError,
    OvertakenError,
    NewerBooksError,
    TelemetryError,
)
"""What a person can put right; the message says what and how."""


def main() -> None:
    """Run the command line to its end, and leave.

    The interpreter's own farewell is left out: with a call to Temporal that was cut off it waits for ever.
    """
    code: object = 0
    try:
        _run()
    except SystemExit as ended:
        code = ended.code or 0
    if code == INTERRUPTED:
        show.ERR.print("interrupted", style="red")
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(code if isinstance(code, int) else 1)


def _run() -> None:
    """What a person can put right is one clear message; nobody sees a stack trace.

    SIGTERM, which containers send, is Ctrl-C: at any moment, what was started is stopped again.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job would ignore it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        settings = read_what_is_right()[0]
        speak("command", settings.log_level, as_json=settings.log_format == "json")
        command_line(sys.argv[1:])()
    except TOLD as error:
        _fail(str(error), 1)
    except RPCError as error:
        _fail(f"Temporal did not answer ({error.status.name.lower()}); is it still up? (kvitt up)", 1)
    except OperationalError:
        _fail("the database did not answer; is KVITT_DATABASE_URL right, or KVITT_HOME, and is it up?", 1)
    except ArgumentError:
        _fail("KVITT_DATABASE_URL: is no address of a database; write postgresql+psycopg://user:password@host/name", 1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001  (the entry point: the last place to say it calmly)
        if isinstance(error, OSError) and error.filename:
            _fail(f"{error.filename}: {error.strerror}; KVITT_HOME must name a folder that can be written to", 1)
        _fail(f"something unexpected happened ({type(error).__name__}); {_written_down()}", 70)


def _fail(message: str, code: int) -> None:
    show.ERR.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(code)


def _written_down() -> str:
    """Keep the stack trace where we can be sent it."""
    log = read_what_is_right()[0].home / "kvitt-error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc())
    except OSError:
        return "please report it"
    return f"please report it; {log} says more, and may hold personal data"


if __name__ == "__main__":
    main()
