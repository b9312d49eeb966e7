"""Forms as workbooks to fill in."""
