"""People and their way: the sheet that introduces nominees, and the one of the steps that they took."""
