"""What keeps the laws of the log, held against what the migration makes: nobody is to have switched a guard off.

`guards.json` has one line per function, trigger, constraint, column, table and right. A superuser can take all of that
away; then it is missed here, and `nguon init` puts it back.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from events.checks import Fault

_HERE = Path(__file__).parent
MADE = _HERE / "guards.json"


class Guard(NamedTuple):
    """A thing that keeps a law: its `kind` and `name`, and what it `said`, that is all that makes it up."""

    kind: str
    name: str
    said: str


class Difference(NamedTuple):
    """A guard that is `missing`, `changed` or `added`; `made` and `found` are as it is to be and as it is."""

    how: str
    made: Guard | None
    found: Guard | None

    @property
    def kind(self) -> str:
        """What kind of thing it is."""
        return (self.made or self.found or Guard("", "", "")).kind

    @property
    def name(self) -> str:
        """What it is called."""
        return (self.made or self.found or Guard("", "", "")).name


def found(connection: Connection) -> list[Guard]:
    """The guards that this database has."""
    rows = connection.exec_driver_sql((_HERE / "guards.sql").read_text(encoding="utf-8"))
    return [Guard(*map(str, row)) for row in rows]


def made() -> list[Guard]:
    """The guards that the migration makes."""
    return [Guard(*row) for row in json.loads(MADE.read_text(encoding="utf-8"))]


def differences(connection: Connection) -> Iterator[Difference]:
    """What is not as the migration makes it. Rights are left out on a server that does not have the roles."""
    there = {(guard.kind, guard.name): guard for guard in found(connection)}
    expected = {(guard.kind, guard.name): guard for guard in made()}
    roles = connection.exec_driver_sql("select to_regrole('nguon_log') is not null").scalar_one()
    for at in sorted(there.keys() | expected.keys()):
        is_, ought = there.get(at), expected.get(at)
        if is_ == ought or (not roles and at[0] == "right"):
            continue
        yield Difference("added" if ought is None else "missing" if is_ is None else "changed", ought, is_)


def verify_guards(connection: Connection) -> Iterator[Fault]:
    """Faults: `guard_missing`, `guard_changed`, `guard_added`, each with its kind and name."""
    for difference in differences(connection):
        yield Fault(f"guard_{difference.how}", {"kind": difference.kind, "name": difference.name})
