"""Prefect's clients, made patient: a server that went away is waited for, and nobody sees a library's own error.

Prefect gives up after a minute at most, at once where it asks for the first time, and a flow in the middle of its
work ends with it. Ours asks again until the server is back or the patience of the settings is at its end.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import anyio
import httpx
from prefect.client import orchestration
from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

from events.errors import TransientError
from flows.orchestration import alarm
from flows.settings import Settings, settings

PAUSE = 1.0
"""Seconds between two tries."""

_ended = threading.Event()
_silent = threading.Event()
_impatient: ContextVar[bool] = ContextVar("impatient", default=False)


def install() -> None:
    """Let every client that Prefect makes from now on in this process be a patient one."""
    orchestration.PrefectHttpxAsyncClient = _PatientAsync  # type: ignore[attr-defined]
    orchestration.PrefectHttpxSyncClient = _PatientSync  # type: ignore[attr-defined]


def leave_telling_to_others() -> None:
    """Wait in silence: something else in this process says when the server is away."""
    _silent.set()


def end() -> None:
    """Wait no longer, since this process is to end."""
    _ended.set()


@contextmanager
def impatient() -> Iterator[None]:
    """Within this, a server that does not answer is an error at once."""
    token = _impatient.set(True)
    try:
        yield
    finally:
        _impatient.reset(token)


class _Absence:
    """Whether the server is away, as all requests of this process see it: told when it begins and when it is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: float | None = None

    def begins(self, found: Settings) -> float:
        """How many seconds it has been away."""
        with self._lock:
            if self._since is None:
                self._since = time.monotonic()
                self._tell(found, "prefect_lost", seconds=found.patience)
            return time.monotonic() - self._since

    def ends(self) -> None:
        with self._lock:
            if self._since is not None:
                seconds, self._since = round(time.monotonic() - self._since), None
                self._tell(settings(), "prefect_back", seconds=seconds)

    def _tell(self, found: Settings, key: str, **details: object) -> None:
        # Not in a flow of `serve`: the process that started it says the same.
        if "PREFECT__FLOW_RUN_ID" not in os.environ and not _silent.is_set():
            alarm.tell(found, key, place=os.environ.get("PREFECT_API_URL", ""), **details)


_absence = _Absence()


def _give_up_or_go_on() -> None:
    """Return if the request is to be made again, and raise TransientError `prefect_unavailable` if not."""
    found = settings()
    if _impatient.get() or _ended.is_set() or _absence.begins(found) > found.patience:
        raise TransientError("prefect_unavailable", place=os.environ.get("PREFECT_API_URL", "")) from None


def _is_away(failure: httpx.HTTPError) -> bool:
    if isinstance(failure, httpx.HTTPStatusError):
        # Of what stands before a server that is not there, or of one whose own database is not.
        return failure.response.status_code >= 500
    return isinstance(failure, httpx.TransportError)


class _PatientAsync(PrefectHttpxAsyncClient):
    async def send(self, request: httpx.Request, *args: Any, **kwargs: Any) -> httpx.Response:
        while True:
            try:
                answer = await super().send(request, *args, **kwargs)
            except httpx.HTTPError as failure:
                if not _is_away(failure):
                    raise
                _give_up_or_go_on()
                await anyio.sleep(PAUSE)
            else:
                _absence.ends()
                return answer


class _PatientSync(PrefectHttpxSyncClient):
    def send(self, request: httpx.Request, *args: Any, **kwargs: Any) -> httpx.Response:
        while True:
            try:
                answer = super().send(request, *args, **kwargs)
            except httpx.HTTPError as failure:
                if not _is_away(failure):
                    raise
                _give_up_or_go_on()
                time.sleep(PAUSE)
            else:
                _absence.ends()
                return answer
