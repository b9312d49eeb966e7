"""The sheet of numbers."""

from schemas.forms.form import Sheet
from schemas.forms.parts.columns import line, number
from schemas.vocabulary.terms import MEASURE, Text

MEMBERSHIP = Sheet(
    "membership",
    "Số lượng",
    Text("Số liệu tính đến ngày cuối kỳ báo cáo.", "Numbers as of the last day of the period."),
    (line("measure", Text("Số liệu", "Measure"), MEASURE, 36), number()),
    capacity=len(MEASURE.terms),
    told_by="value",
    prefilled=True,
)
