"""People, files and rows taken into the vault encrypted, against the same in plain: 1.15 times its time or less.

Each workbook is a file of 30,000 bytes with 100 rows and 10 people whom nobody knew; commitments are made, and a
transaction of 50 workbooks is committed, in both. Encrypted means a new key for each workbook and person, synced to the
key store before the commit.
"""

import os
from itertools import count
from time import perf_counter

from sqlalchemy import Engine

from benchmarks.kit.bench import Bench, Work
from benchmarks.kit.result import Bound, Case, Result, judge
from events import vault
from events.ids import new_id
from events.vault.keystore import DataKey, KeyStore

BOOKS = 1_000
TOGETHER = 50
_FILE, _ROWS, _PEOPLE = 30_000, 100, 10
_MATCHING = bytes(32)


class PlainKey(DataKey):
    """Seals nothing: what is kept is the content."""

    __slots__ = ()

    def seal(self, label: str, content: bytes) -> bytes:
        """The content as it is."""
        return content


def measure(bench: Bench) -> Result:
    books = bench.scaled(BOOKS, least=TOGETHER)
    numbers = count()
    with bench.database() as engine, bench.keystore() as store:

        def turn() -> Work:
            files = [os.urandom(_FILE) for _ in range(2 * books)]
            return {
                "encrypted": lambda: _take_in(engine, files[:books], numbers, store),
                "plain": lambda: _take_in(engine, files[books:], numbers, None),
            }

        taken = bench.alternate(turn)
    case = Case(f"{books:,} workbooks", taken["encrypted"], taken["plain"])
    return judge([case], "s", "the same in plain", Bound(1.15, "or less"))


def _take_in(engine: Engine, files: list[bytes], numbers: "count[int]", store: KeyStore | None) -> float:
    start = perf_counter()
    for first in range(0, len(files), TOGETHER):
        some = files[first : first + TOGETHER]
        if store is not None:
            store.reserve(len(some) * (1 + _PEOPLE))
        with engine.begin() as connection:
            for content in some:
                key = _key(store)
                name = f"{key.owner}.xlsx"
                vault.add_file(connection, key, name, vault.seal_file(name, content), vault.match(_MATCHING, content))
                people = [_person(_key(store), next(numbers)) for _ in range(_PEOPLE)]
                vault.add_persons(connection, people)
                row = b'{"activity":"theme_meeting","on":"2026-02-03","participants":"40","members":"30","note":null}'
                rows = [vault.make_row("activities", number, row) for number in range(_ROWS)]
                vault.add_rows(connection, key, rows)
    return perf_counter() - start


def _key(store: KeyStore | None) -> DataKey:
    return store.new() if store is not None else PlainKey(new_id(), 1, bytes(32))


def _person(key: DataKey, number: int) -> vault.Record:
    identity, born = f"{number:012}", "2004-05-01"
    content = vault.person_content(vault.Person(identity, "Nguyễn Văn An", born))
    likeness = vault.likeness(_MATCHING, identity, born)
    return vault.Record(key, vault.match(_MATCHING, identity.encode()), vault.seal_person(key.owner, content), likeness)
