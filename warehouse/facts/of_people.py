"""The relation of people who stand somewhere on the period's last day, written from its declarations.

A step's rank is one number that orders a person's steps: day, then the order of STEPS, then the event that states it.
"""

from collections.abc import Callable, Sequence

from schemas.indicators.indicator import Due, Lapse, Standing
from schemas.vocabulary.steps import STEPS
from warehouse.facts.of_steps import AS_OF

_EPOCH = "1900-01-01"
_DAY_BITS, _POSITION_BITS = 45, 40
_STATED = (1 << _POSITION_BITS) - 1
_ORDER = {step: number for number, step in enumerate(STEPS)}


def standing(indicators: Sequence[Standing]) -> str:
    """One row per indicator and person with its `subject`, at the unit with which the person stands.

    That is the one that reported their newest step of all. To be handed over is none: until the other unit has said
    something of them, a person is not lost between the two. It counts since both steps do. Who was handed over since
    then to a unit that is not known here stands nowhere.
    """
    ranks: dict[tuple[str, ...], str] = {}

    def rank(steps: tuple[str, ...]) -> str:
        return ranks.setdefault(steps, f"rank_{len(ranks)}")

    measures = {i.code: (rank(i.of), _condition(i, rank)) for i in indicators}
    newest = ", ".join(
        f"max(rank) filter (where step in ({_listed(steps)})) as {name}" for steps, name in ranks.items()
    )
    order = ", ".join(f"('{step}', {place << _POSITION_BITS}::bigint)" for step, place in _ORDER.items())
    rows = ", ".join(f"('{code}', {start}, {condition})" for code, (start, condition) in measures.items())
    conditions = dict.fromkeys(condition for _, condition in measures.values())
    return f"""
select w.unit, m.measure, 1 as value, greatest(f.position, w.position) as position, f.stated, f.subject
from (
    select subject, {newest}, max(rank) filter (where step <> 'transferred') as newest,
        max(rank) filter (where step = 'transferred' and receiver is not null) as handed_over,
        max(rank) filter (where step = 'transferred' and receiver is null) as away
    from (
        select f.subject, f.step, f.receiver,
            ((f.on_date - date '{_EPOCH}')::bigint << {_DAY_BITS}) + o.place + f.stated as rank
        from step f
        join (values {order}) as o (step, place) on o.step = f.step
        where {AS_OF} and f.on_date <= %(last)s
    ) taken
    group by subject
) person
cross join lateral (values {rows}) as m (measure, start, holds)
join step f on f.stated = m.start & {_STATED} and {AS_OF}
join step w on w.stated = person.newest & {_STATED} and {AS_OF.replace("f.", "w.")}
where m.holds and coalesce(person.away < greatest(person.newest, person.handed_over), true)
    and ({" or ".join(conditions)})
"""


def _condition(indicator: Standing, rank: Callable[[tuple[str, ...]], str]) -> str:
    start = rank(indicator.of)
    after = [indicator.until]
    conditions = [f"{start} is not null"]
    if isinstance(indicator, Due):
        if indicator.lacking:
            after.append(indicator.lacking)
        if indicator.lapse:
            conditions.append(_lapses(indicator.lapse, start))
    conditions += [f"({rank(steps)} is null or {rank(steps)} < {start})" for steps in after if steps]
    return f"({' and '.join(conditions)})"


def _lapses(lapse: Lapse, start: str) -> str:
    day = f"(date '{_EPOCH}' + ({start} >> {_DAY_BITS})::integer)"
    name = lapse.months.name
    months = f"(%({name})s::integer[])[width_bucket({day}, %({name}_since)s::date[])]"
    end = f"({day} + make_interval(months => {months}))::date"
    if lapse.state == "over":
        return f"{end} <= %(last)s"
    return f"{end} > %(last)s and {end} <= (%(last)s::date + make_interval(months => %(notice_months)s))::date"


def _listed(steps: tuple[str, ...]) -> str:
    return ", ".join(f"'{step}'" for step in steps)
