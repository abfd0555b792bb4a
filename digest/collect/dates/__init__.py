"""A grammar of dates and times of day as people write them, in every language that has its table of words; pure.

Nothing here guesses: what is not a whole date by these rules is none, and what is vague or counted from another day
says so. Where dates may be looked for, and what they mean, is decided by cue words in `digest.collect.prose`.
"""

from digest.collect.dates.finding import find_dates, heading_year, writes_month_first
from digest.collect.dates.moments import MIDNIGHT, ReadTime, WrittenTime, read_time
from digest.collect.dates.times import find_times
from digest.collect.dates.vocabulary import MONTH, WEEKDAY
from digest.collect.dates.written import ReadDate, WrittenDate, read_date
from digest.collect.dates.zones import WrittenZone, find_zones, zone_on

__all__ = [
    "MIDNIGHT",
    "MONTH",
    "WEEKDAY",
    "ReadDate",
    "ReadTime",
    "WrittenDate",
    "WrittenTime",
    "WrittenZone",
    "find_dates",
    "find_times",
    "find_zones",
    "heading_year",
    "read_date",
    "read_time",
    "writes_month_first",
    "zone_on",
]
