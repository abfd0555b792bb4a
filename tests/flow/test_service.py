"""`digest run`: the digest goes out when its time comes, once, and after a restart not again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

ZONE = ZoneInfo("Europe/London")
UNDATED = "A thought about hedges\n\nAdded by Una under Growing\n\nThey are alive.\n"


@pytest.fixture
def due_in_seconds(network):
    """A network whose daily digest is due in a few seconds, by the real clock."""
    moment = (datetime.now(ZONE) + timedelta(seconds=6)).replace(microsecond=0)  # as the configuration has it
    if moment.hour == 23 and moment.minute > 55:
        pytest.skip("a day ends in these minutes; the period would change under the test")
    network.write("posts.txt", UNDATED)
    network.change(
        "config.toml", 'every = "week"\non = "monday"\nat = "08:00"', f'every = "day"\nat = {moment:%H:%M:%S}'
    )
    return network, moment


def test_a_due_digest_is_sent_once_and_after_a_restart_not_again(due_in_seconds, sink):
    network, moment = due_in_seconds
    with network.process("run") as service:
        service.until("digest runs")
        assert sorted(sink.arrived.get(timeout=60) for _ in range(3)) == [
            "ada@example.org",
            "bo@example.org",
            "di@example.org",
        ]
        assert datetime.now(ZONE) >= moment
    (campaign,) = network.json("status")["campaigns"]
    assert (campaign["campaign"], campaign["status"], campaign["accepted"]) == (f"weekly-{moment:%Y-%m-%d}", "sent", 3)
    network.write("posts.txt", "Something newer\n\nAdded by Una\n\nHello.\n\n" + UNDATED)
    with network.process("run") as service:
        service.until('"event": "collected"')
    assert len(sink.taken) == 3
    again = network.json("send", "weekly")
    assert (again["accepted_now"], len(sink.taken)) == (0, 3)
