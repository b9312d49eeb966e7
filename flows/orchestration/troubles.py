"""What is wrong at the moment and since when: each trouble is told once, and once more when it is over."""

import time
from dataclasses import dataclass

from events.errors import NguonError
from flows.orchestration import alarm
from flows.settings import Settings


class Troubles:
    """The troubles of one process, by what they are about."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lasting: dict[tuple[str, ...], _Trouble] = {}

    def go_on(
        self, about: tuple[str, ...], error: NguonError, told: str | None, after: float = 0.0, **details: object
    ) -> bool:
        """Note that a trouble is there; whether it is time to do something, which is so once, after so many seconds.

        Then it is told as `[cli.serve]` calls `told`. Raises `error` when it has lasted beyond the settings' patience.
        """
        trouble = self._lasting.setdefault(about, _Trouble(time.monotonic()))
        lasted = time.monotonic() - trouble.since
        if lasted > after + self._settings.patience:
            raise error
        if trouble.told or lasted < after:
            return False
        trouble.told = True
        if told:
            alarm.tell(self._settings, told, **details)
        return True

    def are_over(self, about: tuple[str, ...], told: str | None = None, **details: object) -> None:
        """Note that a trouble is not there; if somebody knew of it, that is told."""
        trouble = self._lasting.pop(about, None)
        if trouble and trouble.told and told:
            alarm.tell(self._settings, told, seconds=round(time.monotonic() - trouble.since), **details)


@dataclass
class _Trouble:
    since: float
    told: bool = False
