"""The log of what the program does: one JSON object a line, and nothing personal in it.

Only the keys of ALLOWED pass, whatever a caller hands over; so a name or a cell's value cannot slip in under a new key.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping
from functools import cache
from pathlib import Path
from traceback import walk_tb
from typing import Any, TextIO, cast

import structlog

from events.files import PRIVATE, private_folder
from flows.settings import Settings

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

ALLOWED = frozenset(
    {"event", "level", "timestamp", "command", "error", "frames", "submission", "unit", "period", "position"}
    | {"valid", "errors", "warnings", "count", "of", "seconds", "projection", "flow", "run", "minutes"}
)


@cache
def logger(settings: Settings) -> structlog.typing.FilteringBoundLogger:
    """The logger of these settings: it writes to `log_file`, and at the levels info and debug to stderr as well.

    Raises OSError when the file cannot be written.
    """
    path = log_file(settings)
    private_folder(path.parent)
    sinks: list[TextIO] = [open(path, "a", encoding="utf-8", buffering=1, opener=_private)]  # noqa: SIM115
    if LEVELS[settings.log_level] <= LEVELS["info"]:
        sinks.append(sys.stderr)
    made = structlog.wrap_logger(
        _Sinks(sinks),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
    )
    return cast("structlog.typing.FilteringBoundLogger", made)


def log_file(settings: Settings) -> Path:
    """Where the log lies."""
    return settings.home / "log" / "nguon.jsonl"


def only_allowed(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Let only the keys of ALLOWED through; the names of the others are told, so that the loss is seen."""
    dropped = sorted(entry.keys() - ALLOWED)
    kept = {key: entry[key] for key in entry if key in ALLOWED}
    return kept | {"dropped": dropped} if dropped else kept


def frames(failure: BaseException) -> list[str]:
    """Where a failure and its causes came from: types, files, lines, functions; never messages, which quote values."""
    told: list[str] = []
    cause: BaseException | None = failure
    while cause is not None:
        told.append(type(cause).__qualname__)
        told += [
            f"{frame.f_code.co_filename}:{line} {frame.f_code.co_qualname}"
            for frame, line in walk_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    return told


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)


class _Sinks:
    """Writes each line to every sink, under whatever level's name it is called."""

    def __init__(self, sinks: list[TextIO]) -> None:
        self._sinks = sinks

    def _write(self, line: str) -> None:
        for sink in self._sinks:
            sink.write(f"{line}\n")

    debug = info = warning = error = critical = _write
