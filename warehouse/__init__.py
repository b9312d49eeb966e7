"""The read side: tables, projections, the hierarchy over time, roll-ups."""
