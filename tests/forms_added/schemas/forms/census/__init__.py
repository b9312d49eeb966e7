"""A census of members that branches take each half-year: a form of an office's own, and nothing but this folder."""

from typing import TYPE_CHECKING

from schemas.forms.duty import Calendar, Duty
from schemas.forms.form import Form, Sheet
from schemas.forms.parts.columns import choice, count, day, line, number
from schemas.forms.parts.kinds import BRANCHES
from schemas.policies.days import Day
from schemas.policies.policy import always
from schemas.vocabulary.terms import BRANCH_ACTIVITY, MEASURE, Text

if TYPE_CHECKING:
    from schemas.forms.judging import Judging


def _judging() -> "Judging":
    from schemas.forms.census.judging import JUDGING

    return JUDGING


COUNTED = Sheet(
    "membership",
    "Kiểm kê đoàn viên",
    Text("Số liệu tính đến ngày chốt kiểm kê.", "Numbers as of the day of the census."),
    (line("measure", Text("Số liệu", "Measure"), MEASURE, 36), number()),
    capacity=len(MEASURE.terms),
    told_by="value",
    prefilled=True,
)

MEETINGS = Sheet(
    "activities",
    "Buổi kiểm kê",
    Text("Mỗi dòng một buổi.", "One row for each meeting."),
    (
        choice("activity", Text("Loại buổi", "Kind"), BRANCH_ACTIVITY, 44),
        day("on", Text("Ngày", "Date")),
        count("present", Text("Số người dự", "Present"), Text("Tất cả.", "All."), required=True),
    ),
    capacity=20,
    told_by="activity",
)

CENSUS = Form(
    "census",
    1,
    Text("Kiểm kê đoàn viên sáu tháng", "Half-yearly census of members"),
    (COUNTED, MEETINGS),
    Duty(BRANCHES, "half", Calendar(always(Day("last", 1, 10)))),
    _judging,
)

VERSIONS = (CENSUS,)
