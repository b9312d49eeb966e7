"""How long things are valid, and how long before they lapse a report says so.

Sources: probation 12 months and the awareness class's certificate 60 months are published rules; a resolution's
12 months and the months of notice are common practice that differs by province.
"""

from schemas.policies.policy import Policy, always, whole
from schemas.vocabulary.terms import Text

_MONTHS = Text("số tháng, từ 1 đến 120", "a number of months, 1 to 120")


def _months(name: str, title: Text, usual: int) -> Policy[int]:
    return Policy(name, title, _MONTHS, whole(1, 120), always(usual), of="root")


PROBATION_MONTHS = _months("probation_months", Text("Số tháng dự bị", "Months of probation"), 12)
"""From the decision on admission to the one on full membership."""

RESOLUTION_MONTHS = _months(
    "resolution_months", Text("Số tháng hiệu lực của nghị quyết giới thiệu", "Months that a resolution is valid"), 12
)
"""From the resolution's day, or that of its renewal."""

CERTIFICATE_MONTHS = _months(
    "certificate_months",
    Text("Số tháng hiệu lực của giấy chứng nhận lớp nhận thức", "Months that a class certificate is valid"),
    60,
)

NOTICE_MONTHS = _months(
    "notice_months", Text("Số tháng báo trước khi hết hạn", "Months of notice before something lapses"), 3
)
"""What lapses so soon after a period's end is due in its report: the next quarter."""
