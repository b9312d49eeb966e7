"""Indicators that count steps: in the period, late, over the year and over the term."""

from typing import Literal

from schemas.indicators.breakdowns import BREAKDOWNS
from schemas.indicators.indicator import Count, Cumulative, Indicator, Late, Outcome
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import Text

_ONCE = Text(
    "mỗi người tính một lần, tại đơn vị báo cáo lần gần nhất.",
    "each counts once, at the unit that reported the newest such step.",
)


def _in_period(step: str) -> Text:
    return Text(
        f"Số người có bước “{STEPS[step].title.vi}” với ngày nằm trong kỳ; {_ONCE.vi}",
        f"People with the step “{STEPS[step].title.en}” on a day in the period; {_ONCE.en}",
    )


def _count(step: str, vi: str, en: str, short: Text) -> Count:
    return Count(step, Text(vi, en), _in_period(step), step, short=short, breakdowns=BREAKDOWNS)


COUNTS = (
    _count("identified", "Phát hiện nguồn", "Identified", Text("Phát hiện nguồn", "Identified")),
    _count("voted", "Chi đoàn biểu quyết", "Voted by the branch", Text("Biểu quyết", "Voted")),
    _count("nominated", "Được giới thiệu cho Đảng", "Nominated to the Party", Text("Giới thiệu", "Nominated")),
    _count(
        "handed_over",
        "Đã chuyển danh sách cho cấp ủy",
        "List handed to the Party committee",
        Text("Chuyển cấp ủy", "Handed over"),
    ),
    _count(
        "class_passed",
        "Hoàn thành lớp nhận thức về Đảng",
        "Passed the awareness class",
        Text("Qua lớp nhận thức", "Class passed"),
    ),
    _count("admitted", "Được kết nạp Đảng", "Admitted to the Party", Text("Kết nạp Đảng", "Admitted")),
    _count(
        "full_member", "Được công nhận chính thức", "Made full members", Text("Đảng viên chính thức", "Full members")
    ),
)
"""The main way; what targets are set for and what is compared each quarter."""

OUTCOMES = tuple(
    Outcome(
        step,
        STEPS[step].title,
        _in_period(step),
        step,
    )
    for step in STEPS
    if step not in {count.step for count in COUNTS}
)


def _followed(count: Count, vi: str, en: str) -> Text:
    short = count.short or count.title
    return Text(short.vi + vi, short.en + en)


LATE = tuple(
    Late(
        f"{count.code}.late",
        Text(f"{count.title.vi} (báo cáo muộn của kỳ trước)", f"{count.title.en} (late, of earlier periods)"),
        Text(
            f"Số người có bước “{STEPS[count.step].title.vi}” trước ngày đầu kỳ, nhưng nay mới được báo cáo trong biểu"
            f" của các quý thuộc kỳ; {_ONCE.vi} Không nằm trong số của kỳ.",
            f"People whose step “{STEPS[count.step].title.en}” lies before the period and came only with the workbooks"
            f" for the period's quarters; {_ONCE.en} No part of the period's own figure.",
        ),
        count.step,
        short=count.short,
    )
    for count in COUNTS
)

YEAR_TO_DATE = tuple(
    Cumulative(
        f"{count.code}.year",
        Text(f"{count.title.vi} (lũy kế năm)", f"{count.title.en} (year to date)"),
        Text(
            f"Số người có bước “{STEPS[count.step].title.vi}” từ đầu năm đến hết kỳ, gồm cả phần báo cáo muộn;"
            f" {_ONCE.vi}",
            f"People with the step “{STEPS[count.step].title.en}” from the year's first day to the period's last,"
            f" those reported late among them; {_ONCE.en}",
        ),
        count.step,
        "year",
        short=_followed(count, " (năm)", " (year)"),
    )
    for count in COUNTS
)

_TERMS: dict[Literal["term", "union_term"], tuple[str, str, str, str]] = {
    "term": (
        "nhiệm kỳ",
        "term to date",
        "nhiệm kỳ tính kết quả phát triển Đảng",
        "the term for admitting Party members",
    ),
    "union_term": ("nhiệm kỳ Đoàn", "Union's term to date", "nhiệm kỳ của Đoàn", "the Union's own term"),
}

TERM_TO_DATE = tuple(
    Cumulative(
        f"{count.code}.{term}",
        Text(f"{count.title.vi} (lũy kế {short_vi})", f"{count.title.en} ({short_en})"),
        Text(
            f"Số người có bước “{STEPS[count.step].title.vi}” từ đầu {vi} đến hết kỳ; {_ONCE.vi}",
            f"People with the step “{STEPS[count.step].title.en}” from the first day of {en} to the period's last;"
            f" {_ONCE.en}",
        ),
        count.step,
        term,
        short=_followed(count, f" ({short_vi})", f" ({short_en.removesuffix(' to date')})"),
    )
    for term, (short_vi, short_en, vi, en) in _TERMS.items()
    for count in COUNTS
)

OF_STEPS: tuple[Indicator, ...] = (*COUNTS, *OUTCOMES, *LATE, *YEAR_TO_DATE, *TERM_TO_DATE)
