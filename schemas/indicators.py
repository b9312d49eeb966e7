"""What reports count: each indicator and breakdown, declared once.

The roll-up, the reports, the trace and the documentation all read these declarations, so that every figure expands
to its facts by the predicate that counted it.

Sources: letter 2164-CV/TĐTN-TCKT of 2021 (targets and results compared each quarter, half-year and year); columns in
use at districts and provinces.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.vocabulary import MEASURE, SEX, SOURCE_GROUP, TARGET, Text, Vocabulary


@dataclass(frozen=True)
class Breakdown:
    """A way to split a count: `column` of the nominee (as text), and which of its terms are shown."""

    code: str
    column: str
    terms: dict[str, Text]


@dataclass(frozen=True)
class Count:
    """Steps of one kind whose day lies in the period."""

    code: str
    title: Text
    step: str


@dataclass(frozen=True)
class Stock:
    """A number as of the period's end: what each unit reported last, up to a year before."""

    code: str
    title: Text
    measure: str


@dataclass(frozen=True)
class Target:
    """What was to be reached in the whole year that the period lies in; for a term, in its last year."""

    code: str
    title: Text
    target: str


@dataclass(frozen=True)
class Rate:
    """A percentage of two other columns, one decimal; null where the denominator is zero or missing."""

    code: str
    title: Text
    numerator: str
    denominator: str


Indicator = Count | Stock | Target | Rate

KIND: dict[type, Literal["count", "stock", "target", "rate"]] = {
    Count: "count",
    Stock: "stock",
    Target: "target",
    Rate: "rate",
}


def _of(code: str, column: str, vocabulary: Vocabulary) -> Breakdown:
    return Breakdown(code, column, vocabulary.terms)


BREAKDOWNS = (
    _of("sex", "sex", SEX),
    Breakdown(
        "minority", "case when ethnic_minority then 'yes' end", {"yes": Text("Dân tộc thiểu số", "Ethnic minority")}
    ),
    _of("source_group", "source_group", SOURCE_GROUP),
)

STOCKS = (
    Stock("members", MEASURE.terms["members"], "members"),
    Stock("youth", MEASURE.terms["youth"], "youth"),
)

COUNTS = (
    Count("identified", Text("Phát hiện nguồn", "Identified"), "identified"),
    Count("voted", Text("Chi đoàn biểu quyết", "Voted by the branch"), "voted"),
    Count("nominated", Text("Được giới thiệu cho Đảng", "Nominated to the Party"), "nominated"),
    Count("handed_over", Text("Đã chuyển danh sách cho cấp ủy", "List handed to the Party committee"), "handed_over"),
    Count("class_passed", Text("Hoàn thành lớp nhận thức về Đảng", "Passed the awareness class"), "class_passed"),
    Count("admitted", Text("Được kết nạp Đảng", "Admitted to the Party"), "admitted"),
    Count("full_member", Text("Được công nhận chính thức", "Made full members"), "full_member"),
)

TARGETS = tuple(
    Target(f"target.{code}", Text(f"Chỉ tiêu năm: {title.vi}", f"Target of the year: {title.en}"), code)
    for code, title in TARGET.terms.items()
)

RATES = (
    Rate(
        "admitted_rate", Text("Tỷ lệ kết nạp trên giới thiệu", "Admitted of those nominated"), "admitted", "nominated"
    ),
    *(
        Rate(
            f"{code}_share",
            Text(f"Đạt chỉ tiêu năm: {title.vi}", f"Share of the year's target: {title.en}"),
            code,
            f"target.{code}",
        )
        for code, title in TARGET.terms.items()
    ),
    Rate("completeness", Text("Tỷ lệ nộp báo cáo", "Completeness"), "submissions.accepted", "submissions.expected"),
    Rate("timeliness", Text("Tỷ lệ nộp đúng hạn", "Timeliness"), "submissions.on_time", "submissions.expected"),
)

SUBMISSIONS = {
    "submissions.expected": Text("Số báo cáo phải nộp", "Reports expected"),
    "submissions.received": Text("Số báo cáo đã nhận", "Reports received"),
    "submissions.accepted": Text("Số báo cáo đạt", "Reports accepted"),
    "submissions.on_time": Text("Số báo cáo đúng hạn", "Reports in time"),
    "submissions.rejected": Text("Số báo cáo bị trả lại", "Reports rejected"),
}
"""Counted for each unit and quarter of the period; what completeness and timeliness divide."""

REPORTING_KINDS = ("branch", "school")
"""Kinds of unit from which a workbook is expected each quarter."""
