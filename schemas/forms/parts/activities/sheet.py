"""The sheet of activities."""

from schemas.forms.form import Sheet
from schemas.forms.parts.columns import choice, count, day
from schemas.vocabulary.terms import Text, Vocabulary


def sheet(kinds: Vocabulary) -> Sheet:
    """The sheet with the kinds that may be chosen."""
    return Sheet(
        "activities",
        "Hoạt động",
        Text(
            "Mỗi dòng một hoạt động của chính đơn vị trong kỳ.",
            "One row for each activity of the unit itself in the period.",
        ),
        (
            choice("activity", Text("Loại hoạt động", "Kind"), kinds, 44),
            day("on", Text("Ngày", "Date")),
            count(
                "participants",
                Text("Số người dự", "Participants"),
                Text("Tổng số người dự.", "All participants."),
                required=True,
            ),
            count(
                "members", Text("Trong đó đoàn viên", "Of these members"), Text("Số đoàn viên dự.", "Union members.")
            ),
        ),
        capacity=60,
        told_by="activity",
    )
