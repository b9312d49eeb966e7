"""The edge of the command line: answers go out, and whatever goes wrong becomes one line and an exit code."""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import NoReturn

from events.errors import NguonError
from flows.terminal.answer import Answer
from flows.terminal.wording import problem, told

JSON = "--json"

_command: ContextVar[str] = ContextVar("command")


def run(command: Callable[[Sequence[str]], Answer | None], words: Sequence[str], commands: Sequence[str]) -> int:
    """Run a command line and print what comes of it; the exit code. `commands` are those that exist."""
    as_json = JSON in words
    _command.set(next((word for word in words if word in commands), ""))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    told_to_stop = False

    def stop(*_: object) -> NoReturn:
        nonlocal told_to_stop
        told_to_stop = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    # Nothing that is raised gets past here. But psycopg2 prints what the server said when a COPY breaks off, and raises
    # something else.
    sys.excepthook = lambda *_: None
    try:
        answer = command([word for word in words if word != JSON])
        return 0 if answer is None else _print(answer, as_json=as_json)
    except SystemExit:
        raise
    except BaseException as failure:  # a library in Rust that gives up raises no Exception
        from flows.terminal.failures import named

        # A library may have made another failure of it, such as a connection that broke.
        stopped = KeyboardInterrupt() if told_to_stop else failure
        error = named(stopped, commands) or _unforeseen(failure, words)
        _complain(error, as_json=as_json)
        return error.exit_code


def actor() -> str:
    """The `Actor` that the command line makes of the command it runs."""
    return f"command.{_command.get()}"


def leave(exit_code: int) -> NoReturn:
    """End the process. The embedded server is told to stop; who presses Ctrl-C again need not wait for that."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(exit_code))
    sys.exit(exit_code)


def _print(answer: Answer, *, as_json: bool) -> int:
    from flows.terminal.screen import show

    try:
        show(answer, as_json=as_json)
    except OSError as failure:
        # What is left in the buffer must not be tried again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(failure, BrokenPipeError):
            raise NguonError("output_failed", reason=failure.strerror) from failure
    return answer.exit_code


def _complain(error: NguonError, *, as_json: bool) -> None:
    if as_json:
        said: dict[str, object] = {"error": error.key, "message": told(error)}
        if error.parts:
            said["problems"] = [problem(part) for part in error.parts]
        print(json.dumps(said, ensure_ascii=False), file=sys.stderr)
    else:
        print("\n".join(map(told, (error, *error.parts))), file=sys.stderr)


def _unforeseen(failure: BaseException, words: Sequence[str]) -> NguonError:
    kind = type(failure).__name__
    try:
        from flows.logging import frames, log_file, logger
        from flows.settings import settings

        found = settings()
        logger(found).error("unforeseen", command=words[0] if words else "", error=kind, frames=frames(failure))
    except Exception:  # whatever keeps the log from being written, the person is told all the same
        return NguonError("unforeseen_unlogged", kind=kind)
    return NguonError("unforeseen", kind=kind, log=log_file(found))
