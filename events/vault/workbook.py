"""The rows of valid workbooks: one sealed block each, with the leaves under the root that the log knows beside it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Self

import msgspec
from sqlalchemy import Connection, text

from events.proof.merkle import HASH_SIZE, leaf_hash, root
from events.vault.keystore import DataKey, KeyStore, Unreadable
from events.vault.seals import SALT_SIZE, commitment, seal

ROWS = "rows"
"""The label of a workbook's rows."""


class Row(NamedTuple):
    """A filled row of a workbook: its place, and salt and content (canonical JSON of the cells); None once erased."""

    sheet: str
    row: int
    salted: bytes | None

    @property
    def content(self) -> bytes | None:
        """What it says; None once erased."""
        return self.salted and self.salted[SALT_SIZE:]

    @property
    def leaf(self) -> bytes | None:
        """Its leaf under the root, `SHA-256(0x00 || place || 0x00 || commitment)`; None once erased."""
        if self.salted is None:
            return None
        place = f"{self.sheet}!{self.row}"
        committed = commitment(place, self.salted[:SALT_SIZE], self.salted[SALT_SIZE:])
        return leaf_hash(place.encode() + b"\x00" + committed)

    def erased(self) -> Self:
        """Its place alone."""
        return self._replace(salted=None)


_DECODER = msgspec.msgpack.Decoder(list[Row])


def make_row(sheet: str, row: int, content: bytes) -> Row:
    """A row with a salt of its own."""
    sealed = seal(f"{sheet}!{row}", content)
    return Row(sheet, row, sealed.salt + sealed.content)


def add_rows(connection: Connection, key: DataKey, rows: Sequence[Row]) -> bytes:
    """Keep the rows of a workbook, of the submission that the key is of; the Merkle root (RFC 9162) over them.

    The leaves stay when content is erased, so that the root holds.
    """
    leaves = [leaf for row in rows if (leaf := row.leaf) is not None]
    connection.execute(
        text("insert into vault.workbook (submission, leaves, sealed) values (:submission, :leaves, :sealed)"),
        {"submission": key.owner, "leaves": b"".join(leaves), "sealed": seal_rows(key, rows)},
    )
    return root(leaves)


def rows_of(connection: Connection, store: KeyStore, submissions: Collection[str]) -> dict[str, list[Row]]:
    """The rows that are kept of submissions, those erased as their places; without what does not open at all."""
    kept = connection.execute(
        text(
            "select w.submission::text, f.slot, w.sealed from vault.workbook w join vault.file f using (submission)"
            " where w.submission = any(cast(:wanted as uuid[])) and w.sealed is not null and f.slot is not null"
        ),
        {"wanted": list(submissions)},
    )
    found = {}
    for row in kept:
        if key := store.key(row.submission, row.slot):
            try:
                found[row.submission] = open_rows(key, row.sealed)
            except Unreadable:
                continue
    return found


def seal_rows(key: DataKey, rows: Sequence[Row]) -> bytes:
    """The rows as they are kept."""
    return key.seal(ROWS, msgspec.msgpack.encode(rows))


def open_rows(key: DataKey, sealed: bytes) -> list[Row]:
    """The rows of what is kept. Raises Unreadable."""
    try:
        return _DECODER.decode(key.open(ROWS, sealed))
    except msgspec.DecodeError:
        raise Unreadable from None


def leaves_of(joined: bytes) -> list[bytes]:
    """The leaves under a root, one by one."""
    return [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]
