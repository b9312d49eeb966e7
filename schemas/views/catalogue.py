"""The views for analysts: read-only, without personal data, each column explained and constrained.

Ids of persons are random and mean nothing outside the vault; names, birth years, numbers of documents and addresses
of cells are left out. What is left still tells one person of a small branch from another: pseudonymous, not anonymous.
"""

from schemas.views.glossary import meaning
from schemas.views.view import Column, Terms, View
from schemas.vocabulary.states import SUBMISSION_STATE
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import ACTIVITY, MEASURE, SEX, SOURCE_GROUP, TARGET, UNIT_KIND, Text

AGE_GROUPS: Terms = {
    "under_18": Text("Dưới 18", "Under 18"),
    "18_24": Text("18 đến 24", "18 to 24"),
    "25_30": Text("25 đến 30", "25 to 30"),
    "over_30": Text("Trên 30", "Over 30"),
}
VERDICTS: Terms = {
    "valid": Text("Đạt", "Valid"),
    "invalid": Text("Có lỗi", "Invalid"),
    "pending": Text("Chưa quyết định", "Not decided yet"),
}
SEVERITIES: Terms = {"error": Text("Lỗi", "Error"), "warning": Text("Cảnh báo", "Warning")}
_STEPS: Terms = {code: step.title for code, step in STEPS.items()}

_CLOSED: dict[str, Terms] = {
    "activity": ACTIVITY.terms,
    "age_group": AGE_GROUPS,
    "kind": UNIT_KIND.terms,
    "latest_step": _STEPS,
    "measure": MEASURE.terms,
    "severity": SEVERITIES,
    "sex": SEX.terms,
    "source_group": SOURCE_GROUP.terms,
    "state": SUBMISSION_STATE.terms,
    "step": _STEPS,
    "target": TARGET.terms,
    "verdict": VERDICTS,
}
_NUMBERS = (
    *(
        "as_of",
        "bytes",
        "days_late",
        "depth",
        "errors",
        "level",
        "members",
        "number",
        "participants",
        "planned",
        "position",
    ),
    *(
        "present",
        "report",
        "revision",
        "rows",
        "total",
        "unexpected",
        "value",
        "votes_against",
        "votes_for",
        "warnings",
    ),
)
_LEAST = dict.fromkeys(_NUMBERS, 0) | dict.fromkeys(("level", "number", "position", "report", "revision"), 1)
_REFERS = {
    "unit": "unit",
    "rated_by": "unit",
    "parent": "unit",
    "successor": "unit",
    "subject": "nomination",
    "submission": "submission",
}


def _view(name: str, title: Text, grain: Text, key: str, columns: str, *more: Column) -> View:
    """A view; `columns` by name, with a `?` where they may be empty."""
    keys = tuple(key.split())
    made = []
    for written in columns.split():
        column = written.removesuffix("?")
        refers = _REFERS.get(column)
        made.append(
            Column(
                column,
                meaning(name, column),
                required=column == written,
                terms=_CLOSED.get(column),
                least=_LEAST.get(column),
                refers=None if keys == (column,) else refers,
            )
        )
    return View(name, title, grain, keys, (*made, *more))


