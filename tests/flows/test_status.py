"""What day a return is of: of its first valid workbook, whatever came before it and after it."""

from datetime import date

import pytest

from flows import validation
from schemas.periods import parse
from tests.flows.office import Office
from tests.rows import AN, BINH
from warehouse.projections import project
from warehouse.returns import status

Q1 = parse("2025Q1")
BAD = {"nominees": [{**AN, "birth_date": "?"}]}
GOOD = {"nominees": [AN]}
REVISED = {"nominees": [{**AN, "source_group": "Y tế"}]}

EARLY, IN_TIME, LATE = date(2025, 3, 10), date(2025, 3, 20), date(2025, 3, 21)


def stands(office: Office, *sent: tuple[dict[str, list[dict[str, object]]], date]) -> status.Returned:
    """How it stands with the quarter's return after workbooks came, one after the other."""
    for rows, day in sent:
        office.receive(office.write(rows), day)
        validation.validate_pending(office.context)
    position = project.project(office.context.engine)
    with office.context.engine.connect() as connection:
        (found,) = (one for one in status.returned(connection, Q1, position) if one.code == "28756-01")
    return found


@pytest.mark.parametrize(
    ("sent", "state", "day", "revisions"),
    [
        ([(GOOD, IN_TIME)], "on_time", IN_TIME, 0),
        ([(GOOD, LATE)], "late", LATE, 0),
        # An invalid one does not save the day, nor does one that came after cost it.
        ([(BAD, EARLY), (GOOD, LATE)], "late", LATE, 0),
        ([(BAD, EARLY), (GOOD, IN_TIME), (BAD, LATE)], "on_time", IN_TIME, 0),
        # A revision leaves the day, whether it comes late or was handed in before what it revises was taken in.
        ([(GOOD, IN_TIME), (REVISED, LATE)], "on_time", IN_TIME, 1),
        ([(GOOD, LATE), (REVISED, IN_TIME)], "on_time", IN_TIME, 1),
        ([(BAD, EARLY), (BAD, LATE)], "invalid", EARLY, 0),
    ],
)
def test_the_day_of_a_return_is_that_of_its_first_valid_workbook(
    office: Office, sent: list[tuple[dict[str, list[dict[str, object]]], date]], state: str, day: date, revisions: int
) -> None:
    found = stands(office, *sent)
    assert (found.state, found.received_on, found.revisions) == (state, day, revisions)


def test_the_figure_of_what_came_in_time_agrees(office: Office) -> None:
    stands(office, (BAD, EARLY), (GOOD, LATE))
    late = office.figures()
    assert (late.get("submissions.counted"), late.get("submissions.on_time")) == (1, None)
    office.receive(office.write({"nominees": [BINH]}, "28756-02"), IN_TIME)
    office.receive(office.write({}, "28756-02"), LATE)
    validation.validate_pending(office.context)
    project.project(office.context.engine)
    assert office.figures()["submissions.on_time"] == 1
