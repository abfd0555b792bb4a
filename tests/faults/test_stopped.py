"""Told to stop: what is in flight is finished, the rest stays queued, nothing is in doubt."""

import signal

import pytest
from faults.conftest import CONNECTIONS, EVERYBODY, held, is_once_each, sending, states


@pytest.mark.parametrize(
    ("signals", "stage"),
    [
        ((signal.SIGTERM,), "DATA"),
        ((signal.SIGTERM,), "RCPT"),
        ((signal.SIGINT, signal.SIGINT), "DATA"),
    ],
)
def test_a_stop_leaves_no_doubt_and_the_next_run_completes(members, sink, signals, stage):
    nth = 10
    with held(sink, stage, nth) as hold, sending(members) as sender:
        sender.reaches(hold)
        sender.tell(*signals)
        hold.released.set()
        done = sender.finished()
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert done.err.count("Stopping; what is under way may still be finished, which takes 30 seconds at most.") == 1
    assert "still queued; run the same command to go on" in done.json["note"]
    found = states(members)
    assert set(found) == {"accepted", "queued"}
    assert found["accepted"] == len(sink.taken) <= nth + 2 * CONNECTIONS
    second = members.send()
    assert (second["status"], second["accepted"], second["unknown"]) == ("sent", len(EVERYBODY), 0)
    assert is_once_each(sink)


@pytest.mark.parametrize("stage", ["DATA", "RCPT"])
@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGTERM, signal.SIGINT)])
def test_a_server_that_does_not_answer_is_left_after_the_grace_with_the_doubt_written_down(
    members, sink, stage, signals
):
    members.change("config.toml", "[web]", 'grace = "0.5 seconds"\n[web]')
    with held(sink, stage, 10) as hold, sending(members) as sender:
        sender.reaches(hold)
        sender.tell(*signals)
        done = sender.finished()  # while the server still holds its answer
    assert (done.code, "Traceback" in done.err) == (1, False), done.err
    found = states(members)
    assert set(found) <= {"accepted", "queued", "unknown"}
    assert (1 if stage == "DATA" else 0) <= found["unknown"] <= CONNECTIONS
    second = members.send()
    assert (second["status"], second["unknown"]) == ("sent", found["unknown"])
    assert second["accepted"] == len(EVERYBODY) - found["unknown"]
    assert is_once_each(sink)


def test_a_stop_at_the_last_mail_is_a_sending_that_is_done(members, sink):
    with held(sink, "DATA", len(EVERYBODY)) as hold, sending(members) as sender:
        sender.reaches(hold)
        sender.tell(signal.SIGTERM)
        hold.released.set()
        done = sender.finished()
    assert (done.code, done.json["status"], done.json["accepted"]) == (0, "sent", len(EVERYBODY))
