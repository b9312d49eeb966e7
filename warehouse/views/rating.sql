-- Grain: one row per grassroots organisation and year that is rated.
select stated as position, unit, year, rated_by, proposed, decided, submission from rating where position_to is null
