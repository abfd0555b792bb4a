"""A network with organisers of every role, and their browsers, in process."""

import re
import threading
from contextlib import contextmanager
from dataclasses import replace

from starlette.testclient import TestClient

from digest.app import open_app
from digest.config import load_config
from digest.core import organisers
from digest.core.people import apply_lists
from digest.model import ITSELF
from digest.web import create_web

HOST = "https://digest.example.org"
CONFIG = """\
[network]
name = "Growers & <Friends>"
timezone = "Europe/London"
[sender]
email = "digest@example.org"
[smtp]
host = "embedded"
[web]
port = 0
url = "https://digest.example.org"
[[lists]]
name = "members"
title = "All <b>members</b>"
signup = "open"
fields = ["region"]
subscribers = [
  { email = "bo@example.org", name = "Bo <i>Tanner</i>", fields = { region = "Fife & Angus" } },
  { email = "cy@example.org", name = "Cy Rowan" },
]
[[lists]]
name = "board"
title = "The board"
subscribers = ["dee@example.org", "bo@example.org"]
[[digests]]
name = "weekly"
title = "Weekly digest"
lists = ["members"]
[[digests]]
name = "minutes"
title = "Minutes"
lists = ["board"]
[[organisers]]
email = "ada@example.org"
name = "Ada <script>alert(1)</script>"
role = "admin"
[[organisers]]
email = "max@example.org"
name = "Max"
role = "organiser"
lists = ["members"]
[[organisers]]
email = "eve@example.org"
role = "editor"
"""
ADMIN, ORGANISER, EDITOR = "ada@example.org", "max@example.org", "eve@example.org"
WHO = {"admin": ADMIN, "organiser": ORGANISER, "editor": EDITOR}
OURS = {"sec-fetch-site": "same-origin"}


@contextmanager
def network(folder, now, *, config=CONFIG):
    """The network, with its lists applied."""
    path = folder / "config.toml"
    path.write_text(config, encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF, confirmed=True)
        yield app


def browser(app, *, host=HOST, headers=OURS, network="198.51.100.7"):
    """A browser that says where its requests come from, follows no redirect, and is signed in nowhere."""
    return TestClient(create_web(app), base_url=host, follow_redirects=False, headers=headers, client=(network, 4711))


def signed_in(app, email, **options):
    """A browser in which an organiser is signed in, by a link that a command printed."""
    client = browser(app, **options)
    link = organisers.sign_in_link(app, email, app.now, by=ITSELF)
    assert client.post(link.removeprefix(HOST)).status_code == 303
    return client


def off_the_loop(app):
    """The network with a store that is asked by worker threads alone, so that no page waits for another's."""

    class Watched:
        @staticmethod
        def read():
            assert threading.current_thread().name.startswith(("AnyIO worker", "asyncio_"))
            return app.store.read()

        @staticmethod
        def write():
            assert threading.current_thread().name.startswith(("AnyIO worker", "asyncio_"))
            return app.store.write()

    return replace(app, store=Watched())


def text_of(answer):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))
