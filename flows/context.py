"""What every step works with: the database, the matching key, and in whose name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection, Engine

from events import database, keys, server, turns
from events.vault import keystore, matching, tombstones
from events.vault.keystore import KeyStore
from flows.settings import Settings


@dataclass(frozen=True)
class Context:
    """Settings, the database and keys that they lead to, and the `Actor` by whom events are recorded."""

    settings: Settings
    actor: str

    @cached_property
    def engine(self) -> Engine:
        """The database: the one that is set, or the embedded one, which is started if need be."""
        return database.engine(self.settings.database_url or server.embedded(self.settings.home))

    @cached_property
    def matching_key(self) -> bytes:
        """The key by which people and files are known again. Raises UsageError `key_missing`."""
        folder = self.settings.home / "keys"
        if (folder / matching.NEXT_FILE).exists():  # whoever let it take over was cut off, or never came to it
            with self.engine.connect() as connection:
                return matching.take_over(folder, connection, self.settings.passphrase)
        return keys.load_matching(folder, self.settings.passphrase)

    @cached_property
    def mark_keys(self) -> tuple[bytes, ...]:
        """The keys of the marks of the erased: the one of now, then those before it."""
        own, folder = tombstones.key_of(self.matching_key), self.settings.home / "keys"
        return (own, *(key for key in matching.former_marks(folder, self.settings.passphrase) if key != own))

    @cached_property
    def keystore(self) -> KeyStore:
        """What opens the vault. Raises UsageError `key_missing`, RefusedError `vault_key_wrong`."""
        return KeyStore(self.settings.home / "keys", self.settings.passphrase)

    @property
    def keystore_if_any(self) -> KeyStore | None:
        """What opens the vault; None for an auditor, who was not given it."""
        return self.keystore if keystore.exists(self.settings.home / "keys") else None

    def acting(self, actor: str) -> "Context":
        """The same database, used in another's name."""
        other = replace(self, actor=actor)
        vars(other)["engine"] = self.engine
        return other


@contextmanager
def alone(connection: Connection, what: str) -> Iterator[None]:
    """Have the turn `what` while this connection is worked with; a second process waits for it."""
    with turns.held(connection, what):
        yield
