-- Grain: one row per unit asked for and event about a unit, recorded between the two positions, by which its facts come
-- into other figures than before: it holds of a unit on the way from the one asked for to those above it, as that way
-- was known before or is known after, and below the unit whose figure is asked for.
with recursive way (of, known, unit, link) as (
    select asked.unit, moment.known, asked.unit, null::bigint
    from unnest(%(units)s::uuid[] || %(root)s::uuid) as asked (unit)
    cross join unnest(array[%(before)s, %(after)s]::bigint[]) as moment (known)
    union
    select way.of, way.known, next.unit, next.link
    from way
    cross join lateral (
        select c.position, c.on_date, c.alive, c.on_date <= %(tree_on)s as begun
        from unit_change c
        where c.unit = way.unit and c.alive is not null and c.position <= way.known
        order by c.on_date <= %(tree_on)s desc, case when c.on_date <= %(tree_on)s then c.on_date end desc, c.on_date,
            c.position desc
        limit 1
    ) as life
    cross join lateral (
        select array_agg(followed.unit) as units, array_agg(followed.position) as links
        from (
            select s.successor as unit, s.position from succession s
            where life.begun and not life.alive and s.unit = way.unit and s.position = life.position
            union all
            select s.unit, s.position from succession s
            where not life.begun and s.successor = way.unit and s.on_date = life.on_date and s.position <= way.known
                and not exists (
                    select from unit_change c
                    where c.unit = s.unit and c.on_date = s.on_date and c.alive is not null
                        and c.position > s.position and c.position <= way.known
                )
        ) followed
    ) as follows
    cross join lateral (
        select followed.* from unnest(follows.units, follows.links) as followed (unit, link)
        union all
        select up.parent, up.position
        from (
            select c.parent, c.position from unit_change c
            where c.unit = way.unit and (c.parent is not null or c.alive) and c.position <= way.known
                and c.on_date <= case when life.begun and life.alive then %(tree_on)s else life.on_date end
            order by c.on_date desc, c.position desc
            limit 1
        ) up
        where follows.units is null and up.parent is not null
    ) as next
),
line as (
    -- Where the figure is a line of what the unit itself reported, its heirs and those above them decide whether it is.
    select from unnest(array[%(before)s, %(after)s]::bigint[]) as moment (known)
    cross join lateral (
        select c.alive and c.on_date <= %(tree_on)s as living from unit_change c
        where c.unit = %(root)s::uuid and c.alive is not null and c.position <= moment.known
        order by c.on_date <= %(tree_on)s desc, case when c.on_date <= %(tree_on)s then c.on_date end desc, c.on_date,
            c.position desc
        limit 1
    ) as life
    where not life.living
),
below as (
    -- What happened above the unit whose figure it is moves nothing in it.
    select distinct way.of, way.unit from way
    where way.of = any(%(units)s::uuid[]) and (
        way.of = %(root)s::uuid and exists (select from line)
        or not exists (
            select from way above
            where above.of = %(root)s::uuid and above.known = way.known and above.unit = way.unit
                and above.unit <> %(root)s::uuid
        )
    )
),
organisation as (
    select asked.unit as of, asked.unit from unnest(%(units)s::uuid[]) as asked (unit)
    union
    select asked.unit, up.parent
    from unnest(%(units)s::uuid[]) as asked (unit)
    cross join unnest(array[%(before)s, %(after)s]::bigint[]) as moment (known)
    cross join lateral (
        select c.parent from unit_change c
        where c.unit = asked.unit and (c.parent is not null or c.alive) and c.position <= moment.known
        order by c.on_date <= %(last)s desc, case when c.on_date <= %(last)s then c.on_date end desc, c.on_date,
            c.position desc
        limit 1
    ) up
    where up.parent is not null
),
holding as (
    select below.of, held.position
    from below
    cross join unnest(%(days)s::date[]) as on_day (day)
    cross join unnest(array['life', 'superior']) as about (what)
    cross join lateral (
        select c.position from unit_change c
        where c.unit = below.unit and c.position <= %(after)s
            and (c.alive is not null or about.what = 'superior' and c.parent is not null)
        order by c.on_date <= on_day.day desc, case when c.on_date <= on_day.day then c.on_date end desc, c.on_date,
            c.position desc
        limit 1
    ) held
    union all
    select way.of, way.link from way join below using (of, unit) where way.known = %(after)s
    union all
    select way.of, way.link from way where way.known = %(after)s and way.of = any(%(units)s::uuid[])
        and way.unit = %(root)s::uuid
    union all
    select organisation.of, held.position
    from organisation
    cross join unnest(%(days)s::date[]) as on_day (day)
    cross join unnest(%(traits)s::text[]) as about (trait)
    cross join lateral (
        select c.position from unit_change c
        where c.unit = organisation.unit and c.position <= %(after)s
            and case about.trait when 'kind' then c.kind else c.name end is not null
        order by c.on_date <= on_day.day desc, case when c.on_date <= on_day.day then c.on_date end desc, c.on_date,
            c.position desc
        limit 1
    ) held
)
select distinct of::text, position from holding where position > %(before)s order by position
