"""A year of ticks: outages, two schedulers and clocks that are wrong, and still one edition for each period.

The schedule is asked as the service asks it, and a set stands for the UNIQUE row of digest and period.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import Due, coming, due
from digest.config import DigestConfig

ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
LATENESS, STEP, HOUR = timedelta(hours=12), timedelta(hours=11), timedelta(hours=1)
HOLIDAYS = (date(2026, 4, 6), date(2026, 5, 25), date(2026, 12, 25), date(2026, 12, 28))
WITHIN = st.integers(24, 364 * 24).map(lambda hours: START + hours * HOUR)


class Service:
    """What a store remembers of the periods, and what was sent by it."""

    def __init__(self, digest, zone):
        self.digest, self.zone = digest, zone
        self.rows, self.sent = {}, []

    def ticks(self, *nows):
        """Ticks of several processes: all have looked before any of them writes."""
        for scheduled, kind in [one for now in nows for one in self._seen(now)]:
            if kind == "draft":
                self.rows.setdefault(scheduled.period, "drafted")
            elif kind == "send" and self.rows.get(scheduled.period) in {None, "drafted"}:
                self.rows[scheduled.period] = "sent"
                self.sent.append(scheduled)
            elif kind == "miss" and (self.rows.get(scheduled.period) == "drafted" or self.rows):
                self.rows.setdefault(scheduled.period, "missed")
                if self.rows[scheduled.period] == "drafted":
                    self.rows[scheduled.period] = "missed"

    def _seen(self, now):
        ahead, latest = coming(self.digest, now, self.zone), due(self.digest, now, self.zone)
        yield from [(ahead, "draft")] if ahead else []
        yield latest, "send" if isinstance(latest, Due) else "miss"


def wall_moments(digest, zone):
    """When it is due, by a calendar on the wall: none of the times here falls into a gap."""
    day = START.date() - timedelta(days=1)
    while day <= END.date():
        monday = day - timedelta(days=day.weekday())
        scheduled = {
            "day": day.weekday() in digest.days,
            "week": day.weekday() in digest.days,
            "2 weeks": day.weekday() in digest.days and (monday - date(2001, 1, 1)).days % 14 == 0,
            "month": day.day == 1,
        }[digest.every]
        if scheduled and day not in digest.skip:
            yield datetime.combine(day, digest.at, zone).astimezone(UTC)
        day += timedelta(days=1)


rhythms = st.sampled_from([("day", None), ("week", "monday"), ("2 weeks", "friday"), ("month", None)])
outages = st.lists(st.tuples(WITHIN, st.integers(1, 24 * 20).map(lambda hours: hours * HOUR)), max_size=5)
jumps = st.lists(st.tuples(WITHIN, st.integers(-24 * 9, 24 * 9).map(lambda hours: hours * HOUR)), max_size=3)


@pytest.mark.parametrize("zone", [ZoneInfo(name) for name in ZONES], ids=ZONES)
@given(rhythms, st.sampled_from([time(0), time(4, 30), time(8), time(23, 59)]), outages, jumps)
@settings(max_examples=4)
def test_a_year_has_one_edition_a_period_whatever_becomes_of_the_service(zone, rhythm, at, outages, jumps):
    every, on = rhythm
    digest = DigestConfig(
        name="news",
        lists=("members",),
        every=every,
        on=on,
        at=at,
        skip=HOLIDAYS,
        prepare_before="20h",
        max_lateness=LATENESS,
    )
    service = Service(digest, zone)
    moment = START
    up, wrong = [], []
    while moment < END:
        if not any(begin <= moment < begin + length for begin, length in outages):
            shift = next((by for begin, by in jumps if begin <= moment < begin + timedelta(days=1)), timedelta())
            service.ticks(moment + shift, moment)  # two processes, one of which may have a clock that is wrong
            up.append(moment)
            wrong += [moment + shift] if shift else []
        moment += STEP
    periods = [one.period for one in service.sent]
    assert len(set(periods)) == len(periods)
    moments = {one.moment for one in service.sent}
    expected = [one for one in wall_moments(digest, zone) if up[0] <= one < END - LATENESS]
    if not wrong:
        assert moments <= set(wall_moments(digest, zone))
    for one in expected:
        in_time = any(one <= tick <= one + LATENESS for tick in up)
        if in_time:
            assert one in moments or any(one <= tick for tick in wrong), one
        elif not wrong:
            assert one not in moments
    if not outages and not jumps:
        assert set(expected) <= moments
