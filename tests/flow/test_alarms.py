"""What needs an admin: told once a day by mail and in `digest status`, each with the command that mends it."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.app import open_app
from digest.config import load_config
from digest.core import editions, health
from digest.errors import DeliveryError
from digest.model import BY_SCHEDULE

ADMINS = """
[[organisers]]
email = "ada@example.org"
role = "admin"
[[organisers]]
email = "ed@example.org"
role = "editor"
"""
NOW = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/London"))
HOUR = timedelta(hours=1)


@pytest.fixture
def held(network):
    """A network whose edition a person holds."""
    config = network.folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + ADMINS, encoding="utf-8")
    network.json("prepare", "weekly", "--at", network.at)
    done = network.run("hold", "weekly-2026-W48")
    assert done.code == 0, done.err
    return network


def told(network, at):
    with open_app(load_config(network.folder / "config.toml"), at=at) as app:
        return [one.key for one in asyncio.run(health.tell(app, at, by=BY_SCHEDULE))]


def words(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_an_admin_is_told_of_a_held_edition_with_the_command_and_nobody_else_is(held, sink):
    assert told(held, NOW) == ["held weekly-2026-W48"]
    assert sink.recipients == ["ada@example.org"]
    mail = sink.message("ada@example.org")
    assert mail["subject"] == "Something at Growers needs you"
    assert "weekly-2026-W48 is held" in words(mail)
    assert "digest approve weekly-2026-W48" in words(mail)


def test_the_same_is_told_again_only_after_a_day_and_what_is_mended_never(held, sink):
    assert told(held, NOW) == ["held weekly-2026-W48"]
    assert told(held, NOW + 23 * HOUR) == []
    assert "held weekly-2026-W48" in told(held, NOW + 25 * HOUR)
    held.run("cancel", "weekly-2026-W48")
    assert "held weekly-2026-W48" not in told(held, NOW + 50 * HOUR)


def test_what_comes_later_the_same_day_has_a_mail_of_its_own(held, sink):
    told(held, NOW)
    held.write("members.csv", "email,name\nnobody\n")
    (key,) = told(held, NOW + HOUR)
    assert key.startswith("lists ")
    assert "members.csv" in words(sink.message_of_last("ada@example.org"))
    assert "weekly-2026-W48" not in words(sink.message_of_last("ada@example.org"))


def test_a_source_that_is_silent_for_a_day_is_told_of_and_one_that_failed_once_is_not(held, sink):
    held.run("collect", "--at", "2026-11-23T08:00")
    told(held, NOW)
    (held.folder / "posts.txt").unlink()
    held.run("collect", "--at", "2026-11-23T10:00")
    assert told(held, NOW + 3 * HOUR) == []
    assert "source posts" in told(held, NOW + 25 * HOUR)
    assert "digest collect --source posts" in words(sink.message_of_last("ada@example.org"))


def test_what_no_server_takes_is_told_by_the_next_tick(held, sink):
    sink.reply = lambda _: "451 later"
    with pytest.raises(DeliveryError):
        told(held, NOW)
    sink.reply = lambda _: "250 OK"
    assert told(held, NOW) == ["held weekly-2026-W48"]


def test_without_an_admin_nothing_is_written_to_anybody(held, sink):
    held.change("config.toml", 'role = "admin"', 'role = "editor"')
    assert (told(held, NOW), sink.taken) == ([], [])


def test_status_says_the_same(held):
    (one,) = held.json("status", "--at", held.at)["troubles"]
    assert (one["told"], one["mend"]) == ("weekly-2026-W48 is held: by hand (hold)", "digest approve weekly-2026-W48")
    assert "digest approve weekly-2026-W48" in " ".join(held.run("status", "--at", held.at).err.split())


def test_a_missed_edition_is_told_for_a_day(network, sink):
    config = network.folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + ADMINS, encoding="utf-8")
    network.send()
    late = NOW + timedelta(days=7, hours=20)
    with open_app(load_config(config), at=late) as app:
        asyncio.run(editions.prepare_due(app, late, by=BY_SCHEDULE))
    sink.taken.clear()
    assert "missed weekly-2026-W49" in told(network, late)
    assert "digest send weekly" in words(sink.message("ada@example.org"))
    assert "missed weekly-2026-W49" not in told(network, late + 25 * HOUR)
