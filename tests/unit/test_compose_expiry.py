"""When an item is over, as an instant in UTC whatever zone it is listed in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.compose.expiry import expired, expires_at
from digest.model import Event, ItemSkip, Post, Vacancy

AUCKLAND = ZoneInfo("Pacific/Auckland")
NINE = datetime(2026, 11, 24, 9, tzinfo=AUCKLAND)
WHAT = {"source": "site", "key": "1", "title": "One", "first_seen_at": NINE}


@pytest.mark.parametrize(
    ("item", "instant"),
    [
        (Vacancy(**WHAT, closes_at=NINE), "2026-11-23T20:00:00+00:00"),
        (Event(**WHAT, starts_at=NINE), "2026-11-23T20:00:00+00:00"),
        (Event(**WHAT, starts_at=NINE, ends_at=NINE + timedelta(hours=2)), "2026-11-23T22:00:00+00:00"),
        (Event(**WHAT, starts_at=NINE, all_day=True), "2026-11-24T11:00:00+00:00"),
    ],
)
def test_an_item_is_over_at_one_instant_to_the_second(item, instant):
    end = expires_at(item, AUCKLAND)
    assert end.isoformat() == instant
    assert expired(item, end - timedelta(seconds=1), AUCKLAND) is None
    over = ItemSkip.PAST_EVENT if isinstance(item, Event) else ItemSkip.CLOSED_VACANCY
    assert expired(item, end.astimezone(ZoneInfo("America/Lima")), AUCKLAND) is over


@pytest.mark.parametrize("item", [Post(**WHAT, published_at=NINE), Vacancy(**WHAT)])
def test_what_has_no_end_is_never_over(item):
    assert expires_at(item, AUCKLAND) is None
    assert expired(item, datetime(2200, 1, 1, tzinfo=UTC), AUCKLAND) is None
