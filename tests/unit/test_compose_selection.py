from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.compose import expires_at, fingerprint, select
from digest.config import DigestConfig, SectionConfig
from digest.model import Event, ItemSkip, Newness, Post, Shown, Vacancy

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ALL_KINDS = DigestConfig(name="news", lists=("members",))


def post(key="post", **more):
    return Post(source="site", key=key, title=key, **{"first_seen_at": NOW - DAY, **more})


def event(key="event", **more):
    return Event(source="site", key=key, title=key, first_seen_at=NOW, **{"starts_at": NOW + 30 * DAY, **more})


def vacancy(key="vacancy", **more):
    return Vacancy(source="site", key=key, title=key, first_seen_at=NOW, **{"closes_at": NOW + 30 * DAY, **more})


def shown(item, newness=Newness.NEW, at=NOW - 7 * DAY):
    return Shown(source=item.source, key=item.key, newness=newness, fingerprint=fingerprint(item), shown_at=at)


def digest(*sections):
    return DigestConfig(name="news", lists=("members",), sections=sections)


def selection(items, *, digest=ALL_KINDS, shown=(), now=NOW):
    return select(items, digest=digest, shown=shown, now=now, zone=LONDON)


def fate(item, *earlier, now=NOW):
    """The newness or the reason that one item gets."""
    chosen = selection([item], shown=earlier, now=now)
    newness = [entry.newness for part in chosen.chosen for entry in part.entries]
    (verdict,) = newness + [skip.reason for skip in chosen.skipped]
    return verdict


def keys(items, section):
    return [entry.item.key for entry in selection(items, digest=digest(section)).chosen[0].entries]


def test_a_backdated_post_is_new_until_it_was_shown():
    late = post(published_at=NOW - 400 * DAY)
    assert fate(late) is Newness.NEW
    assert fate(late, shown(late)) is ItemSkip.ALREADY_SHOWN


def test_the_same_key_of_another_source_is_another_item():
    other = Post(source="blog", key="post", title="Elsewhere", first_seen_at=NOW)
    assert fate(post(), shown(other)) is Newness.NEW


def test_an_event_is_announced_then_reminded_once_inside_its_window():
    meeting = event(starts_at=NOW + 10 * DAY)
    announced = shown(meeting, at=NOW)
    reminded = shown(meeting, Newness.REMINDER, at=NOW + 4 * DAY)
    assert fate(meeting) is Newness.NEW
    assert fate(meeting, announced, now=NOW + 3 * DAY - HOUR) is ItemSkip.ALREADY_SHOWN
    assert fate(meeting, announced, now=NOW + 3 * DAY) is Newness.REMINDER
    assert fate(meeting, announced, reminded, now=NOW + 9 * DAY) is ItemSkip.ALREADY_SHOWN


def test_an_event_announced_inside_its_window_is_not_reminded():
    meeting = event(starts_at=NOW + 6 * DAY)
    assert fate(meeting, shown(meeting, at=NOW), now=NOW + 5 * DAY) is ItemSkip.ALREADY_SHOWN


def test_a_window_counts_local_days_over_a_clock_change():
    meeting = event(starts_at=datetime(2026, 10, 26, 8, tzinfo=LONDON))  # clocks go back the day before
    opens = datetime(2026, 10, 19, 8, tzinfo=LONDON)
    announced = shown(meeting, at=opens - 20 * DAY)
    assert fate(meeting, announced, now=opens - timedelta(seconds=1)) is ItemSkip.ALREADY_SHOWN
    assert fate(meeting, announced, now=opens) is Newness.REMINDER
    assert fate(meeting, shown(meeting, at=opens), now=opens + DAY) is ItemSkip.ALREADY_SHOWN


@pytest.mark.parametrize(
    "change",
    [{"starts_at": NOW + 31 * DAY}, {"location": "Town hall"}, {"ends_at": NOW + 32 * DAY}],
)
def test_another_date_or_place_is_news_once(change):
    before, after = event(), event(**change)
    assert fate(after, shown(before)) is Newness.MOVED
    assert fate(after, shown(before), shown(after, Newness.MOVED, at=NOW - DAY)) is ItemSkip.ALREADY_SHOWN


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": (NOW + 30 * DAY).astimezone(UTC)},
        {"ends_at": NOW + 30 * DAY + 3 * HOUR},
        {"summary": "Do come!"},
        {"location": "the  LIBRARY"},
    ],
)
def test_other_words_for_the_same_date_and_place_are_no_news(change):
    before = event(location="The library")
    after = event(**{"location": "The library", **change})
    assert fate(after, shown(before)) is ItemSkip.ALREADY_SHOWN


def test_an_event_that_gets_its_end_on_the_only_day_has_not_moved():
    start = datetime(2026, 3, 29, tzinfo=LONDON)  # a day of 23 hours
    before = event(starts_at=start, all_day=True)
    after = event(starts_at=start, all_day=True, ends_at=datetime(2026, 3, 30, tzinfo=LONDON))
    assert fingerprint(before) == fingerprint(after)


def test_a_moved_event_is_reminded_again_in_its_new_window():
    first, moved = event(starts_at=NOW + 6 * DAY), event(starts_at=NOW + 20 * DAY)
    ledger = [shown(first, at=NOW), shown(moved, Newness.MOVED, at=NOW + DAY)]
    assert fate(moved, *ledger, now=NOW + 12 * DAY) is ItemSkip.ALREADY_SHOWN
    assert fate(moved, *ledger, now=NOW + 13 * DAY) is Newness.REMINDER


