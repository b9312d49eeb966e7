-- Grain: one row per unit, period and measure that stands.
select stated as position, unit, period, measure, value, submission from membership where position_to is null
