"""A source that cannot be read in time, at all, or before a stop: the others are kept, and nothing stays behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from flow.conftest import Done
from reading_processes import LONGEST, ends, export, one_that_reads

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SOURCES = """
[[sources]]
name = "news"
kind = "export"
path = "news.txt"
[[lists]]
name = "members"
"""


@pytest.fixture
def slow(network):
    """A network whose first source takes seconds to read, and whose second does not."""
    network.write("news.txt", "A short thought\n\nAdded by Una\n\nHedges.\n")
    network.change("config.toml", '[[lists]]\nname = "members"', SOURCES.strip())
    network.posts = (network.folder / "posts.txt").read_text(encoding="utf-8")
    network.write("posts.txt", export(5000))
    return network


@contextmanager
def command(network, *words):
    """A command that runs while the test acts; whatever that does, no process is left behind."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", *words],
        cwd=network.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def done(process):
    out, err = process.communicate(timeout=LONGEST)
    return Done(process.returncode, out.decode(), err.decode())


def states(network):
    return {one["source"]: one for one in network.json("status")["sources"]}


def test_a_source_whose_process_is_killed_has_failed_and_the_other_is_collected(slow):
    with command(slow, "collect", "--json") as collecting:
        os.kill(one_that_reads(collecting.pid, command=collecting, spent=2.5), signal.SIGKILL)
        told = done(collecting)
    assert (told.code, "Traceback" in told.err) == (1, False)
    posts, news = told.json["sources"]
    assert "source posts: reading it failed: the process for it ended with SIGKILL" in posts["error"]
    assert (news["error"], news["new"]) == (None, 1)
    assert states(slow)["posts"]["last_error"].startswith("reading it failed: the process for it ended with SIGKILL")
    slow.write("posts.txt", slow.posts)
    again, news = slow.json("collect")["sources"]
    assert (again["new"], news["unchanged"]) == (4, 1)
    assert states(slow)["posts"]["last_error"] is None


@pytest.mark.parametrize("words", [("collect",), ("send", "weekly", "--yes"), ("preview", "weekly"), ("check",)])
def test_a_stop_is_obeyed_while_a_source_is_read(slow, sink, words):
    with command(slow, *words, "--json") as stopped:
        reading = one_that_reads(stopped.pid, command=stopped)
        os.kill(reading, signal.SIGSTOP)  # so that it would never be done
        stopped.send_signal(signal.SIGTERM)
        told = done(stopped)
        assert ends(reading)
    assert (told.code, "Traceback" in told.err) == (1, False), told.err
    assert "run it again to go on" in told.json["error"]
    assert sink.taken == []
    slow.write("posts.txt", slow.posts)
    assert slow.send()["status"] == "sent"


def test_pages_are_answered_while_a_source_is_read_and_the_service_stops_as_it_is_told(slow):
    with slow.process("run") as service:
        address = urlsplit(service.until("pages at").partition("pages at ")[2].partition(";")[0])
        reading = one_that_reads(service.process.pid, command=service.process)
        os.kill(reading, signal.SIGSTOP)
        asking = http.client.HTTPConnection(address.hostname, address.port, timeout=LONGEST)
        asking.request("GET", "/health")
        assert asking.getresponse().status == 200
        asking.close()
    assert ends(reading)
    assert "job failed" not in "".join(service.seen)


def test_a_server_that_never_answers_does_not_hold_up_a_stop(slow):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        slow.change("config.toml", 'path = "news.txt"', f'url = "{url}"\nallow_private = true')
        with command(slow, "collect", "--json") as stopped:
            asked, _ = silent.accept()
            with asked:
                stopped.send_signal(signal.SIGTERM)
                told = done(stopped)
    assert (told.code, told.json["error"]) == (1, "Stopped while sources were fetched; run it again to go on.")
    assert states(slow) == {}
