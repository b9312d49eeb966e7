"""What runs: Prefect flows, their steps, and the command line."""
