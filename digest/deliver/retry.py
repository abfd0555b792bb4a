"""When a deferred delivery is tried again; pure."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=5)
SHORT_WAIT = timedelta(seconds=5)  # where the server only asked to slow down
LONGEST_WAIT = timedelta(hours=4)
_JITTER = 0.25
LATEST = LONGEST_WAIT * (1 + _JITTER)  # nothing is ever put off for longer


def next_attempt(
    attempts: int,
    *,
    first_tried_at: datetime,
    now: datetime,
    give_up_after: timedelta,
    random: float,
    first_wait: timedelta = FIRST_WAIT,
) -> datetime | None:
    """When to try next, or None to give up (RFC 5321 section 4.5.4.1).

    Waits double from the first to four hours, each up to a quarter longer by chance so that deliveries which
    were deferred together do not come back together.

    Args:
        attempts: made so far, at least one.
        first_tried_at: when the first of them was made.
        now: when the last of them failed.
        give_up_after: counted from the first attempt; nothing is tried later than this.
        random: from 0 to 1.
        first_wait: after the first attempt.
    """
    doublings = min(attempts - 1, 16)  # far beyond the longest wait, and no overflow
    wait = min(first_wait * 2**doublings, LONGEST_WAIT) * (1 + _JITTER * random)
    attempt = now + wait
    return attempt if attempt <= first_tried_at + give_up_after else None
