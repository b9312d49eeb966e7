"""Which witnesses let all their time pass lately: whoever has work to do does not wait for them with every command.

An empty file each in the home, whose time says since when. It holds for minutes only: nobody is silenced by leaving it.
"""

import time
from contextlib import suppress
from pathlib import Path

from events.files import private_folder
from events.proof.witness import origin_hash
from flows.settings import Settings
from flows.witnesses import Witness

FOLDER = "silent-witnesses"

PAUSE = 300
"""Seconds for which a witness that did not answer in time is not asked again, other than by `nguon witness ask`."""


def begins(settings: Settings, witness: Witness) -> None:
    """Note that a witness did not answer in time; where that cannot be kept, it is asked again all the same."""
    with suppress(OSError):
        private_folder(settings.home / FOLDER)
        _file(settings, witness).touch(mode=0o600)


def ends(settings: Settings, witness: Witness) -> None:
    """Note that a witness is asked again."""
    with suppress(OSError):
        _file(settings, witness).unlink(missing_ok=True)


def lasts(settings: Settings, witness: Witness) -> bool:
    """Whether a witness did not answer in time a short while ago."""
    try:
        return 0 <= time.time() - _file(settings, witness).stat().st_mtime < PAUSE
    except OSError:
        return False


def _file(settings: Settings, witness: Witness) -> Path:
    return settings.home / FOLDER / origin_hash(str(witness))
