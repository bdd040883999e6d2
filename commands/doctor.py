"""``kvitt doctor``: goes through settings, files, servers, keys and addresses, and says what is wrong and the cure."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from channels.probes.finding import Finding, State, note, ok, wrong
from commands import show
from commands.examining import Check, home, read_merchants, servers
from commands.examining_vendors import vendors
from commands.orders import JSON
from config.agencies import reached
from config.problems import Problem
from config.production import CHANNELS, missing, refusals
from config.settings import LOOPBACK, Settings, read_what_is_right

LIMIT_S = 45.0
"""After this long a look that has not come back is given up; each has shorter limits of its own."""

WORDS = {
    State.OK: ("ok", "green"),
    State.NOTE: ("note", "yellow"),
    State.WRONG: ("wrong", "bold red"),
    State.UNCHECKED: ("not checked", "dim"),
}
COUNTED = {State.OK: "fine", State.NOTE: "to know", State.WRONG: "wrong", State.UNCHECKED: "not checked"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one area."""

    area: str
    findings: Sequence[Finding]


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(rich_help_panel="Look")(doctor)


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Only settings and files; asks nobody.")] = False,
    json_: JSON = False,
) -> None:
    """Check every setting, key, address and connection, and say how to cure what is wrong. Example: kvitt doctor.

    It sends nothing and changes nothing. The exit code is 1 if something is wrong.
    """
    settings, problems = read_what_is_right()
    merchants, files = read_merchants(settings.merchants, datetime.now(UTC).date())
    reports = [
        Report("Settings", _settings(settings, problems)),
        Report("Files", [home(settings), *files]),
        *([] if offline else examine([*servers(settings), *vendors(settings, merchants)])),
    ]
    (_as_json if json_ else _as_table)(reports)
    raise typer.Exit(1 if any(one.state is State.WRONG for report in reports for one in report.findings) else 0)


def examine(checks: Sequence[Check], limit: float = LIMIT_S) -> list[Report]:
    """Look at everything at once, each in a thread that keeps nobody from leaving."""
    done: SimpleQueue[tuple[int, Sequence[Finding]]] = SimpleQueue()
    for place, check in enumerate(checks):
        Thread(target=lambda at=place, it=check: done.put((at, _looked(it))), daemon=True).start()
    found: dict[int, Sequence[Finding]] = {}
    deadline = time.monotonic() + limit
    with show.bar("Checking {task.description}") as bar:
        task = bar.add_task("", total=len(checks))
        while len(found) < len(checks):
            waiting = ", ".join(check.area for at, check in enumerate(checks) if at not in found)
            bar.update(task, completed=len(found), description=waiting)
            try:
                at, findings = done.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                break
            found[at] = findings
    late = f"no end after {limit:.0f} seconds"
    return [Report(one.area, found.get(at) or [_unknown(one, late)]) for at, one in enumerate(checks)]


def _looked(check: Check) -> Sequence[Finding]:
    try:
        return check.look()
    except Exception as error:  # noqa: BLE001  (one look that breaks down must not take the others' words)
        return [_unknown(check, f"the look itself broke down ({type(error).__name__})")]


def _unknown(check: Check, why: str) -> Finding:
    return wrong(check.area, why, "try again; if it stays so, it is a bug of ours")


def _settings(settings: Settings, problems: Sequence[Problem]) -> list[Finding]:
    told = {problem.key for problem in problems}
    more = [one for one in (*missing(settings), *refusals(settings)) if one.key not in told]
    found = [wrong(one.key, one.problem, one.cure) for one in (*problems, *_one_each(more))]
    return [*(found or [ok("Every setting")]), *_notes(settings)]


def _one_each(problems: Sequence[Problem]) -> list[Problem]:
    """The first problem of each variable: the others follow from it."""
    return list({problem.key: problem for problem in reversed(problems)}.values())[::-1]


def _notes(settings: Settings) -> Iterator[Finding]:
    return _production_notes(settings) if settings.production else _trial_notes(settings)


def _trial_notes(settings: Settings) -> Iterator[Finding]:
    agencies = {one.kind for one in reached(settings)}
    chosen = {getattr(settings, channel) for channel in CHANNELS} - {"outbox", "none"} | agencies
    if chosen:
        why = "real customers may be written to, and nothing that is only safe for trying out is refused"
        yield note("KVITT_PRODUCTION", why, "write true where customers are real")
    if chosen & {"sendgrid", "twilio", "pingen", "http"} and not settings.public_url:
        why = "vendors have nowhere to call back to"
        yield note("KVITT_PUBLIC_URL", why, "write the address that they reach the gateway by")


def _production_notes(settings: Settings) -> Iterator[Finding]:
    if settings.database.startswith("sqlite"):
        why = "the books are an SQLite file, which one machine can use"
        yield note("KVITT_DATABASE_URL", why, "write the address of a PostgreSQL for more than one")
    if settings.merchants == Settings.model_fields["merchants"].default:
        yield note("KVITT_MERCHANTS", "these merchants are invented", "name the folder with your own")
    if settings.shows_staff_pages and settings.gateway_host in LOOPBACK:
        why = "whoever gets through to this gateway reads every invoice"
        yield note("KVITT_STAFF_PAGES", why, "let something before it ask who they are")


def _as_json(reports: Sequence[Report]) -> None:
    """One line for each finding."""
    for report in reports:
        for one in report.findings:
            show.as_json({"area": report.area, "state": one.state, "what": one.what, "why": one.why, "cure": one.cure})


def _as_table(reports: Sequence[Report]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for report in reports:
        for place, one in enumerate(report.findings):
            word, style = WORDS[one.state]
            table.add_row("" if place else report.area, Text(word, style), _told(one))
    show.OUT.print(table)
    counts = Counter(one.state for report in reports for one in report.findings)
    summary = ", ".join(f"{counts[state]} {word}" for state, word in COUNTED.items() if counts[state])
    show.say(f"\n{summary}.")


def _told(one: Finding) -> Text:
    text = Text(": ".join(filter(None, (one.what, one.why))))
    return text.append(f"\n→ {one.cure}", "dim") if one.cure else text
