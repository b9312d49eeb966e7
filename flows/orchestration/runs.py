"""What Prefect's server knows of our deployments and their runs, asked and put in order."""

import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun as PrefectRun
from prefect.client.schemas.objects import StateType
from prefect.states import Cancelled, Cancelling, Crashed, Scheduled

from events.errors import RefusedError
from flows.orchestration.served import TAG, Served

Client = SyncPrefectClient

BATCH = 200

_OURS = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
_WAITING = "AwaitingConcurrencySlot"
_AT_WORK = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)


class Run(NamedTuple):
    """A run of one of our deployments."""

    id: str
    flow: str
    started: datetime
    attempts: int


def require_own(client: Client, home: str) -> None:
    """Refuse a server whose deployments are those of another home: both would do the work of both, and twice.

    Raises RefusedError `prefect_taken`.
    """
    for one in client.read_deployments(deployment_filter=_OURS):
        if any(tag.startswith("home-") and tag != home for tag in one.tags):
            raise RefusedError("prefect_taken", place=os.environ.get("PREFECT_API_URL", ""))


def forget_stale(client: Client, current: Collection[Served]) -> None:
    """Remove from the server our deployments that are no longer defined, and schedules that are not of the definition.

    Defining a deployment again replaces only its schedule of the same slug, and leaves the others.
    """
    names = {(one.flow.name, one.name) for one in current}
    for old in client.read_deployments(deployment_filter=_OURS):
        if (client.read_flow(old.flow_id).name, old.name) not in names:
            client.delete_deployment(old.id)
            continue
        for times in old.schedules:
            if times.slug != old.name:
                client.delete_deployment_schedule(old.id, times.id)


def forget_dead(client: Client, current: Collection[Served]) -> None:
    """End the runs that a killed process left, since they would take the place of the next ones, and start them again.

    Of a flow of which missing a run loses nothing, those that were cut off or missed are left out.
    """
    leave_out = {one.name for one in current if not one.must_run}
    for run in _listed(client, _in_state(*_AT_WORK)):
        client.set_flow_run_state(UUID(run.id), Crashed(message="its process had ended"), force=True)
        if run.flow not in leave_out:
            start_again(client, run)
    late = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=_moment(datetime.now(UTC) - timedelta(minutes=1))),
    )
    names = _names(client)
    for missed in list(_all(client, late)):
        if names.get(missed.deployment_id) in leave_out:
            client.set_flow_run_state(missed.id, Cancelled(message="missed"), force=True)


def begun(client: Client, one: Served, at: datetime) -> bool:
    """Whether its run of that time has begun, or waits for the one before it."""
    times = FlowRunFilterExpectedStartTime(
        after_=_moment(at - timedelta(seconds=1)), before_=_moment(at + timedelta(seconds=1))
    )
    names = _names(client)
    return any(
        names.get(run.deployment_id) == one.name
        and run.state is not None
        and (run.state.type != StateType.SCHEDULED or run.state.name == _WAITING)
        for run in _all(client, FlowRunFilter(expected_start_time=times))
    )


def running(client: Client) -> list[Run]:
    """Those at work."""
    return _listed(client, _in_state(StateType.RUNNING, StateType.CANCELLING))


def crashed(client: Client, since: datetime) -> list[Run]:
    """Those whose process ended without a word."""
    asked = _in_state(StateType.CRASHED)
    asked.end_time = FlowRunFilterEndTime(after_=_moment(since))
    return _listed(client, asked)


def start_again(client: Client, run: Run) -> None:
    """Have a run that ended begin anew, for the time for which it was scheduled first."""
    client.set_flow_run_state(UUID(run.id), Scheduled(message="its process had ended"), force=True)


def cancel(client: Client, run: Run) -> None:
    """Have a run's process ended by whoever started it."""
    client.set_flow_run_state(UUID(run.id), Cancelling(message="no sign of life"), force=True)


def _moment(at: datetime) -> Any:
    """Prefect's types name a class of its own where any datetime will do."""
    return at


def _in_state(*types: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))))


def _names(client: Client) -> dict[object, str]:
    return {one.id: one.name for one in client.read_deployments(deployment_filter=_OURS)}


def _listed(client: Client, asked: FlowRunFilter) -> list[Run]:
    names = _names(client)
    return [
        Run(
            str(run.id),
            names.get(run.deployment_id, run.name),
            run.start_time or run.created or datetime.now(UTC),
            run.run_count,
        )
        for run in _all(client, asked)
    ]


def _all(client: Client, asked: FlowRunFilter) -> Iterator[PrefectRun]:
    offset = 0
    while page := client.read_flow_runs(flow_run_filter=asked, deployment_filter=_OURS, limit=BATCH, offset=offset):
        yield from page
        offset += len(page)
