"""Hostile clients by the thousand, and few descriptors: everybody has their mail, and who asks is answered."""

import resource
from collections import Counter
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from zoneinfo import ZoneInfo

from faults.conftest import POST, states
from hostile_clients import KINDS, crowd

DESCRIPTORS = 256
CLIENTS = 1100
EVERYBODY = {f"member{number}@example.org" for number in range(300)}


def health(port, *, again=2):
    """Asks again as browsers do (RFC 9110 section 9.2.2): on a starved machine it may have waited longest of all."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().read()
    except ConnectionError:
        if not again:
            raise
    finally:
        connection.close()
    return health(port, again=again - 1)


def test_half_open_connections_keep_nobody_from_the_mail_nor_from_an_answer(network, sink):
    moment = datetime.now(ZoneInfo("Europe/London")) + timedelta(seconds=6)
    network.write("members.csv", "email\n" + "\n".join(sorted(EVERYBODY)) + "\n")
    network.write("posts.txt", POST)
    network.change("config.toml", "[web]", "connections = 20\n[web]")
    network.change(
        "config.toml", 'every = "week"\non = "monday"\nat = "08:00"', f'every = "day"\nat = {moment:%H:%M:%S}'
    )
    with network.process("run") as service:
        _, hard = resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
        port = int(service.until("digest runs").partition("127.0.0.1:")[2].partition(";")[0])
        opened = []
        with crowd(port, CLIENTS) as hostile:
            assert hostile.everybody_came.wait(60)
            while len(sink.taken) < len(EVERYBODY):
                assert health(port) == b"ok\n"
                opened.append(len(list(Path(f"/proc/{service.process.pid}/fd").iterdir())))
            assert set(hostile.visits) == {kind.__name__ for kind in KINDS}
        assert health(port) == b"ok\n"
        service.until('"event": "sent"')
    assert max(opened) < 3 * DESCRIPTORS / 4  # a burst that is being shown out counts too
    assert Counter(sink.recipients) == Counter(EVERYBODY)
    assert states(network) == {"accepted": len(EVERYBODY)}
    assert not [line for line in service.seen if "Traceback" in line or '"error"' in line]
    assert len([line for line in service.seen if "more connections than are served at once" in line]) in (1, 2)
