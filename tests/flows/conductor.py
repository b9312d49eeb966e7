"""A process that runs flows for a test: a JSON line in (`[flow, arguments]`), one out (`result` or `error`)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from events.errors import NguonError, TransientError, UsageError


class Conductor:
    """Runs flows in a process of its own, on Prefect's temporary server; what it says on stderr is kept."""

    def __init__(self, home: Path, database_url: str) -> None:
        """Start the process."""
        self._noise = (home / "noise").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.conductor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            text=True,
            cwd=Path(__file__).parents[2],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
                "NGUON_HOME": str(home),
                "NGUON_DATABASE_URL": database_url,
            },
        )
        self.server = int(self._answer()["result"])

    def __call__(self, flow: str, **arguments: object) -> dict[str, Any]:
        """Run a flow."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps([flow, arguments]) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.noise()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def noise(self) -> str:
        """What it said on stderr."""
        self._noise.seek(0)
        return self._noise.read().decode()

    def end(self) -> int:
        """Let it end in order; the exit code."""
        assert self.process.stdin
        self.process.stdin.close()
        return self.process.wait(60)


TRIES: list[str] = []


def main() -> None:
    """Answer line by line."""
    from flows.orchestration import prefect_home
    from flows.settings import settings

    prefect_home.start(settings())
    assert prefect_home.temporary
    print(json.dumps({"result": prefect_home.temporary.process.pid}), flush=True)
    from flows import pipeline
    from flows.orchestration import conduct

    conduct.RETRY_AFTER[:] = [0.01, 0.01]

    @conduct.step
    def failing(kind: str) -> None:
        TRIES.append(kind)
        raise TransientError("database_unavailable", host="x", reason="y") if kind == "transient" else UsageError(kind)

    @conduct.conducted
    def tries(kind: str) -> int:
        TRIES.clear()
        try:
            failing(kind)
        except NguonError:
            return len(TRIES)
        return 0

    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            flow = {"tries": tries}.get(name) or getattr(pipeline, name)
            print(json.dumps({"result": flow(**arguments)}), flush=True)
        except NguonError as error:
            print(json.dumps({"error": error.key}), flush=True)


if __name__ == "__main__":
    main()
