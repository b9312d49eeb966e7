"""How a plain function becomes a Prefect task or flow: what is tried again, where it runs, and what a failure may tell.

Prefect keeps and shows what an exception says. A database driver's exception quotes values, so only our own errors,
which hold nothing personal, leave a step; where another one came from goes to the program's log.
"""

import os
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Flow, Task, flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from events.errors import NguonError, TransientError, UsageError
from flows.blame import is_panic
from flows.context import Context
from flows.logging import frames, log_file, logger
from flows.orchestration import patience
from flows.settings import Settings, settings
from flows.terminal.failures import named

patience.install()  # A run of `serve` begins here: nothing else of ours is imported before.

P = ParamSpec("P")
R = TypeVar("R")

RETRY_AFTER = [2.0, 20.0, 120.0]
"""Seconds to wait before each further try at what something outside made fail."""

WORKERS = 4
"""Threads that tasks run on: each may hold two of the database pool's connections."""


def context() -> Context:
    """The context of the flow that runs, on the database that is the same for all steps of a process."""
    return _context(settings()).acting(f"flow.{runtime.flow_run.flow_name}")


@lru_cache(maxsize=1)
def _context(found: Settings) -> Context:
    return Context(found, actor="")  # nobody's: nothing can be recorded with it


def step(function: Callable[P, R]) -> Task[P, R]:
    """A task: tried again after a TransientError, and never answered from a cache."""
    made = task(
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_AFTER),
        retry_delay_seconds=RETRY_AFTER,
        retry_condition_fn=_may_pass,
    )
    return made(_guarded(function))


def conducted(function: Callable[P, R]) -> Flow[P, R]:
    """A flow whose tasks run where the settings say."""
    made = flow(task_runner=_task_runner(), persist_result=False)
    return made(_watched(_guarded(function)))


def _watched(function: Callable[P, R]) -> Callable[P, R]:
    """A flow that `serve` started shows signs of life, and says on the terminal of `serve` how it ended badly."""

    @wraps(function)
    def watched(*args: P.args, **kwargs: P.kwargs) -> R:
        if str(runtime.flow_run.id) != os.environ.get("PREFECT__FLOW_RUN_ID"):
            return function(*args, **kwargs)
        from flows.orchestration import alarm, life

        life.show_signs(settings())
        try:
            return function(*args, **kwargs)
        except NguonError as error:
            alarm.tell_failure(settings(), str(runtime.deployment.name), error)
            raise
        finally:
            life.end_signs(settings())

    return watched


def _task_runner() -> TaskRunner[Any]:
    if settings().task_runner == "threads":
        return ThreadPoolTaskRunner(max_workers=WORKERS)
    try:
        import dask
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise UsageError("dask_missing") from None
    # DASK_SCHEDULER_ADDRESS names a cluster; without it, one starts on this machine for each flow.
    return DaskTaskRunner(address=dask.config.get("scheduler-address", None))


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.data, TransientError)


def _guarded(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BaseException as failure:
            if not isinstance(failure, Exception) and not is_panic(failure):
                raise
            error = named(failure) or _unforeseen(failure, function.__name__)
        error.__cause__ = error.__context__ = None
        raise error

    return guarded


def _unforeseen(failure: BaseException, name: str) -> NguonError:
    found, kind = settings(), type(failure).__name__
    logger(found).error("unforeseen", flow=name, error=kind, frames=frames(failure))
    return NguonError("unforeseen", kind=kind, log=log_file(found))
