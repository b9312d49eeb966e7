-- Grain: one row per unit, year and target that stands.
select position, unit, year, target, value, submission from target where position_to is null
