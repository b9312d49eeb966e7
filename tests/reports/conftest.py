"""A believable content: a province whose figures are drawn at the branches and summed upward."""

import copy
import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

Content = dict[str, Any]

DISTRICTS = {
    "829": ("Thành đoàn Bến Tre", 14),
    "831": ("Huyện đoàn Châu Thành", 21),
    "832": ("Huyện đoàn Chợ Lách", 11),
    "833": ("Huyện đoàn Mỏ Cày Nam", 16),
    "834": ("Huyện đoàn Giồng Trôm", 21),
    "835": ("Huyện đoàn Bình Đại", 20),
    "836": ("Huyện đoàn Ba Tri", 23),
    "837": ("Huyện đoàn Thạnh Phú", 18),
    "838": ("Huyện đoàn Mỏ Cày Bắc", 13),
}
COMMUNES = (
    "Phú Hưng",
    "Nhơn Thạnh",
    "Mỹ Thạnh An",
    "Tường Đa",
    "Quới Sơn",
    "Hữu Định",
    "Giao Long",
    "Vĩnh Hòa",
)
INDICATORS = {
    "identified": ("Phát hiện nguồn", "Identified"),
    "voted": ("Chi đoàn biểu quyết", "Voted by the branch"),
    "nominated": (
        "Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)",
        "Nomination resolved by the grassroots committee",
    ),
    "handed_over": (
        "Chuyển danh sách cho cấp ủy",
        "List handed to the Party committee",
    ),
    "class_passed": ("Hoàn thành lớp nhận thức về Đảng", "Passed the awareness class"),
    "admitted": ("Quyết định kết nạp Đảng", "Admission decided"),
    "full_member": ("Công nhận đảng viên chính thức", "Made full member"),
}
PARTS = {
    "sex": {"female": ("Nữ", "Female"), "male": ("Nam", "Male")},
    "minority": {"yes": ("Dân tộc thiểu số", "Ethnic minority")},
    "source_group": {
        "resident": ("Địa bàn dân cư", "Residential area"),
        "industrial_worker": (
            "Công nhân KCN, doanh nghiệp tư nhân",
            "Industrial zone and private workers",
        ),
        "producer": ("Thanh niên sản xuất giỏi", "Young people good at production"),
        "business_owner": ("Chủ doanh nghiệp", "Business owners"),
        "militia": ("Dân quân tự vệ", "Militia"),
        "reservist": ("Quân nhân dự bị", "Reservists"),
        "pupil": ("Học sinh", "Pupils"),
        "student": ("Sinh viên", "Students"),
        "health": ("Y tế", "Health"),
        "education": ("Giáo dục", "Education"),
        "public_employee": ("Viên chức khác", "Other public employees"),
    },
}


OF = {
    "sex": ("Giới tính", "Sex"),
    "minority": ("Dân tộc thiểu số", "Ethnic minority"),
    "source_group": ("Nhóm nguồn", "Source group"),
}
SHORT = {
    "members": ("Đoàn viên", "Members"),
    "identified": ("Phát hiện nguồn", "Identified"),
    "voted": ("Biểu quyết", "Voted"),
    "nominated": ("Giới thiệu", "Nominated"),
    "handed_over": ("Chuyển cấp ủy", "Handed over"),
    "class_passed": ("Qua lớp nhận thức", "Class passed"),
    "admitted": ("Kết nạp Đảng", "Admitted"),
    "full_member": ("Đảng viên chính thức", "Full members"),
}


def title(pair: tuple[str, str]) -> dict[str, str]:
    return {"vi": pair[0], "en": pair[1]}


