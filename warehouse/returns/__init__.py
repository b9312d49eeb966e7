"""What units owe and what they sent."""
