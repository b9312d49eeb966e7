"""The stages of a long run, told on standard error: a bar each in front of a terminal, else a line as each one ends."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

Update = Callable[[int, int], None]


class Stages:
    """A run of `count` stages, as a context manager."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._number = 0
        self._bars: Progress | None = None

    def __enter__(self) -> Self:
        """Begin."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[told]}", justify="right"),
                TimeElapsedColumn(),
            )
            self._bars = Progress(*columns, console=Console(stderr=True))
            self._bars.start()
        return self

    def __exit__(self, _kind: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        """End, leaving the bars as they are."""
        if self._bars:
            self._bars.stop()

    @contextmanager
    def stage(self, title: str) -> Iterator[Update]:
        """The next stage; call what is yielded with what is done and what there is to do (0: nobody knows)."""
        self._number += 1
        name = f"{self._number}/{self._count} {title}"
        began = time.monotonic()
        counted = 0
        if self._bars is None:

            def count(done: int, _of: int) -> None:
                nonlocal counted
                counted = done

            yield count
            told = f": {counted}" if counted else ""
            print(f"{name}{told} ({time.monotonic() - began:.1f} s)", file=sys.stderr, flush=True)
            return
        bars = self._bars
        task = bars.add_task(name, total=None, told="")

        def draw(done: int, of: int) -> None:
            bars.update(task, completed=done, total=of or None, told=f"{done}/{of}" if of else str(done))

        yield draw
        of = int(bars.tasks[task].total or 1)
        bars.update(task, completed=of, total=of)
        bars.stop_task(task)
