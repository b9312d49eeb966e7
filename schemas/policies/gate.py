"""What the gate lets in, warns of, and when what it lets in counts.

Sources: thresholds and ages from guidance 42-HD/TĐTN-TCKT and common practice, which differs by place.
"""

from fractions import Fraction

from schemas.messages.translation import Language
from schemas.policies.policy import Policy, always, whole
from schemas.vocabulary.terms import Text, Vocabulary

AGES = range(10, 101)
"""Ages in years that a policy may name at all."""

_AGE = Text("số tuổi, từ 10 đến 100", "an age in years, 10 to 100")


def _age(name: str, title: Text, usual: int) -> Policy[int]:
    return Policy(name, title, _AGE, whole(AGES[0], AGES[-1]), always(usual))


AGE_LEAST = _age("age_least", Text("Tuổi nhỏ nhất của người được giới thiệu", "Least age of a nominee"), 15)
AGE_MOST = _age("age_most", Text("Tuổi lớn nhất của người được giới thiệu", "Greatest age of a nominee"), 60)

AGE_USUAL_LEAST = _age("age_usual_least", Text("Dưới tuổi này thì cảnh báo", "Age below which there is a warning"), 16)
AGE_USUAL_MOST = _age("age_usual_most", Text("Trên tuổi này thì cảnh báo", "Age above which there is a warning"), 35)


def _share(written: str) -> Fraction:
    above, slash, below = written.partition("/")
    if not (slash and written.isascii() and above.isdecimal() and below.isdecimal() and int(below) <= 100):
        raise ValueError
    if not 0 <= int(above) < int(below):
        raise ValueError
    return Fraction(int(above), int(below))


VOTE_SHARE = Policy(
    "vote_share",
    Text("Phần phiếu đồng ý phải vượt, trên tổng số đoàn viên", "Share of all members that votes for must exceed"),
    Text("một phân số như 1/2 hoặc 2/3", "a fraction such as 1/2 or 2/3"),
    _share,
    always(Fraction(1, 2)),
)

AT_ONCE, WHEN_ACCEPTED = "at_once", "when_accepted"

REVIEWS = Vocabulary(
    "review",
    Text("Khi nào báo cáo đạt được tính", "When a valid return counts"),
    {
        AT_ONCE: Text("Ngay khi đạt", "As soon as it is valid"),
        WHEN_ACCEPTED: Text("Khi cấp trên duyệt", "When the level above accepts it"),
    },
)


def _review(written: str) -> str:
    if written not in REVIEWS.terms:
        raise ValueError
    return written


def _in_words(value: str, language: Language) -> str:
    return REVIEWS.terms[value](language)


REVIEW = Policy(
    REVIEWS.key,
    REVIEWS.title,
    Text("at_once (ngay khi đạt) hoặc when_accepted (khi cấp trên duyệt)", "at_once or when_accepted"),
    _review,
    always(AT_ONCE),
    _in_words,
    narrowed=frozenset({"form", "kind"}),
)
"""Returns count at once unless something else is laid down, so that nobody is held up."""
