"""The quarterly workbook of a branch: nominees and their steps, membership, activities, yearly targets."""

from schemas.forms.form import Column, Form, Sheet
from schemas.vocabulary.steps import REPORTED_STEP
from schemas.vocabulary.terms import ACTIVITY, MEASURE, SEX, SOURCE_GROUP, TARGET, YES_NO, Text

_IDENTITY = Column(
    "identity",
    Text("Số định danh", "Identity number"),
    "identity",
    Text("12 chữ số, định dạng văn bản để giữ số 0 ở đầu.", "12 digits, as text so that a leading zero stays."),
    width=16,
)


def _count(key: str, vi: str, en: str, help_vi: str, help_en: str, *, required: bool = False) -> Column:
    return Column(key, Text(vi, en), "integer", Text(help_vi, help_en), required=required, width=12)


NOMINEES = Sheet(
    "nominees",
    "Đoàn viên ưu tú",
    Text(
        "Mỗi dòng một đoàn viên ưu tú mới phát hiện hoặc cần sửa thông tin.",
        "One row for each outstanding member newly identified or whose details changed.",
    ),
    (
        _IDENTITY,
        Column(
            "name",
            Text("Họ và tên", "Full name"),
            "name",
            Text("Như trên căn cước.", "As on the identity card."),
            width=26,
        ),
        Column("birth_date", Text("Ngày sinh", "Birth date"), "date", Text("ngày/tháng/năm", "day/month/year")),
        Column(
            "sex",
            Text("Giới tính", "Sex"),
            "choice",
            Text("Chọn trong danh sách.", "Choose from the list."),
            vocabulary=SEX,
            width=10,
        ),
        Column(
            "ethnic_minority",
            Text("Dân tộc thiểu số", "Ethnic minority"),
            "choice",
            Text("Có hoặc Không.", "Yes or no."),
            vocabulary=YES_NO,
            width=10,
        ),
        Column(
            "source_group",
            Text("Nhóm nguồn", "Source group"),
            "choice",
            Text("Chọn nhóm chính.", "Choose the main group."),
            vocabulary=SOURCE_GROUP,
            width=34,
        ),
        Column(
            "on",
            Text("Ngày phát hiện nguồn", "Identified on"),
            "date",
            Text("Ngày chi đoàn đưa vào danh sách nguồn.", "Day on which the branch put the member on its list."),
        ),
    ),
    capacity=200,
)

STEPS_SHEET = Sheet(
    "steps",
    "Các bước",
    Text("Mỗi dòng một bước đã thực hiện trong kỳ.", "One row for each step taken in the period."),
    (
        _IDENTITY,
        Column(
            "step",
            Text("Bước", "Step"),
            "choice",
            Text("Chọn trong danh sách.", "Choose from the list."),
            vocabulary=REPORTED_STEP,
            width=40,
        ),
        Column("on", Text("Ngày thực hiện", "Date"), "date", Text("ngày/tháng/năm", "day/month/year")),
        Column(
            "document",
            Text("Số văn bản", "Document number"),
            "document",
            Text("Ví dụ 12-NQ/ĐTN.", "For example 12-NQ/ĐTN."),
            required=False,
            width=16,
        ),
        _count("total", "Tổng số", "Total members", "Tổng số người có quyền biểu quyết.", "All who may vote."),
        _count("present", "Có mặt", "Present", "Số người dự họp.", "Those present."),
        _count("votes_for", "Tán thành", "For", "Số phiếu tán thành.", "Votes for."),
        _count("votes_against", "Không tán thành", "Against", "Số phiếu không tán thành.", "Votes against."),
    ),
    capacity=400,
)

MEMBERSHIP = Sheet(
    "membership",
    "Số lượng",
    Text("Số liệu tính đến ngày cuối kỳ báo cáo.", "Numbers as of the last day of the period."),
    (
        Column(
            "measure",
            Text("Số liệu", "Measure"),
            "choice",
            Text("Đã điền sẵn.", "Filled in."),
            vocabulary=MEASURE,
            width=36,
        ),
        _count("value", "Số lượng", "Number", "Số nguyên, không âm.", "A whole number, not negative.", required=True),
    ),
    capacity=len(MEASURE.terms),
    prefilled=True,
)

ACTIVITIES = Sheet(
    "activities",
    "Hoạt động",
    Text("Mỗi dòng một hoạt động trong kỳ.", "One row for each activity in the period."),
    (
        Column(
            "activity",
            Text("Loại hoạt động", "Kind"),
            "choice",
            Text("Chọn trong danh sách.", "Choose from the list."),
            vocabulary=ACTIVITY,
            width=44,
        ),
        Column("on", Text("Ngày", "Date"), "date", Text("ngày/tháng/năm", "day/month/year")),
        _count("participants", "Số người dự", "Participants", "Tổng số người dự.", "All participants.", required=True),
        _count("members", "Trong đó đoàn viên", "Of these members", "Số đoàn viên dự.", "Union members."),
    ),
    capacity=60,
)

TARGETS = Sheet(
    "targets",
    "Chỉ tiêu năm",
    Text("Chỉ tiêu của cả năm.", "Targets for the whole year."),
    (
        Column(
            "target",
            Text("Chỉ tiêu", "Target"),
            "choice",
            Text("Đã điền sẵn.", "Filled in."),
            vocabulary=TARGET,
            width=44,
        ),
        _count("value", "Số lượng", "Number", "Số nguyên, không âm.", "A whole number, not negative."),
    ),
    capacity=len(TARGET.terms),
    prefilled=True,
)

QUARTERLY = Form(
    "branch-quarterly",
    1,
    Text("Báo cáo quý của chi đoàn", "Quarterly report of a branch"),
    (NOMINEES, STEPS_SHEET, MEMBERSHIP, ACTIVITIES, TARGETS),
)
