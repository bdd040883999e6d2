"""Messages that are under way now must replay on the code of tomorrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import workflows.delivery
from store.deliveries import DEAD, DELIVERED
from tests.channels.receiver import Receiver
from tests.live.house import open_house
from tests.live.shop import QUICK, listening
from tests.workflows.fingerprint import fingerprint
from workflows import options
from workflows.converter import DATA_CONVERTER
from workflows.delivery import DeliveryWorkflow

HERE = Path(__file__).parent
HISTORIES = HERE / "histories"
FINGERPRINT = HERE / "fingerprint_delivery.txt"
KEPT = {"webhook-delivered": ([500, 200], DELIVERED), "webhook-dead": ([500], DEAD)}
"""What the receiver answers, and how it ends."""


def replayer() -> Replayer:
    return Replayer(workflows=[DeliveryWorkflow], data_converter=DATA_CONVERTER)


async def test_the_histories_can_be_written_anew(rewrite: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Does nothing but with --rewrite: delivers, or fails to, and stores what the server recorded."""
    if not rewrite:
        return
    monkeypatch.setitem(options.DELIVERING, "retry_policy", QUICK)
    async with open_house(tmp_path) as house:
        for name, (answers, state) in KEPT.items():
            async with listening(house, Receiver(answers=answers)) as shop, shop.telling():
                shop.pay()
                (told,) = await shop.until_ended(state)
                handle = shop.client.get_workflow_handle(told.order.workflow_id)
                await handle.result()
                text = (await handle.fetch_history()).to_json()
            (HISTORIES / f"{name}.json").write_text(nameless(text))


def nameless(history: str) -> str:
    """A history without the names and paths of the machine that made it."""
    history = re.sub(r'"(identity|stackTrace)": ?"(?:[^"\\]|\\.)*"', r'"\1": "kvitt"', history)
    return re.sub(r'"\d+@[^"]*"', '"kvitt"', history)


@pytest.mark.parametrize("name", KEPT)
async def test_a_stored_history_replays(name: str):
    history = WorkflowHistory.from_json("webhook/msg/0", (HISTORIES / f"{name}.json").read_text())

    await replayer().replay_workflow(history)


async def test_a_history_that_does_not_fit_is_noticed():
    text = (HISTORIES / "webhook-dead.json").read_text()
    history = WorkflowHistory.from_json("webhook/msg/0", text.replace("give up webhook", "forget webhook"))

    with pytest.raises(Exception, match="webhook"):
        await replayer().replay_workflow(history)


def test_the_workflow_gives_the_commands_it_always_gave(rewrite: bool):
    """A changed body needs a patch, a new history, and a new fingerprint (--rewrite), in the same commit."""
    source = Path(workflows.delivery.__file__).read_text()
    if rewrite:
        FINGERPRINT.write_text("\n".join(fingerprint(source)) + "\n")

    assert fingerprint(source) == FINGERPRINT.read_text().splitlines()
