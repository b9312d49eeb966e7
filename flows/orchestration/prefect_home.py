"""Where Prefect works: on the server that PREFECT_API_URL names, or on a temporary one that ends with this process.

Prefect reads its settings when it is imported, so `start` comes before any import of it, and of `flows.pipeline`.
"""

import os
import time
from pathlib import Path

from events.errors import TransientError
from events.files import private_folder
from flows.orchestration.temporary_server import TemporaryServer, answers
from flows.settings import Settings

PATIENCE = 90  # seconds for a temporary server to come up: the first time, it makes its database

_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_SETTINGS_PATH": str(Path(__file__).with_name("prefect_logging.yml")),
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    # 14 seconds of tries; who waits longer for a server that is away is `patience`, and it says so.
    "PREFECT_CLIENT_MAX_RETRIES": "3",
    "PREFECT_API_REQUEST_TIMEOUT": "20",
    # A flow runs in a process of its own: a folder `events` where that is started must not be taken for ours.
    "PYTHONSAFEPATH": "1",
}

temporary: TemporaryServer | None = None
"""The server of this process, where it has one."""


def launch(settings: Settings, *, scheduling: bool = False) -> None:
    """Begin to make Prefect ready for this process and those that it starts; `start` waits until it is.

    Other work can be done meanwhile: a temporary server takes ten seconds to come up, most of them on another core.
    It keeps its database below the home folder, needs a password that only this process knows, and ends with this
    process however that ends. It starts scheduled flows only with `scheduling`.
    """
    global temporary
    log = log_file(settings)
    private_folder(log.parent)
    private_folder(settings.home / "prefect")
    own = settings.environment()
    os.environ |= _SETTINGS | own | {"PREFECT_LOGGING_HANDLERS_FILE_FILENAME": str(log)}
    if os.environ.get("PREFECT_API_URL"):
        os.environ.setdefault("PREFECT_HOME", str(settings.home / "prefect"))
    else:
        temporary = TemporaryServer(settings, settings.home / "prefect", log, scheduling=scheduling)


def start(settings: Settings, *, scheduling: bool = False) -> None:
    """Make Prefect ready for use, launching it if that has not been done; what it tells goes to `log_file`.

    Raises TransientError `prefect_unavailable`.
    """
    if temporary is None:
        launch(settings, scheduling=scheduling)
    url = os.environ["PREFECT_API_URL"]
    if temporary is None:
        if not answers(url):
            raise TransientError("prefect_unavailable", place=url)
    else:
        import prefect  # noqa: F401  (takes seconds, while the server takes its own)

        deadline = time.monotonic() + PATIENCE
        while not answers(url):
            if temporary.failed or time.monotonic() > deadline:
                raise TransientError("prefect_unavailable", place=log_file(settings))
            time.sleep(0.05)
        temporary.guard()


def log_file(settings: Settings) -> Path:
    """Where Prefect's log lies: counts and ids."""
    return settings.home / "log" / "prefect.log"
