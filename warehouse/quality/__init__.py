"""What must hold before a report may be compiled: checked in the database, and shown as pages."""
