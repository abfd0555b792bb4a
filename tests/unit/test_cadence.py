from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose import Coming, Due, Missed, coming, due, next_due, period_of
from digest.config import DigestConfig

SECOND = timedelta(seconds=1)
LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Half-hour DST, gaps at and up to midnight, a day left out whole, offsets of 45 minutes, no DST at all.
ODD_ZONES = (
    "America/Havana",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
)


def digest(every="week", on=None, at="08:00", **more):
    return DigestConfig(name="news", lists=("members",), every=every, on=on, at=at, **more)


def london(*parts):
    return datetime(*parts, tzinfo=LONDON)


@cache
def clock_changes(zone):
    """The days from 2005 to 2027, at midnight UTC, before which a zone's offset changed."""
    days = [datetime(2005, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(23 * 365)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False) if before != after] or days


@st.composite
def near_a_clock_change(draw):
    zone = draw(zones)
    change = draw(st.sampled_from(clock_changes(zone)))
    return zone, change + draw(st.timedeltas(timedelta(days=-3), timedelta(days=2)))


zones = st.sampled_from(ODD_ZONES).map(ZoneInfo)
instants = st.integers(0, 115 * 366 * 86_400).map(lambda second: datetime(1975, 1, 1, tzinfo=UTC) + second * SECOND)
here_and_now = st.one_of(near_a_clock_change(), st.tuples(zones, instants))
times_of_day = st.one_of(st.times(), st.sampled_from([time(0), time(0, 30), time(1, 30), time(2, 30), time(23, 30)]))
ons = st.one_of(
    st.tuples(st.just("day"), st.one_of(st.none(), st.lists(st.sampled_from(WEEKDAYS), min_size=1).map(tuple))),
    st.tuples(st.sampled_from(["week", "2 weeks"]), st.one_of(st.none(), st.sampled_from(WEEKDAYS))),
    st.tuples(
        st.just("month"),
        st.one_of(
            st.none(),
            st.integers(1, 28),
            st.just("last"),
            st.builds(
                "{} {}".format,
                st.sampled_from(["first", "second", "third", "fourth", "last"]),
                st.sampled_from(WEEKDAYS),
            ),
        ),
    ),
)
digests = st.builds(lambda rhythm, at: digest(*rhythm, at=at), ons, times_of_day)


def moments(digest, start, zone, number):
    found = [next_due(digest, start, zone)]
    while len(found) < number:
        found.append(next_due(digest, found[-1], zone))
    return found


@given(digests, here_and_now)
def test_moments_strictly_increase_and_each_has_a_period_of_its_own(digest, here_and_now):
    zone, now = here_and_now
    found = moments(digest, now, zone, 6)
    assert found[0] > now
    assert all(earlier < later for earlier, later in pairwise(found))
    periods = [period_of(digest, moment, zone) for moment in found]
    assert len(set(periods)) == len(periods)


@given(digests, here_and_now)
def test_what_is_due_is_the_moment_before_the_next(digest, here_and_now):
    zone, now = here_and_now
    latest, coming = due(digest, now, zone), next_due(digest, now, zone)
    assert latest.moment <= now < coming
    assert next_due(digest, latest.moment, zone) == coming
    assert due(digest, coming, zone).moment == coming
    assert due(digest, coming - timedelta(microseconds=1), zone).moment == latest.moment


@given(digests, here_and_now)
def test_what_is_due_says_its_period_and_how_late_it_is(digest, here_and_now):
    zone, now = here_and_now
    latest = due(digest, now, zone)
    assert latest.period == period_of(digest, latest.moment, zone)
    assert latest.lateness == now - latest.moment
    assert isinstance(latest, Missed) == (latest.lateness > digest.max_lateness)


@given(st.sampled_from(WEEKDAYS), times_of_day, here_and_now)
def test_no_week_is_lost(weekday, at, here_and_now):
    zone, now = here_and_now
    weekly = digest("week", weekday, at)
    found = moments(weekly, now, zone, 5)
    weeks = [datetime.strptime(period_of(weekly, moment, zone) + "-1", "%G-W%V-%u") for moment in found]  # noqa: DTZ007
    assert all(later - earlier == timedelta(weeks=1) for earlier, later in pairwise(weeks))


@given(st.sampled_from(WEEKDAYS), times_of_day, here_and_now, st.dates(date(2001, 1, 1), date(2040, 1, 1)))
def test_every_second_week_counts_from_the_week_that_it_starts_in(weekday, at, here_and_now, starting):
    zone, now = here_and_now
    fortnightly = digest("2 weeks", weekday, at, starting=starting)
    periods = [period_of(fortnightly, moment, zone) for moment in moments(fortnightly, now, zone, 4)]
    mondays = [datetime.strptime(f"{period}-1", "%G-W%V-%u").date() for period in periods]  # noqa: DTZ007
    anchor = starting - timedelta(days=starting.weekday())
    assert {(monday - anchor).days % 14 for monday in mondays} == {0}
    assert {(later - earlier).days for earlier, later in pairwise(mondays)} == {14}