def columns() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(
        code: str,
        kind: str,
        words: tuple[str, str],
        breakdown: dict[str, Any] | None = None,
        cell: tuple[str, str] | None = None,
    ) -> None:
        column = {"code": code, "kind": kind, "title": title(words), "short": title(SHORT.get(code, words))}
        if not breakdown:
            column |= {"definition": title(words), "measured_in": title(("người", "people"))}
        if cell:
            column["cell"] = list(cell)
        found.append(column | {"breakdown": breakdown})

    add("members", "stock", ("Tổng số đoàn viên", "Union members"))
    add(
        "youth",
        "stock",
        ("Thanh niên trên địa bàn, đơn vị", "Young people in the area or unit"),
    )
    for code, words in INDICATORS.items():
        add(code, "count", words, cell=(code, "period"))
        for of, parts in PARTS.items():
            for value, part in parts.items():
                add(
                    f"{code}.{of}.{value}",
                    "count",
                    words,
                    {"of": of, "of_title": title(OF[of]), "value": value, "title": title(part)},
                )
        add(f"{code}.year", "cumulative", (f"{words[0]} (lũy kế năm)", f"{words[1]} (year)"), cell=(code, "year"))
    add("mentor_due", "due", ("Đảng viên dự bị chưa có người giúp đỡ", "Probationers without a mentor"))
    add("activity.class", "activity", ("Lớp bồi dưỡng", "Class"), cell=("class", "held"))
    add("activity.class.participants", "activity", ("Lượt người dự", "Participants"), cell=("class", "participants"))
    for code in ("nominated", "class_passed", "admitted"):
        add(f"target.{code}", "target", INDICATORS[code])
    add("admitted_rate", "rate", ("Kết nạp trên giới thiệu", "Admitted of nominated"))
    for code in ("nominated", "class_passed", "admitted"):
        add(
            f"{code}_share",
            "rate",
            (f"Đạt chỉ tiêu năm: {INDICATORS[code][0]}", f"Of the target: {INDICATORS[code][1]}"),
        )
    add("completeness", "rate", ("Tỷ lệ nộp báo cáo", "Completeness"))
    add("timeliness", "rate", ("Tỷ lệ nộp đúng hạn", "Timeliness"))
    return found


def percent(part: int, whole: int) -> str | None:
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)) if whole else None


