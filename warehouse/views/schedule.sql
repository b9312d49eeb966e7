-- Grain: one row per unit, year and milestone that stands.
select stated as position, unit, year, milestone, on_date, planned, submission from schedule where position_to is null
