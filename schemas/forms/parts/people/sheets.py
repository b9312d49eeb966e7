"""The two sheets about people."""

from schemas.forms.form import Column, Sheet
from schemas.forms.parts.columns import DOCUMENT, IDENTITY, choice, count, day
from schemas.vocabulary.steps import REPORTED_STEP
from schemas.vocabulary.terms import SEX, SOURCE_GROUP, YES_NO, Text

NOMINEES = Sheet(
    "nominees",
    "Đoàn viên ưu tú",
    Text(
        "Mỗi dòng một đoàn viên ưu tú mới phát hiện hoặc cần sửa thông tin.",
        "One row for each outstanding member newly identified or whose details changed.",
    ),
    (
        IDENTITY,
        Column(
            "name",
            Text("Họ và tên", "Full name"),
            "name",
            Text("Như trên căn cước.", "As on the identity card."),
            width=26,
        ),
        day("birth_date", Text("Ngày sinh", "Birth date")),
        choice("sex", Text("Giới tính", "Sex"), SEX, 10),
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
        day(
            "on",
            Text("Ngày phát hiện nguồn", "Identified on"),
            Text("Ngày chi đoàn đưa vào danh sách nguồn.", "Day on which the branch put the member on its list."),
        ),
    ),
    capacity=200,
    told_by="on",
)

STEPS = Sheet(
    "steps",
    "Các bước",
    Text("Mỗi dòng một bước đã thực hiện trong kỳ.", "One row for each step taken in the period."),
    (
        IDENTITY,
        choice("step", Text("Bước", "Step"), REPORTED_STEP, 40),
        day("on", Text("Ngày thực hiện", "Date")),
        DOCUMENT,
        count(
            "total", Text("Tổng số", "Total members"), Text("Tổng số người có quyền biểu quyết.", "All who may vote.")
        ),
        count("present", Text("Có mặt", "Present"), Text("Số người dự họp.", "Those present.")),
        count("votes_for", Text("Tán thành", "For"), Text("Số phiếu tán thành.", "Votes for.")),
        count("votes_against", Text("Không tán thành", "Against"), Text("Số phiếu không tán thành.", "Votes against.")),
        Column(
            "receiver",
            Text("Đơn vị nhận", "Receiving unit"),
            "unit",
            Text(
                "Chỉ khi chuyển sinh hoạt: mã đơn vị nhận, nếu thuộc tỉnh. Đơn vị nhận ghi bước Tiếp nhận sinh hoạt.",
                "Of a transfer only: the code of the unit that receives, if it is of the province. That one states the"
                " step Received from another unit.",
            ),
            required=False,
            width=16,
        ),
    ),
    capacity=400,
    told_by="step",
)