def build(seed: int = 2025, branches: int = 4, communes: int | None = None) -> Content:
    """A province of nine districts, `communes` in each (its own number by default), `branches` in each of those."""
    draw = random.Random(seed)
    shape = columns()
    place = {column["code"]: index for index, column in enumerate(shape)}
    summed = [i for i, c in enumerate(shape) if c["kind"] in ("stock", "count", "cumulative", "due", "activity")]
    due, accepted, on_time = ("due", "accepted", "on_time")
    missing: list[dict[str, str]] = []

    def leaf() -> tuple[list[Any], dict[str, int]]:
        values: list[Any] = [None] * len(shape)
        values[place["members"]], values[place["youth"]] = (
            draw.randint(20, 90),
            draw.randint(90, 400),
        )
        at_step = draw.choice((0, 0, 1, 2, 3, 5))
        values[place["mentor_due"]], values[place["activity.class"]] = draw.choice((0, 0, 0, 1)), draw.randint(0, 2)
        values[place["activity.class.participants"]] = 20 * values[place["activity.class"]]
        for code in INDICATORS:
            values[place[code]] = values[place[f"{code}.year"]] = at_step
            drawn = {of: [draw.choice(list(parts)) for _ in range(at_step)] for of, parts in PARTS.items()}
            drawn["minority"] = [value for value in drawn["minority"] if draw.random() < 0.06]
            for of, parts in PARTS.items():
                for value in parts:
                    values[place[f"{code}.{of}.{value}"]] = drawn[of].count(value)
            at_step = sum(draw.random() < 0.8 for _ in range(at_step))
        got = draw.random() < 0.9
        return values, {
            due: 1,
            accepted: int(got),
            on_time: int(got and draw.random() < 0.9),
        }

    def node(code: str, name: str, kind: str, depth: int, below: list[tuple[list[Any], Any]]) -> tuple[Any, Any]:
        values: list[Any] = [None] * len(shape)
        for index in summed:
            values[index] = sum(rows[0]["values"][index] for rows, _ in below)
        sent = {key: sum(s[key] for _, s in below) for key in (due, accepted, on_time)}
        rows = [
            row(code, name, kind, depth, values, sent),
            *(r for rows, _ in below for r in rows),
        ]
        if depth < 2:
            for target in ("nominated", "class_passed", "admitted"):
                aim = round(values[place[target]] * draw.uniform(3, 5)) or None
                values[place[f"target.{target}"]] = aim
                values[place[f"{target}_share"]] = percent(values[place[target]], aim or 0)
        return rows, sent

    def row(
        code: str,
        name: str,
        kind: str,
        depth: int,
        values: list[Any],
        sent: dict[str, int],
    ) -> dict[str, Any]:
        values[place["admitted_rate"]] = percent(values[place["admitted"]], values[place["nominated"]])
        values[place["completeness"]] = percent(sent[accepted], sent[due])
        values[place["timeliness"]] = percent(sent[on_time], sent[due])
        return {
            "id": f"id-{code}",
            "code": code,
            "name": name,
            "kind": kind,
            "level": depth + 1,
            "depth": depth,
            "returns": [sent[accepted], sent[due]],
            "values": values,
        }

    districts = []
    for district, (name, count) in DISTRICTS.items():
        grassroots = []
        for commune in range(communes or count):
            commune_name = f"Đoàn xã {COMMUNES[commune % len(COMMUNES)]}{' ' * (commune > 7)}{commune // 8 or ''}"
            commune_code = f"{district}{commune:02}"
            leaves = []
            for branch in range(branches):
                code, branch_name = (
                    f"{commune_code}-{branch + 1:02}",
                    f"Chi đoàn ấp {branch + 1}",
                )
                values, sent = leaf()
                leaves.append(([row(code, branch_name, "branch", 3, values, sent)], sent))
                if not sent[accepted]:
                    missing.append({"code": code, "name": branch_name, "superior": commune_name})
            grassroots.append(node(commune_code, commune_name, "commune", 2, leaves))
        districts.append(node(district, name, "district", 1, grassroots))
    rows, sent = node("83", "Tỉnh đoàn Bến Tre", "province", 0, districts)
    return {
        "format": 3,
        "code_version": "0.1.0",
        "position": 12345,
        "status": "official",
        "unit": {
            "id": "id-83",
            "code": "83",
            "name": "Tỉnh đoàn Bến Tre",
            "kind": "province",
            "level": 1,
            "place": "Bến Tre",
        },
        "superior": None,
        "period": {
            "code": "2025Q1",
            "kind": "quarter",
            "first": "2025-01-01",
            "last": "2025-03-31",
            "counted_from": "2025-01-01",
            "counted_until": "2025-03-31",
        },
        "tree_on": "2025-03-31",
        "policies": [
            {
                "policy": "probation_months",
                "title": {"vi": "Số tháng dự bị", "en": "Months of probation"},
                "value": {"vi": "12", "en": "12"},
                "since": None,
                "order": None,
            },
            {
                "policy": "counted_until",
                "title": {"vi": "Số liệu của kỳ tính đến ngày", "en": "Day until which a period's data counts"},
                "value": {"vi": "ngày 14 của tháng cuối kỳ", "en": "day 14 of the period's last month"},
                "since": "2025-01-01",
                "order": "12-QĐ/ĐTN",
            },
        ],
        "recipients": [
            "Ban Tổ chức Tỉnh ủy",
            "Ban Dân vận Tỉnh ủy",
            "Ban Thường vụ Tỉnh đoàn",
            "Ban Tổ chức - Kiểm tra Tỉnh đoàn",
        ],
        "columns": shape,
        "rows": rows,
        "submissions": {
            "expected": sent[due],
            "received": sent[accepted] + 10,
            "counted": sent[accepted],
            "on_time": sent[on_time],
            "not_counted": 10,
            "missing": missing,
        },
    }


_PROVINCE = build()


@pytest.fixture
def province() -> Content:
    """The whole province: 1 + 9 + 157 + 628 units."""
    return copy.deepcopy(_PROVINCE)


@pytest.fixture
def small() -> Content:
    """The same shape with few units."""
    return build(branches=2, communes=2)


@pytest.fixture
def make() -> Callable[..., Content]:
    """`build`, for a content of another size."""
    return build
