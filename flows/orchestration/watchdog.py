"""Watches over `serve`: that what should run does run, and that nothing which it needs is stuck or gone.

What is wrong is told once, when it begins and when it is over. Where this program can mend it, it does: a temporary
Prefect server is started anew, the embedded database too, a flow without a sign of life is stopped. What stays wrong
for longer than the patience of the settings ends `serve` with exit code 3, for whoever supervises it to see.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from zoneinfo import ZoneInfo

import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException

from events import database
from events.errors import NguonError, TransientError
from flows.context import Context
from flows.logging import frames, log_file, logger
from flows.orchestration import alarm, life, patience, prefect_home, runs
from flows.orchestration.question import Question
from flows.orchestration.served import Served
from flows.orchestration.temporary_server import answers
from flows.orchestration.troubles import Troubles

EVERY = 5.0
"""Seconds between two looks."""

LATE = timedelta(seconds=120)
"""So long after its time, a run must have begun."""

ATTEMPTS = 3
"""So often a run whose process ends before its time is begun."""

SEEN = timedelta(hours=1)
"""So far back it is looked for what has ended."""

HESITATION = 90.0
"""Seconds for which what is late or silent is only looked at: this machine may have slept, and wakes up."""

HURRY = 20.0
"""Seconds in which a database that is well answers."""


_GONE = (TransientError, httpx.HTTPError, PrefectException)
"""What a server says that is just going or coming, or that has lost what it is asked about."""


class Watchdog(Thread):
    """Looks again and again, in a thread; when there is no hope left, `failure` says why, and `end` is called."""

    def __init__(self, context: Context, flows: Sequence[Served], clock: ZoneInfo, end: Callable[[], None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.failure: NguonError | None = None
        self._context, self._flows, self._clock, self._end = context, flows, clock, end
        self._began = datetime.now(UTC)
        self._ending = Event()
        self._question: Question | None = None
        self._troubles = Troubles(context.settings)
        self._begun: dict[Served, datetime] = {}
        self._stopped: dict[str, runs.Run] = {}
        self._ended: dict[tuple[str, int], datetime] = {}

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
            self._look_at_flows()

    def _look_at_database(self) -> None:
        settings = self._context.settings
        host = database.host(self._context.engine.url)
        self._question = self._question or Question(self._context)
        self._question.join(HURRY)
        reason = "timeout" if self._question.is_alive() else self._question.reason
        if not self._question.is_alive():
            self._question = None
        if reason is None:
            self._troubles.are_over(("database",), "database_back", host=host)
            return
        error = TransientError("database_unavailable", host=host, reason=reason)
        self._troubles.go_on(("database",), error, "database_lost", host=host, reason=reason, seconds=settings.patience)

    def _look_at_prefect(self) -> bool:
        """Whether Prefect's server answers; a temporary one has a guard of its own."""
        own = prefect_home.temporary
        url = os.environ["PREFECT_API_URL"]
        if answers(url):
            self._troubles.are_over(("prefect",), None if own else "prefect_back", place=url)
            return True
        error = TransientError("prefect_unavailable", place=url)
        if own and own.failed:
            raise error
        told = None if own else "prefect_lost"
        self._troubles.go_on(("prefect",), error, told, place=url, seconds=self._context.settings.patience)
        return False

    def _look_at_flows(self) -> None:
        settings = self._context.settings
        now = datetime.now(UTC)
        due = {one: at for one in self._flows if (at := one.last_time(self._clock, now - LATE)) > self._began}
        try:
            with get_client(sync_client=True) as client:
                # What was seen to begin is not asked about again: the last of its times may be a year ago.
                for one in (one for one, at in due.items() if self._begun.get(one) != at):
                    if runs.begun(client, one, due[one]):
                        self._begun[one] = due[one]
                running = runs.running(client)
                crashed = runs.crashed(client, now - SEEN)
        except _GONE:
            # It answers, but not what it is asked: perhaps it is just going, perhaps its own database is away.
            url = os.environ["PREFECT_API_URL"]
            error = TransientError("prefect_unavailable", place=url)
            self._troubles.go_on(("api",), error, "prefect_lost", HURRY, place=url, seconds=settings.patience)
            return
        self._troubles.are_over(("api",), "prefect_back", place=os.environ["PREFECT_API_URL"])
        at_work = {run.flow for run in running}  # for which the next run waits, or is left out
        for one, at in due.items():
            self._look_at_schedule(one, at, begun=self._begun.get(one) == at or one.name in at_work)
        for run in running:
            self._look_at_run(run, now - life.last_sign(settings, run.id, run.started))
        stopped = [run for run in self._stopped.values() if run.id not in {one.id for one in running}]
        for run in crashed + stopped:
            self._look_at_end(run, now)

    def _look_at_schedule(self, one: Served, due: datetime, *, begun: bool) -> None:
        key = ("schedule", one.name)
        if begun:
            self._troubles.are_over(key, "schedule_runs", flow=one.name)
            return
        at, log = f"{due:%d/%m/%Y %H:%M}", prefect_home.log_file(self._context.settings)
        error = TransientError("schedule_stuck", flow=one.name, at=at, log=log)
        acts = self._troubles.go_on(key, error, "schedule_late", HESITATION, flow=one.name, at=at)
        if acts and prefect_home.temporary:
            prefect_home.temporary.renew()

    def _look_at_run(self, run: runs.Run, silent: timedelta) -> None:
        settings, key = self._context.settings, ("run", run.id)
        if silent < timedelta(minutes=settings.stuck_minutes):
            self._troubles.are_over(key)
            return
        error = TransientError("flow_stuck", flow=run.flow, log=prefect_home.log_file(settings))
        minutes = int(silent.total_seconds() // 60)
        if self._troubles.go_on(key, error, "flow_stuck", HESITATION, flow=run.flow, run=run.id, minutes=minutes):
            with suppress(*_GONE), get_client(sync_client=True) as client:
                runs.cancel(client, run)
                self._stopped[run.id] = run

    def _look_at_end(self, run: runs.Run, now: datetime) -> None:
        """Tell of it once, and start the run again where it would be missed: a process may be killed at any time."""
        if (run.id, run.attempts) in self._ended:
            return
        log = prefect_home.log_file(self._context.settings)
        again = run.attempts < ATTEMPTS and any(one.name == run.flow and one.must_run for one in self._flows)
        if again:
            try:
                with get_client(sync_client=True) as client:
                    runs.start_again(client, run)
            except _GONE:
                return  # the next look tries again
        if again or run.id not in self._stopped:
            told = "flow_again" if again else "flow_crashed"
            alarm.tell(self._context.settings, told, flow=run.flow, run=run.id, log=log)
        self._stopped.pop(run.id, None)
        self._ended = {one: at for one, at in self._ended.items() if at > now - 2 * SEEN} | {
            (run.id, run.attempts): now
        }
