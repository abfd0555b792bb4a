"""A person settles doubts and tries again what failed, with the command line alone."""

import email
import sqlite3
from contextlib import closing

import pytest

CAMPAIGN = "weekly-2026-W48"
POLICY = "554 5.7.1 refused by policy"


def in_doubt(network, *names):
    """As a power cut would leave them: in flight, and nobody sending."""
    with closing(sqlite3.connect(network.folder / "var/digest.sqlite")) as connection, connection:
        for name in names:
            connection.execute(
                "UPDATE deliveries SET state = 'in_flight' WHERE address_key = ?", [f"{name}@example.org"]
            )


@pytest.mark.sqlite
def test_without_an_option_the_doubts_are_told_with_the_ways_out_and_nothing_changes(network, sink):
    network.send()
    in_doubt(network, "ada", "bo")
    told = network.run("settle", CAMPAIGN)
    assert told.code == 0, told.err
    assert "ada@example.org" in told.out
    assert "bo@example.org" in told.out
    for way_out in ("--log FILE", "--resend", "--leave"):
        assert way_out in told.err
    report = network.json("report", CAMPAIGN)
    assert (report["status"], report["unknown"], report["in_doubt"]) == ("sent", 2, 2)


@pytest.mark.sqlite
def test_what_is_left_as_it_is_is_asked_about_no_more(network, sink):
    network.send()
    in_doubt(network, "ada")
    assert f"`digest settle {CAMPAIGN}`" in network.run("settle", CAMPAIGN).err
    assert f"`digest settle {CAMPAIGN}`" in network.run("status").err
    told = network.json("settle", CAMPAIGN, "--leave")
    assert (told["settled"]["left"], told["unknown"], told["in_doubt"]) == (1, 1, 0)
    assert "digest settle" not in network.run("status").err
    assert network.json("settle", CAMPAIGN)["note"] == "nothing is in doubt"


@pytest.mark.sqlite
def test_a_log_that_shows_nothing_settles_nothing_unless_the_rest_is_resent(network, sink):
    network.send()
    in_doubt(network, "ada")
    network.write("mail.log", "Nov 23 08:00:01 relay systemd[1]: nothing of ours\n")
    told = network.json("settle", CAMPAIGN, "--log", "mail.log")
    assert (told["settled"]["accepted"], told["addresses"]) == (0, ["ada@example.org"])
    told = network.json("settle", CAMPAIGN, "--log", "mail.log", "--resend")
    assert (told["settled"]["queued"], told["status"], told["queued"]) == (1, "sending", 1)
    assert network.send()["accepted"] == 3
    assert sink.recipients == ["ada@example.org", "ada@example.org", "bo@example.org", "di@example.org"]
    ids = {email.message_from_bytes(content)["Message-ID"] for to, content in sink.taken if to == "ada@example.org"}
    assert len(ids) == 1  # whoever has the first may drop the second


@pytest.mark.sqlite
def test_a_log_that_cannot_be_read_is_one_clear_error_and_settles_nothing(network, sink):
    network.send()
    in_doubt(network, "ada")
    (network.folder / "broken.gz").write_bytes(b"\x1f\x8b\x08 not gzip")
    for name in ("missing.log", "broken.gz"):
        done = network.run("settle", CAMPAIGN, "--log", name, "--resend")
        assert (done.code, done.err.startswith(f"digest: {name} cannot be read: ")) == (2, True), done.err
        assert len(done.err.splitlines()) == 1
    assert network.json("report", CAMPAIGN)["queued"] == 0


def test_what_was_rejected_is_tried_again_and_the_campaign_goes_on(network, sink):
    sink.at_rcpt = lambda to: POLICY if to.startswith("bo") else "250 OK"
    assert network.send()["rejected"] == 1
    sink.at_rcpt = lambda _: "250 OK"
    told = network.json("retry", CAMPAIGN, "--failed")
    assert (told["status"], told["queued"], told["rejected"]) == ("sending", 1, 0)
    assert f"`digest send {CAMPAIGN}`" in told["note"]
    last = network.json("send", CAMPAIGN, "--at", "2026-12-01T09:00")  # in another period
    assert (last["status"], last["accepted"]) == ("sent", 3)
    assert sink.recipients == ["ada@example.org", "bo@example.org", "di@example.org"]


def test_an_address_that_does_not_exist_is_not_tried_again(network, sink):
    sink.at_rcpt = lambda to: "550 5.1.1 no such user" if to.startswith("bo") else "250 OK"
    network.send()
    told = network.json("retry", CAMPAIGN, "--failed")
    assert (told["status"], told["queued"], told["rejected"]) == ("sent", 0, 1)
    assert told["note"] == "nothing to try again"


def test_what_is_deferred_is_tried_without_waiting(network, sink):
    sink.reply = lambda to: "450 4.2.1 later" if to.startswith("bo") else "250 2.0.0 taken"
    assert network.send()["deferred"] == 1
    sink.reply = lambda _: "250 2.0.0 taken"
    assert network.send()["accepted_now"] == 0
    assert network.json("retry", CAMPAIGN, "--deferred")["queued"] == 1
    assert network.send()["accepted_now"] == 1


def test_what_to_try_again_must_be_said_and_must_be_possible(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    refused = network.run("retry", CAMPAIGN)
    assert (refused.code, "--failed (0 rejected) or --deferred (0 deferred)" in refused.err) == (2, True)
    network.json("cancel", CAMPAIGN)
    refused = network.run("retry", CAMPAIGN, "--failed")
    assert (refused.code, "is cancelled; nothing of it is sent again" in refused.err) == (2, True)


def test_a_report_tells_domains_replies_in_plain_words_and_who_got_it(network, sink):
    network.write("members.csv", "email,name\nada@example.org,=HYPERLINK(1)\nbo@example.net,Bó\n+di@example.org,Ди\n")
    sink.at_rcpt = lambda to: "552 5.2.2 <bo> over quota" if to.startswith("bo") else "250 OK"
    network.send()
    told = network.json("report", CAMPAIGN, "--csv", "who.csv")
    assert [(one["domain"], one["accepted"], one["rejected"]) for one in told["domains"]] == [
        ("example.org", 2, 0),
        ("example.net", 0, 1),
    ]
    (reply,) = told["replies"]
    assert (reply["reason"], reply["code"], reply["people"]) == ("the mailbox is full", 552, 1)
    assert "over quota" in reply["reply"]
    lines = (network.folder / "who.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "address,name,state,reason,attempts,finished_at,stage,code,reply,relay"
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["'+di@example.org", "Ди", "accepted"],
        ["ada@example.org", "'=HYPERLINK(1)", "accepted"],
        ["bo@example.net", "Bó", "rejected"],
    ]
    shown = network.run("report", CAMPAIGN, "--csv", "-")
    assert shown.out.splitlines() == lines
    refused = network.run("report", CAMPAIGN, "--csv", "-", "--json")
    assert (refused.code, "both want stdout" in refused.err) == (2, True)
