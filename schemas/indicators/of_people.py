"""Indicators of people on the period's last day: where they stand, and what is due for them.

Sources: the nominating level assigns a mentor to every probationer (letter 2164-CV/TĐTN-TCKT); how long
terms run is laid down by policies (`schemas.policies.lapses`).
"""

from schemas.indicators.breakdowns import OF_PEOPLE
from schemas.indicators.indicator import Due, Indicator, Lapse, Standing
from schemas.policies.lapses import CERTIFICATE_MONTHS, PROBATION_MONTHS, RESOLUTION_MONTHS
from schemas.vocabulary.terms import Text

_LEFT = ("withdrawn", "left_by_age")
_PROBATION_ENDS = ("full_member", "struck_off")
_RESOLUTION_SERVED = ("cell_resolved", "committee_resolved", "admitted", "returned", "lapsed", *_LEFT)
_CERTIFICATE_SERVED = ("admitted", *_LEFT)

_WHERE = Text(
    "Mỗi người tính ở đơn vị báo cáo bước gần nhất của người đó; không tính ai đã chuyển ra ngoài.",
    "Each counts at the unit that reported their newest step; who was transferred to a unit not known here does not.",
)


def _at_last(vi: str, en: str) -> Text:
    return Text(f"{vi} {_WHERE.vi}", f"{en} {_WHERE.en}")


STANDING = (
    Standing(
        "standing_nominees",
        Text("Đang được giới thiệu, chờ cấp ủy", "Nominated and waiting"),
        _at_last(
            "Người có nghị quyết giới thiệu (hoặc giới thiệu lại) mà đến cuối kỳ chưa được kết nạp, trả lại, rút, hết"
            " hiệu lực hoặc trưởng thành Đoàn.",
            "People nominated (or nominated again) who by the period's end are neither admitted nor returned,"
            " withdrawn, lapsed or out of the Union by age.",
        ),
        ("nominated", "renewed"),
        ("admitted", "returned", "lapsed", *_LEFT),
    ),
    Standing(
        "standing_candidates",
        Text("Đối tượng Đảng hiện có", "Candidates standing"),
        _at_last(
            "Người được công nhận đối tượng Đảng mà đến cuối kỳ chưa được kết nạp, trả lại, rút hoặc trưởng"
            " thành Đoàn.",
            "People recognised as candidates who by the period's end are neither admitted nor returned, withdrawn or"
            " out of the Union by age.",
        ),
        ("candidate",),
        ("admitted", "returned", *_LEFT),
        breakdowns=OF_PEOPLE,
    ),
    Standing(
        "standing_probationers",
        Text("Đảng viên dự bị hiện có", "Probationary members standing"),
        _at_last(
            "Người được kết nạp mà đến cuối kỳ chưa được công nhận chính thức hoặc xóa tên.",
            "People admitted who by the period's end are neither full members nor struck off.",
        ),
        ("admitted",),
        _PROBATION_ENDS,
        breakdowns=OF_PEOPLE,
    ),
)

DUE = (
    Due(
        "mentor_due",
        Text("Đảng viên dự bị chưa có người giúp đỡ", "Probationers without a mentor"),
        _at_last(
            "Đảng viên dự bị cuối kỳ mà từ ngày kết nạp chưa có bước phân công người giúp đỡ.",
            "Probationary members at the period's end for whom no mentor has been recorded since admission.",
        ),
        ("admitted",),
        _PROBATION_ENDS,
        lacking=("mentor_assigned",),
    ),
    Due(
        "probation_ending",
        Text("Sắp hết thời gian dự bị", "Probation about to end"),
        _at_last(
            "Đảng viên dự bị cuối kỳ có thời gian dự bị kết thúc trong số tháng báo trước sau kỳ.",
            "Probationary members at the period's end whose probation ends within the months of notice after it.",
        ),
        ("admitted",),
        _PROBATION_ENDS,
        lapse=Lapse(PROBATION_MONTHS, "ending"),
    ),
    Due(
        "probation_over",
        Text("Quá thời gian dự bị, chưa có quyết định", "Probation over, not decided"),
        _at_last(
            "Đảng viên dự bị cuối kỳ đã đủ thời gian dự bị trong hoặc trước kỳ.",
            "Probationary members at the period's end whose probation has ended by then.",
        ),
        ("admitted",),
        _PROBATION_ENDS,
        lapse=Lapse(PROBATION_MONTHS, "over"),
    ),
    Due(
        "resolution_lapsing",
        Text("Nghị quyết giới thiệu sắp hết hiệu lực", "Resolutions about to lapse"),
        _at_last(
            "Người có nghị quyết giới thiệu mà cấp ủy chưa xét, thời hạn hiệu lực kết thúc trong số tháng báo trước"
            " sau kỳ.",
            "People nominated, not yet resolved on by the Party, whose resolution's term ends within the months of"
            " notice after the period.",
        ),
        ("nominated", "renewed"),
        _RESOLUTION_SERVED,
        lapse=Lapse(RESOLUTION_MONTHS, "ending"),
    ),
    Due(
        "resolution_lapsed",
        Text("Nghị quyết giới thiệu đã quá hạn", "Resolutions past their term"),
        _at_last(
            "Người có nghị quyết giới thiệu mà cấp ủy chưa xét, đã quá thời hạn hiệu lực và chưa giới thiệu lại.",
            "People nominated, not yet resolved on by the Party, whose resolution's term has ended and who were not"
            " nominated again.",
        ),
        ("nominated", "renewed"),
        _RESOLUTION_SERVED,
        lapse=Lapse(RESOLUTION_MONTHS, "over"),
    ),
    Due(
        "certificate_lapsing",
        Text("Giấy chứng nhận lớp nhận thức sắp hết hạn", "Class certificates about to lapse"),
        _at_last(
            "Người đã hoàn thành lớp nhận thức, chưa được kết nạp, giấy chứng nhận hết hiệu lực trong số tháng báo"
            " trước sau kỳ.",
            "People who passed the awareness class, not admitted, whose certificate lapses within the months of"
            " notice after the period.",
        ),
        ("class_passed",),
        _CERTIFICATE_SERVED,
        lapse=Lapse(CERTIFICATE_MONTHS, "ending"),
    ),
    Due(
        "certificate_lapsed",
        Text("Giấy chứng nhận lớp nhận thức đã hết hạn", "Class certificates lapsed"),
        _at_last(
            "Người đã hoàn thành lớp nhận thức, chưa được kết nạp, giấy chứng nhận đã hết hiệu lực.",
            "People who passed the awareness class, not admitted, whose certificate has lapsed.",
        ),
        ("class_passed",),
        _CERTIFICATE_SERVED,
        lapse=Lapse(CERTIFICATE_MONTHS, "over"),
    ),
)

OF_PERSONS: tuple[Indicator, ...] = (*STANDING, *DUE)
