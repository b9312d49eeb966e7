"""Signs of life: a flow that `serve` started touches a file whenever one of its steps tells how far it is."""

import os
import time
from datetime import UTC, datetime

from events.files import private_folder
from flows.progress import overheard
from flows.settings import Settings

FOLDER = "run"


def show_signs(settings: Settings) -> None:
    """Begin to show them, if this process is a run of `serve`."""
    if run := os.environ.get("PREFECT__FLOW_RUN_ID"):
        sign = settings.home / FOLDER / run

        def show() -> None:
            sign.touch(mode=0o600)
            os.utime(sign, times=(now := time.time(), now))

        private_folder(sign.parent)
        show()
        overheard(show)


def end_signs(settings: Settings) -> None:
    """Leave nothing of them."""
    (settings.home / FOLDER / os.environ["PREFECT__FLOW_RUN_ID"]).unlink(missing_ok=True)


def last_sign(settings: Settings, run: str, began: datetime) -> datetime:
    """When a run (its id) that began at some time showed one last."""
    try:
        shown = (settings.home / FOLDER / run).stat().st_mtime
    except FileNotFoundError:
        return began
    return max(began, datetime.fromtimestamp(shown, UTC))


def forget(settings: Settings) -> None:
    """Remove what earlier runs left."""
    for sign in (settings.home / FOLDER).glob("*"):
        sign.unlink(missing_ok=True)
