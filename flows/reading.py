"""Reading what others sent, in a child process with limits: whatever a file does to its reader, it does it there.

The child (`schemas.gate.cells`) reads many files, one after the other, and is replaced when one ends it.
"""

import atexit
import subprocess
import sys
from threading import Lock, Timer

import msgspec

from events.errors import TransientError
from schemas.gate.cells import READY, Answer, Scope

PATIENCE = 60
"""Seconds that reading one file may take on a busy machine; its processor time has a limit of its own."""


class Reader:
    """A child process that reads, started when it is needed. Safe to be used by several threads, which take turns."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, content: bytes, scope: Scope) -> Answer:
        """What is asked for of a file's cells, or the code of the finding that says why they cannot be had.

        A file is blamed for the end of the child only if it ends a second one as well. Raises TransientError
        `reader_unavailable` when there is no child to be had.
        """
        if not content:
            return Answer(code="file.empty")
        with self._lock:
            return self._ask(content, scope) or self._ask(content, scope) or Answer(code="file.exhausting")

    def _ask(self, content: bytes, scope: Scope) -> Answer | None:
        """The child's answer; None when it ended instead."""
        child = self._child = self._child or _start()
        timer = Timer(PATIENCE, child.kill)
        try:
            timer.start()
            answer = _exchange(child, content, scope)
        except BaseException:
            self._end()  # else the next file would be given the answer to this one
            raise
        finally:
            timer.cancel()
        if answer is None:
            self._end()
        return answer

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None


READER = Reader()
"""That of this process."""

atexit.register(READER.close)


def _start() -> subprocess.Popen[bytes]:
    try:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "schemas.gate.cells"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a reader complains of may quote a cell
            start_new_session=True,  # Ctrl-C is for this process
        )
    except OSError as failure:
        raise TransientError("reader_unavailable", reason=failure.strerror) from failure
    assert child.stdout
    if child.stdout.read(1) != READY:
        child.kill()
        child.communicate()
        raise TransientError("reader_unavailable", reason=f"exit {child.returncode}")
    return child


def _exchange(child: subprocess.Popen[bytes], content: bytes, scope: Scope) -> Answer | None:
    assert child.stdin and child.stdout
    try:
        child.stdin.write(scope[:1].encode() + len(content).to_bytes(8, "big"))
        child.stdin.write(content)
        child.stdin.flush()
    except BrokenPipeError:
        return None
    length = child.stdout.read(8)
    answer = child.stdout.read(int.from_bytes(length, "big"))
    if len(length) < 8 or len(answer) < int.from_bytes(length, "big"):
        return None
    return msgspec.msgpack.decode(answer, type=Answer)
