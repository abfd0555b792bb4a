"""Announcements that are being written: kept, changed by two, scheduled, and let go once, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from mailbox import Maildir

import pytest
from earlier_schema import put_back
from sqlalchemy import select
from sqlalchemy import text as sql

from digest.app import open_app
from digest.compose import Written, as_text, read_written
from digest.config import load_config
from digest.core import announcements, content, editions, organisers
from digest.core.announcements import NumberError, OutdatedError, UnknownDraftError
from digest.core.health import alarms
from digest.core.people import apply_lists
from digest.errors import ConfigError, DigestError, NotAllowedError, UsageError
from digest.model import BY_SCHEDULE, ITSELF, DraftState, Edit, Organiser, Role
from digest.store.organisers import drafts as store_drafts
from digest.store.tables import campaigns as campaign_table
from digest.store.tables import deliveries

CONFIG = """\
[network]
name = "Growers"
timezone = "Europe/London"
postal_address = "3 Orchard Lane"
[sender]
email = "digest@example.org"
name = "Growers"
[smtp]
host = "embedded"
[store]
url = "STORE"
[web]
port = 0
url = "https://digest.example.org"
[limits]
ask_above = 2
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
[[lists]]
name = "members"
title = "Members"
subscribers = ["ada@example.org", "bo@example.org", "cy@example.org"]
fields = ["region"]
[[lists]]
name = "board"
title = "Board"
subscribers = ["ada@example.org"]
[[digests]]
name = "weekly"
lists = ["members"]
[[digests]]
name = "minutes"
lists = ["members", "board"]
"""
POSTS = """\
A bench made of pallets

Added by Zed under Tools

Three pallets, twelve screws and one afternoon.

Sharpening a scythe

Added by Bo under Tools

