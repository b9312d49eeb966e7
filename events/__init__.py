"""The record: an append-only log of events, and the vault of what must be forgettable."""
