"""How statements are spelt: alike for SQLite and PostgreSQL, and quick where a group of mails waits for them."""
