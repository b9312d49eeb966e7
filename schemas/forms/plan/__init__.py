"""The yearly plan of a branch: the targets that it sets itself, and its schedule up to the handover for 3 February."""

from typing import TYPE_CHECKING

from schemas.forms.duty import Duty
from schemas.forms.form import Form
from schemas.forms.parts import calendars
from schemas.forms.parts.kinds import BRANCHES
from schemas.forms.plan.sheets import SCHEDULE, TARGETS
from schemas.vocabulary.terms import Text

if TYPE_CHECKING:
    from schemas.forms.judging import Judging


def _judging() -> "Judging":
    from schemas.forms.plan.judging import JUDGING

    return JUDGING


PLAN = Form(
    "yearly-plan",
    1,
    Text("Kế hoạch năm của chi đoàn", "Yearly plan of a branch"),
    (TARGETS, SCHEDULE),
    Duty(BRANCHES, "year", calendars.PLAN),
    _judging,
)

VERSIONS = (PLAN,)
