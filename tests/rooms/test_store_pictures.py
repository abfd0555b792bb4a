"""What is kept of pictures, on real databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from digest.model import Picture, PictureFile, Post
from digest.store.content import items, pictures
from digest.store.tables import items as item_table

AT = "https://example.org/a.jpg"


def picture(name: str) -> Picture:
    return Picture(
        large=PictureFile(name=f"{name * 32}.jpg", width=1200, height=800),
        small=PictureFile(name=f"{name * 31}0.png", width=480, height=320),
    )


@pytest.fixture
def kept(store, now):
    with store.write() as connection:
        pictures.keep(connection, picture("a"), now)
        pictures.record_found(connection, AT, picture("a"), version="7", now=now)
        pictures.record_trouble(connection, "https://example.org/b", "is gone", version="", failures=2, now=now)
    return store


def test_a_picture_is_found_by_its_address_and_its_name(kept):
    with kept.read() as connection:
        assert pictures.pictures_at(connection, [AT, "https://example.org/b"]) == {AT: picture("a")}
        assert pictures.named(connection, [picture("a").large.name]) == {picture("a").large.name: picture("a")}


def test_what_came_of_an_address_is_remembered(kept, now):
    with kept.read() as connection:
        known = pictures.asked(connection, [AT, "https://example.org/b", "https://example.org/c"])
    assert (known[AT].picture, known[AT].version, known[AT].failures) == (picture("a").large.name, "7", 0)
    failed = known["https://example.org/b"]
    assert (failed.picture, failed.failures, failed.trouble, failed.asked_at) == (None, 2, "is gone", now)
    assert len(known) == 2


def test_an_address_that_fails_later_keeps_what_it_gave(kept, now):
    with kept.write() as connection:
        pictures.record_trouble(connection, AT, "is gone", version="", failures=1, now=now)
        assert pictures.pictures_at(connection, [AT]) == {AT: picture("a")}


def test_of_very_many_addresses_each_is_found(kept, now):
    with kept.read() as connection:
        many = [f"https://example.org/{n}" for n in range(1_200)]
        assert pictures.pictures_at(connection, [*many, AT]) == {AT: picture("a")}


def test_what_is_used_by_either_name_stays(kept, now):
    later = now + timedelta(days=9)
    with kept.write() as connection:
        assert pictures.unused(connection, later) == {picture("a").large.name, picture("a").small.name}
        pictures.touch(connection, [picture("a").small.name], later)
        assert pictures.erase_unused(connection, later - timedelta(days=1)) == 0
        assert pictures.files(connection) == {picture("a").large.name, picture("a").small.name}


def test_what_is_unused_goes_with_the_addresses_that_gave_it(kept, now):
    with kept.write() as connection:
        assert pictures.erase_unused(connection, now + timedelta(days=1)) == 1
        assert pictures.asked(connection, [AT, "https://example.org/b"]) == {}
        assert pictures.files(connection) == frozenset()


def test_the_newest_items_pictures_come_first(store, now):
    def post(key, url):
        return Post(source="posts", key=key, title=key, first_seen_at=now, image_url=url)

    with store.write() as connection:
        items.save(connection, [post("new", "https://example.org/n"), post("plain", None), post("old", AT)], now)
        found = items.picture_addresses(connection, which=select(item_table.c.id))
    assert found == [("posts", "https://example.org/n"), ("posts", AT)]
