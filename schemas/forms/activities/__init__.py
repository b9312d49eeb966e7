"""The quarterly workbook of a level above the branch: what it held itself, nothing that its branches report."""

from typing import TYPE_CHECKING

from schemas.forms.duty import Duty
from schemas.forms.form import Form
from schemas.forms.parts import calendars
from schemas.forms.parts.activities.sheet import sheet
from schemas.forms.parts.kinds import DISTRICTS, GRASSROOTS
from schemas.vocabulary.terms import SUPERIOR_ACTIVITY, Text

if TYPE_CHECKING:
    from schemas.forms.judging import Judging


def _judging() -> "Judging":
    from schemas.forms.activities.judging import JUDGING

    return JUDGING


ACTIVITIES = Form(
    "activities",
    1,
    Text("Báo cáo quý về hoạt động của cấp trên chi đoàn", "Quarterly activities of a level above the branch"),
    (sheet(SUPERIOR_ACTIVITY),),
    Duty(GRASSROOTS | DISTRICTS, "quarter", calendars.QUARTERLY),
    _judging,
)

VERSIONS = (ACTIVITIES,)
