-- Grain: one row per problem found in a workbook; why a person set one aside is such a problem.
insert into finding (position, number, submission, code, severity, sheet, cell, column_key)
select position, f.number, (data ->> 'submission')::uuid,
    f.item ->> 'code', f.item ->> 'severity', f.item ->> 'sheet', f.item ->> 'cell', f.item ->> 'column'
from told
cross join lateral jsonb_array_elements(
    data -> case type when 'SubmissionFoundInvalid' then 'findings' else 'warnings' end
) with ordinality as f (item, number)
where type in ('SubmissionFoundValid', 'SubmissionFoundInvalid')
union all
select position, 1, (data ->> 'submission')::uuid, 'aside.' || (data ->> 'reason'), 'error', null, null, null
from told
where type = 'SubmissionSetAside';
