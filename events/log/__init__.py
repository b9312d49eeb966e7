"""The log: what is recorded, how it is written and read."""

from events.log.appending import (
    Appended,
    LawBroken,
    WrongExpectedVersion,
    append,
    head,
    stream_versions,
)

__all__ = [
    "Appended",
    "LawBroken",
    "WrongExpectedVersion",
    "append",
    "head",
    "stream_versions",
]
