"""A server that refuses our mail as such, as one does whose blocklist has us: people are not worn out one by one."""

import pytest
from faults.conftest import CAMPAIGN, CONNECTIONS, EVERYBODY, POST, is_once_each

IN_A_ROW = 10


@pytest.mark.parametrize("reply", ["550 5.7.1 listed by bl.example.net", "553 5.1.8 sender unknown", "554 no thanks"])
@pytest.mark.parametrize("stage", ["at_rcpt", "reply"])
def test_it_is_held_after_a_few_and_everybody_has_it_in_the_end(members, sink, stage, reply):
    well = getattr(sink, stage)
    setattr(sink, stage, lambda _: reply)
    done = members.run("send", "weekly", "--at", members.at)
    assert done.code == 1
    assert f"{CAMPAIGN} is held: the server refuses one mail after another, at last: {reply[4:]}" in done.err
    told = members.json("report", CAMPAIGN)
    assert told["status"] == "held"
    assert IN_A_ROW <= told["rejected"] < IN_A_ROW + CONNECTIONS
    assert told["queued"] == len(EVERYBODY) - told["rejected"]
    again = members.run("send", CAMPAIGN, "--at", members.at, "--json")
    assert (again.code, again.json["status"], again.json["rejected"]) == (1, "held", told["rejected"])

    setattr(sink, stage, well)
    members.json("approve", CAMPAIGN)
    members.json("retry", CAMPAIGN, "--failed")
    last = members.json("send", CAMPAIGN, "--at", members.at)
    assert (last["status"], last["accepted"], last["rejected"]) == ("sent", len(EVERYBODY), 0)
    assert is_once_each(sink)


def test_who_is_refused_among_others_stops_nothing(members, sink):
    sink.at_rcpt = lambda to: "550 5.7.1 no mail from lists" if int(to[6:].partition("@")[0]) % 3 else "250 OK"
    done = members.send()
    assert (done["status"], done["accepted"], done["rejected"]) == ("sent", 20, 40)


def test_addresses_that_do_not_exist_stop_nothing_however_many_they_are(members, sink):
    sink.at_rcpt = lambda to: "550 5.1.1 unknown" if int(to[6:].partition("@")[0]) < 30 else "250 OK"
    done = members.send()
    assert (done["status"], done["accepted"], done["rejected"]) == ("sent", 30, 30)


def test_a_campaign_that_reached_nobody_failed_and_what_named_each_person_is_one_reply(members, sink):
    members.write("members.csv", "email\n" + "\n".join(EVERYBODY[:30]) + "\n")
    sink.at_rcpt = lambda to: f"550 5.1.1 <{to}>: User unknown"
    done = members.run("send", "weekly", "--at", members.at, "--json")
    assert (done.code, done.json["status"], done.json["rejected"]) == (1, "sent", 30)
    assert done.json["note"] == f"{CAMPAIGN} reached nobody; `digest report {CAMPAIGN}` tells why"
    (reply,) = members.json("report", CAMPAIGN)["replies"]
    assert (reply["reply"], reply["people"]) == ("5.1.1 <...>: User unknown", 30)


def test_a_relay_that_knows_nobody_costs_nobody_the_membership(members, sink):
    everybody = [f"member{number}@example.org" for number in range(120)]
    members.write("members.csv", "email\n" + "\n".join(everybody) + "\n")
    well, sink.at_rcpt = sink.at_rcpt, lambda _: "550 5.1.1 User unknown in virtual mailbox table"
    done = members.run("send", "weekly", "--at", members.at, "--json")
    assert (done.code, "refuses one mail after another" in done.err) == (1, True)
    told = members.json("report", CAMPAIGN)
    assert (told["status"], told["accepted"]) == ("held", 0)
    assert 50 <= told["rejected"] < 50 + CONNECTIONS

    sink.at_rcpt = well
    members.json("approve", CAMPAIGN)
    members.json("retry", CAMPAIGN, "--failed")
    last = members.json("send", CAMPAIGN, "--at", members.at)
    assert (last["accepted"], last["rejected"], last["skipped"]) == (120, 0, {})


def test_who_has_no_mailbox_is_believed_to_have_none_where_others_have_one(members, sink):
    sink.at_rcpt = lambda to: "550 5.1.1 unknown" if to.startswith("member0@") else "250 OK"
    members.send()
    members.write("posts.txt", POST.replace("hedges", "ditches"))
    later = members.send("2026-11-30T08:00")
    assert (later["accepted"], later["skipped"]) == (len(EVERYBODY) - 1, {"suppressed": 1})
