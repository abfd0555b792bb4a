"""Two processes at the same work: every member once, and one of the two says that it stood aside."""

import threading

from faults.conftest import CAMPAIGN, EVERYBODY, held, is_once_each, sending

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
