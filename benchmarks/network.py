"""A network to measure with: so many members on one list, and a campaign that goes to it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from digest.app import App, open_app
from digest.config import Config
from digest.model import ITSELF, CampaignStatus, Slot
from digest.render import Compiled, compiled_to_json
from digest.store import campaigns
from digest.store.campaigns import Campaign

SENDER = "bench@example.org"
LINE = "All work and no play makes a dull benchmark, said the sink.\n"  # short: nobody's encoding folds it
_AROUND = 830  # bytes of a message besides the filling, but for as many as smtp-source's fields add to its own size
_PEOPLE = (
    "INSERT INTO lists (name, title) VALUES ('all', 'All')",
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
    INSERT INTO subscribers (address, address_key, name, created_at)
    SELECT 'member' || i || '@example.org', 'member' || i || '@example.org', 'Member ' || i, :now FROM n""",
    "INSERT INTO subscriptions (subscriber_id, list_id, status, since) SELECT id, 1, 'active', :now FROM subscribers",
)


def filling(size: int) -> str:
    """Lines that are about so many bytes once they end in CRLF."""
    return LINE * (size // (len(LINE) + 1))


def mail_of(size: int) -> Compiled:
    """A mail whose message to one person is about so many bytes."""
    return Compiled(
        subject="A benchmark",
        html=("<p>", filling(size - _AROUND), '<a href="', Slot.UNSUBSCRIBE_URL, '">Leave</a></p>'),
        text=("Hello ", Slot.NAME, "\n", LINE),
    )


@contextmanager
def campaign_to(people: int, mail: Compiled, **smtp: object) -> Iterator[tuple[App, Campaign]]:
    """An app on a new SQLite store, and a released campaign whose outbox is yet to be planned.

    Args:
        people: how many members.
        mail: what they get.
        smtp: the `[smtp]` of the configuration.
    """
    with tempfile.TemporaryDirectory() as folder:
        values = {
            "network": {"name": "Bench"},
            "sender": {"email": SENDER},
            "smtp": smtp,
            "lists": [{"name": "all"}],
        }
        config = Config.model_validate(values).model_copy(update={"base": Path(folder)})
        with open_app(config) as app:
            yield app, fill(app, people, mail)


def fill(app: App, people: int, mail: Compiled, *, status: CampaignStatus = CampaignStatus.SENDING) -> Campaign:
    """A campaign to so many people of the list "all", whose outbox is yet to be planned."""
    enlist(app, people)
    return campaign_named("bench", app, mail, to="all", status=status)


def enlist(app: App, people: int) -> None:
    """So many people, all of them on the list "all"."""
    values = {"people": people, "now": f"{app.now:%Y-%m-%d %H:%M:%S.%f}"}
    with app.store.write() as connection:
        for statement in _PEOPLE:
            needed = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), needed)


def campaign_named(name: str, app: App, mail: Compiled, *, to: str, status: CampaignStatus) -> Campaign:
    """A campaign to a list."""
    with app.store.write() as connection:
        campaign = campaigns.create(
            connection,
            by=ITSELF,
            name=name,
            digest=campaigns.ANNOUNCEMENT,
            period=name,
            status=status,
            list_names=[to],
            now=app.now,
            rendered=compiled_to_json(mail),
        )
    assert campaign is not None
    return campaign
