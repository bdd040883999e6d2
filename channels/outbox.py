"""The outbox: a channel that puts every message into a folder, where people and tests can read it.

It is a real way out, not a stand-in: the embedded default sends through it, and the gateway shows what lies there.
A file appears under its send's id in one step, so it is there whole or not at all, and sending twice is sending once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from channels.answer import Answer
from domain.policy import Channel
from domain.words import Status

SUFFIXES = {Channel.EMAIL: ".eml", Channel.SMS: ".txt", Channel.LETTER: ".pdf", Channel.COLLECTION: ".json"}


@dataclass(frozen=True, slots=True)
class Outbox:
    """One channel's folder."""

    folder: Path
    channel: Channel
    name: str = "outbox"

    def send(self, send_id: str, body: bytes) -> Answer:
        """Put the bytes into the folder.

        A full disk or a missing right is ``NOT_SENT``: the case tries again later.
        """
        path = self._path(send_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.write_bytes(body)
            os.replace(partial, path)
        except OSError as error:
            return Answer(Status.NOT_SENT, self.name, said=str(error))
        return Answer(Status.SENT, self.name, send_id)

    def evidence(self, send_id: str) -> Answer:
        """Whether a send is out. A folder knows for sure."""
        out = self._path(send_id).exists()
        return Answer(Status.SENT if out else Status.NOT_SENT, self.name, send_id)

    def _path(self, send_id: str) -> Path:
        return self.folder / self.channel / f"{send_id}{SUFFIXES[self.channel]}"
