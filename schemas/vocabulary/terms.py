"""The closed lists that workbooks choose from and reports break down by.

Codes are what events carry; titles are what people read. Source of the groups and steps:
letter 2164-CV/TĐTN-TCKT of 2021 and guidance 42-HD/TĐTN-TCKT.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.messages.translation import Language


class Text(NamedTuple):
    """One wording in both languages."""

    vi: str
    en: str

    def __call__(self, language: Language) -> str:
        """The wording in one language."""
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True)
class Vocabulary:
    """A closed list: code to title, in the order in which people expect it; `part_of` is the list it is cut from."""

    key: str
    title: Text
    terms: dict[str, Text] = field(hash=False)
    part_of: str | None = None

    @property
    def of(self) -> str:
        """The key of the whole list."""
        return self.part_of or self.key

    def titles(self, language: Language = "vi") -> list[str]:
        """What a drop-down list shows."""
        return [term(language) for term in self.terms.values()]

    def only(self, key: str, *codes: str) -> "Vocabulary":
        """A list of its own with some of the terms, in their order here. Raises KeyError for an unknown code."""
        if unknown := set(codes) - self.terms.keys():
            raise KeyError(*sorted(unknown))
        return Vocabulary(key, self.title, {code: term for code, term in self.terms.items() if code in codes})


SEX = Vocabulary("sex", Text("Giới tính", "Sex"), {"female": Text("Nữ", "Female"), "male": Text("Nam", "Male")})

YES_NO = Vocabulary("yes_no", Text("Có hoặc không", "Yes or no"), {"yes": Text("Có", "Yes"), "no": Text("Không", "No")})

SOURCE_GROUP = Vocabulary(
    "source_group",
    Text("Nhóm nguồn", "Source group"),
    {
        "resident": Text("Địa bàn dân cư", "Residential area"),
        "industrial_worker": Text("Công nhân KCN, doanh nghiệp tư nhân", "Industrial zone and private workers"),
        "producer": Text("Thanh niên sản xuất giỏi", "Young people good at production"),
        "business_owner": Text("Chủ doanh nghiệp", "Business owners"),
        "militia": Text("Dân quân tự vệ", "Militia"),
        "reservist": Text("Quân nhân dự bị", "Reservists"),
        "pupil": Text("Học sinh", "Pupils"),
        "student": Text("Sinh viên", "Students"),
        "health": Text("Y tế", "Health"),
        "education": Text("Giáo dục", "Education"),
        "civil_servant": Text("Cán bộ, công chức", "Civil servants"),
        "public_employee": Text("Viên chức khác", "Other public employees"),
        "armed_forces": Text("Lực lượng vũ trang", "Armed forces"),
    },
)

MEASURE = Vocabulary(
    "measure",
    Text("Số liệu", "Measure"),
    {
        "members": Text("Tổng số đoàn viên", "Union members"),
        "members_female": Text("Đoàn viên nữ", "Union members, women"),
        "members_minority": Text("Đoàn viên dân tộc thiểu số", "Union members, ethnic minority"),
        "youth": Text("Thanh niên trên địa bàn, đơn vị", "Young people in the area or unit"),
        "members_party": Text("Đoàn viên là đảng viên", "Union members who are Party members"),
        "members_new": Text("Đoàn viên mới kết nạp trong kỳ", "Union members newly admitted in the period"),
    },
)

ACTIVITY = Vocabulary(
    "activity",
    Text("Loại hoạt động", "Kind of activity"),
    {
        "awareness_class": Text("Lớp bồi dưỡng nhận thức về Đảng", "Awareness class about the Party"),
        "striving_drive": Text(
            "Cuộc vận động “Đoàn viên thanh niên phấn đấu trở thành đảng viên Đảng Cộng sản Việt Nam”",
            "Drive “Members strive to become members of the Communist Party of Vietnam”",
        ),
        "dong_khoi_moi": Text("Phong trào thi đua “Đồng Khởi mới”", "Emulation movement “Đồng Khởi mới”"),
        "movement": Text("Phong trào thi đua khác", "Another emulation movement"),
        "theme_meeting": Text("Sinh hoạt chuyên đề", "Meeting on a theme"),
        "volunteering": Text("Hoạt động tình nguyện", "Volunteering"),
        "task_assigned": Text("Giao nhiệm vụ cho đoàn viên ưu tú", "Tasks assigned to outstanding members"),
        "mentor_assigned": Text(
            "Phân công đảng viên giúp đỡ đảng viên dự bị", "Mentors assigned to probationary Party members"
        ),
    },
)

BRANCH_ACTIVITY = ACTIVITY.only(
    "branch_activity", "awareness_class", "striving_drive", "dong_khoi_moi", "theme_meeting", "volunteering"
)
"""What a branch reports of itself."""

SUPERIOR_ACTIVITY = ACTIVITY.only(
    "superior_activity",
    "awareness_class",
    "striving_drive",
    "dong_khoi_moi",
    "movement",
    "task_assigned",
    "mentor_assigned",
)
"""What a level above the branch reports: its own, none of its branches' (letter 2164-CV/TĐTN-TCKT, 5 and 6)."""

