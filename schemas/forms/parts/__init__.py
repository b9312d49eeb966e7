"""Sheets that several forms have, or that are an idea of their own: with their rules, their context and their facts."""
