"""The embedded PostgreSQL."""

from events.server.embedding import (
    embedded,
)

__all__ = [
    "embedded",
]
