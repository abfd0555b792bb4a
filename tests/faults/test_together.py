"""Two processes at the same work: every member once, and one of the two says that it stood aside."""

import signal
import sqlite3
import threading
from contextlib import closing

from faults.conftest import CAMPAIGN, CONNECTIONS, EVERYBODY, held, is_once_each, sending, states

from digest.store.engine import open_store


def test_who_comes_while_another_sends_is_told_and_does_nothing(members, sink):
    with held(sink, "DATA", 3) as hold, sending(members) as first:
        first.reaches(hold)
        second = members.run("send", "weekly", "--at", members.at, "--json")
        assert second.code == 1
        assert f"{CAMPAIGN} is being sent by another process" in second.err
        assert len(sink.taken) == 2
        hold.released.set()
        done = first.finished()
    assert (done.code, done.json["accepted"], done.json["unknown"]) == (0, len(EVERYBODY), 0)
    assert is_once_each(sink)


def test_who_stood_still_until_another_took_over_writes_nothing_more_and_nobody_has_it_twice(members, sink):
    with held(sink, "DATA", 9) as hold, sending(members) as first:
        first.reaches(hold)
        with closing(sqlite3.connect(members.folder / "var/digest.sqlite", timeout=30)) as connection:
            connection.execute("BEGIN IMMEDIATE")  # so that it does not stand still in the middle of a transaction
            first.tell(signal.SIGSTOP)
        for lock in (members.folder / "var").glob("campaign-*.lock"):
            lock.unlink()  # as where the lock is lost with its connection, or its file tidied up
        hold.released.set()
        second = members.send()
        first.tell(signal.SIGCONT)
        done = first.finished()
    assert (done.code, f"{CAMPAIGN} was taken over by another process" in done.err) == (1, True)
    assert second["status"] == "sent"
    assert 1 <= second["unknown"] <= 2 * CONNECTIONS
    last = members.send()
    assert (last["accepted"], last["unknown"], last["queued"]) == (second["accepted"], second["unknown"], 0)
    assert is_once_each(sink)
    assert states(members)["in_flight"] == 0


def test_two_that_begin_at_once_on_an_empty_store_send_one_edition_once(members, sink, store_url):
    members.change("config.toml", "[web]", f'[store]\nurl = "{store_url}"\n[web]')
    with sending(members) as one, sending(members) as two:
        ended = [one.finished(), two.finished()]
    assert not any("Traceback" in done.err for done in ended)
    assert 0 in {done.code for done in ended}
    for done in ended:
        if done.code:
            assert done.code == 1
            assert "another process" in done.err
    last = members.send()
    assert (last["accepted"], last["accepted_now"], last["unknown"]) == (len(EVERYBODY), 0, 0)
    assert len(sink.taken) == len(EVERYBODY)
    assert is_once_each(sink)


def test_all_who_open_a_new_store_at_once_have_the_same_secret(store_url, tmp_path):
    secrets, errors = set(), []
    together = threading.Barrier(6)

    def first_run():
        try:
            store = open_store(store_url, base=tmp_path, var=tmp_path / "var")
            together.wait()
            secrets.add(store.secret())
            store.close()
        except Exception as error:  # noqa: BLE001  (collected for the assertion)
            errors.append(error)

    threads = [threading.Thread(target=first_run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(secrets) == 1
