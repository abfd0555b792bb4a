"""Email digests and announcements for a membership network."""

__version__ = "0.1.0"
