"""Who is listed and who has left, on real databases."""

from datetime import timedelta

import pytest

from digest.model import PersonSkip, Recipient
from digest.store import people
from digest.store.people import Status

ADA = Recipient(address="Ada@example.org", name="Ada")
BO = Recipient(address="bo@example.org", name="Bó 🧑‍🌾")
CY = Recipient(address="cy@example.org")


def plan(store, listed, max_removals=0.2):
    with store.read() as connection:
        return people.plan_list(connection, name="members", title="Members", listed=listed, max_removals=max_removals)


def apply(store, listed, now):
    planned = plan(store, listed)
    with store.write() as connection:
        people.apply_list(connection, planned, now)
    return planned


def statuses(store):
    with store.read() as connection:
        return {m.recipient.address: m.status for m in people.members(connection, "members")}


def test_a_plan_writes_nothing_and_its_application_leaves_nothing_to_do(store, now):
    assert [r.address for r in plan(store, [ADA, BO]).added] == ["Ada@example.org", "bo@example.org"]
    assert statuses(store) == {}
    apply(store, [ADA, BO], now)
    assert statuses(store) == {"Ada@example.org": Status.ACTIVE, "bo@example.org": Status.ACTIVE}
    assert not plan(store, [ADA, BO]).changes


def test_a_name_with_emoji_is_kept_and_changed_by_the_file(store, now):
    apply(store, [ADA, BO], now)
    with store.read() as connection:
        assert people.find(connection, "BO@example.org")[1] == BO
    apply(store, [ADA, Recipient(address="bo@example.org", name="Bo Two")], now)
    with store.read() as connection:
        assert people.find(connection, "bo@example.org")[1].name == "Bo Two"


def test_who_is_dropped_from_the_file_is_delisted_and_may_come_back(store, now):
    apply(store, [ADA, BO], now)
    apply(store, [ADA], now)
    assert statuses(store)["bo@example.org"] is Status.DELISTED
    apply(store, [ADA, BO], now)
    assert statuses(store)["bo@example.org"] is Status.ACTIVE


def test_who_unsubscribed_is_not_brought_back_by_the_file(store, now):
    apply(store, [ADA, BO], now)
    with store.write() as connection:
        list_id = people.known_lists(connection)["members"]
        bo, _ = people.find(connection, "bo@example.org")
        assert people.unsubscribe(connection, bo, [list_id], now) is True
        assert people.unsubscribe(connection, bo, [list_id], now + timedelta(days=1)) is False
    again = apply(store, [ADA, BO], now)
    assert again.kept_out == ((BO, PersonSkip.UNSUBSCRIBED),)
    assert not again.changes
    assert statuses(store)["bo@example.org"] is Status.UNSUBSCRIBED
    apply(store, [ADA], now)
    apply(store, [ADA, BO], now)
    assert statuses(store)["bo@example.org"] is Status.UNSUBSCRIBED


def test_one_address_is_one_person_however_it_is_written(store, now):
    apply(store, [ADA], now)
    planned = plan(store, [Recipient(address="ada@EXAMPLE.org")])
    assert not planned.changes


@pytest.mark.parametrize(("kept", "guarded"), [(9, False), (8, False), (7, True), (0, True)])
def test_the_guard_asks_before_a_large_removal(store, now, kept, guarded):
    everybody = [Recipient(address=f"m{number}@example.org") for number in range(10)]
    apply(store, everybody, now)
    assert plan(store, everybody[:kept]).removes_too_many is guarded


def test_a_single_removal_never_asks(store, now):
    apply(store, [ADA, BO], now)
    assert not plan(store, [ADA]).removes_too_many
