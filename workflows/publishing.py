"""What publishing a merchant's file would change, seen before it is done; and moving the running cases to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import unified_diff
from hashlib import sha256
from itertools import count
from typing import Any

from config.discreet import discreetly
from config.merchants import Loaded
from config.problems import ConfigError
from domain.batches import ENDED, BatchState
from domain.comparing import differences
from domain.decisions import Note
from domain.events import MoveAsked, Moved, learn
from domain.facts import Facts, Rules
from domain.foresight import Foreseen, at_once, because_of
from domain.policy import Policy
from domain.simulation import Planned, plan
from domain.telling import plan_rows
from domain.wire import InvoiceRef
from domain.words import When
from store.batches import Batch
from store.books import Books
from store.cases import CaseFile
from store.registry import UNPINNED, Published
from store.selecting import Selection
from workflows.foreseeing import EXAMPLES
from workflows.published import policy_under

Row = tuple[str, str, str]

DRAFT = Rules(0, UNPINNED)
"""Rules that nobody has published yet."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A case whose plan changes: its plan as rows, before and after."""

    ref: InvoiceRef
    before: tuple[Row, ...]
    after: tuple[Row, ...]


@dataclass(slots=True)
class Preview:
    """What would change for the running cases if they were moved. Plans are compared as if all were moved now."""

    source: tuple[str, ...]
    """The lines of the file that change, as a unified diff."""
    running: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    """Cases whose plans were compared."""
    unchanged: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """In how many cases which message changes how."""
    first: list[Changed] = field(default_factory=list)
    on_their_way: int = 0
    """Cases that were asked before to move at their next step, or when the agency gives them back: they still will."""
    at_agency: int = 0
    """Cases whose claim the agency has: they keep their rules until it is ours again."""
    refused: int = 0
    """Cases to which the file means nothing: they keep their rules."""
    examples: list[str] = field(default_factory=list)
    acting: dict[When, Foreseen] = field(default_factory=lambda: {when: Foreseen() for when in When})
    """What goes out at once if they are moved now, or at their next step."""

    def as_fields(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "changes": list(self.source),
            "running": self.running,
            "stages": dict(self.stages),
            "on_their_way": self.on_their_way,
            "at_agency": self.at_agency,
            "refused": self.refused,
            "examples": self.examples,
            "unchanged": self.unchanged,
            "kinds": dict(self.kinds.most_common()),
            "first": [{"number": one.ref.number, "before": one.before, "after": one.after} for one in self.first],
            "at_once": {when.value: dict(foreseen.rows()) for when, foreseen in self.acting.items()},
        }


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares a draft with what runs: ``first`` changed cases are shown, at most ``most`` plans compared."""

    books: Books
    draft: Loaded
    first: int = 3
    most: int = 5_000

    def preview(self, cases: Sequence[tuple[InvoiceRef, datetime]], tell: Callable[[], object]) -> Preview:
        """What would change for these cases, each at its own now; ``tell`` hears of each."""
        newest = self.books.registry.newest(self.draft.merchant.id)
        stages = self.books.looks.stages([ref.id for ref, _ in cases])
        lines = lines_between(newest.source if newest else "", self.draft.text)
        seen = Preview(lines, running=len(cases), stages=Counter(stages))
        for ref, now in cases:
            self._add(seen, self.books.cases.read(ref.id), ref, now)
            tell()
        return seen

    def _add(self, seen: Preview, case: CaseFile, ref: InvoiceRef, now: datetime) -> None:
        try:
            policy = policy_under(self.draft.text, case)
        except ConfigError as error:
            seen.refused += 1
            if len(seen.examples) < EXAMPLES:
                seen.examples.append(f"{ref.merchant}/{ref.number}: {discreetly(error.problems)}")
            return
        seen.at_agency += case.facts.in_collection
        seen.on_their_way += case.facts.moving is not None
        before = at_once(case.facts, case.policy, case.law, now, case.moving_to)
        for when, foreseen in seen.acting.items():
            facts = _moving(case, now, when)
            foreseen.add(because_of(before, at_once(facts, case.policy, case.law, now, policy)))
        if seen.compared < self.most:
            self._compare(seen, case, ref, now, policy)

    def _compare(self, seen: Preview, case: CaseFile, ref: InvoiceRef, now: datetime, policy: Policy) -> None:
        before = case.plan(now)
        after = plan(_moving(case, now, When.NOW), case.policy, case.law, now, policy)
        seen.compared += 1
        changed = differences(before, after)
        seen.kinds.update(changed)
        seen.unchanged += not changed
        if changed and len(seen.first) < self.first:
            seen.first.append(Changed(ref, self._rows(case, before), self._rows(case, after)))

    def _rows(self, case: CaseFile, planned: Sequence[Planned]) -> tuple[Row, ...]:
        return tuple(plan_rows([item for item in planned if not _is_move(item)], case.law.calendar))


def lines_between(old: str, new: str) -> tuple[str, ...]:
    """The lines that differ between two texts of a merchant's file, with two around each."""
    return tuple(line.rstrip("\n") for line in unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm=""))[2:]


def running_cases(books: Books, draft: Loaded) -> Iterator[InvoiceRef]:
    """Every case of the draft's merchant whose life is not over and that goes by other rules, by id."""
    newest = books.registry.newest(draft.merchant.id)
    is_newest = newest is not None and newest.source == draft.text
    after, selection = 0, Selection(draft.merchant.id, other_than=newest.version if newest and is_newest else None)
    while refs := books.selecting.refs(selection, after):
        yield from refs
        after = refs[-1].id


def move_all(books: Books, published: Published, merchant: str, when: When, at_once: int, rate: float) -> Batch:
    """The batch that moves a merchant's running cases to a version, ready to be carried, unless one is under way."""
    for turn in count(1):
        named = f"move\0{merchant}\0{published.version}\0{when}\0{turn}"
        batch = _move(books, sha256(named.encode()).hexdigest()[:16], published, merchant, when, rate)
        if batch.state not in ENDED:
            break
    if batch.state is BatchState.FILLING:
        books.batch_items.choose(batch.id, batch.selection)
        return books.batches.run(batch.id, at_once)
    return batch


def _move(books: Books, batch_id: str, published: Published, merchant: str, when: When, rate: float) -> Batch:
    batch = Batch(
        id=batch_id,
        kind="move",
        who=published.who,
        rate=rate,
        created_at=datetime.now(UTC),
        name=f"to version {published.version}, {when.replace('_', ' ')}",
        merchant=merchant,
        why=published.why,
        fields={"version": str(published.version), "when": when.value},
        selection=Selection(merchant, other_than=published.version),
    )
    return books.batches.create(batch)


def _moving(case: CaseFile, now: datetime, when: When) -> Facts:
    """The facts, had the merchant asked for the move."""
    return learn(case.facts, MoveAsked(at=now, rules=DRAFT, when=when))


def _is_move(item: Planned) -> bool:
    return isinstance(item.decision, Note) and isinstance(item.decision.event, Moved)
