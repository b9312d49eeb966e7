"""Importing what validation needs (polars, pandera: one second) while the database starts and files are recorded."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


def preload() -> Thread:
    """Begin to import `flows.validation`; whoever wants it joins the thread first.

    What the caller needs meanwhile must be imported already: two threads in one package can deadlock.
    """
    thread = Thread(target=_load, daemon=True)
    thread.start()
    return thread


def _load() -> None:
    import polars  # noqa: F401  # before pandas is hidden: polars remembers for good whether there is one

    with _hidden("pandas"):
        import pandera.polars  # noqa: F401
    import flows.validation  # noqa: F401


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Let an installed package look absent; pandera would load pandas (one more second) and has no use for it here."""

    class Absent:
        @staticmethod
        def find_spec(name: str, _path: object = None, _target: object = None) -> None:
            if name == package:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    sys.meta_path.insert(0, Absent)
    try:
        yield
    finally:
        sys.meta_path.remove(Absent)
