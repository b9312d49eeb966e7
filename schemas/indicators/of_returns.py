"""Indicators of what units report beside nominees: numbers, targets, activities, ratings, returns themselves."""

from typing import Literal

from schemas.indicators.indicator import (
    GRADES,
    ORGANISATIONS,
    PERCENT,
    RETURNS,
    TIMES,
    Activity,
    Grade,
    Indicator,
    Rate,
    Rated,
    Reported,
    Stock,
    Submissions,
    Target,
)
from schemas.policies.rating import NOMINATION_SCALE
from schemas.vocabulary.terms import ACTIVITY, GRADE, MEASURE, TARGET, Text

_SHORT = {
    "members": Text("Đoàn viên", "Members"),
    "youth": Text("Thanh niên", "Young people"),
    "members_female": Text("Đoàn viên nữ", "Women"),
    "members_minority": Text("Đoàn viên dân tộc thiểu số", "Minority members"),
    "members_party": Text("Đoàn viên là đảng viên", "Party members"),
    "members_new": Text("Đoàn viên mới", "New members"),
    "nominated": Text("Giới thiệu", "Nominated"),
    "class_passed": Text("Qua lớp nhận thức", "Class passed"),
    "admitted": Text("Kết nạp Đảng", "Admitted"),
}

NUMBERS: tuple[Indicator, ...] = (
    *(
        Stock(
            measure,
            MEASURE.terms[measure],
            Text(
                f"“{MEASURE.terms[measure].vi}” theo số mới nhất mà từng đơn vị báo cáo trong bốn quý đến cuối kỳ.",
                f"“{MEASURE.terms[measure].en}”: what each unit reported last, in the four quarters to the end.",
            ),
            measure,
            short=_SHORT.get(measure),
        )
        for measure in ("members", "youth", "members_female", "members_minority", "members_party")
    ),
    Reported(
        "members_new",
        MEASURE.terms["members_new"],
        Text(
            "Số đoàn viên mới kết nạp mà đơn vị báo cáo, cộng các quý của kỳ.",
            "Members newly admitted as units report them, added up over the period's quarters.",
        ),
        "members_new",
        short=_SHORT["members_new"],
    ),
)

TARGETS = tuple(
    Target(
        f"target.{code}",
        Text(f"Chỉ tiêu năm: {title.vi}", f"Target of the year: {title.en}"),
        Text(
            f"Chỉ tiêu “{title.vi}” của cả năm mà kỳ kết thúc trong đó; để trống khi chưa giao.",
            f"Target “{title.en}” of the whole year that the period ends in; empty where none was set.",
        ),
        code,
        short=_SHORT[code],
    )
    for code, title in TARGET.terms.items()
)

RATES = (
    Rate(
        "admitted_rate",
        Text("Tỷ lệ kết nạp trên giới thiệu", "Admitted of those nominated"),
        Text(
            "Số được kết nạp chia cho số được giới thiệu trong kỳ; không nhất thiết là cùng những người.",
            "Admitted divided by nominated, both in the period; they need not be the same people.",
        ),
        "admitted",
        "nominated",
        short=Text("Tỷ lệ kết nạp", "Admission rate"),
        measured_in=PERCENT,
    ),
    *(
        Rate(
            f"{code}_share",
            Text(f"Đạt chỉ tiêu năm: {title.vi}", f"Share of the year's target: {title.en}"),
            Text(
                f"Lũy kế từ đầu năm đến hết kỳ, chia cho chỉ tiêu năm “{title.vi}”.",
                f"From the year's first day to the period's last, divided by the year's target “{title.en}”.",
            ),
            f"{code}.year",
            f"target.{code}",
            short=Text(f"Đạt chỉ tiêu: {_SHORT[code].vi}", f"{_SHORT[code].en}, of target"),
            measured_in=PERCENT,
        )
        for code, title in TARGET.terms.items()
    ),
    Rate(
        "completeness",
        Text("Tỷ lệ nộp báo cáo", "Completeness"),
        Text("Số báo cáo được tính chia cho số báo cáo phải nộp.", "Reports that count divided by reports expected."),
        "submissions.counted",
        "submissions.expected",
        short=Text("Nộp đủ", "Complete"),
        measured_in=PERCENT,
    ),
    Rate(
        "timeliness",
        Text("Tỷ lệ nộp đúng hạn", "Timeliness"),
        Text(
            "Số báo cáo được tính, nộp đúng hạn, chia cho số báo cáo phải nộp.",
            "Reports that count and came in time, divided by reports expected.",
        ),
        "submissions.on_time",
        "submissions.expected",
        short=Text("Đúng hạn", "On time"),
        measured_in=PERCENT,
    ),
)


