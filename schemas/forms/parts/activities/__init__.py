"""What a unit held in the period: one sheet, with a list of kinds that is the form's own."""
