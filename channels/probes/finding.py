"""What a check finds: how it stands, in plain words, and how to cure it. It names no person and no secret."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something stands."""

    OK = "ok"
    NOTE = "note"
    """It works, and somebody should know something."""
    WRONG = "wrong"
    UNCHECKED = "unchecked"
    """Nobody knows: what it needs is wrong, or we may not look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    what: str
    why: str = ""
    """What is so, where it is not simply fine."""
    cure: str = ""
    """What to do; it names the variable."""


def ok(what: str, why: str = "") -> Finding:
    """It is fine."""
    return Finding(State.OK, what, why)


def note(what: str, why: str, cure: str = "") -> Finding:
    """It works, but."""
    return Finding(State.NOTE, what, why, cure)


def wrong(what: str, why: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(State.WRONG, what, why, cure)


def unchecked(what: str, why: str, cure: str = "") -> Finding:
    """It could not be looked at."""
    return Finding(State.UNCHECKED, what, why, cure)


def trouble(error: BaseException) -> str:
    """Why a connection failed, in plain words, from whatever lies at its bottom."""
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return "no such name is known"
            case ssl.SSLCertVerificationError():
                return f"its certificate is not trusted ({cause.verify_message})"
            case ssl.SSLError():
                return "it does not speak TLS there"
            case ConnectionRefusedError():
                return "nobody listens there"
            case ConnectionResetError() | BrokenPipeError():
                return "it cut the connection"
            case TimeoutError():
                return "it does not answer in time"
            case OSError() if cause.strerror:
                return cause.strerror.lower()
    return "it does not speak the language that was expected"


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and what led to it, the first cause first; several attempts count as the last."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.insert(0, error)
        error = error.__cause__ or error.__context__
    return found