@pytest.mark.parametrize(
    ("starting", "now", "period"),
    [
        (date(2026, 11, 25), london(2026, 11, 23), "2026-W48"),
        (date(2026, 11, 25), london(2026, 12, 6, 23), "2026-W48"),  # the second of the two weeks
        (date(2026, 12, 28), london(2027, 1, 5), "2026-W53"),  # a year of 53 weeks shifts nothing
        (date(2026, 12, 28), london(2027, 1, 11), "2027-W02"),
    ],
)
def test_two_weeks_are_named_by_their_first(starting, now, period):
    assert period_of(digest("2 weeks", starting=starting), now, LONDON) == period


def test_on_a_day_to_skip_nothing_is_due_and_the_next_is():
    weekly = digest("week", skip=("2026-12-28", date(2027, 1, 4)))
    assert next_due(weekly, london(2026, 12, 21, 9), LONDON) == london(2027, 1, 11, 8)
    late = due(weekly, london(2027, 1, 4, 8), LONDON)
    assert (late.period, type(late)) == ("2026-W52", Missed)


def test_an_edition_is_drafted_so_long_before_it_is_due():
    weekly = digest("week", prepare_before="24h")
    assert coming(weekly, london(2026, 11, 22, 7, 59), LONDON) is None
    moment = london(2026, 11, 23, 8)
    assert coming(weekly, london(2026, 11, 22, 8), LONDON) == Coming(period="2026-W48", moment=moment)
    assert coming(weekly, moment, LONDON) is None  # it is due now
    assert coming(digest("week"), moment - SECOND, LONDON) is None


@pytest.mark.parametrize(("every", "most"), [("day", 23), ("week", 144), ("2 weeks", 312), ("month", 648)])
def test_an_edition_is_drafted_after_the_one_before_it_is_due(every, most):
    assert digest(every, prepare_before=f"{most}h").prepare_before == timedelta(hours=most)
    with pytest.raises(ValueError, match=f"write {most} hours at most"):
        digest(every, prepare_before=f"{most + 1}h")


@given(ons.filter(lambda rhythm: rhythm[0] == "month"), times_of_day, here_and_now)
def test_no_month_is_lost(rhythm, at, here_and_now):
    zone, now = here_and_now
    monthly = digest(*rhythm, at=at)
    months = [period_of(monthly, moment, zone) for moment in moments(monthly, now, zone, 14)]
    numbers = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    assert all(later - earlier == 1 for earlier, later in pairwise(numbers))


@pytest.mark.parametrize("zone", [zone for zone in ODD_ZONES if zone != "Pacific/Apia"])
@pytest.mark.parametrize("at", ["00:00", "00:30", "02:30", "23:30"])
def test_a_daily_digest_is_due_on_every_day_of_years_with_clock_changes(zone, at):
    found = moments(digest("day", at=at), datetime(2023, 12, 31, 12, tzinfo=UTC), ZoneInfo(zone), 731)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in found]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


@given(digests, here_and_now)
def test_the_answer_does_not_depend_on_the_zone_that_now_is_written_in(digest, here_and_now):
    zone, now = here_and_now
    for other in (ZoneInfo("Pacific/Apia"), zone):
        assert due(digest, now.astimezone(other), zone) == due(digest, now, zone)
        assert next_due(digest, now.astimezone(other), zone) == next_due(digest, now, zone)
        assert period_of(digest, now.astimezone(other), zone) == period_of(digest, now, zone)


def test_what_is_due_depends_on_the_days_where_the_network_is_though_now_is_written_two_days_away():
    here, there = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Niue")  # 25 hours apart
    early = datetime(2026, 11, 23, 0, 30, tzinfo=here)
    assert early.astimezone(there).date().day == 21
    assert due(digest("day", at="00:15"), early.astimezone(there), here).lateness == timedelta(minutes=15)
    late = datetime(2026, 11, 21, 23, 30, tzinfo=there)
    coming = next_due(digest("day", at="23:45"), late.astimezone(here), there)
    assert coming - late.astimezone(UTC) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("every", "now", "period"),
    [
        ("week", london(2026, 11, 23, 8), "2026-W48"),
        ("week", london(2026, 12, 31, 8), "2026-W53"),
        ("week", london(2027, 1, 3, 23, 59), "2026-W53"),
        ("week", london(2027, 1, 4), "2027-W01"),
        ("week", london(2024, 12, 30), "2025-W01"),
        ("day", london(2028, 2, 29, 8), "2028-02-29"),
        ("month", london(2026, 11, 30, 23), "2026-11"),
        ("month", datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "2026-07"),  # already July in London
    ],
)
def test_a_period_is_named_by_the_local_date(every, now, period):
    assert period_of(digest(every), now, LONDON) == period


