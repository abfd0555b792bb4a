"""kill -9 in the middle of a real SMTP conversation: nobody twice, nobody lost, the doubt small and shown."""

import signal

import pytest
from faults.conftest import CAMPAIGN, CONNECTIONS, EVERYBODY, held, is_once_each, rows, sending, states


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_however_often_it_dies_nobody_has_it_twice_and_nobody_is_lost(members, sink, stage):
    in_doubt = settled = 0
    for nth in (1, 9, 14):
        with held(sink, stage, nth) as hold, sending(members) as sender:
            sender.reaches(hold)
            sender.tell(signal.SIGKILL)
            assert sender.finished().code == -signal.SIGKILL
        found = states(members)
        assert 1 <= found["in_flight"] <= 2 * CONNECTIONS
        assert in_doubt <= found["unknown"] <= in_doubt + CONNECTIONS  # what the death before left on the wire
        assert found["accepted"] - settled >= nth - 2 * CONNECTIONS
        assert found.total() == len(EVERYBODY)
        in_doubt, settled = found["unknown"], found["accepted"]
    last = members.send()
    assert (last["status"], last["queued"], last["in_flight"]) == ("sent", 0, 0)
    assert in_doubt < last["unknown"] <= in_doubt + CONNECTIONS
    in_doubt = last["unknown"]
    assert last["accepted"] == len(EVERYBODY) - in_doubt
    assert is_once_each(sink)
    not_taken = set(EVERYBODY) - set(sink.recipients)
    assert not_taken <= {
        address for address, state in rows(members) if state == "unknown"
    }  # who does not have it is in doubt, not forgotten
    (reply,) = members.json("report", CAMPAIGN)["replies"]
    assert (reply["state"], reply["people"]) == ("unknown", in_doubt)
