"""When things are due, what day it is, and until when data counts."""

from datetime import date
from zoneinfo import ZoneInfo

from schemas.messages.translation import Language
from schemas.policies.days import LAST_DAY, Day, read_day, say_day
from schemas.policies.policy import SINCE_EVER, Policy, always, whole
from schemas.vocabulary.terms import YES_NO, Text

_DAY = Text(
    "last/20 (ngày 20 tháng cuối kỳ), last+1/15 (ngày 15 của tháng sau đó), first-3/1 (ngày 1, ba tháng trước kỳ)",
    "last/20 (the 20th of the period's last month), last+1/15 (the 15th of the month after it), first-3/1",
)
_UNTIL = Text(
    "last/14 (ngày 14 tháng cuối kỳ), last-1/25 (ngày 25 của tháng trước đó)",
    "last/14 (the 14th of the period's last month), last-1/25 (the 25th of the month before it)",
)
_BOTH = frozenset({"form", "kind"})


def _zone(written: str) -> str:
    try:
        return ZoneInfo(written).key
    except (KeyError, OSError, ValueError) as failure:
        raise ValueError(written) from failure


TIME_ZONE = Policy(
    "time_zone",
    Text("Múi giờ", "Time zone"),
    Text("tên múi giờ, ví dụ Asia/Ho_Chi_Minh", "a time zone's name, such as Asia/Ho_Chi_Minh"),
    _zone,
    always("Asia/Ho_Chi_Minh"),
)
"""Of everybody: all is recorded in one log, whose days are those of one clock."""


def _in_last_months(written: str) -> Day:
    """A day told by a period's last month: so that a half and a year end with their last quarter."""
    day = read_day(written)
    if day.of != "last" or not -2 <= day.months <= 0:
        raise ValueError
    return day


COUNTED_UNTIL = Policy(
    "counted_until",
    Text("Số liệu của kỳ tính đến ngày", "Day until which a period's data counts"),
    _UNTIL,
    _in_last_months,
    always(LAST_DAY),
    say_day,
    of="root",
)
"""A period's data begins on the day after that of the period before (decree 09/2019 has quarters from the 15th)."""

DUE: Policy[Day] = Policy(
    "due", Text("Hạn nộp báo cáo", "Day on which a return is due"), _DAY, read_day, (), say_day, narrowed=_BOTH
)

OPENS: Policy[Day] = Policy(
    "opens",
    Text("Nhận báo cáo từ ngày", "Day from which a return may come"),
    _DAY,
    read_day,
    (),
    say_day,
    narrowed=_BOTH,
)

GRACE_DAYS = Policy(
    "grace_days",
    Text("Số ngày gia hạn, vẫn coi là đúng hạn", "Days of grace after the due day, in time still"),
    Text("số ngày, từ 0 đến 60", "a number of days, 0 to 60"),
    whole(0, 60),
    always(0),
    narrowed=_BOTH,
)


YEARS_AHEAD = Policy(
    "years_ahead",
    Text("Số năm tới mà thay đổi đơn vị được ghi trước", "Years ahead for which a change of units may be recorded"),
    Text("số năm, từ 1 đến 50", "a number of years, 1 to 50"),
    whole(1, 50),
    always(10),
)
"""Of everybody: what lies further ahead is a mistyped year."""


def _yes_no(written: str) -> bool:
    if written not in YES_NO.terms:
        raise ValueError
    return written == "yes"


def _say_yes_no(value: bool, language: Language) -> str:
    return YES_NO.terms["yes" if value else "no"](language)


OWES: Policy[bool] = Policy(
    "owes",
    Text("Có phải nộp báo cáo", "Whether a return is owed"),
    Text("yes (có) hoặc no (không)", "yes or no"),
    _yes_no,
    (),
    _say_yes_no,
    narrowed=_BOTH,
)


def _term(written: str) -> str:
    first, dash, last = written.partition("-")
    if not (dash and written.isascii() and first.isdecimal() and last.isdecimal() and len(first) == len(last) == 4):
        raise ValueError
    if not int(first) < int(last):
        raise ValueError
    return written


_TERM = Text("hai năm, ví dụ 2020-2025; nhiệm kỳ tính từ ngày --from", "two years, such as 2020-2025; it begins --from")

PARTY_TERM = Policy(
    "party_term",
    Text("Nhiệm kỳ tính kết quả phát triển Đảng", "Term for admitting Party members"),
    _TERM,
    _term,
    (
        (SINCE_EVER, "2010-2015"),
        (date(2015, 1, 1), "2015-2020"),
        (date(2020, 1, 1), "2020-2025"),
        (date(2026, 1, 1), "2025-2030"),
    ),
    of="root",
)
"""The letter 2164-CV/TĐTN-TCKT reports by the term 2020-2025."""

UNION_TERM: Policy[str] = Policy(
    "union_term",
    Text("Nhiệm kỳ của Đoàn", "The Union's own term"),
    _TERM,
    _term,
    (
        (SINCE_EVER, "2012-2017"),
        (date(2017, 1, 1), "2017-2022"),
        (date(2022, 1, 1), "2022-2027"),
        (date(2027, 1, 1), "2027-2032"),
    ),
    of="root",
)
