"""A store of an earlier version, whose keys folded all letters: everybody is found, and who is not mailed stays so."""

import pytest
from earlier_schema import put_back
from sqlalchemy import insert, select

from digest.model import Audience, PersonSkip, Recipient
from digest.store import people
from digest.store.engine import open_store
from digest.store.tables import campaigns, deliveries, lists, subscribers, subscriptions, suppressions


@pytest.fixture
def earlier(store, store_url, tmp_path, now):
    """Puts a store back to how version 0007 kept these, and opens it again."""

    def made(addresses, suppressed=(), statuses=()):
        with store.write() as connection:
            connection.execute(insert(lists).values(id=1, name="members", title="Members"))
            connection.execute(
                insert(campaigns).values(
                    id=1, name="weekly-1", digest="weekly", period="1", status="sent", created_at=now
                )
            )
            for number, (address, key) in enumerate(addresses, start=1):
                connection.execute(
                    insert(subscribers).values(id=number, address=address, address_key=key, name="", created_at=now)
                )
                status = dict(enumerate(statuses, start=1)).get(number, "active")
                connection.execute(
                    insert(subscriptions).values(subscriber_id=number, list_id=1, status=status, since=now)
                )
                connection.execute(
                    insert(deliveries).values(
                        campaign_id=1, subscriber_id=number, address_key=key, state="queued", attempts=0, reason=""
                    )
                )
            for key in suppressed:
                connection.execute(insert(suppressions).values(address_key=key, reason="by hand", detail="", since=now))
            put_back(connection, "0007")
        store.close()
        reopened.append(open_store(store_url, base=tmp_path, var=tmp_path / "var"))
        return reopened[0]

    reopened = []
    yield made
    for one in reopened:
        one.close()


def found(store, address):
    with store.read() as connection:
        one = people.find(connection, address)
        return one and (one[0], people.suppression(connection, address))


def test_everybody_is_found_under_the_new_key_and_their_deliveries_with_them(earlier):
    addresses = [
        ("Ann@Example.org", "ann@example.org"),
        ("Bo@bücher.example", "bo@bücher.example"),
        ("Ż@b.co", "ż@b.co"),
    ]
    store = earlier(addresses)
    assert found(store, "ann@example.org") == (1, None)
    assert found(store, "bo@xn--bcher-kva.example") == (2, None)
    assert found(store, "Ż@B.co") == (3, None)
    with store.read() as connection:
        keys = connection.execute(select(deliveries.c.address_key).order_by(deliveries.c.subscriber_id)).scalars().all()
        held = connection.execute(select(subscribers.c.address_key).order_by(subscribers.c.id)).scalars().all()
    assert keys == held == ["ann@example.org", "bo@xn--bcher-kva.example", "Ż@b.co"]


def test_a_suppression_of_one_key_for_two_addresses_holds_for_both(earlier):
    store = earlier([("ſ@b.example", "s@b.example")], suppressed=["s@b.example"])
    assert found(store, "ſ@b.example") == (1, "by hand")
    with store.read() as connection:
        assert people.suppression(connection, "s@b.example") == "by hand"


def test_a_suppression_without_a_person_is_found_by_the_new_key(earlier):
    store = earlier([], suppressed=["gone@bücher.example"])
    with store.read() as connection:
        assert people.suppression(connection, "gone@xn--bcher-kva.example") == "by hand"


@pytest.mark.parametrize("left", [0, 1])
def test_two_rows_of_one_person_become_one_that_is_mailed_unless_one_has_left(earlier, now, left):
    addresses = [("bo@xn--bcher-kva.example", "bo@xn--bcher-kva.example"), ("bo@bücher.example", "bo@bücher.example")]
    statuses = ["active", "active"]
    statuses[left] = "unsubscribed"
    store = earlier(addresses, statuses=statuses)
    with store.read() as connection:
        assert not [one for one in people.members(connection, "members") if one.status is people.Status.ACTIVE]
        mailing = people.mailing(connection, Audience(list_names=("members",)), now)
        assert people.standing_of(connection, 1, mailing) is PersonSkip.UNSUBSCRIBED


def test_two_rows_of_one_person_are_mailed_once(earlier):
    addresses = [("bo@xn--bcher-kva.example", "bo@xn--bcher-kva.example"), ("bo@bücher.example", "bo@bücher.example")]
    store = earlier(addresses)
    with store.read() as connection:
        statuses = [one.status.value for one in people.members(connection, "members")]
    assert sorted(statuses) == ["active", "delisted"]


def test_whom_an_earlier_version_held_a_file_brought_and_nothing_more_is_known_of_them(earlier):
    store = earlier([("ann@example.org", "ann@example.org")])
    with store.read() as connection:
        (ann,) = people.members(connection, "members")
    assert (ann.origin, ann.recipient.fields) == (people.BroughtBy.FILE, {})


def test_people_whose_addresses_fold_alike_are_each_on_the_list(store, now):
    both = [Recipient(address="ſ@b.example"), Recipient(address="s@b.example")]
    with store.write() as connection:
        plan = people.plan_list(connection, name="members", title="", listed=both, max_removals=0.2)
        people.apply_list(connection, plan, now)
        people.suppress(connection, "ſ@b.example", reason="by hand", detail="", now=now)
    assert (found(store, "s@b.example")[1], found(store, "ſ@b.example")[1]) == (None, "by hand")
