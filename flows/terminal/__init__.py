"""What the command line is made of: answers, errors, help and progress in the person's language."""
