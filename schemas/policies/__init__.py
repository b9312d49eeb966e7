"""Rules that differ from place to place and from year to year: what they are, how they are written, what holds when."""