VIEWS = (
    _view(
        "unit",
        Text("Đơn vị", "Units"),
        Text(
            "Mỗi dòng là một đơn vị từng có, theo lần ghi nhận mới nhất đến hôm nay.",
            "One row per unit that ever was, as it stands today or stood last.",
        ),
        "unit",
        "unit code name kind level parent? living path? depth? established_on ended_on?",
    ),
    _view(
        "unit_dated",
        Text("Đơn vị theo thời gian", "Units over time"),
        Text(
            "Mỗi dòng là một đơn vị trong một khoảng ngày mà mã, tên, loại, cấp và cấp trên không đổi.",
            "One row per unit and stretch of days on which its code, name, kind, level and parent are the same.",
        ),
        "unit valid_from",
        "unit valid_from valid_until? code name kind level parent?",
    ),
    _view(
        "succession",
        Text("Kế thừa đơn vị", "Succession of units"),
        Text(
            "Mỗi dòng là một đơn vị đã kết thúc và một đơn vị kế thừa nó.",
            "One row per unit that ended and each unit that follows it.",
        ),
        "position successor",
        "position unit successor on_date",
    ),
    _view(
        "nomination",
        Text("Giới thiệu đoàn viên ưu tú", "Nominations"),
        Text(
            "Mỗi dòng là một người đã được phát hiện nguồn, với ngày đầu tiên của từng bước.",
            "One row per person who was identified, with the first day of each step.",
        ),
        "subject",
        "subject unit sex age_group ethnic_minority source_group latest_step? latest_on? submission?",
        *(
            Column(f"{code}_on", Text(f"Ngày đầu tiên: {step.title.vi}.", f"First day of: {step.title.en}."))
            for code, step in STEPS.items()
        ),
    ),
    _view(
        "step",
        Text("Các bước", "Steps"),
        Text("Mỗi dòng là một bước của một người, đang có hiệu lực.", "One row per step of a person that stands."),
        "position",
        "position subject unit step on_date total? present? votes_for? votes_against? share_for? submission?"
        " received_on?",
    ),
    _view(
        "membership",
        Text("Số liệu đoàn viên", "Membership"),
        Text(
            "Mỗi dòng là một số liệu của một đơn vị cho một kỳ, đang có hiệu lực.",
            "One row per unit, period and measure that stands.",
        ),
        "position",
        "position unit period measure value submission?",
    ),
    _view(
        "activity",
        Text("Hoạt động", "Activities"),
        Text(
            "Mỗi dòng là một hoạt động của một đơn vị, đang có hiệu lực.",
            "One row per activity of a unit that stands.",
        ),
        "position",
        "position unit period activity on_date participants members? submission?",
    ),
    _view(
        "target",
        Text("Chỉ tiêu năm", "Targets"),
        Text(
            "Mỗi dòng là một chỉ tiêu của một đơn vị cho một năm, đang có hiệu lực.",
            "One row per unit, year and target that stands.",
        ),
        "position",
        "position unit year target value submission?",
    ),
    _view(
        "schedule",
        Text("Kế hoạch năm", "Yearly plans"),
        Text(
            "Mỗi dòng là một mốc trong kế hoạch năm của một đơn vị, đang có hiệu lực.",
            "One row per unit, year and milestone that stands.",
        ),
        "position",
        "position unit year milestone on_date planned submission?",
    ),
    _view(
        "rating",
        Text("Xếp loại tổ chức cơ sở", "Ratings"),
        Text(
            "Mỗi dòng là xếp loại của một tổ chức cơ sở trong một năm, đang có hiệu lực.",
            "One row per grassroots organisation and year that is rated.",
        ),
        "position",
        "position unit year rated_by proposed decided? submission?",
    ),
    _view(
        "submission",
        Text("Lần nộp báo cáo", "Submissions"),
        Text(
            "Mỗi dòng là một tệp đã nhận, với kết quả xử lý và việc đúng hạn.",
            "One row per workbook received, with its verdict and timeliness.",
        ),
        "submission",
        "submission unit? period? form? form_version? received_on received_at due? in_time? days_late? verdict"
        " decided_at? state revision? counts errors warnings rows? bytes previous?",
    ),
    _view(
        "finding",
        Text("Lỗi và cảnh báo", "Findings"),
        Text("Mỗi dòng là một lỗi hoặc cảnh báo trong một tệp.", "One row per problem found in a workbook."),
        "submission number",
        "submission number code severity sheet? column_key?",
    ),
    _view(
        "report_figure",
        Text("Số liệu báo cáo đã lập", "Figures of reports"),
        Text(
            "Mỗi dòng là một con số của đơn vị trong một báo cáo đã lập về chính nó.",
            "One row per compiled report and figure of the unit that it is about.",
        ),
        "report figure",
        "report unit unit_code period as_of tree_on compiled_at is_latest figure value?",
    ),
    _view(
        "quality_result",
        Text("Kết quả kiểm tra chất lượng", "Results of quality checks"),
        Text(
            "Mỗi dòng là một phép kiểm tra trong một lần kiểm tra chất lượng.",
            "One row per check in each run of the quality checks.",
        ),
        "position number",
        "position number period root? as_of table_name expectation severity met unexpected",
    ),
)
"""In the order in which they are listed and exported."""

BY_NAME = {view.name: view for view in VIEWS}
