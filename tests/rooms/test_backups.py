"""The store as one file: taken while others write, put back whole, and nobody is mailed again for it."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from earlier_schema import put_back
from rooms.test_scheduler import CONFIG, POST
from sqlalchemy import create_engine, delete, func, insert, select

from digest.app import open_app
from digest.compose import Written, as_text
from digest.config import load_config
from digest.core import announcements, editions, health, people
from digest.core.content.pictures import picture_file, picture_files
from digest.core.editions import prepare_due
from digest.errors import DigestError, TakenError, UsageError
from digest.model import BY_SCHEDULE, By, CampaignStatus, Delivery, Picture, PictureFile, Recipient, Via
from digest.store import backup as store_backup
from digest.store import campaigns
from digest.store.content import pictures
from digest.store.organisers import sessions, sign_ins
from digest.store.organisers.sign_ins import SignInLink
from digest.store.outbox import wire
from digest.store.outbox.wire import WireNote
from digest.store.tables import activity
from digest.store.tables import pictures as pictures_table

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
ADA = By(via=Via.COMMAND, name="ada")


@pytest.fixture
def app(tmp_path, now):
    (tmp_path / "config.toml").write_text(CONFIG + '[service]\nbackup = "kept"\nbackups = 2\n')
    (tmp_path / "posts.txt").write_text(POST)
    (tmp_path / "members.csv").write_text("email\nada@example.org\nbo@example.org\n")
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as opened:
        yield opened


def note(app, now, number, pairs=2):
    """Rows that belong together: there are always as many of one kind as of the other."""
    with app.store.write() as connection:
        for verb in ("left", "right")[:pairs]:
            row = {"at": now, "by": "command ada", "verb": verb, "subject": str(number), "detail": "x" * 2000}
            connection.execute(insert(activity).values(**row))


def rows(connection):
    return [
        connection.execute(f"SELECT count(*) FROM activity WHERE verb = '{v}'").fetchone()[0] for v in ("left", "right")
    ]


def test_a_backup_under_writing_is_of_one_instant_and_holds_nobody_up(app, tmp_path, now):
    stop, written = threading.Event(), []

    def write():
        while not stop.is_set():
            note(app, now, len(written))
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            before = len(written)
            health.back_up(app, tmp_path / f"{number}.sqlite", now)
            with closing(sqlite3.connect(tmp_path / f"{number}.sqlite")) as copy:
                left, right = rows(copy)
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert left == right >= before
    finally:
        stop.set()
        writer.join()
    assert (tmp_path / "0.sqlite").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("*.half*")) == []


def test_a_restore_under_writing_is_whole_and_what_was_there_is_kept(app, tmp_path, now):
    note(app, now, 0)
    health.back_up(app, tmp_path / "b.sqlite", now)
    for number in range(20):
        note(app, now, number)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            note(app, now, 99)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = health.restore(app, tmp_path / "b.sqlite", now + HOUR, by=ADA)
    finally:
        stop.set()
        writer.join()
    with closing(sqlite3.connect(done.kept)) as kept:
        assert rows(kept)[0] >= 21
    with app.store.read() as connection:
        counts = [
            connection.execute(select(func.count()).where(activity.c.verb == verb)).scalar_one()
            for verb in ("left", "right", "restore")
        ]
    assert counts[0] == counts[1]
    assert counts[2] == 1


def test_what_a_dead_process_noted_of_the_store_before_is_not_believed_of_the_restored_one(app, tmp_path, now):
    health.back_up(app, tmp_path / "b.sqlite", now)
    nobody = Delivery(id=7, recipient=Recipient(address="ada@example.org"), subscriber_id=1, list_ids=())
    noted = WireNote.open(app.store)
    noted.claimed([nobody])
    noted.close()
    assert wire.left_by_the_dead(app.store).noted
    health.restore(app, tmp_path / "b.sqlite", now + HOUR, by=ADA)
    assert not wire.left_by_the_dead(app.store).paths


async def test_what_may_have_gone_since_a_backup_does_not_go_again_by_itself(app, tmp_path, now):
    health.back_up(app, tmp_path / "before.sqlite", now - HOUR)
    (first,) = await prepare_due(app, now, by=BY_SCHEDULE)
    assert first.campaign.status is CampaignStatus.SENDING
    health.back_up(app, tmp_path / "under way.sqlite", now)
    done = health.restore(app, tmp_path / "under way.sqlite", now + HOUR, by=ADA)
    assert done.stopped == ("weekly-2026-W48",)
    with app.store.read() as connection:
        assert campaigns.find(connection, "weekly", "2026-W48").status is CampaignStatus.PAUSED
    done = health.restore(app, tmp_path / "before.sqlite", now + HOUR, by=ADA)
    assert done.stopped == ("weekly-2026-W48",)
    assert await prepare_due(app, now + HOUR, by=BY_SCHEDULE) == ()
    with app.store.read() as connection:
        assert campaigns.find(connection, "weekly", "2026-W48").status is CampaignStatus.SKIPPED
    sent = await editions.send(app, app.digest("weekly"), now + HOUR, by=ADA)  # a person knows
    assert sent.accepted_now == 2


def test_what_is_no_backup_is_refused_and_nothing_changes(app, tmp_path, now):
    (tmp_path / "text.sqlite").write_text("hello, this is no database at all" * 100)
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE alembic_version (version_num)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
        other.execute("CREATE TABLE settings (name, value)")
        other.commit()
    for name in ("text.sqlite", "other.sqlite", "missing.sqlite"):
        with pytest.raises(UsageError, match="is no backup of a store"):
            health.restore(app, tmp_path / name, now, by=ADA)
    health.back_up(app, tmp_path / "b.sqlite", now)
    with closing(sqlite3.connect(tmp_path / "b.sqlite")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with pytest.raises(UsageError, match="is of a newer version of digest"):
        health.restore(app, tmp_path / "b.sqlite", now, by=ADA)
    with app.store.exclusive("service"):
        health.back_up(app, tmp_path / "c.sqlite", now)
        with pytest.raises(TakenError, match="digest run"):
            health.restore(app, tmp_path / "c.sqlite", now, by=ADA)
    with pytest.raises(DigestError, match="cannot be written"):
        health.back_up(app, tmp_path / "nowhere" / "b.sqlite", now)


async def test_one_backup_a_day_is_made_and_the_newest_are_kept(app, now):
    made = [await health.back_up_daily(app, now + number * 24 * HOUR) for number in range(4)]
    assert await health.back_up_daily(app, now + 73 * HOUR) is None
    folder = made[0].parent
    assert sorted(path.name for path in folder.iterdir()) == ["digest-2026-11-25.sqlite", "digest-2026-11-26.sqlite"]


async def test_a_scheduled_announcement_may_have_gone_and_waits_for_a_person(app, tmp_path, now):
    people.apply_lists(app, now, by=ADA, confirmed=True)
    text = as_text(Written(subject="The taps are off", to=("members",), body="They come back on Friday."))
    draft = announcements.create_draft(app, text, by=ADA, now=now)
    await announcements.schedule_draft(app, draft.id, now + HOUR, version=1, by=ADA, now=now)
    health.back_up(app, tmp_path / "b.sqlite", now)
    assert [one.campaign is None for one in await announcements.release_due(app, now + HOUR, by=BY_SCHEDULE)] == [False]
    done = health.restore(app, tmp_path / "b.sqlite", now + 2 * HOUR, by=ADA)
    assert "draft 1" in done.stopped
    assert await announcements.release_due(app, now + 2 * HOUR, by=BY_SCHEDULE) == []
    assert "the store was restored as of" in announcements.kept_draft(app, draft.id).trouble


def test_nobody_is_signed_in_again_by_a_restore(app, tmp_path, now):
    link = SignInLink(
        hash="l", address_key="ada@example.org", browser=None, network="", page="/", expires_at=now + WEEK
    )
    with app.store.write() as connection:
        about = {"address_key": "ada@example.org", "expires_at": now + WEEK, "agent": "", "network": ""}
        sessions.start(connection, cookie_hash="c", now=now, **about)
        sign_ins.ask(connection, link, now)
    health.back_up(app, tmp_path / "b.sqlite", now)
    with app.store.write() as connection:
        sessions.end(connection, "ada@example.org")
        sign_ins.withdraw(connection, "ada@example.org", now)
    health.restore(app, tmp_path / "b.sqlite", now + HOUR, by=ADA)
    with app.store.read() as connection:
        assert sessions.find(connection, "c", now) is None
        assert sign_ins.find(connection, "l", now) is None


async def test_what_is_put_back_is_stopped_before_anybody_sees_it(app, tmp_path, now, monkeypatch):
    await prepare_due(app, now, by=BY_SCHEDULE)
    health.back_up(app, tmp_path / "b.sqlite", now)
    put_back, seen = store_backup.put_back, []

    def watched(store, copy):
        put_back(store, copy)
        with store.read() as connection:
            seen.append(campaigns.find(connection, "weekly", "2026-W48").status)

    monkeypatch.setattr(store_backup, "put_back", watched)
    health.restore(app, tmp_path / "b.sqlite", now + HOUR, by=ADA)
    assert seen == [CampaignStatus.PAUSED]
    assert list(app.store.file.parent.glob(".*.half*")) == []


async def test_an_edition_that_was_sent_by_hand_before_it_was_due_does_not_go_again(app, tmp_path, now):
    health.back_up(app, tmp_path / "b.sqlite", now - 3 * HOUR)
    await editions.send(app, app.digest("weekly"), now - 2 * HOUR, by=ADA)
    done = health.restore(app, tmp_path / "b.sqlite", now - HOUR, by=ADA)
    assert done.stopped == ("weekly-2026-W48",)
    assert await prepare_due(app, now, by=BY_SCHEDULE) == ()


async def test_an_edition_that_was_prepared_by_hand_does_not_go_by_itself_once_it_may_have_gone(app, tmp_path, now):
    people.apply_lists(app, now - 2 * HOUR, by=ADA, confirmed=True)
    await editions.prepare(app, app.digest("weekly"), now - 2 * HOUR, by=ADA)
    health.back_up(app, tmp_path / "b.sqlite", now - HOUR)
    done = health.restore(app, tmp_path / "b.sqlite", now - HOUR / 2, by=ADA)
    assert done.stopped == ("weekly-2026-W48",)
    assert await prepare_due(app, now, by=BY_SCHEDULE) == ()


def shown(app, now, number) -> str:
    """A picture that the store knows; its file is written before, as everywhere."""
    content = b"\xff\xd8\xff" + str(number).encode() * 100
    name = picture_files(app).keep(content, "jpg")
    file = PictureFile(name=name, width=640, height=480)
    with app.store.write() as connection:
        pictures.keep(connection, Picture(large=file, small=file), now)
    return name


def test_every_picture_that_a_backup_knows_lies_beside_it_though_more_come_meanwhile(app, tmp_path, now):
    stop, known = threading.Event(), [shown(app, now, "first")]

    def write():
        while not stop.is_set():
            known.append(shown(app, now, len(known)))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            before = set(known)
            done = health.back_up(app, tmp_path / f"{number}.sqlite", now)
            with closing(sqlite3.connect(tmp_path / f"{number}.sqlite")) as copy:
                told = {name for (name,) in copy.execute("SELECT name FROM pictures")}
            assert told >= before
            assert (done.there, done.missing) == (len(told), 0)
            assert told <= {one.name for one in (tmp_path / "digest-pictures").iterdir()}
    finally:
        stop.set()
        writer.join()
    assert (tmp_path / "digest-pictures").stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "digest-pictures").iterdir()} == {0o600}


def test_pictures_that_are_lost_come_back_with_the_store_and_no_others(app, tmp_path, now):
    name, other = shown(app, now, 1), shown(app, now, 2)
    content = picture_file(app, name)
    health.back_up(app, tmp_path / "b.sqlite", now)
    (tmp_path / "digest-pictures" / other).write_bytes(b"of somebody else")
    (tmp_path / "digest-pictures" / f"{'0' * 32}.jpg").write_bytes(b"nobody knows it")
    shutil.rmtree(app.mailbox.parent / "pictures")
    done = health.restore(app, tmp_path / "b.sqlite", now + HOUR, by=ADA)
    assert (done.pictures.there, done.pictures.missing) == (1, 1)
    assert picture_file(app, name) == content
    assert [one.name for one in (app.mailbox.parent / "pictures").iterdir()] == [name]
    assert not (done.kept.parent / "digest-pictures").exists()


def test_a_backup_of_before_there_were_pictures_is_put_back(app, tmp_path, now):
    note(app, now, 0)
    health.back_up(app, tmp_path / "b.sqlite", now)
    engine = create_engine(f"sqlite:///{tmp_path / 'b.sqlite'}")
    with engine.begin() as copy:
        put_back(copy, "0027")
    engine.dispose()
    name = shown(app, now, 1)
    done = health.restore(app, tmp_path / "b.sqlite", now + HOUR, by=ADA)
    assert (done.pictures.there, done.pictures.missing) == (0, 0)
    assert picture_file(app, name) is not None
    with app.store.read() as connection:
        assert pictures.files(connection) == frozenset()


def test_where_no_picture_can_be_written_there_is_no_backup_without_them(app, tmp_path, now):
    shown(app, now, 1)
    (tmp_path / "digest-pictures").write_text("in the way")
    with pytest.raises(DigestError, match="pictures cannot be written"):
        health.back_up(app, tmp_path / "b.sqlite", now)
    assert not (tmp_path / "b.sqlite").exists()


async def test_beside_daily_backups_lie_the_pictures_of_those_that_are_kept(app, now):
    first, second = shown(app, now, 1), shown(app, now, 2)
    folder = (await health.back_up_daily(app, now)).parent
    with app.store.write() as connection:
        connection.execute(delete(pictures_table).where(pictures_table.c.name == first))
    os.utime(folder / "digest-pictures" / first, (0, 0))
    os.utime(folder / "digest-pictures" / second, (0, 0))
    held = []
    for day in (1, 2):
        await health.back_up_daily(app, now + day * 24 * HOUR)
        held.append({one.name for one in (folder / "digest-pictures").iterdir()})
    assert held == [{first, second}, {second}]
