"""Mails and pages in a real browser."""
