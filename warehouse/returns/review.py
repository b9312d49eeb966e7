"""When a valid return counts: at once, or when the level above has accepted it, as it was laid down from a day on."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from schemas.periods import Period
from schemas.policies.review import AT_ONCE, REVIEW

_REVIEW = """
with recursive above (of, unit, height) as (
    select unit, unit, 0 from unnest(%(units)s::uuid[]) as asked (unit)
    union all
    select above.of, up.parent, above.height + 1
    from above
    cross join lateral (
        select parent from unit_change
        where unit = above.unit and on_date <= %(last)s and (parent is not null or alive)
        order by on_date desc, position desc limit 1
    ) up
    where up.parent is not null
)
select distinct on (above.of) above.of::text as unit, p.value
from above
join policy p on p.policy = %(policy)s and p.on_date <= %(last)s
    and (p.unit = above.unit or p.unit is null and above.height = 0)
    and (p.form is null or p.form = %(form)s)
    and (p.kind is null or p.kind = (
        select kind from unit_change k where k.unit = above.of and kind is not null and k.on_date <= %(last)s
        order by k.on_date desc, k.position desc limit 1
    ))
-- What is laid down for one unit goes before what is for all above it, and what is narrower before what is wider.
order by above.of, p.unit is null, above.height, p.form is null, p.kind is null, p.on_date desc, p.position desc
"""


class Return(NamedTuple):
    """Whose return on which form."""

    unit: str
    form: str


def counts_at_once(connection: Connection, returns: Collection[Return], period: Period) -> dict[Return, bool]:
    """Whether valid returns on a period count without anybody's doing; the values of the period's last day hold."""
    found = dict.fromkeys(returns, True)
    if not connection.exec_driver_sql(
        "select exists (select from policy where policy = %(policy)s)", {"policy": REVIEW}
    ).scalar_one():
        return found
    for form in {one.form for one in returns}:
        units = [one.unit for one in returns if one.form == form]
        asked = {"units": units, "form": form, "last": period.last, "policy": REVIEW}
        for row in connection.exec_driver_sql(_REVIEW, asked):
            found[Return(row.unit, form)] = row.value == AT_ONCE
    return found


class LaidDown(NamedTuple):
    """A value as it was laid down; None where it is for all."""

    policy: str
    value: str
    on: date
    unit_code: str | None
    form: str | None
    kind: str | None
    order: str | None


def laid_down(connection: Connection) -> list[LaidDown]:
    """Every value that was ever laid down, the newest first; units go by their last code."""
    rows = connection.exec_driver_sql(
        'select policy, value, on_date, last.code, form, kind, "order" from policy p left join lateral ('
        "  select code from unit_change where unit = p.unit and code is not null"
        "  order by on_date desc, unit_change.position desc limit 1"
        ") last on true order by p.position desc"
    )
    return [LaidDown(*row) for row in rows]
