-- Grain: one row per problem found in a workbook.
insert into finding (position, number, submission, code, severity, sheet, cell, column_key)
select e.position, f.number, (e.body #>> '{data,submission}')::uuid,
    f.item ->> 'code', f.item ->> 'severity', f.item ->> 'sheet', f.item ->> 'cell', f.item ->> 'column'
from events.event e
cross join lateral json_array_elements(
    e.body #> case e.type when 'SubmissionRejected' then '{data,findings}' else '{data,warnings}' end::text[]
) with ordinality as f (item, number)
where e.position > %(after)s and e.position <= %(upto)s and e.type in ('SubmissionAccepted', 'SubmissionRejected');
