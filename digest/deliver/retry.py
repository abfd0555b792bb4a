"""When a deferred delivery is tried again; pure."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
_JITTER = 0.25


def next_attempt(
    attempts: int, *, first_tried_at: datetime, now: datetime, give_up_after: timedelta, random: float
) -> datetime | None:
    """When to try next, or None to give up (RFC 5321 section 4.5.4.1).

    Waits double from five minutes to four hours, each up to a quarter longer by chance so that deliveries which
    were deferred together do not come back together.

    Args:
        attempts: made so far, at least one.
        first_tried_at: when the first of them was made.
        now: when the last of them failed.
        give_up_after: counted from the first attempt; nothing is tried later than this.
        random: from 0 to 1.
    """
    doublings = min(attempts - 1, 16)  # far beyond the longest wait, and no overflow
    wait = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT) * (1 + _JITTER * random)
    attempt = now + wait
    return attempt if attempt <= first_tried_at + give_up_after else None
