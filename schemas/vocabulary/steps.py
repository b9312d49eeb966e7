"""The way of a nomination: its steps and their partial order (guidance 42-HD/TĐTN-TCKT).

The order is partial: in places the class comes before the nomination. A step never lies before
the day of a step that it rests on.
"""

from dataclasses import dataclass

from schemas.vocabulary.terms import Text, Vocabulary


@dataclass(frozen=True)
class Step:
    """A step: the event type that records it, the steps that it rests on, whether a vote is part of it."""

    event: str
    title: Text
    after: tuple[str, ...] = ()
    votes: bool = False


STEPS: dict[str, Step] = {
    "identified": Step("NomineeIdentified", Text("Phát hiện nguồn", "Identified")),
    "voted": Step("BranchVoted", Text("Chi đoàn biểu quyết", "Voted by the branch"), ("identified",), votes=True),
    "nominated": Step(
        "NominationResolved",
        Text("Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)", "Nomination resolved by the grassroots committee"),
        ("voted",),
        votes=True,
    ),
    "handed_over": Step(
        "ListHandedOver", Text("Chuyển danh sách cho cấp ủy", "List handed to the Party committee"), ("nominated",)
    ),
    "class_sent": Step(
        "ClassSent", Text("Cử học lớp nhận thức về Đảng", "Sent to the awareness class"), ("identified",)
    ),
    "class_passed": Step(
        "ClassPassed",
        Text("Hoàn thành lớp nhận thức về Đảng", "Passed the awareness class"),
        ("identified", "class_sent"),
    ),
    "class_failed": Step(
        "ClassFailed",
        Text("Không đạt lớp nhận thức về Đảng", "Failed the awareness class"),
        ("identified", "class_sent"),
    ),
    "candidate": Step(
        "CandidateRecognised", Text("Công nhận đối tượng Đảng", "Recognised as candidate"), ("handed_over",)
    ),
    "cell_resolved": Step(
        "CellResolved", Text("Chi bộ ra nghị quyết", "Resolved by the Party cell"), ("candidate",), votes=True
    ),
    "committee_resolved": Step(
        "PartyCommitteeResolved",
        Text("Đảng ủy ra nghị quyết", "Resolved by the Party committee"),
        ("cell_resolved",),
        votes=True,
    ),
    "admitted": Step("AdmissionDecided", Text("Quyết định kết nạp Đảng", "Admission decided"), ("committee_resolved",)),
    "mentor_assigned": Step(
        "MentorAssigned", Text("Phân công người giúp đỡ đảng viên dự bị", "Mentor assigned"), ("admitted",)
    ),
    "full_member": Step(
        "FullMembershipGranted", Text("Công nhận đảng viên chính thức", "Made full member"), ("admitted",)
    ),
    "struck_off": Step("ProbationerStruckOff", Text("Xóa tên đảng viên dự bị", "Struck off"), ("admitted",)),
    "returned": Step("NominationReturned", Text("Cấp ủy trả lại hồ sơ", "Returned"), ("handed_over",)),
    "withdrawn": Step("NominationWithdrawn", Text("Rút giới thiệu", "Withdrawn"), ("identified",)),
    "lapsed": Step("NominationLapsed", Text("Nghị quyết hết hiệu lực", "Lapsed"), ("nominated",)),
    "renewed": Step("NominationRenewed", Text("Giới thiệu lại", "Renewed"), ("nominated",)),
    "transferred": Step("NomineeTransferred", Text("Chuyển sinh hoạt", "Transferred"), ("identified",)),
    "received": Step("NomineeReceived", Text("Tiếp nhận sinh hoạt", "Received from another unit"), ("identified",)),
    "left_by_age": Step("NomineeLeftByAge", Text("Trưởng thành Đoàn", "Left the Union by age"), ("identified",)),
}

ENDS = ("full_member", "struck_off", "withdrawn", "left_by_age")
"""Steps after which a unit has nothing more to report of a person."""


def _all_before(code: str) -> set[str]:
    nearest = STEPS[code].after
    return {*nearest, *(before for near in nearest for before in _all_before(near))}


RESTS: dict[str, tuple[str, ...]] = {
    code: tuple(before for before in STEPS if before in _all_before(code)) for code in STEPS
}
"""By step, all that it rests on, directly or through others: it lies before none of them that is on record."""

#: What a workbook's step column offers; `identified` comes from the nominee's own row.
REPORTED_STEP = Vocabulary(
    "step", Text("Bước", "Step"), {code: step.title for code, step in STEPS.items() if code != "identified"}
)
