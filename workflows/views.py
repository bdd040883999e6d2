"""The questions that ops ask the Temporal UI, as queries; and as addresses, because the UI keeps views in the browser.

The server knows no "now": a query that needs one is made for a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class View:
    """A question, and the query that answers it."""

    name: str
    query: str
    tells: str

    def at(self, now: datetime) -> str:
        """The query for this moment; ``now`` is in the zone whose midnight today begins at."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        moments = {
            "now": now,
            "ten_minutes_ago": now - timedelta(minutes=10),
            "an_hour_ago": now - timedelta(hours=1),
            "today": midnight,
            "two_weeks_ago": midnight - 2 * WEEK,
            "a_week_ago": midnight - WEEK,
        }
        return self.query.format(**{name: moment.isoformat(timespec="seconds") for name, moment in moments.items()})


VIEWS = (
    View("Needs attention", 'Stage = "needs_attention"', "a person is asked, since when `Since` tells"),
    View("Bounced today", 'BouncedAt >= "{today}"', "a message came back or was refused"),
    View("Handed over", 'Stage = "in_collection"', "the agency has the claim"),
    View("Handed over this week", 'Stage = "in_collection" AND Since >= "{a_week_ago}"', "of these the new ones"),
    View(
        "Stuck sends",
        'NextStep STARTS_WITH "in doubt" AND Since < "{an_hour_ago}"',
        "for an hour nobody knows whether a message went out",
    ),
    View("On hold past their end", 'Stage = "on_hold" AND NextAt < "{now}"', "the hold is over, and nobody has looked"),
    View(
        "On hold for long",
        'Stage = "on_hold" AND NextAt IS NULL AND Since < "{two_weeks_ago}"',
        "disputed, or paused without an end, for two weeks",
    ),
    View(
        "Overdue",
        'ExecutionStatus = "Running" AND NextAt < "{an_hour_ago}"',
        "should have acted an hour ago: no worker runs, or it cannot",
    ),
    View(
        "Not looked at",
        'ExecutionStatus = "Running" AND Stage = "opened" AND StartTime < "{ten_minutes_ago}"',
        "just started, and no worker has looked",
    ),
    View(
        "Broken workflows", "TemporalReportedProblems IS NOT NULL", "the workflow itself breaks down, again and again"
    ),
)


def address_of(view: View, ui: str, namespace: str, now: datetime) -> str:
    """Where the UI shows a view. It keeps what is named, in the browser; what is true at one moment has no name."""
    kept = "" if "{" in view.query else f"&savedQuery={quote(view.name)}"
    return f"{ui}/namespaces/{quote(namespace, safe='')}/workflows?query={quote(view.at(now))}{kept}"
