"""Where Prefect works: on the server that PREFECT_API_URL names, or on a temporary one that ends with this process.

Prefect reads its settings when it is imported, so `start` comes before any import of it, and of `flows.pipeline`.
"""

import atexit
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from events.errors import TransientError
from flows.settings import PREFIX, Settings

PATIENCE = 90  # seconds for a temporary server to come up: the first time, it makes its database
_GRACE = 10  # seconds for it to end

_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_SETTINGS_PATH": str(Path(__file__).with_name("prefect_logging.yml")),
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    # A flow runs in a process of its own: a folder `events` where that is started must not be taken for ours.
    "PYTHONSAFEPATH": "1",
}


_temporary: subprocess.Popen[bytes] | None = None


def launch(settings: Settings, *, scheduling: bool = False) -> None:
    """Begin to make Prefect ready for this process and those that it starts; `start` waits until it is.

    Other work can be done meanwhile: a temporary server takes ten seconds to come up, most of them on another core.
    It keeps its database below the home folder, needs a password that only this process knows, and ends with this
    process however that ends. It starts scheduled flows only with `scheduling`.
    """
    global _temporary
    log = log_file(settings)
    log.parent.mkdir(parents=True, exist_ok=True)
    own = {f"{PREFIX}{name.upper()}": str(value) for name, value in settings if value is not None}
    os.environ |= _SETTINGS | own | {"PREFECT_LOGGING_HANDLERS_FILE_FILENAME": str(log)}
    if os.environ.get("PREFECT_API_URL"):
        os.environ.setdefault("PREFECT_HOME", str(settings.home / "prefect"))
    else:
        _temporary = _serve(settings.home / "prefect", log, scheduling=scheduling)


def start(settings: Settings, *, scheduling: bool = False) -> None:
    """Make Prefect ready for use, launching it if that has not been done; what it tells goes to `log_file`.

    Raises TransientError `prefect_unavailable`.
    """
    if _temporary is None:
        launch(settings, scheduling=scheduling)
    url = os.environ["PREFECT_API_URL"]
    if _temporary is None:
        if not _answers(url):
            raise TransientError("prefect_unavailable", place=url)
        return
    import prefect  # noqa: F401  (takes seconds, while the server takes its own)

    deadline = time.monotonic() + PATIENCE
    while not _answers(url):
        if _temporary.poll() is not None or time.monotonic() > deadline:
            raise TransientError("prefect_unavailable", place=log_file(settings))
        time.sleep(0.05)


def log_file(settings: Settings) -> Path:
    """Where Prefect's log lies: counts and ids."""
    return settings.home / "log" / "prefect.log"


def _serve(home: Path, log: Path, *, scheduling: bool) -> subprocess.Popen[bytes]:
    """Start a server on a free port of this machine; it is not up yet."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = f"nguon:{secrets.token_urlsafe(32)}"
    with socket.create_server(("127.0.0.1", 0)) as listening, log.open("ab") as output:
        os.environ |= {
            "PREFECT_HOME": str(home),
            "PREFECT_API_AUTH_STRING": password,
            "PREFECT_SERVER_API_AUTH_STRING": password,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        }
        module = "flows.orchestration.prefect_server"
        words = ["-m", module, str(listening.fileno()), *(["scheduling"] if scheduling else [])]
        server = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.PIPE,  # the server ends when the other end of it is gone
            stdout=output,
            stderr=output,
            pass_fds=[listening.fileno()],
            start_new_session=True,  # Ctrl-C is for this process, which still has things to tell the server
        )
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
    # Registered before Prefect is imported, so it runs after Prefect has sent what it had left.
    atexit.register(_stop, server, os.getpid())
    return server


def _stop(server: subprocess.Popen[bytes], process: int) -> None:
    if os.getpid() != process:  # a fork
        return
    with suppress(OSError):
        server.communicate(timeout=_GRACE)
    if server.poll() is None:
        server.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=10):
            return True
    except urllib.error.HTTPError:
        return True  # it wants a password, which Prefect has
    except (OSError, ValueError):
        return False
