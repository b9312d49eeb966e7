"""Who gets a report."""

from datetime import date

from schemas.messages.translation import Language
from schemas.policies.policy import SINCE_EVER, Policy, Series, always
from schemas.vocabulary.terms import Text

Recipients = tuple[str, ...]


def _recipients(written: str) -> Recipients:
    parts = tuple(part.strip() for part in written.split(";"))
    if not parts or not all(parts) or len(parts) > 20:
        raise ValueError
    return parts


def _in_words(recipients: Recipients, language: Language) -> str:
    return "; ".join(recipients)


RECIPIENTS: Policy[Recipients] = Policy(
    "recipients",
    Text("Nơi nhận báo cáo", "Who receives a report"),
    Text(
        "tên các cơ quan cách nhau bằng dấu chấm phẩy; không ghi tên người",
        "names of offices, separated by semicolons; never a person's name",
    ),
    _recipients,
    (),
    _in_words,
    narrowed=frozenset({"kind"}),
)
"""Of the unit itself alone, not of those under it: each has a level above of its own."""

OF_A_PROVINCE: Series[Recipients] = (
    (
        SINCE_EVER,
        ("Ban Tổ chức Tỉnh ủy", "Ban Dân vận Tỉnh ủy", "Ban Thường vụ Tỉnh đoàn", "Ban Tổ chức - Kiểm tra Tỉnh đoàn"),
    ),
    (
        date(2025, 2, 1),
        (
            "Ban Tổ chức Tỉnh ủy",
            "Ban Tuyên giáo và Dân vận Tỉnh ủy",
            "Ban Thường vụ Tỉnh đoàn",
            "Ban Tổ chức - Kiểm tra Tỉnh đoàn",
        ),
    ),
)
"""What is usual of a province: the letter 2164-CV/TĐTN-TCKT, and the committees as they are since early 2025."""

OF_OTHERS: Series[Recipients] = always(())
"""What is usual of all others is said by the document: the level above, and the Party committee of their own level."""
