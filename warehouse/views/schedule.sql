-- Grain: one row per milestone of a unit's yearly plan that stands.
select stated as position, unit, year, milestone, on_date, planned, submission from schedule where position_to is null
