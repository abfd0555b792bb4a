"""Calendars (iCalendar, RFC 5545) -> what is found in them, within a budget of work; pure.

`parser` takes a calendar apart and `vevent` one event of it; `series` tells the next occurrences of one that recurs, by
the `recurrence` of its rule, and `rhythm` how often that is. `timezones` knows zones by their names, and by the
`observances` that a calendar defines.
"""

from digest.collect.calendar.parser import parse_calendar
from digest.collect.calendar.series import OCCURRENCES_AHEAD

__all__ = ["OCCURRENCES_AHEAD", "parse_calendar"]
