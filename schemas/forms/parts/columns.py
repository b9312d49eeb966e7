"""Columns that stand on many sheets, in the words that people know them by."""

from schemas.forms.form import Column
from schemas.vocabulary.terms import Text, Vocabulary

IDENTITY = Column(
    "identity",
    Text("Số định danh", "Identity number"),
    "identity",
    Text("12 chữ số, định dạng văn bản để giữ số 0 ở đầu.", "12 digits, as text so that a leading zero stays."),
    width=16,
)


def count(key: str, title: Text, help: Text, *, required: bool = False) -> Column:
    """A whole number, not negative."""
    return Column(key, title, "integer", help, required=required, width=12)


def number(help: Text | None = None) -> Column:
    """The number of a line of a prefilled sheet, which must be there."""
    whole = Text("Số nguyên, không âm.", "A whole number, not negative.")
    return count("value", Text("Số lượng", "Number"), help or whole, required=True)


def line(key: str, title: Text, vocabulary: Vocabulary, width: int) -> Column:
    """The first column of a prefilled sheet: what the line is about."""
    return Column(key, title, "choice", Text("Đã điền sẵn.", "Filled in."), vocabulary=vocabulary, width=width)


def choice(key: str, title: Text, vocabulary: Vocabulary, width: int, *, required: bool = True) -> Column:
    """One of a list."""
    chosen = Text("Chọn trong danh sách.", "Choose from the list.")
    return Column(key, title, "choice", chosen, required=required, vocabulary=vocabulary, width=width)


def day(key: str, title: Text, help: Text | None = None) -> Column:
    """A day that must be there."""
    return Column(key, title, "date", help or Text("ngày/tháng/năm", "day/month/year"))


DOCUMENT = Column(
    "document",
    Text("Số văn bản", "Document number"),
    "document",
    Text("Ví dụ 12-NQ/ĐTN.", "For example 12-NQ/ĐTN."),
    required=False,
    width=16,
)
