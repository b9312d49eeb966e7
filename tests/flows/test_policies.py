"""What an office lays down takes the user's road: the command line sets it; templates, gate, status and clock obey."""

import json
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from events.errors import RefusedError
from events.types.units import UnitRenamed
from flows import policies
from flows.calendar import today, zone
from flows.units.changes import record as change
from schemas.periods import parse
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN, vote
from warehouse.projections import project
from warehouse.returns.status import returned

SetPolicy = Callable[..., dict[str, object]]


@pytest.fixture(scope="module")
def set_policy(nguon: Nguon) -> SetPolicy:
    def run(*words: str) -> dict[str, object]:
        done = nguon("policy", "set", *words, "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, object] = json.loads(done.stdout)
        return told

    return run


def test_what_was_laid_down_is_listed_with_its_document_and_holds_where_it_was_meant_to(
    nguon: Nguon, set_policy: SetPolicy
) -> None:
    set_policy("due", "last+1/5", "--from", "2026-01-01", "--form", "branch-quarterly", "--order", "12-QĐ/ĐTN")
    set_policy("due", "last+1/9", "--from", "2026-01-01", "--unit", "T-2")

    def due(unit: str, on: str) -> dict[str, object]:
        told = json.loads(nguon("policy", "list", "--unit", unit, "--on", on, "--json").stdout)
        (found,) = (one for one in told["policies"] if one["policy"] == "due")
        (held,) = (held for held in found["held"] if held["form"] == "branch-quarterly")
        return {key: held[key] for key in ("value", "from", "order")}

    later = {"value": "ngày 5, 1 tháng sau tháng cuối kỳ", "from": "2026-01-01", "order": "12-QĐ/ĐTN"}
    assert due("T-1-1-1", "2026-03-31") == later
    assert due("T-2-1-1", "2026-03-31")["value"] == "ngày 9, 1 tháng sau tháng cuối kỳ"
    assert due("T-1-1-1", "2025-12-31") == {"value": "ngày 20 của tháng cuối kỳ", "from": None, "order": None}
    shown = nguon("policy", "list", "--on", "2026-03-31").stdout
    assert "12-QĐ/ĐTN" in shown and "T-2" in shown and "thông lệ" in shown


def test_a_template_and_the_status_say_the_day_that_was_laid_down(nguon: Nguon, set_policy: SetPolicy) -> None:
    set_policy("due", "last+1/5", "--from", "2026-04-01", "--unit", "T-1")
    set_policy("counted_until", "last/14", "--from", "2026-04-01")
    set_policy("source_groups", "resident=Thanh niên khóm ấp;health", "--from", "2026-04-01")
    path = nguon.home / "T-1-1-1.xlsx"
    made = json.loads(nguon("template", "T-1-1-1", "2026Q2", "--output", path, "--json").stdout)
    assert made["due"] == "2026-07-05"
    book = load_workbook(BytesIO(path.read_bytes()))
    cover = " ".join(str(c) for row in book["Thông tin"].iter_rows(values_only=True) for c in row if c)
    assert "05/07/2026" in cover and "14/06/2026" in cover
    assert "Thanh niên khóm ấp" in {cell.value for row in book["_danhmuc"].iter_rows() for cell in row}
    status = json.loads(nguon("status", "2026Q2", "--json").stdout)
    dues = {one["due"] for one in status["due"] if one["form"] == "branch-quarterly"}
    assert {"2026-07-05"} < dues, "the others keep theirs"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("due", "tomorrow", "--from", "2026-01-01"), 2),
        (("due", "last/5"), 2),
        (("weather", "fine", "--from", "2026-01-01"), 2),
        (("counted_until", "last/5", "--from", "2026-01-01", "--unit", "T-1"), 2),
        (("due", "last/5", "--from", "2026-01-01", "--order", "no number"), 2),
        (("recipients", "Ban Tổ chức; 083204001234", "--from", "2026-01-01"), 2),
    ],
)
def test_what_cannot_be_laid_down_is_one_line_and_a_code(nguon: Nguon, words: tuple[str, ...], code: int) -> None:
    before = nguon("policy", "list", "--json").stdout
    done = nguon("policy", "set", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
    assert nguon("policy", "list", "--json").stdout == before


def test_who_owes_none_is_not_asked_and_what_it_sends_is_refused(office: Office) -> None:
    def expected() -> int:
        return office.figures()["submissions.expected"]

    before = expected()
    policies.lay_down(
        office.context, "owes", "no", date(2025, 1, 1), unit="28756", form="branch-quarterly", kind="branch"
    )
    assert expected() == before - 2
    verdict = office.send({"nominees": [AN]})
    assert [finding.code for finding in verdict.findings] == ["cover.unit_owes_none"]
    assert office.send({"nominees": [AN]}, "28807-01").valid


def test_grace_keeps_a_return_in_time_and_the_due_day_what_it_is(office: Office) -> None:
    position = project.project(office.context.engine)
    office.receive(office.write({}), date(2025, 3, 25))
    from flows import validation

    validation.validate_pending(office.context)

    def state() -> tuple[str, date]:
        position = project.project(office.context.engine)
        with office.context.engine.connect() as connection:
            (one,) = (r for r in returned(connection, parse("2025Q1"), position) if r.code == "28756-01")
        return one.state, one.due

    assert position and state() == ("late", date(2025, 3, 20))
    policies.lay_down(office.context, "grace_days", "5", date(2025, 1, 1), unit="829")
    assert state() == ("on_time", date(2025, 3, 20))
    assert office.figures()["submissions.on_time"] == 1
    (row,) = office.query("select due, in_time from analysis.submission")
    assert (row.due, row.in_time) == (date(2025, 3, 20), True)


def test_what_is_laid_down_about_votes_holds_below_the_unit(office: Office) -> None:
    policies.lay_down(office.context, "vote_share", "4/5", date(2025, 1, 1), unit="829")
    rows = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}  # 15 of 20
    assert "votes.too_few" in [finding.code for finding in office.send(rows).findings]
    other = {**AN, "identity": "083204009999"}
    rows = {"nominees": [other], "steps": [vote(other, date(2025, 2, 1))]}
    assert "votes.too_few" not in [finding.code for finding in office.send(rows, "28807-01").findings]


def test_the_clock_is_the_one_that_was_laid_down(office: Office) -> None:
    assert zone(office.context) == ZoneInfo("Asia/Ho_Chi_Minh")
    policies.lay_down(office.context, "time_zone", "Pacific/Kiritimati", date(2025, 1, 1))
    assert today(office.context) == datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    policies.lay_down(office.context, "time_zone", "Pacific/Pago_Pago", date(2025, 1, 2))
    assert today(office.context) == datetime.now(ZoneInfo("Pacific/Pago_Pago")).date()


def test_how_far_ahead_units_may_change_is_laid_down(office: Office) -> None:
    later = UnitRenamed(office.unit("83"), "Tỉnh đoàn Mới", date(today(office.context).year + 12, 1, 1))
    with pytest.raises(RefusedError, match="unit_day"):
        change(office.context, [later])
    policies.lay_down(office.context, "years_ahead", "12", date(2025, 1, 1))
    assert change(office.context, [later]) == 1
