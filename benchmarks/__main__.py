"""`python -m benchmarks [NAME...]`: run all benchmarks or some, print a table, write `out/bench.json`.

`NGUON_BENCH_SCALE` (1 by default) makes them smaller for a quick try; the bounds are meant for 1. Ends with 1 when a
bound is broken, with 2 when it was called wrongly, with 3 when the server fails.
"""

import os
import sys
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import TextIO

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.kit.bench import running
from benchmarks.kit.result import Result
from benchmarks.kit.table import table
from events.errors import NguonError
from schemas.messages.translation import text

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("__"))
OUT = Path("out") / "bench.json"
WIDTH = 140
"""Columns of the table where it does not go to a terminal."""
SCALE = "NGUON_BENCH_SCALE"


def main(names: list[str]) -> int:
    if unknown := sorted(set(names) - set(NAMES)):
        return _failed(2, f"no benchmark named {', '.join(unknown)}; there are {', '.join(NAMES)}")
    try:
        scale = float(os.environ.get(SCALE, "1"))
        if not (isfinite(scale) and scale > 0):
            raise ValueError
    except ValueError:
        return _failed(2, f"{SCALE} is {os.environ[SCALE]!r}, not a number above 0; leave it out for the full size")
    try:
        measures = {name: import_module(f"benchmarks.{name}").measure for name in names or NAMES}
    except ModuleNotFoundError as missing:
        return _failed(2, f"no module {missing.name}: run 'make setup', or install the extra 'bench'")
    results: dict[str, Result] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[doing]}"))
    try:
        shown = _console(sys.stderr)
        with Progress(*columns, TimeElapsedColumn(), console=shown, disable=not shown.is_terminal) as progress:
            task = progress.add_task("starting", doing="")
            with running(scale, lambda told: progress.update(task, doing=told)) as bench:
                for name, measure in measures.items():
                    progress.update(task, description=name, doing="")
                    results[name] = measure(bench)
                    progress.print(table({name: results[name]}))
                    _write(results)
    except NguonError as error:
        return _failed(error.exit_code, text(f"error.{error.key}", "en", **error.details))
    _console(sys.stdout).print(table(results))
    return 0 if all(result.holds for result in results.values()) else 1


def _console(file: TextIO) -> Console:
    return Console(file=file, width=None if file.isatty() else WIDTH)


def _write(results: dict[str, Result]) -> None:
    written = [{"name": name, **result.figures()} for name, result in results.items()]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(written), indent=2) + b"\n")


def _failed(code: int, line: str) -> int:
    print(line, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
