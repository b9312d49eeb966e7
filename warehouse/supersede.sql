-- Grain: one row per event of the range that corrects or retracts another, with the position of that other.
create temp table superseded on commit drop as
select old.position, min(e.position) as position_to
from events.event e
join events.event old on old.stream = e.stream and old.stream_version = (e.body ->> 'supersedes')::integer
where e.position > %(after)s and e.position <= %(upto)s and strpos(e.body::text, '"supersedes":') > 0
group by old.position;
