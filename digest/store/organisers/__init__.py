"""Who runs the mail, as far as the store remembers it."""
