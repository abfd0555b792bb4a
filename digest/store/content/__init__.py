"""What sources yielded and what editors set on it."""
