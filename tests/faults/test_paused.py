"""Stopped by another process: what is on its way arrives, nothing more is begun, and the sender ends by itself."""

import pytest
from faults.conftest import CAMPAIGN, CONNECTIONS, EVERYBODY, held, is_once_each, sending, states


@pytest.mark.parametrize(("verb", "status"), [("pause", "paused"), ("cancel", "cancelled")])
def test_no_more_arrive_than_were_in_flight_when_it_was_told(members, sink, verb, status):
    with held(sink, "DATA", 10) as hold, sending(members) as sender:
        sender.reaches(hold)
        assert members.json(verb, CAMPAIGN)["status"] == status
        in_flight, taken = states(members)["in_flight"], len(sink.taken)
        hold.released.set()
        done = sender.finished()
    assert (done.code, done.json["status"], done.json["unknown"]) == (0, status, 0)
    assert len(sink.taken) <= taken + in_flight <= taken + 2 * CONNECTIONS
    rest = {"pause": "queued", "cancel": "skipped"}[verb]
    assert states(members) == {"accepted": len(sink.taken), rest: len(EVERYBODY) - len(sink.taken)}


def test_a_slow_pace_does_not_keep_a_paused_sender_up_until_its_next_turn(members, sink):
    members.change("config.toml", "[web]", 'rate = "1/hour"\n[web]')
    with sending(members) as sender:
        sink.arrived.get(timeout=60)
        members.json("pause", CAMPAIGN)
        done = sender.finished()  # within a minute, or it fails
    assert (done.json["status"], done.json["accepted"], len(sink.taken)) == ("paused", 1, 1)
    members.change("config.toml", 'rate = "1/hour"\n', "")
    members.json("resume", CAMPAIGN)
    assert members.send()["accepted"] == len(EVERYBODY)
    assert is_once_each(sink)


def test_who_is_taken_off_the_list_while_it_is_sent_does_not_get_it(members, sink):
    stay, dropped = EVERYBODY[:50], EVERYBODY[50:]
    with held(sink, "DATA", 3) as hold, sending(members) as sender:
        sender.reaches(hold)
        members.write("members.csv", "email\n" + "\n".join(stay) + "\n")
        members.json("lists", "apply")
        hold.released.set()
        done = sender.finished()
    assert (done.json["accepted"], done.json["skipped"]) == (50, {"no longer listed": 10})
    assert set(sink.recipients) == set(stay)
    assert not set(sink.recipients) & set(dropped)
