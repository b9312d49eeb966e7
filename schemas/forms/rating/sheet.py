"""The sheet of ratings."""

from schemas.forms.form import Column, Sheet
from schemas.forms.parts.columns import DOCUMENT, choice
from schemas.vocabulary.terms import GRADE, Text

_SHOWN = Text("Chỉ để xem.", "Only to see.")

RATINGS = Sheet(
    "ratings",
    "Xếp loại",
    Text(
        "Mỗi dòng một tổ chức cơ sở trực thuộc; không xếp loại thì xóa mã đơn vị ở dòng đó.",
        "One row for each grassroots organisation below; clear the code of one that is not rated.",
    ),
    (
        Column(
            "rated",
            Text("Mã đơn vị", "Unit code"),
            "unit",
            Text("Mã của tổ chức được xếp loại.", "Code of the organisation that is rated."),
            width=14,
        ),
        Column("name", Text("Tên đơn vị", "Unit name"), "shown", _SHOWN, required=False, width=36),
        Column(
            "criterion",
            Text("Tiêu chí giới thiệu đoàn viên ưu tú", "Nomination criterion"),
            "shown",
            _SHOWN,
            required=False,
            width=24,
        ),
        choice("proposed", Text("Đề nghị xếp loại", "Proposed grade"), GRADE, 32),
        choice("decided", Text("Quyết định xếp loại", "Decided grade"), GRADE, 32, required=False),
        DOCUMENT,
    ),
    capacity=400,
    told_by="proposed",
)
