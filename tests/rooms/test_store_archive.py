"""Which campaigns the archive has, in which order, on both databases; and those of an earlier version."""

from datetime import timedelta

import pytest
from earlier_schema import put_back
from sqlalchemy import insert

from digest.model import ITSELF, CampaignStatus, Event
from digest.store import archive, campaigns
from digest.store.content import items
from digest.store.engine import open_store
from digest.store.tables import campaigns as table
from digest.store.tables import deliveries, subscribers

DAY = timedelta(days=1)


@pytest.fixture
def put(store, now):
    def put(name, *, days=0, shown=True, **fields):
        values = {"digest": "weekly", "period": name, "status": CampaignStatus.SENT, "public": True, "edition": "{}"}
        with store.write() as connection:
            made = campaigns.create(
                connection, name=name, by=ITSELF, list_names=[], now=now + days * DAY, **(values | fields)
            )
            campaigns.set_shown(connection, made.id, now if shown else None)
        return made

    return put


def names(store, closed=(), **page):
    with store.read() as connection:
        return [one.name for one in archive.page(connection, closed, **({"limit": 9} | page))]


def test_they_come_in_pages_by_when_they_were_made(store, put):
    for name, days in (("second", 1), ("third", 2), ("first", 0)):
        put(name, days=days)
    assert names(store) == ["third", "second", "first"]
    assert names(store, limit=1, offset=1) == ["second"]
    with store.read() as connection:
        assert archive.neighbours(connection, "second", ()) == ("first", "third")
        assert archive.neighbours(connection, "first", ()) == (None, "second")


def test_of_those_made_at_once_the_later_written_is_the_later(store, put):
    for name in ("a", "c", "b"):
        put(name)
    assert names(store) == ["b", "c", "a"]
    with store.read() as connection:
        assert archive.neighbours(connection, "c", ()) == ("a", "b")


def test_what_is_closed_or_shown_to_nobody_yet_is_not_among_them(store, put):
    put("weekly-1")
    put("board-1", digest="board")
    put("weekly-2", shown=False)
    put("weekly-3", public=False)
    assert names(store, closed=("board",)) == ["weekly-1"]
    with store.read() as connection:
        assert archive.count(connection, ("board",)) == 1
        assert [archive.find(connection, f"weekly-{n}", ()) is None for n in (1, 2, 3)] == [False, True, True]


def test_since_when_somebody_has_it_stays_until_it_is_another_mail(store, put, now):
    made = put("weekly-1")
    for since, expected in ((now + DAY, now), (None, None), (now + DAY, now + DAY)):
        with store.write() as connection:
            campaigns.set_shown(connection, made.id, since)
        with store.read() as connection:
            found = archive.find(connection, "weekly-1", ())
        assert (found and found.shown_since) == expected


def test_the_stamp_is_another_when_something_is_shown_edited_or_gone(store, put, now):
    def stamp():
        with store.read() as connection:
            return archive.stamp(connection, ())

    event = Event(source="diary", key="e", title="E", first_seen_at=now, starts_at=now + DAY)
    with store.write() as connection:
        items.save(connection, [event], now)
    stamps = [stamp(), stamp()]
    put("weekly-1")
    stamps.append(stamp())
    with store.write() as connection:
        compared = items.comparable("diary", since=now, lists_everything=True)
        items.withdraw(connection, "diary", [], now, compared=compared)
    stamps.append(stamp())
    assert stamps[0] == stamps[1]
    assert len(set(stamps)) == 3


def test_what_is_told_otherwise_of_a_series_changes_its_occurrences_alone(store, now):
    days = [now + week * 7 * DAY for week in (1, 2)]
    soups = [
        Event(source="diary", key=f"soup/{n}", series="soup", title="Soup", first_seen_at=now, starts_at=day)
        for n, day in enumerate(days)
    ]
    other = Event(source="diary", key="tea", title="Tea", first_seen_at=now, starts_at=now + DAY)
    with store.write() as connection:
        items.save(connection, [*soups, other], now)
        items.touch(connection, items.are_of_series("diary", "soup"), now + DAY)
    with store.read() as connection:
        changed = items.changes(connection, which=items.comparable("diary", since=now, lists_everything=True))
    assert [changed["diary", key] for key in ("soup/0", "soup/1", "tea")] == [now + DAY, now + DAY, now]


def test_of_an_earlier_version_the_editions_that_somebody_has_are_shown(store, store_url, tmp_path, now):
    row = {"status": "sent", "created_at": now, "edition": "{}"}
    with store.write() as connection:
        for number, digest in enumerate(("weekly", "weekly", "announcement"), start=1):
            named = {"id": number, "name": f"{digest}-{number}", "digest": digest, "period": str(number)}
            connection.execute(insert(table).values(**row, **named, last_sent_at=now + DAY))
        person = {"id": 1, "address": "a@example.org", "address_key": "a@example.org", "created_at": now}
        connection.execute(insert(subscribers).values(**person))
        for campaign, state in ((1, "accepted"), (2, "queued"), (3, "accepted")):
            one = {"campaign_id": campaign, "subscriber_id": 1, "address_key": "a@example.org", "state": state}
            connection.execute(insert(deliveries).values(**one))
        put_back(connection, "0010")
    store.close()
    reopened = open_store(store_url, base=tmp_path, var=tmp_path / "var")
    with reopened.read() as connection:
        (shown,) = archive.page(connection, (), limit=9)
    reopened.close()
    assert (shown.name, shown.shown_since) == ("weekly-1", now + DAY)
