"""No way out: a channel that this installation does not use. What wants to go out on it fails, and the next follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from channels.answer import Answer
from channels.hearing import Heard
from channels.way import Item
from domain.words import Reason, Status

NAME = "none"


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Refuses for good, and knows for sure that nothing went out."""

    name: str = NAME
    tells: ClassVar[bool] = False

    def send(self, item: Item) -> Answer:
        """Refuse."""
        return Answer(Status.FAILED, self.name, why=Reason.REFUSED, said="this channel is not used here")

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Nothing ever went out."""
        return self.send(item)

    def status(self, item: Item) -> Sequence[Heard]:
        """There is nothing to say."""
        return ()

    def recall(self, item: Item) -> Answer:
        """What never went out will not."""
        return Answer(Status.NOT_SENT, self.name)
