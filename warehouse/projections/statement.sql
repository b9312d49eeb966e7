-- Grain: one row per fact that a return states; {key} names what it is about, {types} are the types of facts.
-- A fact that came with no return is ordered before all that did.
insert into statement (position, key, last)
select told.position, md5({key})::uuid, coalesce(s.last, date '0001-01-01')
from told
left join submission s on s.submission = (told.cause ->> 'submission')::uuid
where told.type in ({types});
