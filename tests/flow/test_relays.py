"""Several relays on one network: shared by weight, left out while they fail or throttle, warmed up day by day."""

import sqlite3
from collections import Counter
from contextlib import ExitStack, closing
from itertools import count

import pytest
from flow.conftest import serving_sink

PEOPLE = 60


@pytest.fixture
def relays(network):
    """Two servers, and a configuration whose relays are these two; a function adds keys to either."""
    with ExitStack() as stack:
        sinks = {name: stack.enter_context(serving_sink()) for name in ("north", "south")}
        text = (network.folder / "config.toml").read_text()
        before, _, after = text.partition("[smtp]\n")
        rest = after.partition("[web]")[2]

        def configure(**more):
            tables = [
                f'[[relays]]\nname = "{name}"\nhost = "127.0.0.1"\nport = {one.port}\n{more.get(name, "")}'
                for name, one in sinks.items()
            ]
            network.write("config.toml", f"{before}{''.join(tables)}[web]{rest}")

        everybody = [f"m{number}@example.{'com' if number % 3 else 'org'}" for number in range(PEOPLE)]
        network.write("members.csv", "email\n" + "\n".join(everybody) + "\n")
        yield sinks, configure


def counts(sinks):
    return {name: len(one.taken) for name, one in sinks.items()}


def is_once_each(sinks, people=PEOPLE):
    taken = Counter(address for one in sinks.values() for address in one.recipients)
    return len(taken) == people and set(taken.values()) == {1}


def test_deliveries_are_shared_by_weight_and_each_knows_its_relay(network, relays):
    sinks, configure = relays
    configure(north="weight = 2\n")
    sent = network.send()
    assert counts(sinks) == {"north": 40, "south": 20}
    assert is_once_each(sinks)
    told = network.json("report", sent["campaign"])["relays"]
    assert [(one["relay"], one["accepted"]) for one in told] == [("north", 40), ("south", 20)]
    person = network.json("subscriber", "m1@example.com")["deliveries"][0]
    name = next(name for name, one in sinks.items() if "m1@example.com" in one.recipients)
    assert f"(relay {name})" in str(person)


def test_a_relay_for_some_domains_gets_all_of_these_and_nothing_else(network, relays):
    sinks, configure = relays
    configure(south='domains = ["example.org"]\n')
    network.send()
    assert {address.rpartition("@")[2] for address in sinks["south"].recipients} == {"example.org"}
    assert counts(sinks) == {"north": 40, "south": 20}


def test_a_relay_that_cannot_be_reached_is_left_out_and_the_others_send_its_part(network, relays):
    sinks, configure = relays
    configure()
    text = (network.folder / "config.toml").read_text()
    network.write("config.toml", text.replace(f"port = {sinks['south'].port}", "port = 1"))
    sent = network.send()
    assert (sent["status"], sent["accepted"]) == ("sent", PEOPLE)
    assert counts(sinks) == {"north": PEOPLE, "south": 0}
    south = next(one for one in network.json("status", "--at", network.at)["relays"] if one["relay"] == "south")
    assert (south["state"], south["today"]) == ("failing", 0)
    assert '[[relays]] "south" host' in south["failure"]
    assert network.run("check").code == 1


@pytest.mark.sqlite
def test_a_relay_that_throttles_rests_while_the_others_send(network, relays):
    sinks, configure = relays
    configure()
    calls = count()
    sinks["south"].reply = lambda _: "250 ok" if next(calls) < 5 else "421 4.7.0 slow down"
    sent = network.send()
    assert sent["queued"] == sent["in_flight"] == sent["unknown"] == 0
    assert counts(sinks)["south"] == 5
    assert counts(sinks)["north"] >= PEOPLE - 5 - 4  # but whom it put off over its connections
    assert sent["accepted"] + sent["deferred"] == PEOPLE
    known = {one["relay"]: one for one in network.json("status", "--at", network.at)["relays"]}
    assert known["south"]["today"] == 5
    with closing(sqlite3.connect(network.folder / "var/digest.sqlite")) as connection:
        paused = dict(connection.execute("SELECT name, paused_until FROM relays").fetchall())
    assert paused["south"] > paused.get("north", 0.0)


def test_where_no_relay_can_be_reached_everything_stays_queued(network, relays):
    _, configure = relays
    configure(north="", south="")
    text = (network.folder / "config.toml").read_text()
    network.write(
        "config.toml",
        "\n".join("port = 1" if one.startswith("port = ") and one != "port = 0" else one for one in text.splitlines()),
    )
    done = network.run("send", "weekly", "--at", network.at)
    assert done.code == 1
    assert "cannot send through 127.0.0.1 port 1" in done.err
    report = network.json("report", "weekly-2026-W48")
    assert (report["queued"], report["unknown"]) == (PEOPLE, 0)


def test_what_refuses_our_mail_holds_the_campaign_though_another_takes_it(network, relays):
    sinks, configure = relays
    configure()
    sinks["south"].reply = lambda _: "554 5.7.1 we do not want this"
    done = network.run("send", "weekly", "--at", network.at)
    assert (done.code, "south: the server refuses one mail after another" in done.err) == (1, True)
    assert network.json("report", "weekly-2026-W48")["status"] == "held"


def test_a_warm_up_rises_day_by_day_of_the_networks_zone_and_is_told(network, relays):
    sinks, configure = relays
    configure(north="warm_up = [10, 15]\n", south="warm_up = { start = 5, factor = 2, until = 100 }\n")
    first = network.send()
    assert counts(sinks) == {"north": 10, "south": 5}
    assert (first["status"], first["queued"]) == ("sending", PEOPLE - 15)
    same_day = network.send(at="2026-11-23T23:50")
    assert (counts(sinks), same_day["queued"]) == ({"north": 10, "south": 5}, PEOPLE - 15)
    known = network.json("status", "--at", "2026-11-23T23:50")["relays"]
    assert [(one["state"], one["today"], one["maximum"]) for one in known] == [("full", 10, 10), ("full", 5, 5)]
    assert "10 of 10 today" in network.run("check", "--at", "2026-11-23T23:50").out
    network.json("send", "weekly-2026-W48", "--at", "2026-11-24T00:01")
    assert counts(sinks) == {"north": 25, "south": 15}
    assert is_once_each(sinks, 40)


def test_what_a_relay_put_off_or_never_got_does_not_count_for_its_day(network, relays):
    sinks, configure = relays
    configure(north="daily_maximum = 40\n", south="daily_maximum = 40\n")
    calls = count()
    sinks["north"].at_rcpt = lambda _: "250 OK" if next(calls) % 2 else "450 4.2.0 come again"
    sent = network.send()
    known = {one["relay"]: one for one in network.json("status", "--at", network.at)["relays"]}
    assert known["north"]["today"] == counts(sinks)["north"] == 30 - sent["deferred"]
    assert known["south"]["today"] == counts(sinks)["south"] == 30
