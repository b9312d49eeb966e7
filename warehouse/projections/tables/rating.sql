-- Grain: one row per version of the rating of an organisation for a year.
insert into rating (
    stated, position, position_to, unit, year, rated_by, proposed, decided, document, submission, sheet, "row"
)
select stated, position, position_to, (data ->> 'unit')::uuid, (data ->> 'year')::smallint, (data ->> 'by')::uuid,
    data ->> 'proposed', data ->> 'decided', data ->> 'document',
    (cause ->> 'submission')::uuid, cause ->> 'sheet', (cause ->> 'row')::integer
from fact where type = 'OrganisationRated';
