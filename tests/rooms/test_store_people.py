"""Who is listed and who has left, on real databases."""

from datetime import timedelta

import pytest

from digest.model import Audience, PersonSkip, Recipient
from digest.store import people
from digest.store.people import Change, KeptOut, ListPlan, Status

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
        assert people.unsubscribe(connection, [bo], [list_id], now) == {bo}
        assert people.unsubscribe(connection, [bo], [list_id], now + timedelta(days=1)) == set()
    again = apply(store, [ADA, BO], now)
    assert again.kept_out == (KeptOut(person=BO, why=PersonSkip.UNSUBSCRIBED),)
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


@pytest.mark.parametrize(
    ("removed", "active", "share", "guarded"),
    [
        (0, 0, 0.2, False),
        (0, 5, 0.2, False),
        (1, 1, 0.2, True),  # the last
        (1, 1, 1.0, False),
        (1, 2, 0.2, False),
        (2, 2, 0.2, True),
        (2, 2, 1.0, False),
        (2, 4, 0.2, True),
        (2, 9, 0.2, True),
        (2, 10, 0.2, False),
        (1, 10, 0.05, False),
        (3, 10, 0.2, True),
        (9, 10, 0.9, False),
        (10, 10, 0.99, True),
    ],
)
def test_the_guard_asks_where_more_than_the_share_or_the_last_would_go(removed, active, share, guarded):
    gone = tuple(Recipient(address=f"m{number}@example.org") for number in range(removed))
    what = {"name": "members", "title": "Members", "added": (), "changed": (), "kept_out": ()}
    assert ListPlan(**what, removed=gone, active=active, max_removals=share).removes_too_many is guarded
    if share == 0.2:
        assert ListPlan(**what, removed=gone, active=active).removes_too_many is guarded


def test_everybody_who_was_ever_on_a_list_is_told_by_address_with_since_when_and_why_not(store, now):
    later = now + timedelta(days=1)
    apply(store, [CY, BO, ADA], now)
    apply(store, [CY, BO], later)
    with store.write() as connection:
        people.suppress(connection, "BO@example.org", reason="bounced", detail="550", now=now)
        people.suppress(connection, "bo@example.org", reason="again", detail="", now=later)
    with store.read() as connection:
        told = [(one.recipient, one.status, one.since, one.suppressed) for one in people.members(connection, "members")]
        assert told == [
            (ADA, Status.DELISTED, later, None),
            (BO, Status.ACTIVE, now, "bounced"),
            (CY, Status.ACTIVE, now, None),
        ]
        assert people.suppression(connection, "Bo@Example.org") == "bounced"
        assert people.suppression(connection, ADA.address) is None
        assert list(people.members(connection, "others")) == []
    apply(store, [ADA, CY, BO], later + timedelta(days=1))
    with store.read() as connection:
        assert {one.since for one in people.members(connection, "members")} == {now, later + timedelta(days=1)}


def test_who_is_suppressed_is_listed_all_the_same_and_told_as_kept_out(store, now):
    with store.write() as connection:
        people.suppress(connection, "ADA@example.org", reason="bounced", detail="", now=now)
    planned = apply(store, [ADA, BO], now)
    assert planned.kept_out == (KeptOut(person=ADA, why=PersonSkip.SUPPRESSED, detail="bounced"),)
    assert planned.added == (ADA, BO)
    assert plan(store, [ADA, BO]).kept_out == planned.kept_out


def test_a_plan_names_who_is_added_removed_and_renamed_and_how_many_there_were(store, now):
    apply(store, [ADA, BO, CY], now)
    named = Recipient(address="CY@example.org", name="Cy")
    di = Recipient(address="di@example.org")
    planned = plan(store, [Recipient(address="ada@example.org"), named, di])
    assert (planned.added, planned.removed) == ((di,), (BO,))
    cy = Recipient(address="cy@example.org", name="Cy")
    assert planned.changed == (Change(was=CY, now=cy),)
    assert (planned.active, planned.kept_out) == (3, ())
    apply(store, [BO, named], now)
    assert plan(store, [BO, named]).active == 2
    assert not plan(store, [BO, named]).changes