def test_a_cancellation_is_told_once_and_only_to_those_who_knew():
    planned, off = event(), event(cancelled=True)
    told = shown(off, Newness.CANCELLED, at=NOW - DAY)
    assert fate(off) is ItemSkip.CANCELLED_EVENT
    assert fate(off, shown(planned)) is Newness.CANCELLED
    assert fate(off, told, shown(planned)) is ItemSkip.ALREADY_SHOWN
    assert fate(planned, shown(planned), told) is Newness.NEW


def test_a_post_that_turns_out_to_be_an_event_is_announced():
    assert fate(event("same"), shown(post("same"))) is Newness.NEW


@pytest.mark.parametrize(
    ("meeting", "end"),
    [
        (event(starts_at=NOW), NOW),
        (event(starts_at=NOW, ends_at=NOW + 2 * HOUR), NOW + 2 * HOUR),
        (
            event(starts_at=datetime(2026, 10, 25, tzinfo=LONDON), all_day=True),  # a day of 25 hours
            datetime(2026, 10, 26, tzinfo=LONDON),
        ),
        (event(starts_at=datetime(2026, 6, 9, 23, tzinfo=UTC), all_day=True), datetime(2026, 6, 11, tzinfo=LONDON)),
    ],
)
def test_an_event_is_shown_until_it_is_over(meeting, end):
    assert expires_at(meeting, LONDON) == end.astimezone(UTC)
    assert fate(meeting, now=end.astimezone(UTC) - timedelta(microseconds=1)) is Newness.NEW
    assert fate(meeting, now=end) is ItemSkip.PAST_EVENT


def test_a_vacancy_is_new_then_called_last_once_then_gone():
    job = vacancy(closes_at=NOW + 10 * DAY)
    new, last = shown(job, at=NOW), shown(job, Newness.LAST_CALL, at=NOW + 4 * DAY)
    assert fate(job) is Newness.NEW
    assert fate(job, new, now=NOW + 3 * DAY - HOUR) is ItemSkip.ALREADY_SHOWN
    assert fate(job, new, now=NOW + 3 * DAY) is Newness.LAST_CALL
    assert fate(job, last, new, now=NOW + 5 * DAY) is ItemSkip.ALREADY_SHOWN
    assert fate(job, new, now=NOW + 10 * DAY) is ItemSkip.CLOSED_VACANCY


def test_a_vacancy_first_seen_close_to_its_end_is_called_last_at_once():
    job = vacancy(closes_at=NOW + 2 * DAY)
    assert fate(job) is Newness.LAST_CALL
    assert fate(job, shown(job, Newness.LAST_CALL)) is ItemSkip.ALREADY_SHOWN


def test_a_vacancy_without_a_closing_date_is_shown_once():
    job = vacancy(closes_at=None)
    assert fate(job) is Newness.NEW
    assert fate(job, shown(job)) is ItemSkip.ALREADY_SHOWN


def test_the_first_section_that_takes_an_item_has_it():
    sections = (
        SectionConfig(kind="post", categories=("Seeds", "Tools")),
        SectionConfig(kind="post", sources=("blog",)),
        SectionConfig(kind="post", sources=("site",)),
    )
    tools = post("tools", categories=("Water", "tools"))
    blog = Post(source="blog", key="post", title="Elsewhere", first_seen_at=NOW)
    chosen = selection([tools, blog, post("rest"), event()], digest=digest(*sections))
    assert [[entry.item for entry in part.entries] for part in chosen.chosen] == [[tools], [blog], [post("rest")]]
    assert [(skip.key, skip.reason) for skip in chosen.skipped] == [("event", ItemSkip.NO_SECTION)]


def test_a_limit_cuts_the_least_urgent_which_stay_new():
    jobs = [vacancy("open", closes_at=None), vacancy("later"), vacancy("sooner", closes_at=NOW + 20 * DAY)]
    only_one = digest(SectionConfig(kind="vacancy", limit=1))
    first = selection(jobs, digest=only_one)
    assert [entry.item.key for entry in first.chosen[0].entries] == ["sooner"]
    assert [(skip.key, skip.reason) for skip in first.skipped] == [
        ("later", ItemSkip.OVER_LIMIT),
        ("open", ItemSkip.OVER_LIMIT),
    ]
    second = selection(jobs, digest=only_one, shown=[shown(jobs[2])])
    assert [(entry.item.key, entry.newness) for entry in second.chosen[0].entries] == [("later", Newness.NEW)]


def test_events_stand_by_start_vacancies_by_closing_date_and_posts_newest_first():
    events = [event("c", starts_at=NOW + 9 * DAY), event("a"), event("b")]
    jobs = [vacancy("open", closes_at=None), vacancy("late"), vacancy("soon", closes_at=NOW + DAY)]
    posts = [post("x"), post("y"), post("old", published_at=NOW - 9 * DAY), post("new", published_at=NOW)]
    assert keys(events, SectionConfig(kind="event")) == ["c", "a", "b"]
    assert keys(jobs, SectionConfig(kind="vacancy")) == ["soon", "late", "open"]
    assert keys(posts, SectionConfig(kind="post")) == ["new", "x", "y", "old"]


def test_what_an_editor_pinned_stands_first_and_the_others_keep_their_order():
    posts = [post(key, first_seen_at=NOW - days * DAY) for days, key in enumerate("abc")]
    pinned = post("pinned", first_seen_at=NOW - 9 * DAY, pinned=True)
    assert keys([*posts, pinned], SectionConfig(kind="post")) == ["pinned", "a", "b", "c"]


def test_of_a_series_each_date_that_is_not_told_has_its_reason():
    dates = [event(f"choir/{week}", series="choir", starts_at=NOW + (30 + 7 * week) * DAY) for week in range(3)]
    made = selection(dates, shown=[shown(dates[0])])
    assert [entry for part in made.chosen for entry in part.entries] == []
    assert {skip.key for skip in made.skipped} == {date.key for date in dates}
