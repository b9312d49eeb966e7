"""What must hold of the warehouse before a report is compiled."""
