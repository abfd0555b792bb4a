"""A real Postfix as the second server: what it took by its own log is what the report says."""

import os
from collections import Counter

import pytest
from faults.conftest import CAMPAIGN, POST, rows
from postfix_instance import postfix

pytestmark = [
    pytest.mark.service("postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts only as root"),
]

GONE = {f"gone{number}@example.org": "550 5.1.1 no such mailbox" for number in range(12)}
POLICY = {f"policy{number}@example.org": "554 5.7.1 not from you" for number in range(5)}
GREY = {f"grey{number}@example.org": "450 4.2.0 greylisted, come back" for number in range(14)}
WELL = [f"member{number}@example.org" for number in range(169)]


def of(network, state):
    return sorted(address for address, found in rows(network) if found == state)


def prepared(network, addresses, **smtp):
    network.write("members.csv", "email\n" + "\n".join(sorted(addresses, key=lambda one: one[::-1])) + "\n")
    network.write("posts.txt", POST)
    settings = "".join(f"{name} = {value!r}\n" for name, value in {"connections": 4, **smtp}.items())
    network.change("config.toml", "[web]", f"{settings}[web]")
    return network


def test_what_postfix_took_is_what_is_accepted_and_who_was_greylisted_gets_it_an_hour_later(network, sink):
    network = prepared(network, [*WELL, *GONE, *POLICY, *GREY])
    with postfix(GONE | POLICY | GREY) as relay:
        network.change("config.toml", f"port = {sink.port}", f"port = {relay.port}")
        first = network.send()
        assert (first["accepted"], first["rejected"], first["deferred"], first["unknown"]) == (169, 17, 14, 0)
        log = relay.log(first["accepted"])
        assert sorted(log.recipients) == of(network, "accepted") == sorted(WELL)
        assert len(set(log.message_ids)) == len(log.message_ids) == first["accepted"]
        assert of(network, "deferred") == sorted(GREY)

        (relay.folder / "recipients").write_text("")
        relay.call("reload")
        second = network.send(at="2026-11-23T09:00")
        assert (second["status"], second["accepted"], second["accepted_now"]) == ("sent", 183, 14)
        log = relay.log(second["accepted"])
        assert Counter(log.recipients) == Counter([*WELL, *GREY])
        assert len(set(log.message_ids)) == len(log.message_ids) == second["accepted"]
    replies = network.json("report", CAMPAIGN)["replies"]
    assert {(one["state"], one["stage"]) for one in replies} == {("rejected", "RCPT")}
    assert sum(one["people"] for one in replies) == 17


def test_a_rate_that_postfix_allows_no_more_of_is_waited_for_and_everybody_has_it_in_one_run(network, sink):
    network = prepared(network, WELL[:50])
    limits = {
        "smtpd_client_message_rate_limit": 30,
        "anvil_rate_time_unit": "4s",
        "smtpd_client_event_limit_exceptions": "",
    }
    with postfix({}, **limits) as relay:
        network.change("config.toml", f"port = {sink.port}", f"port = {relay.port}")
        done = network.run("send", "weekly", "--at", network.at, "--json")
        assert done.code == 0, done.err
        log = relay.log(50)
    assert (done.json["status"], done.json["accepted"], done.json["accepted_now"]) == ("sent", 50, 50)
    assert Counter(log.recipients) == Counter(WELL[:50])
    assert "too much mail from 127.0.0.1" in done.err
    assert "pause" in done.err


def test_a_connection_that_postfix_ends_after_errors_costs_nobody_anything(network, sink):
    network = prepared(network, [*WELL[:20], *GONE])
    with postfix(GONE, smtpd_hard_error_limit=3) as relay:
        network.change("config.toml", f"port = {sink.port}", f"port = {relay.port}")
        done = network.send()
        log = relay.log(20)
    assert (done["status"], done["accepted"], done["rejected"]) == ("sent", 20, 12)
    assert Counter(log.recipients) == Counter(WELL[:20])
