"""What publishing a merchant's file would change, as people and machines read it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from rich.table import Table

from commands import show
from config.merchants import Loaded
from domain.foresight import Foreseen
from workflows.publishing import Changed, Preview, Row

MOST_KINDS = 20
STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_preview(draft: Loaded, seen: Preview) -> None:
    """All of it, for a person."""
    for line in seen.source or ("The file says what was published last.",):
        show.OUT.print(line, style=STYLES.get(line[:1], ""), highlight=False, markup=False, soft_wrap=True)
    show.say()
    stages = ", ".join(f"{stage.replace('_', ' ')} {count:,}" for stage, count in seen.stages.most_common())
    show.say(f"{seen.running:,} running cases of {draft.merchant.id}{f': {stages}' if stages else ''}")
    if seen.at_agency:
        show.say(f"{seen.at_agency:,} of them are with the agency: they keep their rules until they are yours again")
    if seen.on_their_way:
        show.say(
            f"{seen.on_their_way:,} of them were asked before to move later; unless they are moved now, they still do"
        )
        show.say("To keep those where they are: kvitt batch order move VERSION --under VERSION")
    if seen.refused:
        show.say(f"{seen.refused:,} cannot be moved and keep their rules, as {'; '.join(seen.examples)}")
    if seen.compared:
        _show_plans(seen)


def _show_plans(seen: Preview) -> None:
    of = "" if seen.compared == seen.running - seen.refused else f" (of the first {seen.compared:,})"
    lines = [(what, f"{count:,}") for what, count in seen.kinds.most_common(MOST_KINDS)]
    lines.append(("nothing", f"{seen.unchanged:,}"))
    show.rows(f"Their plans, were they moved now{of}", ("What changes", "Cases"), lines)
    for one in seen.first:
        _show_one(one)
    for when, foreseen in seen.acting.items():
        show.say(f"At once, if moved {when.replace('_', ' ')}: {_counted(foreseen)}")


def _show_one(changed: Changed) -> None:
    """One plan, with what goes and what comes."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title_justify="left", title_style="bold")
    table.title = f"{changed.ref.merchant}/{changed.ref.number}"
    for heading in ("", "When", "What", "Asks for"):
        table.add_column(heading)
    for mark, row in lines_of(changed):
        table.add_row(mark, *row, style=STYLES.get(mark))
    show.OUT.print(table)


def lines_of(changed: Changed) -> Iterator[tuple[str, Row]]:
    """The two plans as one: what stays, what goes (-), what comes (+)."""
    matcher = SequenceMatcher(a=changed.before, b=changed.after, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        marks = ("", "") if what == "equal" else ("-", "+")
        yield from ((marks[0], row) for row in changed.before[i:j])
        yield from ((marks[1], row) for row in changed.after[k:m] if what != "equal")


def _counted(foreseen: Foreseen) -> str:
    kinds = ", ".join(f"{what}: {count:,}" for what, count in foreseen.rows())
    return f"{foreseen.messages:,} messages go out ({kinds})" if kinds else "nothing goes out"
