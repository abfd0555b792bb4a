"""Relays and workers on the overview: how each stands, for admins, where there is more to say than one that is well."""

from contextlib import contextmanager

import pytest
from console_visit import ADMIN, CONFIG, EDITOR, network, signed_in, text_of

from digest.store.outbox import relays

TWO = CONFIG.replace(
    '[smtp]\nhost = "embedded"\n',
    '[[relays]]\nname = "north"\nhost = "127.0.0.1"\nport = 25\nrate = "10/second"\ndaily_maximum = 20\n'
    '[[relays]]\nname = "south"\nhost = "127.0.0.1"\nport = 26\n',
)


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now, config=TWO) as opened:
        yield opened


@contextmanager
def writing(app):
    with app.store.write() as connection:
        yield connection, app.now.astimezone(app.config.network.zone).date()


def told(app, email=ADMIN):
    return text_of(signed_in(app, email).get("/console"))


def test_an_admin_sees_how_each_relay_stands(app):
    assert "What sends Relay Status Mails a second Today north well ≤ 10.0 0 of 20 south well 0" in told(app)


def test_of_one_that_is_left_out_the_reason_is_told_and_of_a_full_one_that_it_is_full(app):
    with writing(app) as (connection, today):
        relays.fail(connection, "south", "nobody answers at <south>")
        relays.lock_day(connection, ["north"], today)
        relays.count_given(connection, {"north": 20}, today)
    page = told(app)
    assert "north full for today" in page
    assert "20 of 20 south nobody answers at &lt;south&gt; left out for now" in page


def test_an_editor_sees_nothing_of_servers(app):
    assert "What sends" not in told(app, EDITOR)


def test_one_server_that_is_well_is_not_worth_a_table(tmp_path, now, empty_store):
    with network(tmp_path, now) as app:
        assert "What sends" not in told(app)
