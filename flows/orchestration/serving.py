"""The process that runs the scheduled flows when their time comes, one for a home folder."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from prefect.client.orchestration import get_client
from prefect.runner import Runner

from events.errors import NguonError, TransientError
from events.files import private_folder
from flows.calendar import zone
from flows.context import Context
from flows.orchestration import life, patience, runs
from flows.orchestration.prefect_home import log_file
from flows.orchestration.served import TAG, Served, home_tag, served
from flows.orchestration.watchdog import Watchdog


def serve(context: Context, ready: Callable[[Sequence[Served]], None]) -> None:
    """Run the scheduled flows until told to stop; `ready` hears of them once the server knows them.

    What was missed while this did not run is caught up: late runs at once, periods by the reconcile flow. Raises what
    the watchdog cannot mend: TransientError `prefect_unavailable`, `database_unavailable`, `schedule_stuck`,
    `flow_stuck`; and `serve_ended` where Prefect stopped without being told to.
    """
    settings = context.settings
    private_folder(settings.home / "inbox")
    life.forget(settings)
    patience.leave_telling_to_others()
    flows, clock = served(settings), zone(context)
    with get_client(sync_client=True) as client:
        runs.require_own(client, home_tag(settings))
        runs.forget_stale(client, flows)
        runs.forget_dead(client, flows)
    # Paused schedules would make no runs for the time in which nothing is served: then nothing could be late.
    runner = _Runner(name=TAG, limit=len(flows), pause_on_shutdown=False)
    for one in flows:
        runner.add_deployment(one.deployment(settings, clock))
    signal.signal(signal.SIGINT, _stop)  # else asyncio would end the loop before anybody ceased to wait
    watchdog = Watchdog(context, flows, clock, end=lambda: os.kill(os.getpid(), signal.SIGTERM))
    watchdog.start()
    ready(flows)
    try:
        asyncio.run(runner.start())
    except KeyboardInterrupt:
        if watchdog.failure:
            raise watchdog.failure from None
    except BaseExceptionGroup as several:  # Prefect's runner does several things at once
        if watchdog.failure:
            raise watchdog.failure from None
        if stopped := several.subgroup(NguonError):
            raise _first(stopped) from None
        raise
    else:
        raise TransientError("serve_ended", log=log_file(settings))
    finally:
        watchdog.stop()


def _first(several: BaseExceptionGroup[NguonError]) -> NguonError:
    one = several.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one


def _stop(*_: object) -> NoReturn:
    patience.end()
    raise KeyboardInterrupt


class _Runner(Runner):
    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """End as Ctrl-C does: Prefect's own way leaves a coroutine that nobody awaits, and complains of it."""
        _stop()
