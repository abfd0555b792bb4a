"""The halves of the day that are not written: "2-3.30pm", "11-1pm", "from 9 to 5", "10-16.30"; pure arithmetic."""

from dataclasses import replace

from digest.collect.dates.clocks import Clock

_EVENING = 19


def told(clock: Clock) -> Clock:
    """A time alone: up to 7 of the afternoon, 8.30 and what follows of the morning, "at 8" of the evening."""
    if not clock.open:
        return clock
    spoken = clock.hour == 8 and not clock.dotted and not (clock.certain and clock.minute)
    return replace(clock, hour=clock.hour + 12 if 1 <= clock.hour <= 7 or spoken else clock.hour)


def assumed(clock: Clock) -> bool:
    """Whether the half of the day is a guess: 10.30 and 12:15 are of the day."""
    return clock.open and not (9 <= clock.hour <= 12 and (clock.certain or clock.dotted))


def both_told(first: Clock, last: Clock) -> tuple[Clock, Clock]:
    """Both ends of a range; what is written of one tells the other."""
    if first.open and last.half is not None:
        return _before(first, last), last
    if first.open and last.open:
        start = told(first)
        if start.hour >= _EVENING and (last.hour % 12 + 12, last.minute) <= (start.hour, start.minute):
            start = replace(first, hour=first.hour % 12)  # "7 to 3"
        return start, after(start, last)
    if first.open:  # "10-16.30", "6 to midnight"
        return told(first) if last.midnight else replace(first, exact=True), last
    return first, after(first, last) if last.open else last


def _before(first: Clock, last: Clock) -> Clock:
    """The start shares the half of the end unless that turns the range round."""
    hour, end = first.hour % 12, (last.hour, last.minute)
    evening = (hour + 12, first.minute) < end if last.half == "pm" else (hour, first.minute) >= end  # "10-2am"
    return replace(first, hour=hour + 12 if evening else hour, exact=True)


def after(first: Clock, last: Clock) -> Clock:
    """The end is the next such hour behind the start."""
    hour, start = last.hour % 12, (first.hour, first.minute)
    late = (hour, last.minute) <= start < (hour + 12, last.minute)
    return replace(last, hour=hour + 12 if late else hour, exact=True)
