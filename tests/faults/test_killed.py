"""kill -9 in the middle of a real SMTP conversation: nobody twice, nobody lost, the doubt small and shown."""

import signal
from collections import Counter

import pytest
from faults.conftest import CAMPAIGN, CONNECTIONS, EVERYBODY, held, is_once_each, rows, sending, states
from flow.conftest import serving_sink


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


def test_what_several_relays_had_on_the_wire_is_in_doubt_and_nobody_has_it_from_both(members):
    with serving_sink() as north, serving_sink() as south:
        before, _, after = (members.folder / "config.toml").read_text().partition("[smtp]\n")
        tables = "".join(
            f'[[relays]]\nname = "{name}"\nhost = "127.0.0.1"\nport = {sink.port}\nconnections = {CONNECTIONS}\n'
            for name, sink in (("north", north), ("south", south))
        )
        members.write("config.toml", f"{before}{tables}[web]{after.partition('[web]')[2]}")
        with held(north, "DATA", 9) as hold, sending(members) as sender:
            sender.reaches(hold)
            sender.tell(signal.SIGKILL)
            assert sender.finished().code == -signal.SIGKILL
        last = members.send()
        assert (last["status"], last["queued"], last["in_flight"]) == ("sent", 0, 0)
        assert 1 <= last["unknown"] <= 2 * CONNECTIONS
        assert last["accepted"] == len(EVERYBODY) - last["unknown"]
        assert max(Counter([*north.recipients, *south.recipients]).values()) == 1
