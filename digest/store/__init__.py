"""What must be kept: items, people, campaigns and the outbox, in SQLite or PostgreSQL."""
