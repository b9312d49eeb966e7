"""What the nomination criterion of the yearly rating is worth.

The letter 2164-CV/TĐTN-TCKT makes nominations a criterion, without a number: the percentages are common practice.
"""

from itertools import pairwise

from schemas.messages.translation import Language
from schemas.policies.policy import Policy, always
from schemas.vocabulary.terms import CRITERION_GRADES, Text

Scale = dict[int, int]
"""The least percentage of the year's target for each grade, 4 the best."""


def _scale(written: str) -> Scale:
    parts = written.split("/")
    if len(parts) != len(CRITERION_GRADES) or not all(part.isascii() and part.isdecimal() for part in parts):
        raise ValueError
    least = [int(part) for part in parts]
    if least[-1] != 0 or least[0] > 1000 or any(a <= b for a, b in pairwise(least)):
        raise ValueError
    return dict(zip(CRITERION_GRADES, least, strict=True))


def _in_words(scale: Scale, language: Language) -> str:
    return ", ".join(f"{CRITERION_GRADES[grade](language)} ≥ {least}%" for grade, least in scale.items())


NOMINATION_SCALE = Policy(
    "nomination_scale",
    Text("Thang xếp loại tiêu chí giới thiệu, theo % chỉ tiêu", "Scale of the nomination criterion, in % of target"),
    Text("bốn số giảm dần đến 0, ví dụ 100/80/50/0", "four numbers falling to 0, such as 100/80/50/0"),
    _scale,
    always({4: 100, 3: 80, 2: 50, 1: 0}),
    _in_words,
    of="root",
)
