"""Telling whoever started a flow how far its steps are: they tell here, and a listener hears."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener] = ContextVar("listener", default=lambda step, done, of: None)

_bystanders: list[Callable[[], None]] = []


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Within this, `listener` hears of each step its name, how much is done, and of how much (0: nobody knows)."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def overheard(by: Callable[[], None]) -> None:
    """From now on, `by` hears that something goes on in this process, whoever else listens."""
    _bystanders.append(by)


def tell(step: str, done: int, of: int = 0) -> None:
    """Say how far a step is."""
    for bystander in _bystanders:
        bystander()
    _listener.get()(step, done, of)
