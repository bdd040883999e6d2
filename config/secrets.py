"""Whether a setting is there, and whether a secret is one."""

from __future__ import annotations

import re

from pydantic import SecretStr

PLACEHOLDER = re.compile(
    r"change.?me|changeit|your.|example|default|password|secret|letmein|twilio_test|12345678", re.I
)
"""What stands in guides until somebody writes a secret of their own."""


def is_weak(secret: str, least: int) -> bool:
    """Whether a secret is too short, stands in some guide, or repeats few characters.

    >>> is_weak("change-me-change-me-change-me-change-me", 32), is_weak("b6f1c4a9e07d3582" * 2, 32)
    (True, False)
    """
    return len(secret) < least or len(set(secret)) < 8 or PLACEHOLDER.search(secret) is not None


def is_set(group: object, name: str) -> bool:
    """Whether a group of settings has one of them."""
    value = getattr(group, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
