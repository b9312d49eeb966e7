"""Seeded Vietnamese names: families common in the south, middle and given names by sex. Nobody is meant."""

from random import Random
from typing import Literal

Sex = Literal["female", "male"]

_FAMILIES = {
    "Nguyễn": 36, "Trần": 12, "Lê": 10, "Phạm": 8, "Huỳnh": 7, "Võ": 6, "Phan": 5, "Đặng": 3, "Bùi": 3, "Trương": 3,
    "Hồ": 2, "Đỗ": 2, "Ngô": 2, "Dương": 2, "Lý": 1, "Đoàn": 1, "Lâm": 1, "Mai": 1, "Cao": 1, "Thái": 1, "Tô": 1,
    "Đinh": 1, "Hà": 1, "Kiều": 1, "Châu": 1, "Tạ": 1, "Lương": 1, "Từ": 1,
}  # fmt: skip

_MIDDLES: dict[Sex, tuple[str, ...]] = {
    "female": (
        "Thị", "Thị Ngọc", "Thị Kim", "Thị Mỹ", "Thị Thanh", "Thị Thu", "Thị Bích", "Ngọc", "Kim", "Thanh", "Thùy",
        "Mỹ", "Như", "Phương", "Hoàng", "Bảo", "Khánh", "Minh", "Thảo", "Diễm", "Cẩm", "Tuyết",
    ),
    "male": (
        "Văn", "Hữu", "Minh", "Hoàng", "Quốc", "Thanh", "Công", "Đức", "Thành", "Trọng", "Tấn", "Nhật", "Anh", "Gia",
        "Chí", "Duy", "Ngọc", "Phước", "Trung", "Xuân", "Phúc", "Khánh",
    ),
}  # fmt: skip

_GIVEN: dict[Sex, tuple[str, ...]] = {
    "female": (
        "Anh", "Châu", "Chi", "Diễm", "Dung", "Duyên", "Giang", "Hà", "Hân", "Hằng", "Hạnh", "Hiền", "Hoa", "Huệ",
        "Hương", "Huyền", "Khanh", "Lan", "Liên", "Linh", "Loan", "Ly", "Mai", "My", "Nga", "Ngân", "Ngọc", "Nguyên",
        "Nhi", "Nhung", "Như", "Oanh", "Phương", "Phượng", "Quyên", "Quỳnh", "Tâm", "Thảo", "Thi", "Thơ", "Thu", "Thúy",
        "Thủy", "Tiên", "Trâm", "Trang", "Trinh", "Trúc", "Tuyền", "Tuyết", "Uyên", "Vân", "Vy", "Xuân", "Yến",
    ),
    "male": (
        "An", "Bảo", "Bình", "Cường", "Đạt", "Duy", "Dũng", "Dương", "Giang", "Hải", "Hậu", "Hiếu", "Hòa", "Hoàng",
        "Hùng", "Huy", "Khải", "Khang", "Khánh", "Khoa", "Kiên", "Kiệt", "Lâm", "Linh", "Lộc", "Long", "Luân", "Mẫn",
        "Minh", "Nam", "Nghĩa", "Nguyên", "Nhân", "Nhựt", "Phát", "Phong", "Phú", "Phúc", "Phước", "Quân", "Quang",
        "Quốc", "Sang", "Sơn", "Tài", "Tân", "Thái", "Thắng", "Thành", "Thiện", "Thịnh", "Tín", "Toàn", "Trí", "Trung",
        "Tuấn", "Tùng", "Vinh", "Vũ",
    ),
}  # fmt: skip


def draw_name(random: Random, sex: Sex) -> str:
    """Family, middle and given name, such as "Huỳnh Thị Kim Ngân"; a word never follows itself."""
    (family,) = random.choices(list(_FAMILIES), weights=list(_FAMILIES.values()))
    middle = random.choice(_MIDDLES[sex])
    given = random.choice([name for name in _GIVEN[sex] if name not in middle.split()])
    return f"{family} {middle} {given}"
