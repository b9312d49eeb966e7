-- Grain: one row per unit and quarter for which it owes a workbook: it lived, as a kind that reports, on its last day.
select l.unit, q.quarter, q.due
from unnest(%(quarters)s::text[], %(quarter_ends)s::date[], %(dues)s::date[]) as q (quarter, last, due)
join (
    select unit, alive, on_date as since,
        lead(on_date, 1, 'infinity') over (partition by unit order by on_date, position) as until
    from unit_change where alive is not null and position <= %(position)s
) l on l.alive and l.since <= q.last and q.last < l.until
join (
    select unit, kind, on_date as since,
        lead(on_date, 1, 'infinity') over (partition by unit order by on_date, position) as until
    from unit_change where kind is not null and position <= %(position)s
) k on k.unit = l.unit and k.kind = any(%(reporting_kinds)s) and k.since <= q.last and q.last < k.until
