"""What Temporal Cloud would count of a life: billable Actions, from its history.

After https://docs.temporal.io/cloud/actions, read 2026-11-22. A start by signal is one Action with its signal; all
local activities of one workflow task are one; a child workflow is two; columns given at the start are none.
"""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: 1,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: 1,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: 1,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 1,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: 2,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: 1,
    EventType.EVENT_TYPE_TIMER_STARTED: 1,
}
"""What each event counts. A child's own start is in the two that its parent was counted for."""


def actions(events: Sequence[HistoryEvent]) -> int:
    """The Actions of one workflow, without those of its children."""
    counted = sum(ACTIONS.get(event.event_type, 0) for event in events)
    return counted + _tasks_with_markers(events) - _signalled_at_start(events) - _is_child(events)


def _tasks_with_markers(events: Sequence[HistoryEvent]) -> int:
    """Workflow tasks that recorded local activities."""
    markers = [event.marker_recorded_event_attributes for event in events]
    return len({marker.workflow_task_completed_event_id for marker in markers if marker.marker_name})


def _signalled_at_start(events: Sequence[HistoryEvent]) -> int:
    """1 if the workflow was started by a signal: the two are one Action."""
    return int(len(events) > 1 and events[1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)


def _is_child(events: Sequence[HistoryEvent]) -> int:
    """1 if its parent was counted for its start."""
    return int(events[0].workflow_execution_started_event_attributes.HasField("parent_workflow_execution"))
