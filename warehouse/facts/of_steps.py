"""The relations of people who took a step: in the period, in windows up to its end, and late.

A person counts once, at the unit that reported their newest step of the kind. All windows end on the last day whose
data counts, so that the newest step is the same one in each of them that it lies in.
"""

from collections.abc import Sequence

from schemas.indicators.indicator import Count, Cumulative, Late, Outcome

AS_OF = "f.position <= %(position)s and coalesce(f.position_to > %(position)s, true)"
"""The rows of a fact `f` that count as of the position."""

_SINCE = {
    "period": "%(first)s",
    "year": "%(year_first)s",
    "term": "%(term_first)s",
    "union_term": "%(union_term_first)s",
}


def counted(indicators: Sequence[Count]) -> str:
    """People who took a step in the period, with their `subject`."""
    pairs = ", ".join(f"('{i.step}', '{i.code}')" for i in indicators)
    return f"""
select f.unit, m.measure, 1 as value, f.position, f.stated, f.subject
from ({_newest(indicators, "f.on_date between %(first)s and %(last)s")}) f
join (values {pairs}) as m (step, measure) on m.step = f.step
"""


def taken(indicators: Sequence[Outcome | Cumulative]) -> str:
    """People who took a step from the first day of each indicator's window to the period's last."""
    newest = f"select f.*, 1 as value from ({_newest(indicators, _within(indicators))}) f"
    return _in_windows(indicators, newest, ", f.position, f.stated, f.subject")


def taken_together(indicators: Sequence[Outcome | Cumulative]) -> str:
    """The same sums in fewer rows, without positions: days between the same first days are in the same windows."""
    start = "(%(starts)s::date[])[width_bucket(f.on_date, %(starts)s::date[])]"
    newest = _newest(indicators, _within(indicators))
    return _in_windows(
        indicators, f"select f.unit, f.step, {start} as on_date, count(*) as value from ({newest}) f group by 1, 2, 3"
    )


def _newest(indicators: Sequence[Count | Cumulative | Late], within: str, joined: str = "") -> str:
    """Of the steps of the kinds that lie within some days, the newest of each person and kind."""
    steps = ", ".join(sorted({f"'{i.step}'" for i in indicators}))
    # A person takes a step of a kind once a day, by the key of its fact.
    return f"""
select distinct on (f.subject, f.step) f.unit, f.step, f.on_date, f.position, f.stated, f.subject
from step f {joined}
where {AS_OF} and f.step in ({steps}) and {within}
order by f.subject, f.step, f.on_date desc
"""


def _within(indicators: Sequence[Outcome | Cumulative]) -> str:
    """The days of the longest of the windows."""
    first = ", ".join(sorted({f"{_since(i)}::date" for i in indicators}))
    return f"f.on_date between least({first}) and %(last)s"


def _since(indicator: Outcome | Cumulative) -> str:
    return _SINCE[indicator.since if isinstance(indicator, Cumulative) else "period"]


def _in_windows(indicators: Sequence[Outcome | Cumulative], steps: str, further: str = "") -> str:
    windows = ", ".join(f"('{i.step}', '{i.code}', {_since(i)}::date)" for i in indicators)
    return f"""
select f.unit, m.measure, f.value{further}
from ({steps}) f
join (values {windows}) as m (step, measure, since) on m.step = f.step and f.on_date >= m.since
"""


def late(indicators: Sequence[Late]) -> str:
    """People whose step lies before the period and came with the workbooks for its quarters."""
    pairs = ", ".join(f"('{i.step}', '{i.code}')" for i in indicators)
    came = "join submission s on s.submission = f.submission and s.period = any(%(quarters)s)"
    # A fact always follows the receipt of its submission in the log, so older ones need not be looked at.
    within = (
        "f.on_date < %(first)s"
        " and f.stated > (select min(r.position) from submission r where r.period = any(%(quarters)s))"
    )
    return f"""
select f.unit, m.measure, 1 as value, f.position, f.stated, f.subject
from ({_newest(indicators, within, came)}) f
join (values {pairs}) as m (step, measure) on m.step = f.step
"""
