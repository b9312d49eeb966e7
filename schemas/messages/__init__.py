"""What people read, in both languages."""
