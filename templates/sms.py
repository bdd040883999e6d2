"""What an SMS costs: the alphabet that its text needs, and how many segments that makes (3GPP TS 23.038)."""

from __future__ import annotations

from templates.content import Sms

GSM_7 = "GSM-7"
UCS_2 = "UCS-2"

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each of these takes two places."""
_SINGLE = {GSM_7: 160, UCS_2: 70}
_JOINED = {GSM_7: 153, UCS_2: 67}

_CHEAPER = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u00b4": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2026": "...",
        "\u2022": "-",
        "\t": " ",
    }
)
"""Punctuation that costs a dearer alphabet and says nothing more. Letters are never changed: they are names."""


def sms(text: str) -> Sms:
    """Make the punctuation cheap and count the cost.

    >>> sms("Betala 1\u00a0234,50 kr")
    Sms(text='Betala 1 234,50 kr', segments=1, alphabet='GSM-7')
    """
    text = text.translate(_CHEAPER)
    alphabet = alphabet_of(text)
    return Sms(text, segments_of(text, alphabet), alphabet)


def alphabet_of(text: str) -> str:
    """Find the smallest alphabet that holds the text."""
    return GSM_7 if all(char in _BASIC or char in _EXTENSION for char in text) else UCS_2


def segments_of(text: str, alphabet: str) -> int:
    """Count the messages that the text takes. A pair (an escape or a surrogate) is never split over two of them."""
    widths = [_width(char, alphabet) for char in text]
    if sum(widths) <= _SINGLE[alphabet]:
        return 1
    segments, room = 1, _JOINED[alphabet]
    for width in widths:
        if width > room:
            segments, room = segments + 1, _JOINED[alphabet]
        room -= width
    return segments


def _width(char: str, alphabet: str) -> int:
    if alphabet == GSM_7:
        return 2 if char in _EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1
