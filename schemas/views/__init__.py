"""What analysts read, and the words that explain it."""
