"""The scheduled flows, as Prefect knows them, and the process that runs them when their time comes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows import pipeline
from flows.context import Context
from flows.orchestration import schedule
from flows.settings import Settings

TAG = "nguon"
"""What tells our deployments from others on the same Prefect server."""

QUIET = 60
"""Seconds for which a file in the inbox must not have changed: it may still be on its way."""

RUNS = 4
"""Flow runs at a time; each is a process of its own."""


def inbox_folder(settings: Settings) -> str:
    """The folder that is watched for workbooks."""
    return str(settings.home / "inbox")


@dataclass(frozen=True)
class Served:
    """A flow with the times at which it runs (as cron writes them), and what it is given.

    It runs once at a time: the next run waits, or is left out where missing one loses nothing.
    """

    name: str
    flow: Flow[..., Any]
    cron: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    if_busy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE

    def deployment(self, settings: Settings) -> RunnerDeployment:
        """The same as Prefect knows it."""
        return RunnerDeployment.from_flow(
            self.flow,
            self.name,
            schedules=[Cron(self.cron, timezone=settings.timezone, slug=self.name)],
            parameters=dict(self.parameters),
            tags=[TAG],
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=self.if_busy),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )


def served(settings: Settings) -> list[Served]:
    """Every scheduled flow."""
    watched = {"folder": inbox_folder(settings), "quiet": QUIET}
    return [
        *(Served(kind, pipeline.period_ended, at.cron, {"kind": kind}) for kind, at in schedule.PERIOD_ENDS.items()),
        Served("yearly-list", pipeline.yearly, schedule.YEARLY_LIST.cron),
        Served("reconcile", pipeline.reconcile, schedule.RECONCILE),
        Served("inbox", pipeline.submissions, schedule.INBOX, watched, ConcurrencyLimitStrategy.CANCEL_NEW),
    ]


def forget_stale(client: SyncPrefectClient, current: Sequence[Served]) -> None:
    """Remove from the server our deployments that are no longer defined, and schedules that are not of the definition.

    Defining a deployment again replaces only its schedule of the same slug, and leaves the others.
    """
    names = {(one.flow.name, one.name) for one in current}
    for old in client.read_deployments(deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))):
        if (client.read_flow(old.flow_id).name, old.name) not in names:
            client.delete_deployment(old.id)
            continue
        for times in old.schedules:
            if times.slug != old.name:
                client.delete_deployment_schedule(old.id, times.id)


class _Runner(Runner):
    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """End as Ctrl-C does: Prefect's own way leaves a coroutine that nobody awaits, and complains of it."""
        raise KeyboardInterrupt


def serve(context: Context, ready: Callable[[Sequence[Served]], None]) -> None:
    """Run the scheduled flows until told to stop; `ready` hears of them once the server knows them.

    What was missed while this did not run is caught up: late runs at once, periods by the reconcile flow.
    """
    Path(inbox_folder(context.settings)).mkdir(parents=True, exist_ok=True)
    flows = served(context.settings)
    with get_client(sync_client=True) as client:
        forget_stale(client, flows)
    # Paused schedules would make no runs for the time in which nothing is served: then nothing could be late.
    runner = _Runner(name=TAG, limit=RUNS, pause_on_shutdown=False)
    for one in flows:
        runner.add_deployment(one.deployment(context.settings))
    ready(flows)
    with suppress(KeyboardInterrupt):
        asyncio.run(runner.start())
