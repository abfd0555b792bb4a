"""The console on the real web server, its mails at a real SMTP server, and its jobs, woken by hand."""

import asyncio
import re
import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP
from console_visit import CONFIG, HOST
from desk_visit import NAME, with_posts

from browser.test_sign_up import Site
from digest.app import open_app
from digest.config import load_config
from digest.core import content, editions, organisers
from digest.core.people import apply_lists
from digest.model import ITSELF
from digest.service.ticks import load_jobs
from digest.web import serving

JOBS = {job.id: run for job, run in load_jobs(Path(__file__).parents[2] / "jobs")}


class Postbox:
    """What an SMTP server took; it takes its time, and takes no more than so many, where it is told to."""

    def __init__(self):
        self.seconds, self.taken, self._more = 0.0, [], threading.Condition()
        self.most = None  # that it answers for before `go_on`
        self._going = threading.Event()

    def go_on(self):
        """Answer for all that is left."""
        self.most, self.seconds = None, 0.0
        self._going.set()

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.seconds)
        if self.most is not None and len(self.taken) >= self.most:
            await asyncio.to_thread(self._going.wait)
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        with self._more:
            self.taken.extend((address, message) for address in envelope.rcpt_tos)
            self._more.notify_all()
        return "250 2.0.0 taken"

    def to(self, address):
        """The messages to somebody, in order; waits for the first."""
        with self._more:
            arrived = lambda: [message for recipient, message in self.taken if recipient == address]  # noqa: E731
            assert self._more.wait_for(arrived, timeout=30), f"nothing came for {address}"
            return arrived()


class Desk(Site):
    """A network that is served, and whose jobs do what they are for when they are woken."""

    def __init__(self, app, listener):
        super().__init__(app)
        self.post, self._listener = Postbox(), listener

    async def _serve(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self.post, enable_SMTPUTF8=True, loop=loop), sock=self._listener)
        async with serving(self.app) as self.address:
            self._up.set()
            await self._over.wait()
        server.close()

    def begin(self, coroutine):
        """Have something done beside the browser; its future."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def wake(self, job):
        """Begin what a file of jobs/ does; its future."""
        return self.begin(JOBS[job](self.app, self.app.now))

    def collect(self):
        self.begin(content.collect(self.app, self.app.now, by=ITSELF)).result()

    def prepare(self, digest="weekly"):
        """Draft the edition of the week."""
        self.begin(editions.prepare(self.app, self.app.digest(digest), self.app.now, by=ITSELF)).result()

    def link(self, email):
        """The path of a link that signs somebody in, as a command prints it."""
        link = organisers.sign_in_link(self.app, email, self.app.now, by=ITSELF)
        return link[link.index("/console") :]

    def enter(self, page, email, path="/console"):
        """Sign somebody in by a printed link, and go to a page."""
        page.goto(self.address + self.link(email))
        page.get_by_role("button", name="Sign in now").click()
        page.goto(self.address + path)


def text_in(message):
    """What a mail says, as plain text, its lines joined."""
    return " ".join(message.get_body(("plain",)).get_content().split())


def titles(page, section=None):
    """The titles in an edition's page, or in one section of it, once all of the page is there: reading them all
    waits for nothing by itself."""
    page.wait_for_load_state()
    where = page.get_by_role("region", name=section) if section else page
    return where.locator("article.item h3").all_inner_texts()


def page_named_in(message, path):
    """The first address below a path that a mail names, without its host."""
    return re.search(rf"{path}/[\w-]+", message.get_body(("plain",)).get_content())[0]


@contextmanager
def desk(folder, now, *, change=lambda config: config, embedded=False):
    """The network of `console_visit`, served; its configuration as `change` makes it of that.

    Its mails go to `Desk.post`, or into the embedded mailbox.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        smtp = f'host = "127.0.0.1"\nport = {listener.getsockname()[1]}\nconnections = 1'
        text = with_posts(folder, CONFIG).replace(f'url = "{HOST}"\n', "")
        text = text if embedded else text.replace('host = "embedded"', smtp)
        path = folder / "config.toml"
        path.write_text(change(text), encoding="utf-8")
        with open_app(load_config(path, environ={}), at=now) as app:
            apply_lists(app, now, by=ITSELF, confirmed=True)
            with Desk(app, listener).up() as up:
                yield up


__all__ = ["NAME", "Desk", "Postbox", "desk", "page_named_in", "text_in"]
