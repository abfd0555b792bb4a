"""Where an editor puts something; apart, for the command line offers it before anything else is loaded."""

from enum import StrEnum


class Step(StrEnum):
    """Where an editor puts something within its group."""

    UP = "up"
    DOWN = "down"
    FIRST = "first"
    LAST = "last"
