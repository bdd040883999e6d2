"""The rows of the guide's tables of what needs a person, as the one table of cures makes them."""

from __future__ import annotations

from domain.attention import CURES, Need, Urgency

MEANT = {"case": "NUMBER", "post": "POST", "batch": "BATCH", "merchant": "MERCHANT", "endpoint": "ENDPOINT"}


def rows(urgency: Urgency) -> str:
    """Those of an urgency, the most urgent first."""
    return "\n".join(_row(need) for need in Need if CURES[need].urgency is urgency)


def _row(need: Need) -> str:
    cure = CURES[need]
    ways = "; ".join(f"{choice.when}: `{choice.of(MEANT).command}`" for choice in cure.choices)
    return f"| `{need}` | {cure.why} | {ways} |"
