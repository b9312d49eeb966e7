-- Grain: one row per fact that a return states; {key} names what it is about, {types} are the types of facts.
-- A fact that came with no return is ordered before all that did.
insert into statement (position, key, last)
select told.position, md5({key})::uuid, coalesce(of.last, date '0001-01-01')
from told
left join (
    select named.submission, s.last
    from (select distinct cause ->> 'submission' as submission from told) named
    cross join lateral (select last from submission s where s.submission = named.submission::uuid offset 0) s
) of on of.submission = told.cause ->> 'submission'
where told.type in ({types});
