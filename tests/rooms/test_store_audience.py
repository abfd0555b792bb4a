"""Whom a mail is for, by lists, lists that are left out and a condition, on real databases."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from rooms.test_store_outbox import listing
from sqlalchemy import select, text

from digest.model import ITSELF, Audience, CampaignStatus, PersonSkip, Recipient
from digest.store import campaigns, outbox, people
from digest.store.people import standing
from digest.store.tables import deliveries

_NUMBERS = count(1)
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def person(name, **fields):
    return Recipient(address=f"{name}@example.org", fields=fields)


ADA = person("ada", region="Tayside", role="baker")
BO = person("bo", region="Fife")
CY = person("cy")
DI = person("di", region="""it's "odd" % \\ 🐝""", role="miller")


@pytest.fixture
def four(store, now):
    listing(store, now, members=[ADA, BO, CY, DI], board=[ADA, CY])
    return store


def reached(store, *names, without=(), where=""):
    audience = Audience(list_names=names or ("members",), without=without, where=where)
    with store.read() as connection:
        mailing = standing.mailing(connection, audience, NOW)
        rows = connection.execute(standing.meant(mailing)).all()
        mailed = [row.address_key[:2] for row in rows if row.reason == standing.MAY]
        assert outbox.count_audience(connection, mailing) == len(mailed)
        return mailed


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("", ["ad", "bo", "cy", "di"]),
        ("region = Tayside", ["ad"]),
        ("region != Tayside", ["bo", "cy", "di"]),
        ("region in (Tayside, Fife)", ["ad", "bo"]),
        ("region not in (Tayside, Fife)", ["cy", "di"]),
        ('region = ""', ["cy"]),
        ("role = baker or region = Fife", ["ad", "bo"]),
        ("role = baker and region = Fife", []),
        ("not (role = baker or region = Fife)", ["cy", "di"]),
        ("role = miller and not region = Fife", ["di"]),
        ("region = tayside", []),
        ("""region = 'it''s'""", None),
        ("nowhere = x", []),
    ],
)
def test_a_condition_chooses_those_who_meet_it(four, where, found):
    if found is None:
        with pytest.raises(ValueError, match="there should be"):
            reached(four, where=where)
    else:
        assert reached(four, where=where) == found


@pytest.mark.parametrize("value", ["x') OR 1=1 --", "100%", "a\\", "🐝", ":name", "?"])
def test_a_value_is_never_part_of_a_statements_words(four, now, value):
    listing(four, now, members=[replace(BO, fields={"region": value}), ADA, CY, DI])
    assert reached(four, where=f'region = "{value}"') == ["bo"]


def test_a_list_leaves_out_those_on_another_and_nobody_who_left_that(four, now):
    assert reached(four, without=("board",)) == ["bo", "di"]
    assert reached(four, "members", "board", without=("board",), where="region = Fife") == ["bo"]
    with four.write() as connection:
        board = people.known_lists(connection)["board"]
        people.unsubscribe(connection, [people.find(connection, CY.address)[0]], [board], now)
    assert reached(four, without=("board",)) == ["bo", "cy", "di"]


def campaign(store, now, **values):
    number = next(_NUMBERS)
    named = {"name": f"notice-{number}", "digest": "announcement", "period": str(number), "list_names": ("members",)}
    with store.write() as connection:
        made = campaigns.create(connection, by=ITSELF, status=CampaignStatus.SENDING, now=now, **named, **values)
        outbox.plan_deliveries(connection, made, now)
    return made


def planned(store, one):
    with store.read() as connection:
        query = select(deliveries).where(deliveries.c.campaign_id == one.id).order_by(deliveries.c.id)
        return {row.address_key[:2]: row.reason or row.state for row in connection.execute(query)}


def test_a_plan_has_a_row_for_those_it_is_for_and_for_who_left_but_for_nobody_else(four, now):
    with four.write() as connection:
        people.unsubscribe(
            connection, [people.find(connection, BO.address)[0]], list(people.known_lists(connection).values()), now
        )
    one = campaign(four, now, without_lists=("board",), condition="region != Tayside")
    assert planned(four, one) == {"bo": "unsubscribed", "di": "queued"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"members": [replace(BO, fields={"region": "Perth"}), ADA, CY, DI]}, PersonSkip.NOT_MEANT),
        ({"board": [ADA, BO, CY]}, PersonSkip.LEFT_OUT),
    ],
    ids=["another region", "on the list that is left out"],
)
def test_who_is_outside_by_the_time_of_the_claim_is_not_mailed_and_told_why(four, now, change, why):
    one = campaign(four, now, without_lists=("board",), condition="region = Fife")
    assert planned(four, one) == {"bo": "queued"}
    listing(four, now, **change)
    assert list(outbox.due(four, one, now)) == []
    assert planned(four, one) == {"bo": why.value}


def test_who_is_left_out_is_counted_by_why_and_a_sample_is_of_those_who_get_it(four, now):
    with four.write() as connection:
        people.suppress(connection, DI.address, reason="bounced", detail="", now=now)
        audience = Audience(list_names=("members",), without=("board",), where="region = Fife")
        mailing = standing.mailing(connection, audience, now)
        assert outbox.standings(connection, mailing) == {PersonSkip.LEFT_OUT: 2, PersonSkip.SUPPRESSED: 1, "": 1}
        assert [one.address for one in outbox.sample_of(connection, mailing, 10, of=1)] == ["bo@example.org"]


@pytest.mark.parametrize(("people_", "size", "places"), [(25, 10, range(0, 20, 2)), (9, 10, range(9)), (0, 10, ())])
def test_a_sample_is_taken_evenly_from_first_to_last(store, now, people_, size, places):
    listing(store, now, members=[person(f"m{number:02}") for number in range(people_)])
    with store.read() as connection:
        mailing = standing.mailing(connection, Audience(list_names=("members",)), now)
        sample = outbox.sample_of(connection, mailing, size, of=people_)
    assert [one.address for one in sample] == [f"m{place:02}@example.org" for place in places]


def test_planning_looks_people_up_and_reads_no_table_for_each_of_them(four):
    audience = Audience(list_names=("members",), without=("board",), where="region = Fife or role != baker")
    with four.read() as connection:
        dialect = connection.dialect
        if dialect.name != "sqlite":
            pytest.skip("PostgreSQL plans so few rows by reading tables whole")
        meant = standing.meant(standing.mailing(connection, audience, NOW))
        query = meant.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        steps = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert not [step for step in steps if step.startswith("SCAN") and "lists" not in step]