TARGET = Vocabulary(
    "target",
    Text("Chỉ tiêu", "Target"),
    {
        "nominated": Text("Đoàn viên ưu tú được giới thiệu cho Đảng", "Outstanding members nominated to the Party"),
        "class_passed": Text("Đoàn viên hoàn thành lớp nhận thức về Đảng", "Members who pass the awareness class"),
        "admitted": Text("Đoàn viên được kết nạp Đảng", "Members admitted to the Party"),
    },
)

MILESTONE = Vocabulary(
    "milestone",
    Text("Mốc kế hoạch", "Milestone"),
    {
        "review_sources": Text("Rà soát nguồn đoàn viên ưu tú", "Sources reviewed"),
        "branch_votes": Text("Chi đoàn họp biểu quyết", "Branch meeting votes"),
        "committee_resolves": Text(
            "Ban Chấp hành Đoàn cơ sở ra nghị quyết giới thiệu", "Grassroots committee resolves to nominate"
        ),
        "handover": Text("Chuyển danh sách cho cấp ủy dịp 03/02", "List handed to the Party committee for 3 February"),
    },
)
"""The schedule of a yearly plan (letter 2164-CV/TĐTN-TCKT, 3)."""

GRADE = Vocabulary(
    "grade",
    Text("Mức xếp loại", "Grade"),
    {
        "excellent": Text("Hoàn thành xuất sắc nhiệm vụ", "Fulfilled its tasks excellently"),
        "good": Text("Hoàn thành tốt nhiệm vụ", "Fulfilled its tasks well"),
        "fulfilled": Text("Hoàn thành nhiệm vụ", "Fulfilled its tasks"),
        "not_fulfilled": Text("Không hoàn thành nhiệm vụ", "Did not fulfil its tasks"),
    },
)
"""How a grassroots organisation is rated at the year's end, as documents write it."""

CRITERION_GRADES = {
    4: Text("Xuất sắc", "Excellent"),
    3: Text("Tốt", "Good"),
    2: Text("Hoàn thành", "Fulfilled"),
    1: Text("Không hoàn thành", "Not fulfilled"),
}
"""What a criterion of the yearly rating is worth, the best first."""

UNIT_KIND = Vocabulary(
    "unit_kind",
    Text("Loại đơn vị", "Kind of unit"),
    {
        "central": Text("Trung ương Đoàn", "Central Union"),
        "province": Text("Tỉnh đoàn", "Provincial union"),
        "district": Text("Huyện đoàn, Thành đoàn", "District union"),
        "bloc": Text("Đoàn khối Cơ quan - Doanh nghiệp", "Bloc of agencies and enterprises"),
        "police": Text("Đoàn Thanh niên Công an tỉnh", "Youth of the provincial police"),
        "equivalent": Text("Đoàn tương đương", "Equivalent unit"),
        "school": Text("Đoàn trường học trực thuộc", "School directly under the province"),
        "commune": Text("Đoàn xã, phường, thị trấn", "Commune union"),
        "grassroots": Text("Đoàn cơ sở", "Grassroots union"),
        "branch": Text("Chi đoàn", "Branch"),
    },
)
