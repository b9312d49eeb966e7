-- Grain: one row per version of a nominee's coded facts.
insert into nominee (
    stated, position, position_to, unit, subject, identified_on, sex, birth_year, ethnic_minority, source_group,
    commitment, submission, sheet, "row"
)
select stated, position, position_to, (data ->> 'unit')::uuid, (data ->> 'subject')::uuid, (data ->> 'on')::date,
    data ->> 'sex', (data ->> 'birth_year')::smallint, (data ->> 'ethnic_minority')::boolean, data ->> 'source_group',
    data ->> 'commitment', (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact where type = 'NomineeIdentified';
