-- Grain: one row per step of a person that stands.
select f.stated as position, f.subject, f.unit, f.step, f.on_date, f.total, f.present, f.votes_for, f.votes_against,
    round(100.0 * f.votes_for / nullif(f.total, 0), 1) as share_for, f.submission, s.received_on
from step f
left join submission s using (submission)
where f.position_to is null
