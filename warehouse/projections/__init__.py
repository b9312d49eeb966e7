"""From the log to the tables: projecting, rebuilding, and how far behind they are."""
