-- Grain: one row per unit that ended and each unit that follows it.
select position, unit, successor, on_date from succession
