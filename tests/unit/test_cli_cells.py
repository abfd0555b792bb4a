from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from digest.cli.cells import when
from digest.model import Event, Post, Vacancy

LONDON = ZoneInfo("Europe/London")
COMMON = {"source": "s", "key": "k", "title": "T", "first_seen_at": datetime(2026, 11, 23, 8, tzinfo=LONDON)}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "expected"),
    [
        ("2026-12-04", None, True, "Fri 04 Dec 2026"),
        ("2026-12-04", "2026-12-05", True, "Fri 04 Dec 2026"),
        ("2026-12-04", "2026-12-07", True, "Fri 04 Dec 2026 to Sun 06 Dec 2026"),
        ("2026-10-24", "2026-10-26", True, "Sat 24 Oct 2026 to Sun 25 Oct 2026"),
        ("2026-12-04T19:00", None, False, "Fri 04 Dec 2026 19:00"),
        ("2026-12-04T19:00", "2026-12-04T21:30", False, "Fri 04 Dec 2026 19:00 to 21:30"),
        ("2026-12-04T19:00", "2026-12-05T00:00", False, "Fri 04 Dec 2026 19:00 to Sat 05 Dec 2026 00:00"),
    ],
)
def test_an_event_shows_its_first_and_its_last_day(starts, ends, all_day, expected):
    event = Event(**COMMON, starts_at=at(starts), ends_at=ends and at(ends), all_day=all_day)
    assert when(event, LONDON) == expected


@pytest.mark.parametrize(
    ("closes", "all_day", "expected"),
    [
        ("2026-11-28T00:00", True, "closes Fri 27 Nov 2026"),
        ("2026-11-27T17:00", False, "closes Fri 27 Nov 2026 17:00"),
        ("2026-10-26T00:00", True, "closes Sun 25 Oct 2026"),
    ],
)
def test_a_vacancy_shows_the_day_on_which_it_still_is_open(closes, all_day, expected):
    assert when(Vacancy(**COMMON, closes_at=at(closes), all_day=all_day), LONDON) == expected


def test_what_has_no_date_shows_none():
    assert (when(Post(**COMMON), LONDON), when(Vacancy(**COMMON), LONDON)) == ("", "")
