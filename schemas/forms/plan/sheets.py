"""The two sheets of a yearly plan."""

from schemas.forms.form import Sheet
from schemas.forms.parts.columns import choice, count, day, line, number
from schemas.vocabulary.terms import MILESTONE, TARGET, Text

TARGETS = Sheet(
    "targets",
    "Chỉ tiêu năm",
    Text("Chỉ tiêu của cả năm; không có thì ghi 0.", "Targets for the whole year; write 0 where there is none."),
    (line("target", Text("Chỉ tiêu", "Target"), TARGET, 44), number()),
    capacity=len(TARGET.terms),
    told_by="value",
    prefilled=True,
)

SCHEDULE = Sheet(
    "schedule",
    "Tiến độ",
    Text("Mỗi dòng một mốc trong năm, mỗi mốc một lần.", "One row for each milestone of the year, each once."),
    (
        choice("milestone", Text("Mốc", "Milestone"), MILESTONE, 52),
        day("on", Text("Ngày dự kiến", "Planned on")),
        count(
            "planned",
            Text("Số người dự kiến", "People planned"),
            Text("Số đoàn viên ưu tú dự kiến.", "How many outstanding members."),
            required=True,
        ),
    ),
    capacity=len(MILESTONE.terms),
    told_by="on",
)
