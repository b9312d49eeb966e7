"""What verification of log and vault is made of: laws as SQL that shows the first row to break them, and passes."""

from pathlib import Path

from sqlalchemy import Connection

from events.errors import RefusedError

_HERE = Path(__file__).parent
HEAD = _HERE / "head.sql"
GAP = _HERE / "gap.sql"
LOG = "events.event"
"""The relation of all events."""

LAWS = sorted((_HERE / "laws").glob("*.sql"))


class VerifyFailed(RefusedError):
    """What is stored is not what was recorded: `key` names the fault, the details where it lies."""

    def __init__(self, fault: str, /, **where: object) -> None:
        super().__init__(f"verify.{fault}", **where)


def run(connection: Connection, file: Path, events: str = LOG) -> None:
    """Run a check: a statement that gives no row, or one of a `fault` and where it lies, which is raised.

    What it says of `current_event` it says of the relation `events`.
    """
    statement = file.read_text(encoding="utf-8").replace("%", "%%").replace("current_event", events)
    broken = connection.exec_driver_sql(statement).mappings().one_or_none()
    if broken is not None:
        raise VerifyFailed(
            broken["fault"], **{name: value for name, value in broken.items() if name != "fault" and value is not None}
        )
