"""The workbooks that units fill in."""
