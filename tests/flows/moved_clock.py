"""A clock that a test moves: what runs under it sees the time of the test, and time goes on from there."""

import shutil
import struct
import subprocess
import time
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schemas.periods import Period, quarter_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class MovedClock:
    """Processes with the `variables` in their environment see the real time until `move`, then that of the test."""

    def __init__(self, folder: Path) -> None:
        """Build it in a folder that their accounts may enter; without a C compiler the test is skipped."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            pytest.skip("no C compiler here, so the clock cannot be moved")
        library, self._offset = folder / "moved_clock.so", folder / "moved_clock"
        source = Path(__file__).with_name("moved_clock.c")
        built = subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], capture_output=True)
        if built.returncode:
            pytest.skip("the C compiler here cannot build what moves the clock")
        self._offset.write_bytes(struct.pack("q", 0))
        for path in (library, self._offset):
            path.chmod(0o755)
        self.variables = {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(self._offset)}
        self.within = ("env", *(f"{name}={value}" for name, value in self.variables.items()))

    def move(self, day: date, at: str) -> None:
        """To a time of a day in Vietnam, such as `05:29:45`."""
        moment = datetime.combine(day, clock.fromisoformat(at), ZONE)
        # In place: the file is mapped into the memory of all that run.
        with self._offset.open("r+b") as file:
            file.write(struct.pack("q", round(moment.timestamp() - time.time())))

    def now(self) -> datetime:
        """What it shows."""
        (offset,) = struct.unpack("q", self._offset.read_bytes())
        return datetime.fromtimestamp(time.time() + offset, UTC).astimezone(ZONE)


def coming_quarter() -> Period:
    """The quarter that ends next: clocks are moved forward, since files keep the real time at which they changed."""
    return quarter_of(datetime.now(ZONE).date())
