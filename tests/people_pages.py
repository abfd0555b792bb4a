"""A network whose members steer their mail by pages, and a visitor of these in process."""

from contextlib import contextmanager

from sqlalchemy import select
from starlette.testclient import TestClient

from digest.app import open_app
from digest.config import load_config
from digest.core.people import apply_lists, list_ids_of
from digest.model import ITSELF
from digest.store import people
from digest.store.people import Status
from digest.store.tables import metadata
from digest.tokens import Scope
from digest.web import create_web

PUBLIC = "https://digest.example.org"
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
[[categories]]
name = "Soil"
title = "Soil & compost"
[[categories]]
name = "Water"
[[categories]]
name = "Events"
[[lists]]
name = "members"
title = "All <b>members</b>"
description = "The weekly digest."
subscribers = SUBSCRIBERS
[[lists]]
name = "board"
title = "The board"
subscribers = ["ada@example.org"]
[[lists]]
name = "friends"
title = "Friends"
signup = "open"
[[lists]]
name = "staff"
title = "Staff only"
subscribers = ["bo@example.org"]
[[digests]]
name = "weekly"
title = "Weekly digest"
lists = ["members"]
[[digests]]
name = "monthly"
title = "Monthly digest"
every = "month"
lists = ["members"]
instead_of = "weekly"
[[digests]]
name = "minutes"
title = "Minutes"
lists = ["board"]
sections = [{ kind = "posts" }]
"""
ACTIVE = {"board": Status.ACTIVE, "members": Status.ACTIVE}


@contextmanager
def opened(folder, now, subscribers=("Ada <ada@example.org>", "bo@example.org"), *, config=CONFIG):
    """The network, with its lists applied."""
    path = folder / "config.toml"
    path.write_text(config.replace("SUBSCRIBERS", repr(list(subscribers))), encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF, confirmed=True)
        yield app


def visitor(app, network="198.51.100.7"):
    """Somebody's browser, which follows no redirect."""
    return TestClient(create_web(app), follow_redirects=False, client=(network, 4711))


def subscriber_id(app, address="ada@example.org"):
    with app.store.read() as connection:
        return people.find(connection, address)[0]


def path_of(app, scope, *numbers):
    return app.link(scope, *numbers).removeprefix(PUBLIC)


def unsubscribe_path(app, *names, address="ada@example.org"):
    who = subscriber_id(app, address)
    return path_of(app, Scope.UNSUBSCRIBE, who, *list_ids_of(app, who, names))


def preferences_path(app, address="ada@example.org"):
    return path_of(app, Scope.PREFERENCES, subscriber_id(app, address))


def fresh_path(app, address="ada@example.org"):
    return path_of(app, Scope.PREFERENCES, subscriber_id(app, address), int(app.now.timestamp()) // 60)


def statuses(app, address="ada@example.org"):
    with app.store.read() as connection:
        stands = people.memberships(connection, subscriber_id(app, address))
    return {name: status for name, (status, _) in stands.items()}


def preferences(app, address="ada@example.org"):
    with app.store.read() as connection:
        return people.preferences_of(connection, subscriber_id(app, address))


def consents(app, address="ada@example.org"):
    with app.store.read() as connection:
        return people.journal_of(connection, address)


def everything_kept(app):
    """Every row of every table."""
    with app.store.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }
