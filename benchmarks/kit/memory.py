"""The peak memory of work that is done in a new process of its own."""

import re
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec

P = ParamSpec("P")


def peak(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """The most memory that a process held which did the work, in MB. The work is a function of a module."""
    # A fork would count what this process holds.
    with get_context("spawn").Pool(1) as process:
        return process.apply(_measured, (work, args, kwargs))


def _measured(work: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> float:
    work(*args, **kwargs)
    if sys.platform == "linux":
        # Of this program alone: what getrusage tells includes the process that started it.
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        assert found
        return int(found[1]) * 1_024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
