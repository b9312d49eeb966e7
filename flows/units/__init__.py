"""The tree and its changes, from the official lists or from a CSV, told as events."""
