"""A Prefect server of this process's own, which is started anew when it dies or no longer answers."""

import atexit
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from flows.settings import Settings

GRACE = 10  # seconds for it to end
GUARD_EVERY = 2.0  # seconds between two looks at it
SILENT = 3  # looks in a row at which it does not answer before it is started anew
HOPELESS = 3  # starts within as many minutes after which it is not started again


class TemporaryServer:
    """The server as a process, on a port that this process holds.

    The port is held here and handed on, so that who asks while no server is there waits instead of being refused.
    """

    def __init__(self, settings: Settings, home: Path, log: Path, *, scheduling: bool) -> None:
        """Start it; it is not up yet. What leads to it is put into the environment."""
        password = f"nguon:{secrets.token_urlsafe(32)}"
        self._settings, self._log, self._scheduling = settings, log, scheduling
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/api"
        os.environ |= {
            "PREFECT_API_URL": self.url,
            "PREFECT_HOME": str(home),
            "PREFECT_API_AUTH_STRING": password,
            "PREFECT_SERVER_API_AUTH_STRING": password,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
            # Nobody could read there what stands in the log file as well.
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        }
        self._ending = threading.Event()
        self._starts: list[float] = []
        self.process = self._start()
        # Registered before Prefect is imported, so it runs after Prefect has sent what it had left.
        atexit.register(self._end, os.getpid())

    @property
    def failed(self) -> bool:
        """Whether it has ended, and is not started again."""
        return self.process.poll() is not None and (self._is_hopeless() or self._ending.is_set())

    def guard(self) -> None:
        """From now on, start it anew when it ends or is silent, and say so."""
        threading.Thread(target=self._guard, name="guard", daemon=True).start()

    def renew(self) -> None:
        """End it, so that it is started anew."""
        self.process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        self._starts.append(time.monotonic())
        module = "flows.orchestration.prefect_server"
        with self._log.open("ab") as output:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", module, str(self._listening.fileno())),
                    *(["scheduling"] if self._scheduling else []),
                ],
                stdin=subprocess.PIPE,  # the server ends when the other end of it is gone
                stdout=output,
                stderr=output,
                pass_fds=[self._listening.fileno()],
                start_new_session=True,  # Ctrl-C is for this process, which still has things to tell the server
            )

    def _is_hopeless(self) -> bool:
        self._starts = [at for at in self._starts if at > time.monotonic() - 60 * HOPELESS]
        return len(self._starts) >= HOPELESS

    def _guard(self) -> None:
        from flows.orchestration import alarm

        silent = 0
        while not self._ending.wait(GUARD_EVERY):
            silent = 0 if answers(self.url) else silent + 1
            if silent >= SILENT:
                self.process.kill()
                self.process.wait()
            if self.process.poll() is None or self._ending.is_set():
                continue
            if self._is_hopeless():
                alarm.tell(self._settings, "prefect_hopeless", log=self._log)
                return
            self.process, silent = self._start(), -SILENT * 10  # it takes its time to come up
            alarm.tell(self._settings, "prefect_renewed")

    def _end(self, process: int) -> None:
        if os.getpid() != process:  # a fork
            return
        self._ending.set()
        with suppress(OSError, subprocess.TimeoutExpired):
            self.process.communicate(timeout=GRACE)
        if self.process.poll() is None:
            self.process.kill()


def answers(url: str) -> bool:
    """Whether a Prefect server answers there."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=8):
            return True
    except urllib.error.HTTPError as failure:
        return failure.code < 500  # it wants a password, which Prefect has
    except (OSError, ValueError):
        return False
