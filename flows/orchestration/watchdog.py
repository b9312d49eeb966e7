"""Watches over `serve`: that what should run does run, and that nothing which it needs is stuck or gone.

What is wrong is told once, when it begins and when it is over. Where this program can mend it, it does: a temporary
Prefect server is started anew, the embedded database too, a flow without a sign of life is stopped. What stays wrong
for longer than the patience of the settings ends `serve` with exit code 3, for whoever supervises it to see.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import httpx
from prefect.client.orchestration import get_client
from sqlalchemy import text

from events import database, server
from events.cluster import Cluster
from events.errors import NguonError, TransientError
from flows.context import Context
from flows.logging import frames, log_file, logger
from flows.orchestration import alarm, life, patience, prefect_home, runs
from flows.orchestration.served import Served
from flows.orchestration.temporary_server import answers

EVERY = 5.0
"""Seconds between two looks."""

LATE = timedelta(seconds=120)
"""So long after its time, a run must have begun."""

HESITATION = 90.0
"""Seconds for which a run that is late is only looked at: this machine may have slept, and wakes up."""

HURRY = 20.0
"""Seconds in which a database that is well answers."""


class Watchdog(Thread):
    """Looks again and again, in a thread; when there is no hope left, `failure` says why, and `end` is called."""

    def __init__(self, context: Context, flows: Sequence[Served], end: Callable[[], None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.failure: NguonError | None = None
        self._context, self._flows, self._end = context, flows, end
        self._began = datetime.now(UTC)
        self._ending = Event()
        self._question: _Question | None = None
        self._troubles: dict[tuple[str, ...], _Trouble] = {}
        self._crashed: set[str] = set()

    def stop(self) -> None:
        """Look no more."""
        self._ending.set()

    def run(self) -> None:
        """Look until told to stop."""
        settings = self._context.settings
        try:
            with patience.impatient():
                while not self._ending.wait(EVERY):
                    self._look()
        except NguonError as failure:
            self.failure = failure
        except Exception as failure:
            kind = type(failure).__name__
            logger(settings).error("unforeseen", command="serve", error=kind, frames=frames(failure))
            self.failure = NguonError("unforeseen", kind=kind, log=log_file(settings))
        if self.failure and not self._ending.is_set():
            self._end()

    def _look(self) -> None:
        self._look_at_database()
        if self._look_at_prefect():
            with suppress(TransientError, httpx.HTTPError):  # gone in this moment: the next look tells
                self._look_at_flows()

    def _look_at_database(self) -> None:
        settings = self._context.settings
        host = database.host(self._context.engine.url)
        self._question = self._question or _Question(self._context)
        self._question.join(HURRY)
        reason = "timeout" if self._question.is_alive() else self._question.reason
        if not self._question.is_alive():
            self._question = None
        if reason is None:
            self._over(("database",), "database_back", host=host)
            return
        error = TransientError("database_unavailable", host=host, reason=reason)
        self._trouble(("database",), error, "database_lost", host=host, reason=reason, seconds=settings.patience)

    def _look_at_prefect(self) -> bool:
        """Whether Prefect's server answers; a temporary one has a guard of its own."""
        own = prefect_home.temporary
        url = os.environ["PREFECT_API_URL"]
        if answers(url):
            self._over(("prefect",), None if own else "prefect_back", place=url)
            return True
        error = TransientError("prefect_unavailable", place=url)
        if own and own.failed:
            raise error
        told = None if own else "prefect_lost"
        self._trouble(("prefect",), error, told, place=url, seconds=self._context.settings.patience)
        return False

    def _look_at_flows(self) -> None:
        settings = self._context.settings
        now = datetime.now(UTC)
        with get_client(sync_client=True) as client:
            due = {one: at for one in self._flows if (at := one.last_time(settings, now - LATE)) > self._began}
            begun = runs.begun(client, due)
            for one, at in due.items():
                self._look_at_schedule(one, at, begun=one in begun)
            for run in runs.running(client):
                silent = now - life.last_sign(settings, run)
                self._look_at_run(client, run, silent)
            for run in runs.crashed(client, self._began):
                if run.id not in self._crashed:
                    self._crashed.add(run.id)
                    alarm.tell(settings, "flow_crashed", flow=run.flow, run=run.id, log=prefect_home.log_file(settings))

    def _look_at_schedule(self, one: Served, due: datetime, *, begun: bool) -> None:
        key = ("schedule", one.name)
        if begun:
            self._over(key, "schedule_runs", flow=one.name)
            return
        at = f"{due:%d/%m/%Y %H:%M}"
        error = TransientError(
            "schedule_stuck", flow=one.name, at=at, log=prefect_home.log_file(self._context.settings)
        )
        if self._trouble(key, error, "schedule_late", HESITATION, flow=one.name, at=at) and prefect_home.temporary:
            prefect_home.temporary.renew()

    def _look_at_run(self, client: runs.Client, run: runs.Run, silent: timedelta) -> None:
        settings, key = self._context.settings, ("run", run.id)
        if silent < timedelta(minutes=settings.stuck_minutes):
            self._troubles.pop(key, None)
            return
        error = TransientError("flow_stuck", flow=run.flow, log=prefect_home.log_file(settings))
        if self._trouble(
            key, error, "flow_stuck", flow=run.flow, run=run.id, minutes=int(silent.total_seconds() // 60)
        ):
            runs.cancel(client, run)

    def _trouble(
        self, key: tuple[str, ...], error: NguonError, told: str | None, after: float = 0.0, **details: object
    ) -> bool:
        """Whether it is time to do something: once, when a trouble has lasted for `after` seconds. Then it is told.

        Raises `error` when it has lasted for longer than anybody's patience.
        """
        trouble = self._troubles.setdefault(key, _Trouble(time.monotonic()))
        lasted = time.monotonic() - trouble.since
        if lasted > after + self._context.settings.patience:
            raise error
        if trouble.told or lasted < after:
            return False
        trouble.told = True
        if told:
            alarm.tell(self._context.settings, told, **details)
        return True

    def _over(self, key: tuple[str, ...], told: str | None, **details: object) -> None:
        trouble = self._troubles.pop(key, None)
        if trouble and trouble.told and told:
            alarm.tell(self._context.settings, told, seconds=round(time.monotonic() - trouble.since), **details)


@dataclass
class _Trouble:
    """Since when it lasts, and whether somebody was told."""

    since: float
    told: bool = False


class _Question(Thread):
    """Asks the database something, and starts the embedded one if it has ended; `reason` is why there is no answer.

    A thread of its own, which nobody has to wait for: a server that hangs answers never.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(name="question", daemon=True)
        self.reason: str | None = None
        self._context = context
        self.start()

    def run(self) -> None:
        try:
            if not (settings := self._context.settings).database_url:
                gone = Cluster(settings.home / "postgres").url() is None
                server.embedded(settings.home)
                if gone:
                    alarm.tell(settings, "database_renewed")
            with self._context.engine.connect() as connection:
                connection.execute(text("select 1"))
        except Exception as failure:
            known = failure if isinstance(failure, NguonError) else None
            self.reason = str(known.details.get("reason", known.key)) if known else type(failure).__name__
