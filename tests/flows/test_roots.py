"""Several roots in one log: each has its own reports, calendar and checks, and none stops another."""

import json
from collections.abc import Iterator
from datetime import date
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy import text

from events.errors import RefusedError, UsageError
from events.ids import new_id
from events.log.recorded import NewEvent
from events.types.nominations import NomineeIdentified
from events.types.units import UnitDissolved, UnitMoved
from flows import closing, policies
from flows.audit import FigureTrace, trace
from flows.orchestration.overdue import overdue
from flows.quality import check_quality, checked, require_quality
from flows.reporting import report
from flows.restating import restate
from flows.units import conversions
from flows.units import loading as units
from flows.units.changes import record as change
from flows.units.official import official_units
from flows.units.rows import UnitRow
from schemas.periods import Period, parse
from tests.flows.conductor import Conductor
from tests.flows.nguon import Nguon
from tests.flows.office import SINCE, UNITS, Office
from tests.rows import AN, BINH
from tests.warehouse.province import record
from warehouse import hierarchy
from warehouse.facts.rollup import roll_up
from warehouse.projections import project

Q1 = parse("2025Q1")
SECOND = [
    UnitRow("84", "Tỉnh đoàn Trà Vinh", "province", 1, None, SINCE),
    UnitRow("842", "Thành đoàn Trà Vinh", "district", 2, "84", SINCE),
    UnitRow("29242", "Đoàn phường 4", "commune", 3, "842", SINCE),
    UnitRow("29242-01", "Chi đoàn Khóm 1", "branch", 4, "29242", SINCE),
]


@pytest.fixture
def two(office: Office) -> Iterator[Office]:
    """Bến Tre and Trà Vinh, each with a nominee."""
    units.load(office.context, SECOND)
    UNITS.extend(SECOND)
    assert office.send({"nominees": [AN]}).valid
    assert office.send({"nominees": [BINH]}, "29242-01").valid
    yield office
    del UNITS[-len(SECOND) :]


def spoiled(office: Office, unit: str | None) -> None:
    """A fact that no gate lets in, of a unit or of one that nobody knows, in the log as a bug would have put it."""
    subject, whose = new_id(), office.unit(unit) if unit else new_id()
    born_today = NomineeIdentified(subject, whose, date(2025, 2, 1), "male", 2025, False, "pupil", "0" * 64)
    record(office.context.engine, [NewEvent(f"nomination-{subject}", 1, born_today)])


def missed(office: Office, on: date) -> list[tuple[Period, str]]:
    return [(period, root.code) for period, root in overdue(office.context, on)]


def closings(office: Office) -> dict[str, int]:
    found = office.query(
        "select code, max(reports) as reports from closing join unit_change using (unit) where code is not null"
        " and level = 1 group by 1"
    )
    return {row.code: row.reports for row in found}


def test_every_root_is_closed_and_each_report_holds_its_own_figures(two: Office) -> None:
    found = closing.find_units(two.context, Q1)
    assert found == [two.unit("83"), two.unit("84")]
    for unit, outcome in checked(two.context, Q1, found).items():
        closing.close(two.context, Q1, unit, outcome.position)
    assert closings(two) == {"83": 8, "84": 4}
    assert (two.figures()["identified"], two.figures(root="84")["identified"]) == (1, 1)


def test_bad_data_of_one_root_stops_its_reports_and_not_those_of_another(two: Office) -> None:
    spoiled(two, "29242-01")
    outcomes = checked(two.context, Q1, [two.unit("83"), two.unit("84")])
    assert outcomes[two.unit("83")].passed
    assert "nominee.age" in outcomes[two.unit("84")].failed
    with pytest.raises(RefusedError, match="quality_failed"):
        require_quality(outcomes[two.unit("84")])
    whole = check_quality(two.context, Q1)
    assert not whole.passed and whole.site != outcomes[two.unit("84")].site != outcomes[two.unit("83")].site


def test_what_belongs_to_nobody_stops_everybody(two: Office) -> None:
    spoiled(two, None)
    outcomes = checked(two.context, Q1, [two.unit("83"), two.unit("84")])
    assert all("nominee.unit" in outcome.failed for outcome in outcomes.values())


