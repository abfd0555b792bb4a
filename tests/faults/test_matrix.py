"""Every fault at every stage, through courier, engine and a real ledger: three people, the first of whom meets it.

Asserted in each cell: what stands of whom after that run, whether the connection was kept, and that the next run, with
a server that is well, brings the mail to all who can get it, to nobody twice.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from certificates import server_context, write_certificate
from faults.one_run import Run, planned
from scripted_smtp import STAGES, Fault, scripted_server

from digest.config.values import Secret
from digest.errors import DeliveryError, UnreachableError
from digest.store import outbox
from digest.store.engine import open_store

FAULTS = {
    "drop": "drop",
    "stall": "stall",
    "421": "421 4.3.2 closing",
    "450": "450 4.2.0 not now",
    "451 greylisting": "451 4.7.1 Greylisting in action",
    "452": "452 4.3.1 no room",
    "454": "454 4.7.0 not ready",
    "550": "550 5.7.1 not you",
    "552": "552 5.2.2 full",
    "554": "554 5.7.1 policy",
    "garbage": "well, hello",
    "half line": "half",
}
SILENT = {"drop", "stall", "garbage", "half line"}
PASSING = {"450", "451 greylisting", "452"}
SLOWING = {"421", "454"}
FOR_GOOD = {"550", "552", "554"}


@dataclass(frozen=True)
class Expected:
    """After the run with the fault: the first one's state, and what became of connection and run."""

    first: str
    connections: int = 1  # 1: the rest went over the same one
    error: type[DeliveryError] | None = None  # that ended the run, with everybody queued


def expected(stage: str, fault: str) -> "Expected | str":  # noqa: PLR0911  (a table)
    """The whole matrix; a text says why a cell has no meaning."""
    match stage:
        case "connect" if fault == "stall":
            return "the kernel takes a connection on loopback before the server does: it is a stalled banner"
        case "connect" if fault != "drop":
            return "the first words of a server are its banner"
        case "connect" | "banner" | "EHLO" | "STARTTLS":
            return Expected("queued", error=UnreachableError)
        case "AUTH":
            return Expected("queued", error=DeliveryError if fault in FOR_GOOD else UnreachableError)
        case "MAIL" if fault in FOR_GOOD:
            return Expected("queued", error=DeliveryError)
        case "dot" if fault in SILENT:
            return Expected("unknown", connections=2)
        case "MAIL" | "RCPT" | "DATA" | "dot" if fault in FOR_GOOD:
            return Expected("rejected")
        case "MAIL" | "RCPT" | "DATA" | "dot":
            # One that only asks for less is kept through a rest of a few seconds.
            return Expected("deferred", connections=1 if fault in {*PASSING, "454"} else 2)
        case "body":
            return Expected("rejected" if fault in FOR_GOOD else "deferred", connections=2)
        case _:
            return Expected("accepted")  # QUIT: everything is decided


CELLS = [(stage, fault) for stage in STAGES for fault in FAULTS]
TELLING = [cell for cell in CELLS if isinstance(expected(*cell), Expected)]


def test_the_matrix_is_whole_and_says_of_each_cell_without_meaning_why():
    assert len(CELLS) == 12 * 11
    assert set(FAULTS) == SILENT | PASSING | SLOWING | FOR_GOOD
    empty = {cell: expected(*cell) for cell in CELLS if cell not in TELLING}
    assert {stage for stage, _ in empty} == {"connect"}
    assert len(empty) == 11


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture(scope="module")
def certificate(base):
    return write_certificate(base / "server.pem")


@pytest.fixture(scope="module")
def kept(base):
    """A store on disk with three people; each cell has a campaign of its own."""
    store = open_store("sqlite:///var/digest.sqlite", base=base, var=base / "var")
    yield store
    store.close()


@pytest.fixture
def campaign(kept, now):
    return planned(kept, now)


@pytest.mark.parametrize("cell", TELLING, ids="-".join)
async def test_a_fault_at_a_stage(kept, campaign, certificate, now, cell):
    (stage, fault), cell = cell, expected(*cell)
    settings = {"tls": "none"}
    if stage == "STARTTLS":
        settings = {"tls": "starttls", "ca_file": certificate}
    if stage == "AUTH":
        settings |= {"username": "post", "password": Secret("sesame")}
    starttls = server_context(certificate) if stage == "STARTTLS" else None
    async with scripted_server([Fault(stage, FAULTS[fault])], starttls=starttls) as server:
        first = Run(kept, campaign, server, big=20_000_000 if stage == "body" else 1400, **settings)
        if cell.error is None:
            await first.send(now)
        else:
            with pytest.raises(DeliveryError) as raised:
                await first.send(now)
            assert type(raised.value) is cell.error
            assert f"port {server.port}" in str(raised.value)
        others = "queued" if cell.error else "accepted"
        assert first.states() == {"ann": cell.first, "bob": others, "cy": others}
        assert server.connections == cell.connections
        assert first.has_closed_everything()
        assert not server.faults

        second = Run(kept, campaign, server, **settings)
        await second.send(now + timedelta(minutes=10))
        final = cell.first if cell.first in {"unknown", "rejected"} else "accepted"
        assert second.states() == {"ann": final, "bob": "accepted", "cy": "accepted"}
        assert second.has_closed_everything()
    taken = Counter(received.message.partition(b"\r\n")[0] for received in server.accepted)
    assert set(taken.values()) == {1}
    assert len(taken) == (3 if final == "accepted" else 2)
    assert len(server.accepted) == sum(state == "accepted" for state in second.states().values())
    with kept.read() as connection:
        assert not outbox.has_pending(connection, campaign)
