"""The temporary Prefect server as a process: it serves the socket that it is handed until its standard input ends."""

import os
import signal
import sys
import threading
import time

_GRACE = 5  # seconds to end in order


def main(listening: int, *, scheduling: bool) -> None:
    """Serve Prefect's API on the listening socket with this descriptor; with `scheduling`, start scheduled flows."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=not scheduling, final=True)
    uvicorn.run(app, fd=listening, log_level="critical", lifespan="on", timeout_graceful_shutdown=1)


def _end_with_the_parent() -> None:
    """The kernel closes the pipe on standard input however the parent ends, SIGKILL included."""
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), scheduling="scheduling" in sys.argv[2:])
