"""A process that does work over and over and says on a pipe how far it is, until it is killed."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

Tell = Callable[[str], None]


class Killed:
    """`work` runs in a process of its own; `wait` until it told of a step, then `kill` it."""

    def __init__(self, work: Callable[[Tell], None]) -> None:
        reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            with suppress(BaseException):
                os.close(reading)
                work(lambda step: _tell(writing, step))
            os._exit(0)
        os.close(writing)
        self._told = os.fdopen(reading, "rb")
        self.steps: list[str] = []

    def wait(self, step: str, times: int = 1) -> None:
        """Until the step was told so many times, or the work has ended."""
        while self.steps.count(step) < times and (line := self._told.readline()):
            self.steps.append(line.decode().strip())

    def kill(self) -> bool:
        """Kill it with SIGKILL; whether it was still at work."""
        os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        self.steps += [line.decode().strip() for line in self._told]
        self._told.close()
        return os.WIFSIGNALED(status)


def _tell(pipe: int, step: str) -> None:
    os.write(pipe, f"{step}\n".encode())
