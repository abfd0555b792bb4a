"""The store is locked, or its disk is full: one clear message, nobody lost, and the next run completes."""

import resource
import sqlite3
import threading
from contextlib import closing

import pytest
from faults.conftest import EVERYBODY, held, is_once_each, sending, states


def test_a_store_that_another_program_locks_for_a_second_only_delays(members, sink):
    with (
        held(sink, "DATA", 20) as hold,
        sending(members) as sender,
        closing(sqlite3.connect(members.folder / "other", check_same_thread=False)) as other,
    ):
        sender.reaches(hold)
        other.execute("ATTACH ? AS store", [str(members.folder / "var/digest.sqlite")])
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE store.settings SET value = value")  # the write lock is taken now
        unlock = threading.Timer(1.0, other.rollback)
        unlock.start()
        hold.released.set()
        done = sender.finished()
        unlock.join()
    assert (done.code, done.json["accepted"], done.json["unknown"]) == (0, len(EVERYBODY), 0)
    assert is_once_each(sink)


@pytest.mark.parametrize("kilobytes", [1, 140, 420])
def test_a_full_disk_is_one_clear_message_and_loses_nobody(members, sink, kilobytes):
    limit = kilobytes * 1024
    with sending(members, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as sender:
        done = sender.finished()
    assert (done.code, "Traceback" in done.err) == (1, False), done.err
    assert "disk" in done.err
    assert len(done.err.splitlines()) == 1
    was_in_flight = states(members)["in_flight"] if sink.taken else 0
    last = members.send()
    assert (last["status"], last["unknown"]) == ("sent", was_in_flight)
    assert last["accepted"] == len(EVERYBODY) - was_in_flight
    assert is_once_each(sink)