@pytest.mark.parametrize(
    ("every", "on", "now", "expected"),
    [
        ("week", None, london(2026, 11, 23, 7, 59), london(2026, 11, 23, 8)),
        ("week", None, london(2026, 11, 23, 8), london(2026, 11, 30, 8)),
        ("week", "friday", london(2026, 12, 30), london(2027, 1, 1, 8)),
        ("day", ("monday", "thursday"), london(2026, 11, 23, 9), london(2026, 11, 26, 8)),
        ("month", None, london(2026, 11, 23), london(2026, 12, 1, 8)),
        ("month", 28, london(2027, 1, 28, 9), london(2027, 2, 28, 8)),
        ("month", "last", london(2028, 2, 1), london(2028, 2, 29, 8)),
        ("month", "last", london(2026, 12, 31, 9), london(2027, 1, 31, 8)),
        ("month", "first monday", london(2026, 11, 3), london(2026, 12, 7, 8)),
        ("month", "fourth friday", london(2026, 11, 1), london(2026, 11, 27, 8)),
        ("month", "last friday", london(2026, 10, 1), london(2026, 10, 30, 8)),
    ],
)
def test_the_next_moment_follows_every_and_on(every, on, now, expected):
    assert next_due(digest(every, on), now, LONDON) == expected.astimezone(UTC)


def test_a_time_that_clocks_jump_over_is_due_at_the_first_instant_after_the_gap():
    nightly = digest("day", at="02:30")
    first = next_due(nightly, datetime(2026, 3, 28, 12, tzinfo=BERLIN), BERLIN)
    assert first.astimezone(BERLIN) == datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)
    assert next_due(nightly, first, BERLIN) == datetime(2026, 3, 30, 2, 30, tzinfo=BERLIN).astimezone(UTC)


def test_a_time_that_occurs_twice_is_due_once_the_first_time():
    nightly = digest("day", at="02:30")
    first = next_due(nightly, datetime(2026, 10, 24, 12, tzinfo=BERLIN), BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_due(nightly, first, BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_what_was_due_at_midnight_stays_due_when_clocks_go_back_over_it():
    st_johns = ZoneInfo("America/St_Johns")  # at 00:01 on 7 November 2010 it was 23:01 on the 6th again
    midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    repeated = midnight + timedelta(minutes=5)
    assert period_of(digest("day"), repeated, st_johns) == "2010-11-06"
    latest = due(digest("day", at="00:00"), repeated, st_johns)
    assert (latest.moment, latest.period) == (midnight, "2010-11-07")


def test_a_gap_up_to_midnight_does_not_push_a_mail_into_the_next_day():
    nuuk = ZoneInfo("America/Nuuk")  # 22:59:59 on 28 March 2026 is followed by midnight
    late = next_due(digest("day", at="23:30"), datetime(2026, 3, 28, 12, tzinfo=nuuk), nuuk)
    assert late.astimezone(nuuk) == datetime(2026, 3, 28, 22, 59, 59, tzinfo=nuuk)


def test_a_day_that_a_zone_left_out_has_no_daily_mail_but_the_week_has_its_own():
    apia = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011, a Friday
    before = datetime(2011, 12, 29, 12, tzinfo=apia)
    assert next_due(digest("day"), before, apia).astimezone(apia) == datetime(2011, 12, 31, 8, tzinfo=apia)
    assert next_due(digest("week", "friday"), before, apia).astimezone(apia) == datetime(2011, 12, 31, tzinfo=apia)


@pytest.mark.parametrize(
    ("late", "answer"),
    [(timedelta(0), Due), (timedelta(hours=6), Due), (timedelta(hours=6, microseconds=1), Missed)],
)
def test_an_edition_is_missed_once_it_is_later_than_allowed(late, answer):
    weekly = digest("week", max_lateness="6 hours")
    moment = london(2026, 11, 23, 8).astimezone(UTC)
    assert due(weekly, moment + late, LONDON) == answer(period="2026-W48", moment=moment, lateness=late)


def test_lateness_counts_real_time_over_a_clock_change():
    daily = digest("day", at="00:30")
    now = datetime(2026, 10, 25, 12, tzinfo=LONDON)  # an hour was repeated in between
    assert due(daily, now, LONDON).lateness == timedelta(hours=12, minutes=30)
