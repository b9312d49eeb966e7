"""What judges the rows of the activities of a level above the branch."""

from schemas.forms.judging import Judging
from schemas.forms.parts.activities import facts, rules

JUDGING = Judging(facts.facts, errors={"activities": rules.ERRORS}, warnings={"activities": rules.WARNINGS})
