"""What keeps the record safe from those who keep it: how long it may be unsigned, and what one alone may not do."""

from schemas.messages.translation import Language
from schemas.policies.policy import Policy, always, whole
from schemas.vocabulary.terms import Text, Vocabulary

UNSIGNED_HOURS = Policy(
    "unsigned_hours",
    Text(
        "Số giờ nhật ký được phép chưa ký trước khi báo động",
        "Hours for which the log may be unsigned before an alarm",
    ),
    Text("một số giờ, từ 1 đến 720", "a number of hours, 1 to 720"),
    whole(1, 720),
    always(24),
)

ACTS = Vocabulary(
    "act",
    Text("Việc cần hai người", "An act that needs two people"),
    {
        "erase": Text("Xóa dữ liệu cá nhân", "Erasing a person's data"),
        "release": Text("Bỏ lệnh giữ dữ liệu", "Releasing a duty to keep"),
        "quarantine": Text("Cách ly một sự kiện", "Quarantining an event"),
        "key": Text("Thay khóa", "Changing a key"),
        "policy": Text("Đặt quy định", "Laying down a policy"),
    },
)

NOBODY = "none"

Acts = frozenset[str]


def _acts(written: str) -> Acts:
    if written == NOBODY:
        return frozenset()
    parts = [part.strip() for part in written.split(";")]
    if not parts or not set(parts) <= set(ACTS.terms):
        raise ValueError
    return frozenset(parts)


def _in_words(acts: Acts, language: Language) -> str:
    titles = [title(language) for act, title in ACTS.terms.items() if act in acts]
    return "; ".join(titles) or Text("không việc nào", "none")(language)


CONSENT: Policy[Acts] = Policy(
    "consent",
    Text("Việc phải có người thứ hai đồng ý", "What a second person has to consent to"),
    Text(
        "các mã cách nhau bằng dấu chấm phẩy: erase; release; quarantine; key; policy; hoặc none",
        "codes, separated by semicolons: erase; release; quarantine; key; policy; or none",
    ),
    _acts,
    always(frozenset()),
    _in_words,
)

CONSENT_HOURS = Policy(
    "consent_hours",
    Text("Số giờ để người thứ hai đồng ý", "Hours within which the second person may consent"),
    Text("một số giờ, từ 1 đến 720", "a number of hours, 1 to 720"),
    whole(1, 720),
    always(72),
)
