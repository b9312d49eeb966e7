"""What was known at a moment: positions, days and times say the same, and the state of returns follows them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.errors import UsageError
from flows import reviewing
from flows.moments import position_at, read_moment
from schemas.periods import parse
from tests.flows.office import Office
from tests.rows import AN
from warehouse.returns.status import returned

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("11489", 11489),
        ("2026-03-31", date(2026, 3, 31)),
        ("31/03/2026", date(2026, 3, 31)),
        ("2026-03-31T17:00", datetime(2026, 3, 31, 17, 0)),
        ("2026-03-31 17:00:05", datetime(2026, 3, 31, 17, 0, 5)),
        ("2026-03-31T17:00+07:00", datetime(2026, 3, 31, 17, 0, tzinfo=ZoneInfo("Etc/GMT-7"))),
    ],
)
def test_a_moment_is_a_position_a_day_or_a_time(written: str, meant: Any) -> None:
    assert read_moment(written) == meant


@pytest.mark.parametrize("written", ["", "soon", "2026-13-01", "31/02/2026", "-5", "2026-03-31T25:00"])
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="unknown_moment"):
        read_moment(written)


def test_a_moment_is_the_last_position_recorded_up_to_it(office: Office) -> None:
    office.send({"nominees": [AN]})
    rows = office.query("select position, recorded_at from events.event order by position")
    for row in rows:
        last = max(other.position for other in rows if other.recorded_at <= row.recorded_at)
        assert position_at(office.context, row.recorded_at) == last
        local = row.recorded_at.astimezone(ZONE).replace(tzinfo=None)
        assert position_at(office.context, local) == last
    newest = rows[-1].recorded_at.astimezone(ZONE).date()
    assert position_at(office.context, newest) == rows[-1].position
    assert position_at(office.context, 7) == 7
    assert position_at(office.context, None) is None
    with pytest.raises(UsageError, match="nothing_known"):
        position_at(office.context, rows[0].recorded_at - timedelta(microseconds=1))
    for position in (0, rows[-1].position + 1):
        with pytest.raises(UsageError, match="unknown_position"):
            position_at(office.context, position)


def test_the_state_of_a_return_is_that_of_the_position(office: Office) -> None:
    sent = office.send({"nominees": [AN]})
    received, decided = office.query("select position, decided_position from submission")[0]
    given_back = reviewing.give_back(office.context, sent.submission, "implausible")

    def state(position: int) -> str:
        with office.context.engine.connect() as connection:
            found = returned(connection, parse("2025Q1"), position)
        return next(one.state for one in found if one.code == "28756-01")

    assert [state(p) for p in (received - 1, received, decided - 1, decided, given_back - 1, given_back)] == [
        "missing",
        "waiting",
        "waiting",
        "on_time",
        "on_time",
        "returned",
    ]
