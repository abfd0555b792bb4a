"""When on its day something begins and ends, and how far it reaches into other days; pure.

`of_day` finds the times that are the beginning and the end, `half_of_day` which half of it is meant where that is not
written, `programmes` a beginning among the lines of one; `spans` reads two dates of one sentence, `apart` what
stands elsewhere than its date.
"""

from digest.collect.hours.apart import time_on_closing_date, with_zone_apart
from digest.collect.hours.of_day import hours_of, time_beside
from digest.collect.hours.spans import end_apart, moved_to

__all__ = ["end_apart", "hours_of", "moved_to", "time_beside", "time_on_closing_date", "with_zone_apart"]
