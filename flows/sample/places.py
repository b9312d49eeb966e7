"""What stands beside Bến Tre's official places in the sample: the other addressees of the letter, and their units."""

from typing import NamedTuple


class Place(NamedTuple):
    """A unit under the province and the units that it has below: grassroots unions, each with its branches."""

    code: str
    name: str
    kind: str
    below: dict[str, tuple[str, ...]]


_OFFICE = ("Chi đoàn Văn phòng", "Chi đoàn Khối chuyên môn", "Chi đoàn Khối sự nghiệp")
_COMPANY = ("Chi đoàn Văn phòng", "Chi đoàn Phân xưởng 1", "Chi đoàn Phân xưởng 2", "Chi đoàn Kinh doanh")
_HOSPITAL = ("Chi đoàn Khoa Nội", "Chi đoàn Khoa Ngoại", "Chi đoàn Khoa Nhi", "Chi đoàn Dược - Cận lâm sàng")
_POLICE = ("Chi đoàn Tham mưu", "Chi đoàn Đội 1", "Chi đoàn Đội 2")
_SOLDIERS = ("Chi đoàn Cơ quan", "Chi đoàn Đại đội 1", "Chi đoàn Đại đội 2")
_STATION = ("Chi đoàn Đội Vũ trang", "Chi đoàn Đội Vận động quần chúng")

PLACES = (
    Place(
        "83-DK",
        "Đoàn khối Cơ quan - Doanh nghiệp tỉnh",
        "bloc",
        {
            "Đoàn cơ sở Văn phòng Ủy ban nhân dân tỉnh": _OFFICE,
            "Đoàn cơ sở Sở Nông nghiệp và Môi trường": _OFFICE,
            "Đoàn cơ sở Sở Tài chính": _OFFICE,
            "Đoàn cơ sở Sở Giáo dục và Đào tạo": _OFFICE,
            "Đoàn cơ sở Bệnh viện Nguyễn Đình Chiểu": _HOSPITAL,
            "Đoàn cơ sở Trung tâm Kiểm soát bệnh tật": _HOSPITAL[:2],
            "Đoàn cơ sở Công ty Điện lực Bến Tre": _COMPANY,
            "Đoàn cơ sở Công ty chế biến dừa Giao Long": _COMPANY,
            "Đoàn cơ sở Công ty may An Hiệp": _COMPANY,
            "Đoàn cơ sở Khối Ngân hàng": _OFFICE,
        },
    ),
    Place(
        "83-CA",
        "Đoàn Thanh niên Công an tỉnh",
        "police",
        {
            "Đoàn cơ sở Phòng Tham mưu": _POLICE[:2],
            "Đoàn cơ sở Phòng Cảnh sát giao thông": _POLICE,
            "Đoàn cơ sở Phòng Cảnh sát cơ động": _POLICE,
            "Đoàn cơ sở Phòng Cảnh sát phòng cháy, chữa cháy": _POLICE,
        },
    ),
    Place(
        "83-T1",
        "Đoàn Thanh niên Bộ Chỉ huy Quân sự tỉnh",
        "equivalent",
        {
            "Đoàn cơ sở Trung đoàn Đồng Khởi": _SOLDIERS,
            "Đoàn cơ sở Tiểu đoàn huấn luyện": _SOLDIERS,
            "Đoàn cơ sở Cơ quan Bộ Chỉ huy": _SOLDIERS[:2],
        },
    ),
    Place(
        "83-T2",
        "Đoàn Thanh niên Bộ đội Biên phòng tỉnh",
        "equivalent",
        {
            "Đoàn cơ sở Đồn Biên phòng Cổ Chiên": _STATION,
            "Đoàn cơ sở Đồn Biên phòng Hàm Luông": _STATION,
            "Đoàn cơ sở Đồn Biên phòng Cửa Đại": _STATION,
        },
    ),
)

SCHOOLS = {
    "Đoàn trường Cao đẳng Bến Tre": ("Sư phạm", "Công nghệ thông tin", "Kế toán", "Nông nghiệp", "Giảng viên"),
    "Đoàn trường Cao đẳng Đồng Khởi": ("Điện", "Cơ khí", "Công nghệ ô tô", "Giảng viên"),
    "Đoàn trường Cao đẳng Y tế Bến Tre": ("Điều dưỡng", "Dược", "Hộ sinh", "Giảng viên"),
    "Đoàn phân hiệu Đại học tại Bến Tre": ("Công trình", "Nông học", "Luật", "Giảng viên"),
}
"""Schools directly under the province; each name below is a branch's."""

DISTRICT_SCHOOL_BRANCHES = ("Chi đoàn Giáo viên", "Chi đoàn lớp 12A1", "Chi đoàn lớp 12A2", "Chi đoàn lớp 11A1")
