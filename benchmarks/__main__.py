"""`python -m benchmarks [NAME]`: run all benchmarks or one, print a table, write `out/bench.json`.

`NGUON_BENCH_SCALE` (1 by default) makes them smaller for a quick try; the bounds are meant for 1. Ends with 1 when a
bound is broken, with 2 when there is no benchmark of that name.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.kit.bench import running
from benchmarks.kit.result import Result
from benchmarks.kit.table import table

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("__"))
OUT = Path("out") / "bench.json"


def main(names: list[str]) -> int:
    if unknown := set(names) - set(NAMES):
        print(f"no benchmark named {', '.join(unknown)}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    errors = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[doing]}"))
    results: dict[str, Result] = {}
    with Progress(*columns, TimeElapsedColumn(), console=errors) as progress:
        task = progress.add_task("starting", doing="")
        scale = float(os.environ.get("NGUON_BENCH_SCALE", "1"))
        with running(scale, lambda told: progress.update(task, doing=told)) as bench:
            for name in names or NAMES:
                progress.update(task, description=name, doing="")
                results[name] = import_module(f"benchmarks.{name}").measure(bench)
                progress.print(table({name: results[name]}))
    Console().print(table(results))
    OUT.parent.mkdir(exist_ok=True)
    written = [{"name": name} | msgspec.to_builtins(result) for name, result in results.items()]
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(written), indent=2) + b"\n")
    return 0 if all(result.holds for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
