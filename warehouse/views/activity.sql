-- Grain: one row per activity of a unit that stands.
select stated as position, unit, period, activity, on_date, participants, members, submission from activity where position_to is null
