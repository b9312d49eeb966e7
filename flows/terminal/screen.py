"""Putting an answer on standard output: JSON, plain aligned text in a pipe, or tables with colour in a terminal."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import printable

UNBROKEN = 24
"""Letters: a code, a date or a bar up to this length stays on one line where the terminal is narrow."""


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer whole. Raises OSError when nobody can take it."""
    if as_json:
        print(json.dumps(answer.data, ensure_ascii=False, default=str))
    elif sys.stdout.isatty():
        _draw(answer)
    else:
        print("\n\n".join(_plain(part) for part in answer.parts))
    sys.stdout.flush()


@contextmanager
def waiting(sentence: str) -> Iterator[None]:
    """Tell a person in front of a terminal what is being waited for."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(sentence):
        yield


@contextmanager
def progress(sentence: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for a person in front of a terminal: call what is yielded with what is done and what there is to do."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(sentence, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _plain(part: Part) -> str:
    if isinstance(part, str):
        return part
    lines = [tuple(part.headings), *(tuple(map(printable, row)) for row in part.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index in part.numbers else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _draw(answer: Answer) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    def drawn(table: Table) -> Drawn:
        picture = Drawn(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
        for index, heading in enumerate(table.headings):
            short = all(len(row[index]) <= UNBROKEN and " " not in row[index] for row in table.rows)
            if index in table.numbers:
                picture.add_column(Text(heading.replace(" ", "\n")), justify="right", no_wrap=True)
            else:
                picture.add_column(Text(heading), no_wrap=short, overflow="fold")
        for row in table.rows:
            picture.add_row(*(Text(printable(cell), style=table.styles.get(cell, "")) for cell in row))
        return picture

    console = Console(highlight=False)
    for part in answer.parts:
        console.print(drawn(part) if isinstance(part, Table) else Text(part))
