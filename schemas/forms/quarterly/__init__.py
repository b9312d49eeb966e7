"""The quarterly workbook of a branch: nominees and their steps, membership, activities."""

from typing import TYPE_CHECKING

from schemas.forms.duty import Duty
from schemas.forms.form import Form
from schemas.forms.parts import calendars
from schemas.forms.parts.activities.sheet import sheet
from schemas.forms.parts.kinds import BRANCHES
from schemas.forms.parts.people.sheets import NOMINEES, STEPS
from schemas.forms.quarterly.membership import MEMBERSHIP
from schemas.vocabulary.terms import BRANCH_ACTIVITY, Text

if TYPE_CHECKING:
    from schemas.forms.judging import Judging


def _judging() -> "Judging":
    from schemas.forms.quarterly.judging import JUDGING

    return JUDGING


QUARTERLY = Form(
    "branch-quarterly",
    1,
    Text("Báo cáo quý của chi đoàn", "Quarterly report of a branch"),
    (NOMINEES, STEPS, MEMBERSHIP, sheet(BRANCH_ACTIVITY)),
    Duty(BRANCHES, "quarter", calendars.QUARTERLY),
    _judging,
    identities=NOMINEES.key,
)
"""Branches owe it wherever they stand, directly under a province or a bloc too."""

VERSIONS = (QUARTERLY,)
