-- Grain: one row per value that was laid down for a policy.
insert into policy (position, policy, value, on_date, unit, form, kind, "order")
select position, data ->> 'policy', data ->> 'value', (data ->> 'on')::date, (data ->> 'unit')::uuid, data ->> 'form',
    data ->> 'kind', data ->> 'order'
from told where type = 'PolicySet';