A stone, some water and patience.
"""
TEXT = as_text(Written(subject="The taps are off", to=("members",), body="They come back on Friday."))
BOARD = as_text(Written(subject="Board only", to=("board",), body="Please come."))
ADA = Organiser(email="ada@example.org", role=Role.ADMIN)
BO = Organiser(email="bo@example.org", role=Role.ORGANISER, lists=("board",))
ED = Organiser(email="ed@example.org", role=Role.EDITOR)


@pytest.fixture
def app(tmp_path, store_url, empty_store, now):
    (tmp_path / "config.toml").write_text(CONFIG.replace("STORE", store_url), encoding="utf-8")
    (tmp_path / "posts.txt").write_text(POSTS, encoding="utf-8")
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF, confirmed=True)
        yield app


@pytest.fixture
def make(app, now):
    def make(text=TEXT, who=ADA, **more):
        return announcements.create_draft(app, text, by=who.by, now=now, organiser=who, **more)

    return make


def draft(app, draft_id=1):
    return announcements.kept_draft(app, draft_id)


def sent(app):
    with app.store.read() as connection:
        names = select(campaign_table.c.name, deliveries.c.address_key).join(
            deliveries, deliveries.c.campaign_id == campaign_table.c.id
        )
        return sorted((row.name.rpartition("-")[0], row.address_key) for row in connection.execute(names))


def done(app, subject="draft 1"):
    return [one.verb for one in reversed(organisers.latest_activity(app, limit=20, subject=subject))]


@pytest.mark.parametrize(
    "written",
    [
        Written(),
        Written(subject='A: "b" # c', body="---\nnot front matter\n---\n\n- one"),
        Written(
            subject="yes", id="12", preheader="null", where='region = "Fife" and role != "x"', at="2026-11-30 08:00"
        ),
        Written(
            subject="ünï 👩🏽‍🌾",
            to=("members", "board"),
            without=("staff",),
            sender="Orchard, the <orchard@example.org>",
            reply_to="hello@example.org",
            attach=("posts/Seed swap, on: 5th", "[x]"),
            urgent=True,
            public=True,
            body="Text\n\n    code",
        ),
    ],
)
def test_what_is_written_in_a_form_is_read_back_from_the_file_as_it_was(written):
    assert read_written(as_text(written), name="x.md") == written


def test_a_draft_is_made_changed_and_thrown_away_with_who_and_when(app, make, now):
    made = make()
    later = now + timedelta(hours=1)
    changed = announcements.change_draft(app, made.id, BOARD, version=1, by=BO.by, now=later)
    assert (changed.version, changed.text, changed.changed_at, changed.changed_by) == (2, BOARD, later, BO.by)
    assert (changed.created_at, changed.created_by, changed.state) == (now, ADA.by, DraftState.WRITTEN)
    assert announcements.kept_drafts(app) == (changed,)
    announcements.discard_draft(app, made.id, version=2, by=ADA.by, now=later)
    assert announcements.kept_drafts(app) == ()
    assert done(app) == ["write", "write", "discard"]
    with pytest.raises(UnknownDraftError, match="no draft 1"):
        draft(app)


def test_what_two_change_at_once_is_refused_to_the_later_who_sees_what_the_earlier_wrote(app, make, now):
    make()
    announcements.change_draft(app, 1, BOARD, version=1, by=BO.by, now=now)
    with pytest.raises(OutdatedError, match="organiser bo@") as caught:
        announcements.change_draft(app, 1, TEXT + "more", version=1, by=ADA.by, now=now)
    assert (caught.value.current.text, draft(app).text, draft(app).version) == (BOARD, BOARD, 2)
    with pytest.raises(OutdatedError):
        announcements.discard_draft(app, 1, version=1, by=ADA.by, now=now)


async def test_an_outdated_version_is_neither_scheduled_nor_sent(app, make, now):
    make()
    announcements.change_draft(app, 1, BOARD, version=1, by=BO.by, now=now)
    for verb in (announcements.release_draft, announcements.send_draft):
        with pytest.raises(OutdatedError):
            await verb(app, 1, version=1, by=ADA.by, now=now, typed=3)
    with pytest.raises(OutdatedError):
        await announcements.schedule_draft(app, 1, now + timedelta(days=1), version=1, by=ADA.by, now=now, typed=3)
    assert sent(app) == []


async def test_a_scheduled_draft_goes_at_its_time_once_and_is_that_campaign_then(app, make, now):
    make()
    at = now + timedelta(days=1)
    kept = await announcements.schedule_draft(app, 1, at, version=1, by=ADA.by, now=now, typed=3)
    assert (kept.state, kept.send_at, kept.version) == (DraftState.SCHEDULED, at, 2)
    assert await announcements.release_due(app, at - timedelta(seconds=1), by=BY_SCHEDULE) == []
    (gone,) = await announcements.release_due(app, at, by=BY_SCHEDULE)
    assert await announcements.release_due(app, at, by=BY_SCHEDULE) == []
    assert (draft(app).state, draft(app).campaign) == (DraftState.SENT, gone.campaign)
    assert sent(app) == [("the-taps-are-off", f"{name}@example.org") for name in ("ada", "bo", "cy")]
    assert done(app) == ["write", "schedule", "send"]
    with pytest.raises(OutdatedError, match="sent as the-taps"):
        announcements.change_draft(app, 1, BOARD, version=3, by=ADA.by, now=at)


async def test_a_draft_is_rescheduled_kept_back_and_widened_only_by_a_new_word(app, make, now):
    make(BOARD)
    day = timedelta(days=1)
    for version, at in ((1, now + day), (2, now + 2 * day)):
        await announcements.schedule_draft(app, 1, at, version=version, by=ADA.by, now=now)
    assert await announcements.release_due(app, now + day, by=BY_SCHEDULE) == []
    mended = announcements.change_draft(app, 1, BOARD + "\nReally.", version=3, by=ADA.by, now=now)
    assert mended.send_at == now + 2 * day
    wider = announcements.change_draft(app, 1, TEXT, version=4, by=ADA.by, now=now)
    assert (wider.send_at, "schedule it again" in wider.trouble) == (None, True)
    await announcements.schedule_draft(app, 1, now + day, version=5, by=ADA.by, now=now, typed=3)
    assert announcements.unschedule_draft(app, 1, version=6, by=ADA.by, now=now).state is DraftState.WRITTEN
    assert await announcements.release_due(app, now + 3 * day, by=BY_SCHEDULE) == []


async def test_what_cannot_go_at_its_time_waits_and_says_why(app, make, now):
    make()
    at = now + timedelta(hours=1)
    await announcements.schedule_draft(app, 1, at, version=1, by=ADA.by, now=now, typed=3)
    (gone,) = await announcements.release_due(app, at + timedelta(days=2), by=BY_SCHEDULE)
    assert (gone.campaign, "missed by more than a day" in draft(app).trouble) == (None, True)
    assert (draft(app).state, done(app)[-1], sent(app)) == (DraftState.WRITTEN, "keep back", [])
    with app.store.read() as connection:
        assert store_drafts.in_trouble(connection) == (draft(app),)
    assert "digest drafts show 1" in [one.mend for one in alarms.troubles(app, now)]


@pytest.fixture
async def waiting(tmp_path, now):
    """A draft whose time has come, on SQLite, for a list that is a file."""
    people = '["ada@example.org", "bo@example.org", "cy@example.org"]'
    config = CONFIG.replace("STORE", "sqlite:///var/digest.sqlite").replace(
        f"subscribers = {people}", 'file = "members.csv"'
    )
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    (tmp_path / "posts.txt").write_text(POSTS, encoding="utf-8")
    everybody(tmp_path / "members.csv", 30)
    with open_app(load_config(tmp_path / "config.toml", environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF, confirmed=True)
        announcements.create_draft(app, TEXT, by=ADA.by, now=now)
        at = now + timedelta(hours=1)
        await announcements.schedule_draft(app, 1, at, version=1, by=ADA.by, now=now, typed=30)
        yield app, tmp_path / "members.csv", at


def everybody(file, number, more=""):
    rows = "".join(f"m{one}@example.org,Fife\n" for one in range(number))
    file.write_text(f"email,region\n{rows}{more}")


async def test_a_mistyped_line_in_a_list_keeps_no_announcement_back(waiting):
    app, members, at = waiting
    everybody(members, 30, "nobody\n")
    (gone,) = await announcements.release_due(app, at, by=BY_SCHEDULE)
    assert (gone.campaign is not None, len(sent(app))) == (True, 30)


async def test_an_announcement_waits_for_a_list_change_to_be_confirmed_until_it_is_too_late(waiting):
    app, members, at = waiting
    everybody(members, 2)
    assert await announcements.release_due(app, at, by=BY_SCHEDULE) == []
    assert (draft(app).state, sent(app)) == (DraftState.SCHEDULED, [])
    (gone,) = await announcements.release_due(app, at + timedelta(hours=25), by=BY_SCHEDULE)
    assert "missed by more than a day" in gone.trouble
    assert (draft(app).state, sent(app)) == (DraftState.WRITTEN, [])


async def test_an_announcement_goes_once_the_stores_trouble_is_over(waiting):
    app, _, at = waiting
    with app.store.write() as connection:
        broken = "CREATE TRIGGER broken BEFORE INSERT ON campaigns BEGIN SELECT 1 FROM nowhere; END"
        connection.execute(sql(broken))
    assert await announcements.release_due(app, at, by=BY_SCHEDULE) == []
    with app.store.write() as connection:
        connection.execute(sql("DROP TRIGGER broken"))
    assert draft(app).state is DraftState.SCHEDULED
    (gone,) = await announcements.release_due(app, at, by=BY_SCHEDULE)
    assert (gone.campaign is not None, len(sent(app))) == (True, 30)


async def test_only_a_time_that_comes_is_scheduled_and_the_texts_own_unless_another_is_said(app, make, now):
    make(as_text(replace(read_written(BOARD, name=""), at="2026-12-01 08:00")))
    with pytest.raises(UsageError, match="is past"):
        await announcements.schedule_draft(app, 1, now, version=1, by=ADA.by, now=now)
    kept = await announcements.schedule_draft(app, 1, None, version=1, by=ADA.by, now=now)
    assert kept.send_at == datetime.fromisoformat("2026-12-01T08:00+00:00")
    assert "at: 2026-12-01T08:00+00:00" in announcements.exported(kept)


async def test_who_sends_to_many_types_how_many(app, make, now):
    make()
    for typed in (None, 2):
        with pytest.raises(NumberError, match="3 people"):
            await announcements.release_draft(app, 1, version=1, by=ADA.by, now=now, typed=typed)
    assert sent(app) == []
    await announcements.release_draft(app, 1, version=1, by=ADA.by, now=now, typed=3)
    assert len(sent(app)) == 3


async def test_the_same_text_again_is_refused_and_names_the_first(app, make, now):
    make(BOARD)
    make(BOARD)
    first = await announcements.release_draft(app, 1, version=1, by=ADA.by, now=now)
    with pytest.raises(UsageError, match=first.name):
        await announcements.release_draft(app, 2, version=1, by=ADA.by, now=now)
    assert (len(sent(app)), draft(app, 2).state) == (1, DraftState.WRITTEN)


async def test_what_preflight_finds_wrong_is_neither_scheduled_nor_sent(app, make, now):
    make(as_text(Written(subject="Come", to=("board",), body="[Here](page.html)")))
    at = now + timedelta(days=1)
    with pytest.raises(DigestError, match="Mend this first"):
        await announcements.schedule_draft(app, 1, at, version=1, by=ADA.by, now=now)
    with pytest.raises(DigestError, match="Mend this first"):
        await announcements.release_draft(app, 1, version=1, by=ADA.by, now=now)
    assert (sent(app), draft(app).state) == ([], DraftState.WRITTEN)


async def test_a_test_has_every_header_that_the_mail_will_have_and_leaves_no_trace(app, make, now):
    make(as_text(replace(read_written(TEXT, name=""), sender="The taps <taps@example.org>", reply_to="hi@example.org")))
    await announcements.send_draft_test(app, 1, "ada@example.org", now)
    (mail,) = (message_from_bytes(one.as_bytes(), policy=default) for one in Maildir(app.mailbox))
    assert (mail["Subject"], mail["From"]) == ("[Test] The taps are off", "The taps <taps@example.org>")
    assert (mail["Reply-To"], mail["List-Unsubscribe-Post"]) == ("hi@example.org", "List-Unsubscribe=One-Click")
    assert mail["List-Unsubscribe"].startswith("<https://digest.example.org/sample>")
    assert (sent(app), draft(app).version) == ([], 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sender": "x@elsewhere.example.org"}, 'line 3: from: "x@elsewhere.example.org" is not at example.org'),
        ({"sender": "nobody@"}, "line 3: from: 'nobody@' is no address"),
        ({"reply_to": "nobody"}, "line 3: reply_to: 'nobody' is no address"),
        ({"at": "soon"}, 'line 3: at "soon" is not an ISO time'),
    ],
)
async def test_what_is_no_time_or_no_address_of_ours_is_told_with_its_line(app, make, now, wrong, told):
    text = as_text(Written(subject="S", body="B", **wrong))
    with pytest.raises(ConfigError) as caught:
        await announcements.notice_of(app, make(text), now)
    assert told in str(caught.value)


@pytest.fixture
def bench(app):
    """An announcement of the bench, sent to these lists."""

    async def announce(now, *to, **more):
        text = as_text(Written(subject="A bench", to=to, attach=("A bench made of pallets",), body="Look.", **more))
        made = announcements.create_draft(app, text, by=ADA.by, now=now)
        return await announcements.release_draft(app, made.id, version=1, by=ADA.by, now=now, typed=3)

    return announce


async def new_in(app, digest, now):
    edition = (await editions.preview(app, app.digest(digest), now)).edition
    return sorted(entry.item.title for entry in edition.entries)


BOTH = ["A bench made of pallets", "Sharpening a scythe"]


async def test_what_was_announced_to_all_its_readers_is_not_in_the_next_digest(app, bench, now):
    await bench(now, "members")
    prepared = await editions.prepare(app, app.digest("weekly"), now + timedelta(hours=1), by=ITSELF)
    assert "A bench made of pallets" not in prepared.campaign.edition
    assert await new_in(app, "minutes", now) == BOTH  # its other readers were not told


async def test_what_was_announced_to_some_of_its_readers_is_in_the_next_digest(app, bench, now):
    await bench(now, "board", id="1")
    await bench(now, "members", id="2", where='region != "Fife"')
    await bench(now, "members", id="3", without=("board",))
    assert await new_in(app, "weekly", now) == BOTH


async def test_what_an_editor_pins_is_in_the_next_digest_all_the_same_and_then_no_more(app, bench, now):
    await bench(now, "members")
    item = content.find_item(app, "A bench made of pallets")
    content.edit_item(app, Edit(source=item.source, key=item.key, pinned=True), now, by=ITSELF)
    assert await new_in(app, "weekly", now) == BOTH
    await editions.prepare(app, app.digest("weekly"), now, by=ITSELF)
    assert await new_in(app, "weekly", now + timedelta(days=7)) == []


@pytest.mark.parametrize("who", [BO, ED])
async def test_of_a_list_that_is_none_of_theirs_nobody_sees_or_sends_anything(app, make, now, who):
    make()
    at = now + timedelta(days=1)
    refused = (
        lambda **v: announcements.change_draft(app, 1, BOARD, **v),
        lambda **v: announcements.discard_draft(app, 1, **v),
        lambda **v: announcements.unschedule_draft(app, 1, **v),
    )
    for verb in refused:
        with pytest.raises(NotAllowedError):
            verb(version=1, by=who.by, now=now, organiser=who)
    for going in (
        announcements.schedule_draft(app, 1, at, version=1, by=who.by, now=now, typed=3, organiser=who),
        announcements.release_draft(app, 1, version=1, by=who.by, now=now, typed=3, organiser=who),
        announcements.send_draft_test(app, 1, who.email, now, organiser=who),
    ):
        with pytest.raises(NotAllowedError):
            await going
    if who is BO:
        assert announcements.kept_drafts(app, organiser=who) == ()
        with pytest.raises(NotAllowedError):
            announcements.kept_draft(app, 1, organiser=who)
    assert (draft(app).version, sent(app)) == (1, [])


async def test_an_organiser_writes_to_their_own_lists_and_none_beside(app, make, now):
    nobodys = make(as_text(Written(subject="S", body="B")), who=BO)
    assert announcements.kept_drafts(app, organiser=BO) == (nobodys,)
    more = {"by": BO.by, "now": now, "organiser": BO}
    announcements.change_draft(app, 1, BOARD, version=1, **more)
    for text in (TEXT, as_text(Written(subject="S", to=("board",), without=("members",), body="B"))):
        with pytest.raises(NotAllowedError):
            announcements.change_draft(app, 1, text, version=2, **more)
        with pytest.raises(NotAllowedError):
            make(text, who=BO)
    campaign = await announcements.release_draft(app, 1, version=2, **more)
    assert (campaign.list_names, campaign.moved_by, len(sent(app))) == (("board",), BO.by, 1)


async def test_a_correction_is_of_the_lists_that_it_corrects(app, make, now):
    make()
    faulty = await announcements.release_draft(app, 1, version=1, by=ADA.by, now=now, typed=3)
    mended = as_text(Written(subject="Sorry", body="On Friday."))
    with pytest.raises(NotAllowedError):
        make(mended, who=BO, correcting=faulty.name)
    kept = make(mended, correcting=faulty.name)
    with pytest.raises(UsageError, match="still being sent"):
        await announcements.notice_of(app, kept, now)


def test_a_store_of_an_earlier_version_gets_a_place_for_drafts(app, store_url, tmp_path, now):
    with app.store.write() as connection:
        put_back(connection, "0015")
    with open_app(app.config, at=now) as again:
        assert announcements.create_draft(again, TEXT, by=ADA.by, now=now).id == 1