GRADING = (
    Grade(
        "nomination_grade",
        Text("Tiêu chí giới thiệu đoàn viên ưu tú trong xếp loại năm", "Nomination criterion of the yearly rating"),
        Text(
            "Xếp theo phần trăm chỉ tiêu giới thiệu đạt được từ đầu năm, theo thang được quy định; để trống khi chưa"
            " giao chỉ tiêu.",
            "By the share of the year's target of nominations reached so far, on the scale that is laid down; empty"
            " where no target was set.",
        ),
        "nominated_share",
        NOMINATION_SCALE,
        short=Text("Tiêu chí xếp loại", "Rating criterion"),
        measured_in=GRADES,
    ),
)

_ADDS: dict[Literal["held", "participants", "members"], tuple[str, str, str, str]] = {
    "held": ("", "", "Số lần tổ chức", "How often it was held"),
    "participants": (" – lượt người dự", " – participants", "Tổng số lượt người dự", "All who took part, each time"),
    "members": (" – lượt đoàn viên dự", " – members", "Tổng số lượt đoàn viên dự", "Members who took part, each time"),
}

ACTIVITIES = tuple(
    Activity(
        f"activity.{code}" if adds == "held" else f"activity.{code}.{adds}",
        Text(title.vi + vi, title.en + en),
        Text(
            f"{what_vi}, với ngày nằm trong kỳ: “{title.vi}”.",
            f"{what_en}, on days in the period: “{title.en}”.",
        ),
        code,
        adds,
        measured_in=TIMES,
    )
    for code, title in ACTIVITY.terms.items()
    for adds, (vi, en, what_vi, what_en) in _ADDS.items()
)

RATINGS = tuple(
    Rated(
        f"rated.{grade}",
        Text(f"Tổ chức cơ sở xếp loại “{title.vi}”", f"Organisations rated “{title.en}”"),
        Text(
            f"Tổ chức cơ sở có quyết định xếp loại “{title.vi}” của năm mà kỳ kết thúc trong đó.",
            f"Grassroots organisations whose rating “{title.en}” was decided for the year that the period ends in.",
        ),
        grade,
        short=title,
        measured_in=ORGANISATIONS,
    )
    for grade, title in GRADE.terms.items()
)

_SUBMISSIONS: dict[Literal["expected", "received", "counted", "on_time", "not_counted"], tuple[Text, Text]] = {
    "expected": (
        Text("Số báo cáo phải nộp", "Reports expected"),
        Text(
            "Một báo cáo cho mỗi biểu mẫu mà một đơn vị phải nộp cho mỗi kỳ nằm trong kỳ này, nếu đơn vị hoạt động vào"
            " ngày cuối của kỳ đó.",
            "One for each form that a unit owes for each period within this one, if it lived on the last day of that.",
        ),
    ),
    "received": (
        Text("Số báo cáo đã nhận", "Reports received"),
        Text("Trong số phải nộp: đã nhận ít nhất một bản.", "Of those expected: at least one workbook came."),
    ),
    "counted": (
        Text("Số báo cáo được tính", "Reports that count"),
        Text("Trong số đã nhận: có một bản được tính.", "Of those received: one of its workbooks counts."),
    ),
    "on_time": (
        Text("Số báo cáo đúng hạn", "Reports in time"),
        Text(
            "Trong số được tính: bản đạt đầu tiên nộp không sau ngày hạn.",
            "Of those that count: the first valid workbook came by the due day.",
        ),
    ),
    "not_counted": (
        Text("Số báo cáo chưa được tính", "Reports that do not count"),
        Text(
            "Trong số đã nhận: không bản nào được tính, vì có lỗi, chờ duyệt, bị trả lại hoặc đã rút.",
            "Of those received: no workbook counts, as they are invalid, wait, were given back or withdrawn.",
        ),
    ),
}

SUBMISSIONS = tuple(
    Submissions(f"submissions.{adds}", title, definition, adds, measured_in=RETURNS)
    for adds, (title, definition) in _SUBMISSIONS.items()
)
"""No columns of their own: a report tells them of its unit, and completeness and timeliness divide them."""

OF_RETURNS: tuple[Indicator, ...] = (*NUMBERS, *TARGETS, *RATES, *GRADING, *ACTIVITIES, *RATINGS, *SUBMISSIONS)
