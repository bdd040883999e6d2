"""The outbox: a channel that puts every message into a folder, where people and tests can read it.

It is a real way out, not a stand-in: the embedded default sends through it, and the gateway shows what lies there.
A file appears under its send's id in one step, so it is there whole or not at all, and sending twice is sending once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from channels.answer import Answer
from channels.hearing import Heard
from channels.way import Item
from domain.policy import Channel
from domain.words import Status

SUFFIXES = {Channel.EMAIL: ".eml", Channel.SMS: ".txt", Channel.LETTER: ".pdf", Channel.COLLECTION: ".json"}
PACK = {"application/zip": ".zip"}
"""A claim is a pack; a notice about one is not."""
PARTIAL = ".part"
"""What ends a file that is not whole yet."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """One channel's folder."""

    folder: Path
    channel: Channel
    name: str = "outbox"
    tells: ClassVar[bool] = False

    def send(self, item: Item) -> Answer:
        """Put the bytes into the folder.

        A full disk or a missing right is ``NOT_SENT``: the case tries again later.
        """
        path = self._path(item)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(PARTIAL)
            partial.write_bytes(item.parcel.body)
            os.replace(partial, path)
        except OSError as error:
            return Answer(Status.NOT_SENT, self.name, said=str(error))
        return Answer(Status.SENT, self.name, item.id)

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Whether a send is out. A folder knows for sure."""
        out = self._path(item).exists()
        return Answer(Status.SENT if out else Status.NOT_SENT, self.name, item.id)

    def status(self, item: Item) -> Sequence[Heard]:
        """A folder has nothing to say."""
        return ()

    def recall(self, item: Item) -> Answer:
        """What lies in the folder is out."""
        return self.evidence(item, item.kept_at)

    def _path(self, item: Item) -> Path:
        suffix = PACK.get(item.parcel.media_type, SUFFIXES[self.channel])
        return self.folder / self.channel / f"{item.id}{suffix}"


def take_out(folder: Path, ids: Iterable[str]) -> int:
    """Take messages out of the outbox for good, on whatever channel they lie; how many files that were."""
    endings = (*SUFFIXES.values(), *PACK.values(), PARTIAL)
    paths = [folder / channel / f"{send_id}{ending}" for send_id in ids for channel in SUFFIXES for ending in endings]
    there = [path for path in paths if path.exists()]
    for path in there:
        path.unlink(missing_ok=True)
    return len(there)
