"""From a file's bytes to findings: reading, stacking, and what is checked."""
