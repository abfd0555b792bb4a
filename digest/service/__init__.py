"""The running service: what wakes the jobs."""
