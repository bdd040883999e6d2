"""Billable Actions are counted as Temporal's page says."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from benchmarks.actions import actions

STARTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
TASK = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
TIMER = EventType.EVENT_TYPE_TIMER_STARTED
CHILD = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED


def history(*kinds: EventType.ValueType) -> list[HistoryEvent]:
    return [HistoryEvent(event_id=number, event_type=kind) for number, kind in enumerate(kinds, start=1)]


def marker(task: int) -> HistoryEvent:
    """A local activity that this workflow task recorded."""
    event = HistoryEvent(event_type=EventType.EVENT_TYPE_MARKER_RECORDED)
    event.marker_recorded_event_attributes.marker_name = "core_local_activity"
    event.marker_recorded_event_attributes.workflow_task_completed_event_id = task
    return event


def test_a_start_by_signal_is_one_action_and_a_later_signal_another():
    assert actions(history(STARTED, SIGNALED)) == 1
    assert actions(history(STARTED, TASK, SIGNALED)) == 2


def test_the_local_activities_of_one_workflow_task_are_one_action():
    assert actions([*history(STARTED), marker(4), marker(4), marker(9)]) == 3


def test_a_child_is_two_actions_and_its_own_start_none():
    child = history(STARTED, TIMER)
    child[0].workflow_execution_started_event_attributes.parent_workflow_execution.workflow_id = "invoice/nordljus/1"

    assert actions(history(STARTED, CHILD)) == 3
    assert actions(child) == 1
