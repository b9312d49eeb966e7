"""The embedded PostgreSQL."""

from events.server.embedded import (
    embedded,
)

__all__ = [
    "embedded",
]