def test_what_was_issued_of_one_root_is_counted_again_for_that_root_alone(two: Office) -> None:
    for unit, outcome in checked(two.context, Q1, closing.find_units(two.context, Q1)).items():
        closing.close(two.context, Q1, unit, outcome.position)
    late = new_id()
    of_84 = NomineeIdentified(late, two.unit("29242-01"), date(2025, 2, 1), "male", 2003, False, "pupil", "0" * 64)
    record(two.context.engine, [NewEvent(f"nomination-{late}", 1, of_84)])
    with two.context.engine.begin() as connection:  # as if it had been known when the report was issued
        connection.execute(text("update nominee set position = 1 where subject = cast(:s as uuid)"), {"s": late})
        connection.execute(
            text("update step set position = 1, stated = 1 where subject = cast(:s as uuid)"), {"s": late}
        )
    found = [check_quality(two.context, Q1, two.unit(code)) for code in ("83", "84")]
    assert ["issued.recounted" in result.failed for result in found] == [False, True]


def test_recipients_are_those_of_the_unit_itself(two: Office) -> None:
    policies.lay_down(two.context, "recipients", "Ban Tổ chức Tỉnh ủy; Tỉnh đoàn", date(2025, 1, 1), unit="83")
    assert [report(two.context, unit, Q1)["recipients"] for unit in ("83", "829")] == [
        ["Ban Tổ chức Tỉnh ủy", "Tỉnh đoàn"],
        [],
    ]
    assert "Ban Tuyên giáo và Dân vận Tỉnh ủy" in report(two.context, "84", Q1)["recipients"], "as they are since 2025"


