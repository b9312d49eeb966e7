"""Who gets a report."""

from schemas.messages.translation import Language
from schemas.policies.policy import Policy, always
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
    always(()),
    _in_words,
)
"""Nothing laid down: the level above, and the file."""
