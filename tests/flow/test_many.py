"""Thousands of items: collected in one run, and costing nothing when nothing has changed."""

import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ENTRY = """<item><title>News {n}</title><guid isPermaLink="false">id-{n}</guid><link>https://example.org/news/{n}</link>
<description>The {n}th thing that happened, told in one sentence &amp; no more.</description></item>"""
FEED = "<rss version='2.0'><channel><title>Busy</title>{}</channel></rss>"


class Feed(BaseHTTPRequestHandler):
    """A feed that knows its version, and counts the bytes that it had to send."""

    body = FEED.format("".join(ENTRY.format(n=n) for n in range(2000))).encode()
    sent = 0
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        if self.headers["If-None-Match"] == '"1"':
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)
        type(self).sent += len(self.body)

    def log_message(self, *_):
        pass


@pytest.fixture
def feed():
    Feed.sent = Feed.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Feed) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/feed.xml"
        server.shutdown()
        thread.join()


def rows(folder):
    with sqlite3.connect(folder / "var/digest.sqlite") as connection:
        found = connection.execute("SELECT id, source, key, changed_at, content FROM items ORDER BY id").fetchall()
    connection.close()
    return found


@pytest.mark.sqlite
def test_two_thousand_entries_are_collected_once_and_asked_for_again_for_nothing(network, feed):
    source = f'kind = "feed"\nurl = "{feed}"\nallow_private = true\n'
    network.change("config.toml", 'kind = "export"\npath = "posts.txt"\n', source)
    (first,) = network.json("collect")["sources"]
    assert (first["new"], first["failed"]) == (2000, False)
    before, sent = rows(network.folder), Feed.sent
    (second,) = network.json("collect")["sources"]
    assert (second["new"], second["changed"], second["unchanged"], second["failed"]) == (0, 0, 2000, False)
    assert (rows(network.folder), Feed.sent, Feed.asked) == (before, sent, 2)
    assert len(network.json("items")) == 2000
