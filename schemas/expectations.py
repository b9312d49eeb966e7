"""What must hold in the warehouse before a report may be compiled: each expectation as the query of the rows that break it.

Every table in a query is read as of the position and period being checked. `{batch}` stands for the table that an
expectation is about. Beside the warehouse's tables there are: `version` (fact, position, position_to: every version
of every fact, not only those that stand), `tree` (unit, parent, code, level as text: the units that a report on the
period holds) and `asked` (code, first, last: the period).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.findings import RETIRED, SEVERITY, Severity
from schemas.steps import STEPS
from schemas.vocabulary import ACTIVITY, MEASURE, SEX, SOURCE_GROUP, TARGET, UNIT_KIND, Text


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold. An `error` stops the period's reports, a `warning` is shown; a code is never reused."""

    table: str
    code: str
    severity: Severity
    title: Text
    broken: str


def _error(table: str, code: str, vi: str, en: str, broken: str) -> Expectation:
    return Expectation(table, f"{table}.{code}", "error", Text(vi, en), broken)


def _warning(table: str, code: str, vi: str, en: str, broken: str) -> Expectation:
    return Expectation(table, f"{table}.{code}", "warning", Text(vi, en), broken)


def _rows(broken: str) -> str:
    return f"select 1 from {{batch}} as this where {broken}"


def _each(holds: str) -> str:
    """Where `holds` is unknown, because a value is not given, it counts as true."""
    return _rows(f"not coalesce({holds}, true)")


def _one_per(*columns: str) -> str:
    return f"select 1 from {{batch}} as this group by {', '.join(columns)} having count(*) > 1"


def _no(table: str, matching: str) -> str:
    return _rows(f"not exists (select 1 from {table} as other where {matching})")


def _among(column: str, codes: Iterable[str]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return _rows(f"{column} is null or {column} not in ({listed})")


def _predecessors() -> str:
    pairs = ", ".join(f"('{code}', '{before}')" for code, step in STEPS.items() for before in step.after)
    return f"(values {pairs}) as rests (step, before)"


def _of_facts(table: str) -> tuple[Expectation, ...]:
    return (
        _error(
            table,
            "unit",
            "Đơn vị báo cáo đã được thành lập",
            "The reporting unit was established",
            _no("unit_change", "other.unit = this.unit"),
        ),
        _error(
            table,
            "submission",
            "Dữ kiện đến từ một báo cáo đã được chấp nhận",
            "The fact came with a submission that was accepted",
            _rows("submission is not null and ")
            + "not exists (select 1 from submission as other where other.submission = this.submission and accepted)",
        ),
    )


_NOMINEE = (
    *_of_facts("nominee"),
    _error("nominee", "sex", "Giới tính thuộc danh mục", "The sex is one of the list", _among("sex", SEX.terms)),
    _error(
        "nominee",
        "source_group",
        "Nhóm nguồn thuộc danh mục",
        "The source group is one of the list",
        _among("source_group", SOURCE_GROUP.terms),
    ),
    _error(
        "nominee",
        "age",
        "Tuổi khi phát hiện nguồn từ 15 đến 60",
        "The age when identified is 15 to 60",
        _each("extract(year from identified_on) - birth_year between 15 and 60"),
    ),
    _error(
        "nominee",
        "one",
        "Mỗi đoàn viên ưu tú chỉ được tính một lần",
        "A nominee counts once",
        _one_per("subject"),
    ),
    _error(
        "nominee",
        "identified",
        "Mỗi đoàn viên ưu tú có bước phát hiện nguồn cùng ngày",
        "A nominee has the step of being identified, on the same day",
        _no("step", "other.subject = this.subject and step = 'identified' and on_date = identified_on"),
    ),
)

_STEP = (
    *_of_facts("step"),
    _error("step", "code", "Bước thuộc danh mục", "The step is one of the list", _among("step", STEPS)),
    _error(
        "step",
        "nominee",
        "Mỗi bước thuộc về một đoàn viên ưu tú đã được phát hiện",
        "A step belongs to a nominee who was identified",
        _no("nominee", "other.subject = this.subject"),
    ),
    _error(
        "step",
        "order",
        "Không bước nào diễn ra trước bước mà nó dựa vào",
        "No step lies before a step that it rests on",
        f"select 1 from {{batch}} as this join {_predecessors()} on rests.step = this.step"
        " join (select subject, step, min(on_date) as first_on from step group by subject, step) as earlier"
        " on earlier.subject = this.subject and earlier.step = rests.before where this.on_date < earlier.first_on",
    ),
    _error(
        "step",
        "votes",
        "Số phiếu không âm, không vượt số có mặt; số có mặt không vượt tổng số",
        "Votes are not negative nor above those present; those present not above the total",
        _rows(
            "least(total, present, votes_for, votes_against) < 0 or present > total"
            " or coalesce(votes_for, 0) + coalesce(votes_against, 0) > coalesce(present, total)"
        ),
    ),
    _warning(
        "step",
        "twice",
        "Một bước trong một ngày chỉ được báo cáo một lần",
        "A step on a day is reported once",
        _one_per("subject", "step", "on_date"),
    ),
    _warning(
        "step",
        "predecessor",
        "Có ít nhất một bước mà bước này dựa vào",
        "A step that it rests on is on record",
        f"select 1 from {{batch}} as this where exists (select 1 from {_predecessors()} where rests.step = this.step)"
        f" and not exists (select 1 from {_predecessors()} join step as other on other.step = rests.before"
        " where rests.step = this.step and other.subject = this.subject)",
    ),
)

_MEMBERSHIP = (
    *_of_facts("membership"),
    _error(
        "membership", "measure", "Số liệu thuộc danh mục", "The measure is one of the list",
        _among("measure", MEASURE.terms),
    ),
    _error("membership", "value", "Số lượng không âm", "The number is not negative", _each("value >= 0")),
    _error(
        "membership",
        "one",
        "Mỗi đơn vị có một số cho mỗi kỳ và số liệu",
        "A unit has one number for a period and measure",
        _one_per("unit", "period", "measure"),
    ),
    _error(
        "membership",
        "part",
        "Số đoàn viên nữ, dân tộc thiểu số, đảng viên, mới kết nạp không vượt tổng số đoàn viên",
        "A part of the members is not above all members",
        "select 1 from {batch} as this join membership as whole using (unit, period)"
        " where this.measure like 'members\\_%' and whole.measure = 'members' and this.value > whole.value",
    ),
)

_ACTIVITY = (
    *_of_facts("activity"),
    _error(
        "activity", "kind", "Loại hoạt động thuộc danh mục", "The kind is one of the list",
        _among("activity", ACTIVITY.terms),
    ),
    _error(
        "activity",
        "participants",
        "Số người dự không âm, số đoàn viên dự không vượt số người dự",
        "Participants are not negative, members among them not above them",
        _rows("least(participants, members) < 0 or members > participants"),
    ),
)

_TARGET = (
    *_of_facts("target"),
    _error("target", "target", "Chỉ tiêu thuộc danh mục", "The target is one of the list",
           _among("target", TARGET.terms)),
    _error("target", "value", "Chỉ tiêu không âm", "The target is not negative", _each("value >= 0")),
    _error(
        "target",
        "one",
        "Mỗi đơn vị có một số cho mỗi năm và chỉ tiêu",
        "A unit has one number for a year and target",
        _one_per("unit", "year", "target"),
    ),
)
