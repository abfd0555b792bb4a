"""What brought a person to a list, and what more is known of them, on real databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import Recipient
from digest.store import people
from digest.store.people import BroughtBy, Change, Status
from digest.store.people.changes import subscribe

ADA = Recipient(address="ada@example.org", name="Ada", fields={"region": "Tayside", "role": "Baker"})
BO = Recipient(address="bo@example.org")
CY = Recipient(address="cy@example.org")
OTHERS = [origin for origin in BroughtBy if origin is not BroughtBy.FILE]


def plan(store, listed, name="members"):
    with store.read() as connection:
        return people.plan_list(connection, name=name, title=name, listed=listed, max_removals=1)


def apply(store, listed, now, name="members"):
    planned = plan(store, listed, name)
    with store.write() as connection:
        people.apply_list(connection, planned, now)


def join(store, person, now, origin):
    with store.write() as connection:
        subscribe(connection, people.known_lists(connection)["members"], [person], now, origin=origin)


def standing(store):
    with store.read() as connection:
        return {one.recipient.address[:2]: (one.status, one.origin) for one in people.members(connection, "members")}


def known(store, person):
    with store.read() as connection:
        found = people.find(connection, person.address)[1]
    return found.name, dict(found.fields)


@pytest.mark.parametrize("origin", OTHERS)
def test_a_file_takes_away_only_whom_a_file_brought(store, now, origin):
    apply(store, [ADA, BO], now)
    join(store, CY, now, origin)
    assert [one.address for one in plan(store, [ADA]).removed] == ["bo@example.org"]
    apply(store, [ADA], now)
    assert standing(store) == {
        "ad": (Status.ACTIVE, BroughtBy.FILE),
        "bo": (Status.DELISTED, BroughtBy.FILE),
        "cy": (Status.ACTIVE, origin),
    }


@pytest.mark.parametrize("origin", OTHERS)
def test_who_joined_and_is_then_listed_stays_when_the_file_drops_them(store, now, origin):
    apply(store, [ADA], now)
    join(store, CY, now, origin)
    apply(store, [ADA, CY], now)
    apply(store, [ADA], now)
    assert standing(store)["cy"] == (Status.ACTIVE, origin)


def test_whom_a_file_dropped_and_who_then_joins_by_themselves_no_file_takes_away(store, now):
    apply(store, [ADA, BO], now)
    apply(store, [ADA], now)
    join(store, BO, now, BroughtBy.SIGN_UP)
    assert plan(store, [ADA]).removed == ()
    assert standing(store)["bo"] == (Status.ACTIVE, BroughtBy.SIGN_UP)


def test_who_joins_between_a_plan_and_its_application_is_not_taken_away(store, now):
    apply(store, [ADA, BO], now)
    planned = plan(store, [ADA])
    apply(store, [ADA], now)
    join(store, BO, now, BroughtBy.SIGN_UP)
    with store.write() as connection:
        people.apply_list(connection, planned, now)
    assert standing(store)["bo"] == (Status.ACTIVE, BroughtBy.SIGN_UP)


def test_who_left_is_not_brought_back_by_whatever_brings_people(store, now):
    apply(store, [ADA, BO], now)
    with store.write() as connection:
        bo, _ = people.find(connection, BO.address)
        people.unsubscribe(connection, [bo], list(people.known_lists(connection).values()), now)
    for origin in BroughtBy:
        join(store, BO, now + timedelta(days=1), origin)
    assert standing(store)["bo"] == (Status.UNSUBSCRIBED, BroughtBy.FILE)


def test_fields_are_kept_changed_and_emptied_by_the_file_that_has_them(store, now):
    apply(store, [ADA], now)
    assert known(store, ADA) == ("Ada", {"region": "Tayside", "role": "Baker"})
    assert not plan(store, [ADA]).changes
    other = replace(ADA, fields={"region": "Fife", "role": ""})
    assert plan(store, [other]).changed == (Change(was=ADA, now=replace(ADA, fields={"region": "Fife"})),)
    apply(store, [other], now)
    assert known(store, ADA) == ("Ada", {"region": "Fife"})
    assert not plan(store, [other]).changes


def test_a_list_without_fields_empties_nobodys(store, now):
    apply(store, [ADA], now)
    apply(store, [replace(ADA, fields={})], now, name="board")
    assert known(store, ADA) == ("Ada", {"region": "Tayside", "role": "Baker"})


def test_a_new_list_adds_its_fields_to_those_that_are_held(store, now):
    apply(store, [ADA, BO], now)
    apply(store, [Recipient(address="ADA@example.org", fields={"town": "Perth", "role": "Miller"})], now, name="board")
    assert known(store, ADA) == ("Ada", {"region": "Tayside", "role": "Miller", "town": "Perth"})
    assert known(store, BO) == ("", {})


def test_an_address_stays_as_it_was_first_written(store, now):
    apply(store, [ADA], now)
    assert not plan(store, [replace(ADA, address="Ada@Example.org")]).changes
