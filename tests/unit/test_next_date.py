"""An event that one post tells on several dates: the next stands, the further ones are told with it, none is news."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sample_edition import edition, event, render, section, text_of

from digest.collect import Found
from digest.collect.evidence import candidates, words_of
from digest.collect.facts.further import dates_together
from digest.collect.resolve import resolve
from digest.compose import compose, edited, expired, fingerprint, on_its_next_date, still_true
from digest.config import Config, DigestConfig, Network, SectionConfig, Sender, SourceConfig
from digest.model import Edit, Event, Newness, Shown

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
CONFIG = Config(network=Network(name="Growers", timezone="Europe/London"), sender=Sender(email="news@example.org"))
EVENTS = DigestConfig(name="news", lists=("members",), sections=(SectionConfig(kind="event"),))
SOURCE = SourceConfig(name="network", kind="export", path=Path("posts.txt"))
FIRST = datetime(2026, 3, 3, 19, tzinfo=LONDON)
EVENINGS = Event(
    source="network",
    key="willow",
    title="Willow weaving",
    first_seen_at=FIRST - 9 * DAY,
    starts_at=FIRST,
    dates=tuple(FIRST + number * 7 * DAY for number in range(3)),
    ends_at=FIRST + timedelta(hours=2),
    book_by=FIRST - DAY,
    abstracts_by=FIRST - 2 * DAY,
)


def days_of(title, body):
    found = Found(key="k", title=title, text=body)
    item = resolve(found, source=SOURCE, first_seen_at=datetime(2026, 2, 20, 8, tzinfo=UTC), zone=LONDON)
    assert isinstance(item, Event)
    assert not item.dates or item.starts_at == item.dates[0]
    return [f"{one:%d %b %H:%M}" for one in item.dates]


@pytest.mark.parametrize(
    ("body", "dates"),
    [
        (
            "Join us for willow weaving on Tuesdays 3, 10 and 17 March, 7-9pm, in the Old Forge, Ludlow. All welcome.",
            ["03 Mar 19:00", "10 Mar 19:00", "17 Mar 19:00"],
        ),
        (
            "All welcome to our talks in the Guildhall, at 7pm:\n\nThursday 5 March: Bees\nThursday 2 April: Bats\n",
            ["05 Mar 19:00", "02 Apr 19:00"],
        ),
    ],
)
def test_every_date_to_come_of_a_series_is_kept(body, dates):
    assert days_of("Evenings for everybody: a workshop", body) == dates


def test_a_date_before_the_others_that_is_over_is_not_of_next_year():
    words = words_of("Repair", "On 7 February, 7 March and 4 April.", reference=date(2026, 2, 20))
    found = candidates(words)
    assert found[0].read.first == date(2027, 2, 7)
    assert [one.read.first for one in dates_together(found[1], found, words)] == [date(2026, 3, 7), date(2026, 4, 4)]


@pytest.mark.parametrize(
    "body",
    [
        "Join us for our roadshow, all welcome:\n\n- 7 March, Town Hall, Leeds\n- 14 March, Guildhall, York\n",
        "Join our summer school in Moss Hall, all welcome:\n\n- 7 July: arrival\n- 8 July: practice\n- 9 July: show\n",
        "Our workshop is on 12 March at 2pm in the Library, all welcome. The next one will be on 9 April.",
        "All welcome to the workshop in the Library:\n\nTuesday 3 March, 2pm\nTuesday 10 March, 7pm\n",
    ],
)
def test_other_places_hours_or_days_in_a_row_are_no_series(body):
    assert days_of("A workshop", body) == []


@pytest.mark.parametrize(
    ("now", "starts"),
    [(FIRST - DAY, FIRST), (FIRST + DAY, FIRST + 7 * DAY), (FIRST + 15 * DAY, FIRST + 14 * DAY)],
)
def test_the_next_date_stands_until_the_last_is_over(now, starts):
    current = on_its_next_date(EVENINGS, now, LONDON)
    assert (current.starts_at, current.ends_at) == (starts, starts + timedelta(hours=2))
    assert bool(expired(current, now, LONDON)) == (now > EVENINGS.dates[-1])
    assert current.book_by == (EVENINGS.book_by if starts == FIRST else None)
    assert current.abstracts_by == (EVENINGS.abstracts_by if starts == FIRST else None)


def test_a_date_keeps_its_hour_when_the_clocks_change():
    late = replace(EVENINGS, dates=(FIRST, FIRST + 28 * DAY))
    assert on_its_next_date(late, FIRST + DAY, LONDON).starts_at.isoformat() == "2026-03-31T19:00:00+01:00"


def made(item, ledger, now):
    return compose([item], digest=EVENTS, config=CONFIG, shown=ledger, period="p", now=now)


def test_each_date_is_reminded_of_and_the_next_is_no_news():
    ledger, told = [], []
    for week in range(5):
        now = FIRST + (7 * week - 8) * DAY
        for entry in made(EVENINGS, ledger, now).entries:
            told.append((entry.newness, entry.item.starts_at.day))
            shown = fingerprint(entry.item)
            ledger.append(Shown(source="network", key="willow", newness=entry.newness, fingerprint=shown, shown_at=now))
    assert told == [(Newness.NEW, 3), (Newness.REMINDER, 3), (Newness.REMINDER, 10), (Newness.REMINDER, 17)]


def test_a_date_more_is_news():
    shown = Shown(
        source="network",
        key="willow",
        newness=Newness.NEW,
        fingerprint=fingerprint(EVENINGS),
        shown_at=FIRST - 9 * DAY,
    )
    more = replace(EVENINGS, dates=(*EVENINGS.dates, FIRST + 21 * DAY))
    assert [one.newness for one in made(more, [shown], FIRST - 8 * DAY).entries] == [Newness.MOVED]


def test_an_edition_that_is_sent_late_tells_the_next_date():
    frozen = made(EVENINGS, [], FIRST - DAY)
    (entry,) = still_true(frozen, FIRST + DAY).entries
    assert entry.item.starts_at == FIRST + 7 * DAY


def test_a_start_set_by_hand_is_the_only_one():
    by_hand = Edit(source="network", key="willow", starts_at=FIRST + DAY)
    assert edited(EVENINGS, by_hand).dates == ()


def test_a_mail_tells_the_further_dates_and_none_that_is_over():
    start = event().starts_at
    dates = tuple(start + number * 7 * DAY for number in (-1, 0, 1, 2))
    further = text_of(render(edition(section(event(dates=dates)))))
    assert f"Also on {(start + 7 * DAY).day}" in further
    assert "Also on" not in text_of(render(edition(section(event(dates=dates[:2])))))
