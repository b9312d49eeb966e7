"""What goes wrong while nobody watches: one line on standard error with the time, and an entry in the log."""

import sys
from datetime import datetime

from events.errors import NguonError
from flows.logging import ALLOWED, logger
from flows.settings import Settings
from flows.terminal.wording import LANGUAGE, one_line, say
from schemas.messages.translation import text


def tell(settings: Settings, key: str, /, **details: object) -> None:
    """Say what `[cli.serve]` calls `key`; of the details, the log takes what is allowed there."""
    _write(say(f"serve.{key}", **details))
    logger(settings).error(key, **{name: value for name, value in details.items() if name in ALLOWED})


def tell_failure(settings: Settings, flow: str, error: NguonError) -> None:
    """Say that a flow ended badly, and why."""
    reason = text(f"error.{error.key}", LANGUAGE, **error.details)
    _write(say("serve.flow_failed", flow=flow, reason=reason))
    logger(settings).error("flow_failed", flow=flow, error=error.key)


def _write(line: str) -> None:
    now = datetime.now().astimezone()  # the machine's: what is wrong may be the database that knows the office's
    print(f"{now:%Y-%m-%d %H:%M:%S} {one_line(line)}", file=sys.stderr, flush=True)
