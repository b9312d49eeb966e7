"""The relations of steps: in the period, from windows up to its end, and late."""

from collections.abc import Sequence

from schemas.indicators.indicator import Count, Cumulative, Late, Outcome

AS_OF = "f.position <= %(position)s and coalesce(f.position_to > %(position)s, true)"
"""The rows of a fact `f` that count as of the position."""

_SINCE = {"period": "%(first)s", "year": "%(year_first)s", "term": "%(term_first)s"}


def counted(indicators: Sequence[Count]) -> str:
    """Steps of the period, with the person's `subject`."""
    pairs = ", ".join(f"('{i.step}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.measure, 1 as value, f.position, f.stated, f.subject
from step f
join (values {pairs}) as m (step, measure) on m.step = f.step
where {AS_OF} and f.on_date between %(first)s and %(last)s
"""


def taken(indicators: Sequence[Outcome | Cumulative]) -> str:
    """Steps from the first day of each indicator's window to the period's last."""
    return _in_windows(
        indicators,
        f"select f.unit, f.step, f.on_date, 1 as value, f.position, f.stated from step f where {_within(indicators)}",
    )


def taken_together(indicators: Sequence[Outcome | Cumulative]) -> str:
    """The same sums in fewer rows, without positions: days between the same first days are in the same windows."""
    start = "(%(starts)s::date[])[width_bucket(f.on_date, %(starts)s::date[])]"
    return _in_windows(
        indicators,
        f"select f.unit, f.step, {start} as on_date, count(*) as value,"
        f" null::bigint as position, null::bigint as stated from step f where {_within(indicators)} group by 1, 2, 3",
    )


def _within(indicators: Sequence[Outcome | Cumulative]) -> str:
    """The versions that stand of what lies in the longest of the windows."""
    first = ", ".join(sorted({f"{_since(i)}::date" for i in indicators}))
    return f"{AS_OF} and f.on_date between least({first}) and %(last)s"


def _since(indicator: Outcome | Cumulative) -> str:
    return _SINCE[indicator.since if isinstance(indicator, Cumulative) else "period"]


def _in_windows(indicators: Sequence[Outcome | Cumulative], steps: str) -> str:
    windows = ", ".join(f"('{i.step}', '{i.code}', {_since(i)}::date)" for i in indicators)
    return f"""
select f.unit, m.measure, f.value, f.position, f.stated
from ({steps}) f
join (values {windows}) as m (step, measure, since) on m.step = f.step and f.on_date >= m.since
"""


def late(indicators: Sequence[Late]) -> str:
    """Steps from before the period that came with the workbooks for its quarters."""
    pairs = ", ".join(f"('{i.step}', '{i.code}')" for i in indicators)
    # A fact always follows the receipt of its submission in the log, so older ones need not be looked at.
    return f"""
select f.unit, m.measure, 1 as value, f.position, f.stated
from step f
join (values {pairs}) as m (step, measure) on m.step = f.step
join submission s on s.submission = f.submission and s.period = any(%(quarters)s)
where {AS_OF} and f.on_date < %(first)s
    and f.stated > (select min(r.position) from submission r where r.period = any(%(quarters)s))
"""
