"""Prefect around the steps: its home and server, deployments, schedules."""
