"""What the markup of posts states, from a real web server to what `digest explain` says of it."""

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

EVENT = """<div class="h-event"><h2 class="p-name">Willow day</h2>
<p><time class="dt-start" datetime="2026-12-08T19:00:00+00:00">Tuesday</time>,
<span class="p-location">Long Barn</span></p></div>"""
JOB = """<div itemscope itemtype="https://schema.org/JobPosting"><h2 itemprop="title">Cook</h2>
<p>Until <time itemprop="validThrough" datetime="2026-12-18">the 18th</time>.</p></div>"""
PASSING = """<p>The pump had stood still since the flood. Two members took it apart, found the worn seal and cut a
new one. It runs again, and the beds are wet. Thanks go to everybody who carried water in the meantime.</p>
<aside><p class="h-event"><b class="p-name">Apple pressing</b> <i class="dt-start">2026-12-06</i></p></aside>"""
ENTRY = "<item><title>{}</title><guid>https://example.org/{}</guid><description>{}</description></item>"
FEED = "<rss version='2.0'><channel><title>Grange</title>{}</channel></rss>"
PAGE = f"<!doctype html><html><body><main>{JOB}</main></body></html>"


class Site(BaseHTTPRequestHandler):
    entries = (("Willow day", "willow", EVENT), ("Cook", "cook", JOB), ("The pump", "pump", PASSING))

    def do_GET(self):
        entries = "".join(ENTRY.format(title, name, escape(body)) for title, name, body in self.entries)
        body = (PAGE if self.path == "/jobs" else FEED.format(entries)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if self.path == "/jobs" else "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_the_markup_of_a_feed_states_is_collected_and_explained(network, site):
    source = f'kind = "feed"\nurl = "{site}/feed"\nallow_private = true\n'
    network.change("config.toml", 'kind = "export"\npath = "posts.txt"\n', source)
    network.json("collect", "--at", "2026-11-23T08:00")
    items = {one["title"]: one for one in network.json("items")}
    assert {title: (one["kind"], one["marked"]) for title, one in items.items()} == {
        "Willow day": ("event", "h-event"),
        "Cook": ("vacancy", "schema.org JobPosting"),
        "The pump": ("post", None),
    }
    assert items["Willow day"]["starts_at"].startswith("2026-12-08T19:00")
    assert "the page marks it as an event (h-event)" in " ".join(network.run("explain", "Willow day").out.split())


def test_a_page_that_states_a_vacancy_in_microdata_is_a_source_of_vacancies(network, site):
    source = f'kind = "vacancies"\nurl = "{site}/jobs"\nallow_private = true\n'
    network.change("config.toml", 'kind = "export"\npath = "posts.txt"\n', source)
    network.json("collect", "--at", "2026-11-23T08:00")
    (cook,) = network.json("items")
    assert (cook["title"], cook["kind"], cook["closes_at"][:10]) == ("Cook", "vacancy", "2026-12-19")
    told = " ".join(network.run("explain", "Cook").out.split())
    assert "the page marks it as a vacancy (schema.org JobPosting)" in told
