-- Grain: one row per rating of an organisation for a year that stands.
select stated as position, unit, year, rated_by, proposed, decided, submission from rating where position_to is null
