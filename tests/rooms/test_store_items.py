"""What was collected, on real databases: new, changed, unchanged, and the order that the ids keep."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event

from digest.model import Event, Post, Vacancy
from digest.store.content import items
from digest.store.content.items import Saved


def post(key, now, **values):
    return Post(source="posts", key=key, title=f"Post {key}", first_seen_at=now, **values)


def save(store, collected, now):
    with store.write() as connection:
        return items.save(connection, collected, now)


def load(store, **wanted):
    with store.read() as connection:
        return [stored.item for stored in items.load(connection, **wanted)]


@pytest.fixture
def writes(store):
    """The statements that change a table."""
    seen = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def see(_connection, _cursor, statement, *_):
        if statement.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE"):
            seen.append(statement)

    return seen


def test_an_item_comes_back_as_it_was_saved_whatever_its_kind(store, now):
    saved = [
        post("p", now, author='Zoë "Zed" O\'Neil 👩🏽‍🌾', categories=("Growing", "नमस्ते"), doubts=("no year",)),
        Event(source="posts", key="e", title="Swap", first_seen_at=now, starts_at=now, ends_at=now, location="Dairy"),
        Vacancy(source="posts", key="v", title="Job", first_seen_at=now, closes_at=now, salary="£21,500"),
    ]
    save(store, saved, now)
    assert load(store) == saved
    assert load(store, source="elsewhere") == []


def test_the_newest_is_first_within_a_collection_and_over_several(store, now):
    save(store, [post("2", now), post("1", now)], now)
    save(store, [post("4", now), post("3", now), post("2", now), post("1", now)], now)
    assert [item.key for item in load(store)] == ["4", "3", "2", "1"]


def test_a_second_collection_of_the_same_writes_nothing(store, now, writes):
    collected = [post("2", now, published_at=now), post("1", now)]
    assert save(store, collected, now) == Saved(new=2, changed=0, unchanged=0)
    writes.clear()
    again = [replace(item, first_seen_at=now + timedelta(hours=1)) for item in collected]
    assert save(store, again, now + timedelta(hours=1)) == Saved(new=0, changed=0, unchanged=2)
    assert writes == []


def test_a_changed_item_keeps_its_place_and_when_it_was_first_seen(store, now):
    save(store, [post("2", now), post("1", now)], now)
    later = now + timedelta(days=1)
    changed = replace(post("1", later), title="Mended")
    assert save(store, [post("2", now), changed], later) == Saved(new=0, changed=1, unchanged=1)
    assert [(item.key, item.title, item.first_seen_at) for item in load(store)] == [
        ("2", "Post 2", now),
        ("1", "Mended", now),
    ]
    with store.read() as connection:
        assert {one.item.key: one.item.first_seen_at for one in items.load(connection)} == {"1": now, "2": now}


def test_what_a_source_no_longer_lists_stays(store, now):
    save(store, [post("1", now)], now)
    save(store, [post("2", now)], now)
    assert save(store, [], now) == Saved(new=0, changed=0, unchanged=0)
    assert [item.key for item in load(store)] == ["2", "1"]


def test_the_same_key_in_two_sources_is_two_items(store, now):
    save(store, [post("1", now)], now)
    save(store, [replace(post("1", now), source="feed")], now)
    with store.read() as connection:
        ids = items.ids(connection, [("posts", "1"), ("feed", "1"), ("feed", "none")])
        assert set(ids) == {("posts", "1"), ("feed", "1")}
        assert items.get(connection, ids["feed", "1"]).source == "feed"
        assert items.get(connection, max(ids.values()) + 1) is None


def test_two_collectors_at_once_keep_every_item_once(store, now):
    collected = [post(str(number), now) for number in range(50, 0, -1)]
    together = Barrier(4)
    errors = []

    def collector():
        together.wait()
        try:
            save(store, collected, now)
        except Exception as error:  # noqa: BLE001  (collected for the assertion)
            errors.append(error)

    threads = [Thread(target=collector) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert load(store) == collected
