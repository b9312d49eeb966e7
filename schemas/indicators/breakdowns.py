"""What figures are broken down by: the nominee, or the organisation that the reporting unit belongs to."""

from schemas.indicators.indicator import Breakdown
from schemas.vocabulary.terms import SEX, SOURCE_GROUP, UNIT_KIND, Text

MINORITY = Breakdown(
    "minority",
    Text("Dân tộc thiểu số", "Ethnic minority"),
    "case when ethnic_minority then 'yes' end",
    {"yes": Text("Dân tộc thiểu số", "Ethnic minority")},
)

_ORGANISATIONS = ("commune", "grassroots", "school", "equivalent", "bloc", "police")

UNIT = Breakdown(
    "unit_kind",
    Text("Loại đơn vị", "Kind of unit"),
    "kind",
    {kind: UNIT_KIND.terms[kind] for kind in _ORGANISATIONS},
    of="unit",
)
"""The kind of the unit that reported, or of its superior where it is a branch, on the period's last day."""

AREA = Breakdown(
    "area",
    Text("Loại địa bàn", "Kind of area"),
    """case when kind = 'commune' then case
        when name ilike 'đoàn xã %%' then 'rural' when name ilike 'đoàn phường %%' then 'ward'
        when name ilike 'đoàn thị trấn %%' then 'town' when name ilike 'đoàn đặc khu %%' then 'zone' end end""",
    {
        "rural": Text("Xã", "Rural commune"),
        "ward": Text("Phường", "Ward"),
        "town": Text("Thị trấn", "Township"),
        "zone": Text("Đặc khu", "Special zone"),
    },
    of="unit",
)
"""The kind of the commune that the unit lies in, as the commune union's name says it on the period's last day."""

OF_PEOPLE = (Breakdown.by(SEX), MINORITY, Breakdown.by(SOURCE_GROUP))
OF_UNITS = (UNIT, AREA)
BREAKDOWNS = (*OF_PEOPLE, *OF_UNITS)
