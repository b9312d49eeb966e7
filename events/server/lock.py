"""The lock that every process of a server holds for life: whether one is left, and how to end them all.

The kernel lets go of it when the last of them ends in whatever way, so it says what a process number in a file cannot.
"""

import fcntl
import time
from contextlib import suppress

KILL_HOLDERS = """
for open in /proc/[0-9]*/fd/*; do
  if [ "$open" -ef "$1" ]; then
    process=${open#/proc/}
    process=${process%%/*}
    [ "$process" = "$PPID" ] || kill -KILL "$process"
  fi
done
exit 0
"""
"""For a shell: kill every process but its parent that has the file $1 open. Finds them where there is a /proc.

It runs as the server's account, which alone may see what the server's processes have open, unless root may trace.
"""


def came_free(descriptor: int, patience: float = 0) -> bool:
    """Whether nobody else holds the lock, or lets go of it within so many seconds; then this process has it."""
    deadline = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
