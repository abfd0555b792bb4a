"""The command line: thin, and quick to start; what a command needs is imported inside it."""

from digest.cli.main import main

__all__ = ["main"]
