"""What an item is; apart from the items themselves, since commands name kinds before they need any."""

from enum import StrEnum


class Kind(StrEnum):
    """What an item is."""

    POST = "post"  # something a member wrote
    EVENT = "event"  # a conference or network meeting, with a date
    VACANCY = "vacancy"  # a position, usually with a closing date
