"""Envelope windows: where the address must stand on the first page, and what must stay empty.

A window is a named profile, never a constant in the letter: print houses and countries differ, and a profile that
we know only from memory says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.law import Known, Source


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on A4 in millimetres from the top left corner."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.h

    def grown(self, margin: float) -> Box:
        """Add a margin around it."""
        return Box(self.x - margin, self.y - margin, self.w + 2 * margin, self.h + 2 * margin)


@dataclass(frozen=True, slots=True)
class Window:
    """One profile. ``play`` is how far the sheet may slide in the envelope: nothing else is printed that near."""

    box: Box
    source: Source
    keep_out: tuple[Box, ...] = ()
    """What must stay empty on the first page."""
    play: float = 4
    returns_inside: bool = True
    """The return address stands in the window, above the customer's. Not where a machine reads the window."""
    border: float = 0
    """How wide the edge is that stays empty on every page; 0: not known, so not checked."""
    pages: int = 12
    """How many pages an envelope takes at most."""


_CHECK = "millimetres from memory, to be checked with the print house"

WINDOWS: dict[str, Window] = {
    "se-left": Window(Box(20, 45, 90, 30), Source("SE: left window V2 of C5 and E65", Known.MEMORY, _CHECK)),
    "se-right": Window(Box(108, 45, 86, 30), Source("SE: right window H2 of C5 and E65", Known.MEMORY, _CHECK)),
    "no-c5": Window(Box(15, 44, 105, 35), Source("NO: window of C5", Known.SECONDARY, "read with a letter vendor")),
    "pingen-left": Window(
        Box(22, 60, 85.5, 25.5),
        Source("Pingen: letter layout, address on the left", Known.PRIMARY, "the vendor's own page"),
        keep_out=(Box(20, 40, 89.5, 20),),
        play=0,
        returns_inside=False,
        border=5,
    ),
}
"""The profiles a merchant may name in ``senders.letter.window``.

Postage boxes are known of Pingen only, and that its edges must be clear; 5 mm is from memory. Twelve pages are six
sheets printed on both sides, which Strålfors gives as the most for a C5 (an old page); Pingen takes more.
"""
