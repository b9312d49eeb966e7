"""Which processes are there, as the kernel tells."""

from contextlib import suppress
from pathlib import Path


def alive(process: int) -> bool:
    """Whether it runs; one that has ended but was not yet waited for does not."""
    with suppress(OSError):
        return _stat(process)[0] != "Z"
    return False


def children(process: int) -> list[int]:
    """The processes that it started and that run."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = _stat(int(place.name))[:2]
            if int(parent) == process and state != "Z":
                found.append(int(place.name))
    return found


def _stat(process: int) -> list[str]:
    """State, parent and more: what follows the program's name, which may hold anything."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