def test_the_command_closes_what_holds_and_says_what_does_not(two: Office) -> None:
    def nguon(command: str, *words: str) -> CompletedProcess[str]:
        url = two.context.settings.database_url or ""
        return Nguon(two.context.settings.home)(command, "2025Q1", *words, NGUON_DATABASE_URL=url)

    spoiled(two, "29242-01")
    done = nguon("close", "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["reports"] == 8 and len(told["refused"]) == 1
    assert closings(two) == {"83": 8}
    told = json.loads(nguon("quality", "--json").stdout)
    assert {code: root["passed"] for code, root in told["roots"].items()} == {"83": True, "84": False}
    assert nguon("close", "--unit", "842").returncode == 1
    assert closings(two) == {"83": 8}
    assert nguon("close", "--unit", "829").returncode == 0


def test_a_second_root_is_missed_too_and_each_by_its_own_calendar(two: Office) -> None:
    position = project.project(two.context.engine)
    closing.close(two.context, Q1, two.unit("83"), position)
    assert missed(two, date(2025, 4, 1)) == [(Q1, "84")]
    policies.lay_down(two.context, "due", "last+1/5", date(2025, 1, 1), unit="842", form="branch-quarterly")
    assert missed(two, date(2025, 4, 5)) == []
    assert missed(two, date(2025, 4, 6)) == [(Q1, "84")]
    policies.lay_down(two.context, "grace_days", "3", date(2025, 1, 1), unit="84")
    assert missed(two, date(2025, 4, 8)) == []
    assert missed(two, date(2025, 4, 9)) == [(Q1, "84")]


def test_reconcile_closes_each_root_that_was_missed(two: Office) -> None:
    spoiled(two, "29242-01")
    conductor = Conductor(two.context.settings.home, two.context.settings.database_url or "")
    assert conductor("period_end", period="2025Q1") == {"error": "quality_failed"}
    assert closings(two) == {"83": 8}
    assert conductor("period_end", period="2025Q1", unit="83")["result"]["reports"] == 8
    assert conductor.end() == 0


def test_each_root_counts_by_what_it_has_laid_down(two: Office) -> None:
    lay_down = policies.lay_down
    lay_down(two.context, "counted_until", "last/5", date(2024, 1, 1), unit="84")
    lay_down(two.context, "probation_months", "6", date(2024, 1, 1), unit="83")

    def identified(root: str, period: str) -> int:
        with two.context.engine.connect() as connection:
            values = roll_up(connection, parse(period), 10**9, root=two.unit(root)).values[two.unit(root)]
        return values.get("identified", 0)

    assert [identified(root, "2025Q1") for root in ("83", "84")] == [1, 1]
    lay_down(two.context, "counted_until", "last-2/11", date(2024, 1, 1), unit="84")
    assert [identified(root, "2025Q1") for root in ("83", "84")] == [1, 0], "on the 12th of January"
    assert [identified(root, "2025Q2") for root in ("83", "84")] == [0, 1]


def test_what_a_unit_without_heir_left_is_traced_by_what_its_root_has_laid_down(two: Office) -> None:
    change(two.context, [UnitDissolved(two.unit("29242-01"), date(2025, 3, 1))])
    policies.lay_down(two.context, "counted_until", "last-2/11", date(2024, 1, 1), unit="84")
    (line,) = (row for row in report(two.context, "84", parse("2025Q2"))["rows"] if row.get("undecidable"))
    codes = [column["code"] for column in report(two.context, "84", parse("2025Q2"))["columns"]]
    shown = line["values"][codes.index("identified")]
    found = trace(two.context, f"2025Q2:{line['id']}:identified", "tester")
    assert isinstance(found, FigureTrace)
    assert (shown, found.value) == (1, 1)


def test_a_country_has_one_root_under_which_provinces_are_imported_and_converted(office: Office) -> None:
    since, on = date(2024, 12, 1), date(2025, 7, 1)
    units.load(office.context, [UnitRow("TW", "Trung ương Đoàn", "central", 0, None, since)])
    change(office.context, [UnitMoved(office.unit("83"), office.unit("TW"), since)])
    units.load(office.context, units.under_the_central_union(office.context, official_units("84", since)))
    assert conversions.convert(office.context, "86")
    assert office.send({"nominees": [AN]}).valid
    position = project.project(office.context.engine)
    with office.context.engine.connect() as connection:
        assert len(hierarchy.roots(connection, since, position)) == len(hierarchy.roots(connection, on, position)) == 1
        province = hierarchy.unit_by_code(connection, "86", on, position)
        assert len(hierarchy.tree(connection, on, position, province)) > 100
    assert office.figures(root="TW")["identified"] == 1
    said = report(office.context, "28756-01", Q1)
    assert said["unit"]["place"] == "Bến Tre"
    assert closing.find_units(office.context, Q1) == [office.unit("TW")]


def test_a_figure_that_a_policy_moves_names_it_as_the_cause(two: Office) -> None:
    (unit,) = closing.find_units(two.context, Q1, "84")
    closing.close(two.context, Q1, unit, project.project(two.context.engine))
    policies.lay_down(two.context, "counted_until", "last-2/11", date(2024, 1, 1), unit="83")
    policies.lay_down(two.context, "counted_until", "last/20", date(2025, 4, 1), unit="84")
    laid_down = policies.lay_down(two.context, "counted_until", "last-2/11", date(2024, 1, 1), unit="84")
    found = {figure.code: figure for figure in restate(two.context, "84", Q1).figures}
    (cause,) = found["identified"].causes
    assert (cause.kind, cause.value, cause.positions) == ("policy_change", -1, (laid_down.position,))
    assert "submissions.expected" not in found


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        ("policy_of_root", {"name": "counted_until", "value": "last/14", "unit": "829"}),
        ("policy_of_all", {"name": "time_zone", "value": "Asia/Bangkok", "unit": "83"}),
        ("policy_not_narrowed", {"name": "age_least", "value": "14", "kind": "branch"}),
        ("policy_term_taken", {"name": "source_groups", "value": "health=Giáo dục"}),
        ("unknown_policy", {"name": "weather", "value": "fine"}),
        ("unknown_policy_value", {"name": "due", "value": "tomorrow"}),
        ("unknown_form", {"name": "due", "value": "last/1", "form": "letter"}),
        ("unknown_unit_kind", {"name": "due", "value": "last/1", "kind": "club"}),
        ("unknown_unit", {"name": "due", "value": "last/1", "unit": "nobody"}),
    ],
)
def test_what_cannot_be_laid_down_is_refused_and_nothing_is_recorded(
    office: Office, key: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match=key):
        policies.lay_down(office.context, start=date(2025, 1, 1), **arguments)
    assert office.query("select count(*) as of from policy")[0].of == 0
