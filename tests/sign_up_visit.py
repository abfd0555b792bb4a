"""A browser that signs up, and the mailbox of whoever it signs up for."""

import asyncio
import re
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

from starlette.testclient import TestClient

from digest.app import open_app
from digest.config import Config
from digest.core import people as verbs
from digest.model import ITSELF, Recipient
from digest.store import people
from digest.store.people import sign_ups
from digest.web import create_web

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LINK = re.compile(r"https://digest\.example\.org(/confirm/[\w-]+)")
ADA = "ada@example.org"

_FORM = re.compile(r'name="form" value="([^"]+)"')
_CONFIG = {
    "network": {"name": "Growers & <Friends>", "url": "https://growers.example.org"},
    "sender": {"email": "digest@example.org"},
    "smtp": {"host": "embedded"},
    "web": {"url": "https://digest.example.org"},
    "lists": [
        {
            "name": "members",
            "title": "All <b>members</b>",
            "signup": "open",
            "description": "Every Friday: what is new.",
        },
        {"name": "jobs", "title": "Jobs", "signup": "open"},
        {"name": "board", "title": "The board"},
    ],
}


class Visit:
    """A browser at a certain address, and a clock that can be put forward."""

    def __init__(self, app, clock, client="203.0.113.77"):
        self.app, self._clock = app, clock
        self.web = TestClient(create_web(app), client=(client, 1))

    def wait(self, time):
        self._clock[0] += time

    def form(self):
        """The signed age of a form that is shown now."""
        return seal_in(self.web.get("/subscribe"))

    def ask(self, email=ADA, *, after=10 * SECOND, headers=None, **fields):
        """Fill the form in, as a person does."""
        seal = self.form()
        self.wait(after)
        typed = {"form": seal, "email": email, "list": "members"} | fields
        return self.web.post("/subscribe", data=typed, headers=headers)

    def letters(self):
        """The letters that go by now."""
        before = set(self.app.mailbox.glob("new/*"))
        asyncio.run(verbs.send_letters(self.app, self.app.now))
        new = sorted(set(self.app.mailbox.glob("new/*")) - before)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in new]

    def link(self):
        """The link to confirm in the one letter that goes by now."""
        (letter,) = self.letters()
        return LINK.search(text_of(letter))[1]

    def standing(self, address=ADA):
        with self.app.store.read() as connection:
            if (found := people.find(connection, address)) is None:
                return {}
            return {name: status for name, (status, _) in people.memberships(connection, found[0]).items()}

    def held(self, address=ADA):
        """The sign-ups of an address."""
        with self.app.store.read() as connection:
            return list(sign_ups.of_address(connection, address))

    def put_on(self, name="members", *, called=""):
        """Ada is on a list, by her word on paper."""
        person = Recipient(address=ADA, name=called)
        verbs.subscribe(self.app, person, self.app.now, by=ITSELF, name=name, consent="paper form")


@contextmanager
def visiting(folder, now, **tables):
    """A visit to a network of three lists, two of them open, in a folder with an empty store."""
    clock = [now]
    config = Config.model_validate(_CONFIG | tables).model_copy(update={"base": folder})
    with open_app(config) as app:
        object.__setattr__(app, "clock", lambda: clock[0])
        yield Visit(app, clock)


def seal_in(answer):
    return _FORM.search(answer.text)[1]


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


def heading(answer):
    return re.search(r"<h1[^>]*>(.*?)</h1>", answer.text)[1]
