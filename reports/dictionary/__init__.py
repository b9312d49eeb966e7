"""The data dictionary and the list of indicators as pages."""
