"""The rating of grassroots organisations at the year's end, with the nomination criterion shown beside each."""

from typing import TYPE_CHECKING

from schemas.forms.duty import Duty
from schemas.forms.form import Form
from schemas.forms.parts import calendars
from schemas.forms.parts.kinds import DISTRICTS, PROVINCE, is_grassroots
from schemas.forms.prefill import Beforehand, Rows
from schemas.forms.rating.sheet import RATINGS
from schemas.vocabulary.terms import Text

if TYPE_CHECKING:
    from schemas.forms.judging import Judging


def _judging() -> "Judging":
    from schemas.forms.rating.judging import JUDGING

    return JUDGING


def prefill(beforehand: Beforehand) -> Rows:
    """A row for each grassroots organisation below."""
    rows = [
        {"rated": unit.code, "name": unit.name, **({"criterion": unit.criterion} if unit.criterion else {})}
        for unit in beforehand.units
        if is_grassroots(unit.kind, unit.under)
    ]
    return {RATINGS.key: rows}


RATING = Form(
    "rating",
    1,
    Text("Xếp loại tổ chức cơ sở Đoàn cuối năm", "Rating of grassroots organisations at the year's end"),
    (RATINGS,),
    Duty(DISTRICTS | PROVINCE, "year", calendars.YEAR_END),
    _judging,
    prefill=prefill,
)

VERSIONS = (RATING,)