def test_a_list_is_called_what_the_file_calls_it_last_and_titles_are_told_in_order(store, now):
    with store.write() as connection:
        for name, title in (("members", "Old"), ("members", "Members"), ("board", "Board"), ("others", "All others")):
            planned = people.plan_list(connection, name=name, title=title, listed=[], max_removals=0.2)
            people.apply_list(connection, planned, now)
        known = people.known_lists(connection)
        assert set(known) == {"members", "board", "others"}
        assert people.list_titles(connection, [known["members"], known["board"]]) == ("Board", "Members")
        assert people.list_titles(connection, []) == ()


def test_who_left_one_of_several_lists_has_not_left_them_all(store, now):
    with store.write() as connection:
        for name in ("members", "board", "others"):
            listed = [ADA, BO] if name != "others" else [BO]
            planned = people.plan_list(connection, name=name, title=name, listed=listed, max_removals=0.2)
            people.apply_list(connection, planned, now)
        known = people.known_lists(connection)
        ada, _ = people.find(connection, ADA.address)
        everywhere = list(known.values())
        assert people.has_left(connection, ada, everywhere) is False
        assert people.unsubscribe(connection, [ada], [known["members"]], now) == {ada}
        assert people.has_left(connection, ada, everywhere) is False
        assert people.has_left(connection, ada, [known["members"], known["others"]]) is True
        assert people.has_left(connection, ada, [known["others"]]) is False
        later = now + timedelta(days=1)
        assert people.unsubscribe(connection, [ada], everywhere, later) == {ada}
        assert people.memberships(connection, ada) == {
            "board": (Status.UNSUBSCRIBED, later),
            "members": (Status.UNSUBSCRIBED, now),
        }
        assert list(people.memberships(connection, ada)) == ["board", "members"]
        assert people.subscriber(connection, ada) == ADA
        assert people.subscriber(connection, ada + 100) is None
        assert people.find(connection, "nobody@example.org") is None


def test_why_somebody_may_not_be_mailed_is_told_the_strongest_reason_first(store, now):
    def standing(*names):
        with store.read() as connection:
            mailing = people.mailing(connection, Audience(list_names=names), now)
            return people.standing_of(connection, people.find(connection, ADA.address)[0], mailing)

    with store.write() as connection:
        for name, listed in (("members", [ADA, BO]), ("board", [ADA, BO]), ("dropped", [ADA, BO])):
            planned = people.plan_list(connection, name=name, title=name, listed=listed, max_removals=1)
            people.apply_list(connection, planned, now)
        dropped = people.plan_list(connection, name="dropped", title="dropped", listed=[BO], max_removals=1)
        people.apply_list(connection, dropped, now)
        known = people.known_lists(connection)
        people.unsubscribe(connection, [people.find(connection, ADA.address)[0]], [known["members"]], now)
    assert standing("board") is None
    assert standing("members", "board") is None
    assert standing("members") is standing("members", "dropped") is PersonSkip.UNSUBSCRIBED
    assert standing("dropped") is standing("nowhere") is PersonSkip.DELISTED
    with store.write() as connection:
        people.suppress(connection, ADA.address, reason="bounced", detail="", now=now)
    assert standing("board") is standing("members") is PersonSkip.SUPPRESSED


@pytest.mark.parametrize("listed", [[ADA], [ADA, BO]], ids=["removes them", "brings them back"])
def test_who_leaves_between_a_plan_and_its_application_has_left(store, now, listed):
    apply(store, [ADA, BO], now)
    if BO in listed:
        apply(store, [ADA], now)  # so that the file brings them back
    planned = plan(store, listed)
    assert planned.changes
    with store.write() as connection:
        bo, _ = people.find(connection, BO.address)
        people.unsubscribe(connection, [bo], [people.known_lists(connection)["members"]], now)
        people.apply_list(connection, planned, now + timedelta(days=1))
        assert people.memberships(connection, bo) == {"members": (Status.UNSUBSCRIBED, now)}
