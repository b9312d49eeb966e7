"""Whom files and comments may name, as keyed hashes: an erasure opens the few that may name a person, not all."""

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import Connection, text

FILE, COMMENT = "file", "comment"
ANYBODY = 0
"""Stands for all words of what was not looked into: it may name anybody."""


def hashed(matching_key: bytes, words: Iterable[str] | None) -> list[int]:
    """Words as the first 64 bits of keyed hashes, in order; of None, that anybody may be named."""
    if words is None:
        return [ANYBODY]
    key = hmac.digest(matching_key, b"mentions", "sha256")
    found = {
        int.from_bytes(hashlib.blake2b(word.encode(), key=key, digest_size=8).digest(), "big", signed=True)
        for word in words
    }
    return sorted(found - {ANYBODY})


def mac(matching_key: bytes, submission: str, source: str, written: str) -> bytes:
    """The keyed HMAC-SHA-256 of an entry, its words as PostgreSQL shows them: it is known to be as it was written."""
    return hmac.digest(matching_key, f"mention\x00{submission}\x00{source}\x00{written}".encode(), "sha256")


def put(connection: Connection, matching_key: bytes, submission: str, source: str, words: list[int]) -> None:
    """Keep whom a file or a comment may name, in place of what was kept of it."""
    connection.execute(
        text(
            "insert into vault.mention (submission, source, words, mac) values (:submission, :source, :words, :mac)"
            " on conflict (submission, source) do update set words = excluded.words, mac = excluded.mac"
        ),
        {
            "submission": submission,
            "source": source,
            "words": words,
            "mac": mac(matching_key, submission, source, f"{{{','.join(map(str, words))}}}"),
        },
    )


def candidates(connection: Connection, matching_key: bytes, words: Iterable[str]) -> set[str]:
    """The submissions of which file, rows or comment may name somebody with one of the words."""
    wanted = [*hashed(matching_key, words), ANYBODY]
    return set(
        connection.execute(
            text("select distinct submission::text from vault.mention where words && cast(:wanted as bigint[])"),
            {"wanted": wanted},
        ).scalars()
    )
