"""How many were on a list before, from what is kept of each subscription."""

from datetime import UTC, datetime, timedelta

import pytest
from console_visit import network

from digest.core import people
from digest.model import ITSELF, Recipient

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def app(tmp_path):
    with network(tmp_path, NOW - timedelta(weeks=40)) as opened:
        yield opened


def counts(app, *, weeks=6):
    (told,) = people.growth(app, NOW, names=["board"], count=weeks)
    return list(told.counts)


def joins(app, address, weeks):
    person = Recipient(address=address, name="")
    people.subscribe(app, person, NOW - timedelta(weeks=weeks), by=ITSELF, name="board", consent="on paper")


def leaves(app, address, weeks):
    people.leave(app, address, NOW - timedelta(weeks=weeks), by=ITSELF, name="board")


def test_who_joined_counts_from_that_week_on(app):
    joins(app, "gil@example.org", 2)
    assert counts(app) == [2, 2, 2, 3, 3, 3]


def test_who_left_counts_until_the_week_before(app):
    leaves(app, "dee@example.org", 1)
    assert counts(app) == [2, 2, 2, 2, 1, 1]


def test_who_came_and_left_counts_in_between(app):
    joins(app, "gil@example.org", 4)
    leaves(app, "gil@example.org", 1)
    assert counts(app) == [2, 3, 3, 3, 2, 2]


def test_who_came_from_another_list_counts_from_when_they_agreed_to_this_one(app):
    joins(app, "cy@example.org", 3)  # a member for long
    leaves(app, "cy@example.org", 1)
    assert counts(app) == [2, 2, 3, 3, 2, 2]


def test_what_happened_before_these_weeks_does_not_move_them(app):
    joins(app, "gil@example.org", 20)
    leaves(app, "dee@example.org", 12)
    assert counts(app) == [2] * 6
