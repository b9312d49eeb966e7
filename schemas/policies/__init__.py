"""Rules that differ from year to year."""
