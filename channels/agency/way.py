"""Collection: each claim goes to the agency that the merchant's policy names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.agency.reports import NAME
from channels.answer import Answer
from channels.hearing import Heard
from channels.way import Item, Way
from domain.words import Reason, Status


@dataclass(frozen=True, slots=True)
class Agencies:
    """The agencies by name. A parcel's recipient is its agency's."""

    by_name: Mapping[str, Way]
    name: str = NAME

    @property
    def tells(self) -> bool:
        """Whether any of them can be asked."""
        return any(way.tells for way in self.by_name.values())

    def send(self, item: Item) -> Answer:
        """To its agency. One that nobody knows has refused it: a person must look."""
        way = self._way(item)
        return way.send(item) if way else self._unknown(Status.FAILED, item)

    def evidence(self, item: Item, now: datetime) -> Answer:
        """What its agency knows."""
        way = self._way(item)
        return way.evidence(item, now) if way else self._unknown(Status.UNKNOWN, item)

    def status(self, item: Item) -> Sequence[Heard]:
        """What its agency says."""
        way = self._way(item)
        return way.status(item) if way else ()

    def recall(self, item: Item) -> Answer:
        """What its agency says to that."""
        way = self._way(item)
        return way.recall(item) if way else self._unknown(Status.UNKNOWN, item)

    def _way(self, item: Item) -> Way | None:
        return self.by_name.get(item.parcel.recipient)

    def _unknown(self, status: Status, item: Item) -> Answer:
        said = f"no agency of that name is set up here: {item.parcel.recipient}"
        return Answer(status, self.name, why=Reason.REFUSED if status is Status.FAILED else None, said=said)
