"""The scheduled flows: which there are, when each runs, and with what."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from prefect import Flow
from prefect._vendor.croniter import croniter  # type: ignore[attr-defined]
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from events.files import put
from flows import pipeline
from flows.orchestration import schedule
from flows.settings import Settings

TAG = "nguon"
"""What tells our deployments from others on the same Prefect server."""

QUIET = 60
"""Seconds for which a file in the inbox must not have changed: it may still be on its way."""


def inbox_folder(settings: Settings) -> str:
    """The folder that is watched for workbooks."""
    return str(settings.home / "inbox")


def home_tag(settings: Settings) -> str:
    """What tells the deployments of this home from those of another; made once, and kept in the home."""
    place = settings.home / "prefect" / "owner"
    if not place.exists():
        put(place, secrets.token_hex(8).encode())
    return f"home-{place.read_text(encoding='ascii')}"


@dataclass(frozen=True)
class Served:
    """A flow with the times at which it runs (as cron writes them), and what it is given.

    It runs once at a time: the next run waits, or is left out where missing one loses nothing.
    """

    name: str
    flow: Flow[..., Any] = field(hash=False)
    cron: str
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)
    if_busy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE

    @property
    def must_run(self) -> bool:
        """Whether missing one of its runs loses something."""
        return self.if_busy == ConcurrencyLimitStrategy.ENQUEUE

    def deployment(self, settings: Settings, zone: ZoneInfo) -> RunnerDeployment:
        """The same as Prefect knows it; its times are those of the zone."""
        return RunnerDeployment.from_flow(
            self.flow,
            self.name,
            schedules=[Cron(self.cron, timezone=zone.key, slug=self.name)],
            parameters=dict(self.parameters),
            tags=[TAG, home_tag(settings)],
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=self.if_busy),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )

    def last_time(self, zone: ZoneInfo, before: datetime) -> datetime:
        """The last of its times before a moment (aware), in a zone."""
        times = croniter(self.cron, before.astimezone(zone))  # type: ignore[no-untyped-call]
        last: datetime = times.get_prev(datetime)  # type: ignore[no-untyped-call]
        return last


def served(settings: Settings) -> list[Served]:
    """Every scheduled flow."""
    watched = {"folder": inbox_folder(settings), "quiet": QUIET}
    return [
        *(Served(kind, pipeline.period_ended, at.cron, {"kind": kind}) for kind, at in schedule.PERIOD_ENDS.items()),
        Served("yearly-list", pipeline.yearly, schedule.YEARLY_LIST.cron),
        Served("reconcile", pipeline.reconcile, schedule.RECONCILE),
        Served("inbox", pipeline.submissions, schedule.INBOX, watched, ConcurrencyLimitStrategy.CANCEL_NEW),
    ]
