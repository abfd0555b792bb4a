"""What happens to one person, or on one list, happens to nobody else and on no other, on real databases."""

from datetime import timedelta

import pytest
from rooms.test_store_outbox import listing, person
from sqlalchemy import select

from digest.model import Recipient
from digest.store import people
from digest.store.tables import subscribers, subscriptions, suppressions

DAY = timedelta(days=1)
ADA, BO, CY = person("ada"), person("bo"), person("cy")


def everything_of(store, recipient):
    """Every row about a person."""
    key = recipient.address.casefold()
    with store.read() as connection:
        own = connection.execute(select(subscribers).where(subscribers.c.address_key == key)).one()
        links = select(subscriptions).where(subscriptions.c.subscriber_id == own.id).order_by(subscriptions.c.list_id)
        gone = select(suppressions).where(suppressions.c.address_key == key)
        return own, connection.execute(links).all(), connection.execute(gone).all()


def id_of(connection, recipient):
    return people.find(connection, recipient.address)[0]


def leave(store, now, *names):
    with store.write() as connection:
        known = people.known_lists(connection)
        people.unsubscribe(connection, [id_of(connection, BO)], [known[name] for name in names], now)


def suppress(store, now):
    with store.write() as connection:
        people.suppress(connection, BO.address, reason="told", detail="", now=now)


CHANGES = {
    "renamed": lambda store, now: listing(store, now, members=[ADA, Recipient(address=BO.address, name="New"), CY]),
    "dropped": lambda store, now: listing(store, now, members=[ADA, CY]),
    "brought back": lambda store, now: listing(store, now, board=[ADA, BO, CY]),
    "gone": lambda store, now: leave(store, now, "members"),
    "gone everywhere": lambda store, now: leave(store, now, "members", "board"),
    "suppressed": suppress,
}


@pytest.fixture
def three(store, now):
    """Three people on a list, two of them on another, whom a file dropped from a third."""
    listing(store, now, members=[ADA, BO, CY], board=[ADA, BO, CY], others=[ADA, BO, CY])
    listing(store, now, board=[ADA, CY])
    return store


@pytest.mark.parametrize("change", CHANGES)
def test_what_happens_to_one_person_happens_to_nobody_else(three, now, change):
    others, mine = [everything_of(three, one) for one in (ADA, CY)], everything_of(three, BO)
    CHANGES[change](three, now + DAY)
    assert everything_of(three, BO) != mine
    assert [everything_of(three, one) for one in (ADA, CY)] == others


@pytest.mark.parametrize("change", ["renamed", "dropped", "gone", "brought back"])
def test_what_happens_on_one_list_happens_on_no_other(three, now, change):
    def elsewhere():
        with three.read() as connection:
            standing = people.memberships(connection, id_of(connection, BO))
        return {name: stands for name, stands in standing.items() if name not in touched}

    touched = {"board"} if change == "brought back" else {"members"}
    before = elsewhere()
    CHANGES[change](three, now + DAY)
    assert elsewhere() == before


def test_a_file_without_names_takes_nobodys_name(three, now):
    listing(three, now, board=[ADA, Recipient(address=BO.address), CY], fourth=[Recipient(address=BO.address)])
    assert everything_of(three, BO)[0].name == BO.name


def test_a_new_list_renames_those_it_names_and_no_others(three, now):
    others = [everything_of(three, one)[0] for one in (ADA, CY)]
    listing(three, now, fourth=[Recipient(address=BO.address, name="New"), Recipient(address=CY.address)])
    assert everything_of(three, BO)[0].name == "New"
    assert [everything_of(three, one)[0] for one in (ADA, CY)] == others


def test_who_left_and_is_on_a_new_list_is_still_gone_from_the_old(three, now):
    leave(three, now, "members")
    listing(three, now, members=[ADA, BO, CY], fourth=[BO])
    with three.read() as connection:
        standing = people.memberships(connection, id_of(connection, BO))
    assert {name: status.value for name, (status, _) in standing.items()} == {
        "board": "delisted",
        "fourth": "active",
        "members": "unsubscribed",
        "others": "active",
    }


def test_active_subscriptions_are_counted_by_list_the_empty_ones_too(three, now):
    leave(three, now, "members")
    listing(three, now, nobody=[])
    with three.read() as connection:
        assert list(people.count_active(connection).items()) == [
            ("board", 2),
            ("members", 2),
            ("nobody", 0),
            ("others", 3),
        ]


@pytest.mark.parametrize(
    ("listed", "changes"),
    [
        ([ADA, BO, CY], False),
        ([ADA, BO, CY, person("di")], True),
        ([ADA, BO], True),
        ([ADA, BO, Recipient(address=CY.address, name="New")], True),
    ],
    ids=["nothing", "an addition", "a removal", "a new name"],
)
def test_a_plan_changes_something_if_anybody_is_added_removed_or_renamed(three, listed, changes):
    with three.read() as connection:
        plan = people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=1)
    assert plan.changes is changes
