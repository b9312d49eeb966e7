"""Closed lists: what workbooks choose from, and what reports break down by."""
