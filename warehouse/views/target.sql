-- Grain: one row per unit, year and target that stands.
select stated as position, unit, year, target, value, submission from target where position_to is null
