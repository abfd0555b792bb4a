"""The scheduler and the shipped jobs on a real store: what wakes, what is told, and what a tick may decide."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns as core_campaigns
from digest.core import editions, health
from digest.errors import DigestError
from digest.model import BY_SCHEDULE, CampaignStatus
from digest.resources import bundled
from digest.service.scheduler import running
from digest.service.ticks import Job, Tick, load_jobs
from digest.store import campaigns

CONFIG = """\
[network]
name = "Growers"
timezone = "Europe/London"
[sender]
email = "digest@example.org"
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
[[lists]]
name = "members"
file = "members.csv"
[[digests]]
name = "weekly"
lists = ["members"]
on = "monday"
at = "08:00"
"""
POST = "A thought about hedges\n\nAdded by Una\n\nThey are alive.\n"
WEEK = timedelta(weeks=1)
SOON = timedelta(milliseconds=1)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "posts.txt").write_text(POST)
    (tmp_path / "members.csv").write_text("email\nada@example.org\nbo@example.org\n")
    return tmp_path


@pytest.fixture
def app(folder, now, empty_store):
    with open_app(load_config(folder / "config.toml", environ={}), at=now) as opened:
        yield opened


def add_post(folder: Path, title: str) -> None:
    path = folder / "posts.txt"
    path.write_text(f"{title}\n\nAdded by Una\n\nHello.\n\n" + path.read_text())


def found(app, period):
    with app.store.read() as connection:
        return campaigns.find(connection, "weekly", period)


def job(run, name="test", every=SOON):
    return Job(name, every), run


def test_the_shipped_jobs_load_by_path_in_the_order_of_their_names():
    jobs = load_jobs(bundled("jobs"))
    shipped = [
        "alarms",
        "announcements",
        "backup",
        "collect",
        "drafts",
        "letters",
        "pauses",
        "ping",
        "prepare",
        "retention",
        "returns",
        "send",
    ]
    assert [job.id for job, _ in jobs] == shipped
    assert all(asyncio.iscoroutinefunction(run) for _, run in jobs)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "JOB = 'daily'\nasync def run(app, now): ...",
        "from digest.service.ticks import Job\nJOB = Job('x', None)",
    ],
    ids=["empty", "no Job", "no run"],
)
def test_a_file_that_is_no_job_says_what_it_needs(tmp_path, source):
    (tmp_path / "mine.py").write_text(source)
    with pytest.raises(DigestError, match=r"mine\.py is no job: it needs JOB = Job\(id, every\)"):
        load_jobs(tmp_path)


async def test_a_job_that_fails_is_told_once_and_tried_again_until_it_is_well(app):
    answers = iter(["no server", "no server", "no server", "no disk", None, "no server"])
    done = asyncio.Event()

    async def run(_app, _now):
        answer = next(answers, "end")
        if answer == "end":
            done.set()
        elif answer:
            raise DigestError(answer)

    with capture_logs() as logs:
        async with running(app, (job(run),)):
            await asyncio.wait_for(done.wait(), 30)
    assert [entry["error"] for entry in logs] == ["no server", "no disk", "no server"]
    assert {entry["job"] for entry in logs} == {"test"}


async def test_that_a_run_cannot_be_put_down_is_told_once_and_stops_no_job(app, monkeypatch):
    ran = []

    async def run(_app, now):
        ran.append(now)

    def refuse(*_, **__):
        raise DigestError("read-only")

    monkeypatch.setattr(health, "ran", refuse)
    tick = Tick(app, Job("test", SOON), run)
    with capture_logs() as logs:
        await tick.wake()
        await tick.wake()
    assert [entry["error"] for entry in logs] == ["read-only"]
    assert len(ran) == 2


async def test_a_job_never_overlaps_itself_and_a_slow_one_delays_no_other(app):
    slow_runs = quick_runs = 0
    enough, let_go = asyncio.Event(), asyncio.Event()

    async def slow(_app, _now):
        nonlocal slow_runs
        slow_runs += 1
        await let_go.wait()

    async def quick(_app, _now):
        nonlocal quick_runs
        quick_runs += 1
        if quick_runs == 5:
            enough.set()

    async with running(app, (job(slow, "slow"), job(quick, "quick"))):
        await asyncio.wait_for(enough.wait(), 30)
        assert slow_runs == 1
        let_go.set()


async def test_leaving_waits_for_a_run_under_way_and_begins_no_other(app):
    begun, let_go = asyncio.Event(), asyncio.Event()
    told = []

    async def run(_app, _now):
        told.append("begun")
        begun.set()
        await let_go.wait()
        told.append("done")

    async def stay():
        async with running(app, (job(run),)):
            await begun.wait()

    leaving = asyncio.create_task(stay())
    await begun.wait()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(leaving), 0.05)
    let_go.set()
    await asyncio.wait_for(leaving, 30)
    assert told == ["begun", "done"]


async def test_a_wake_up_on_its_way_when_the_schedule_ends_begins_nothing(app):
    runs = []

    async def run(_app, _now):
        runs.append("begun")

    tick = Tick(app, *job(run))
    await tick.wake()
    await tick.finished()
    await tick.wake()
    assert runs == ["begun"]


async def test_every_run_is_given_the_apps_present(app, now):
    given = asyncio.get_running_loop().create_future()

    async def run(own, moment):
        if not given.done():
            given.set_result((own, moment))

    async with running(app, (job(run),)):
        own, moment = await asyncio.wait_for(given, 30)
    assert own is app
    assert timedelta(0) <= moment - now < timedelta(minutes=1)


async def test_the_shipped_jobs_send_the_edition_that_is_due_once(app, folder):
    sent = asyncio.Event()
    jobs = [(Job(one.id, timedelta(milliseconds=20)), run) for one, run in load_jobs(bundled("jobs"))]

    async def watch(own, _now):
        with own.store.read() as connection:
            campaign = campaigns.find(connection, "weekly", "2026-W48")
        if campaign is not None and campaign.status is CampaignStatus.SENT:
            sent.set()

    with capture_logs() as logs:
        async with running(app, (*jobs, job(watch, "watch", timedelta(milliseconds=20)))):
            await asyncio.wait_for(sent.wait(), 60)
    assert [entry["accepted"] for entry in logs if entry["event"] == "sent"] == [2]
    assert len(list((app.mailbox / "new").iterdir())) == 2


async def test_a_tick_before_the_hour_or_a_second_tick_does_nothing(app, now):
    assert await editions.prepare_due(app, now - timedelta(days=1), by=BY_SCHEDULE) == ()
    (prepared,) = await editions.prepare_due(app, now, by=BY_SCHEDULE)
    assert (prepared.campaign.name, prepared.campaign.status) == ("weekly-2026-W48", CampaignStatus.SENDING)
    assert await editions.prepare_due(app, now + timedelta(seconds=5), by=BY_SCHEDULE) == ()


async def test_a_missed_period_is_recorded_with_its_reason_only_after_a_first_edition(app, folder, now):
    late = timedelta(hours=13)
    assert await editions.prepare_due(app, now + late, by=BY_SCHEDULE) == ()
    assert found(app, "2026-W48") is None  # a new installation has missed nothing
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    add_post(folder, "News")
    assert await editions.prepare_due(app, now + WEEK + late, by=BY_SCHEDULE) == ()
    missed = found(app, "2026-W49")
    assert missed.status is CampaignStatus.SKIPPED
    assert missed.reason == "was due at 2026-11-30 08:00 and nothing ran within 12:00:00 of it"
    (third,) = await editions.prepare_due(app, now + 2 * WEEK + late - timedelta(hours=2), by=BY_SCHEDULE)
    assert third.campaign.status is CampaignStatus.SENDING  # what was missed is in it: it is still new


async def test_a_missed_edition_may_still_be_sent_by_hand(app, folder, now):
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    add_post(folder, "News")
    late = now + WEEK + timedelta(hours=13)
    await editions.prepare_due(app, late, by=BY_SCHEDULE)
    sent = await editions.send(app, app.digest("weekly"), late, by=BY_SCHEDULE)
    assert (sent.report.campaign, sent.accepted_now) == ("weekly-2026-W49", 2)


async def test_an_edition_that_needs_approval_is_prepared_and_waits_for_a_person(folder, now):
    text = CONFIG + 'approval = "required"\n'
    (folder / "config.toml").write_text(text)
    with open_app(load_config(folder / "config.toml", environ={}), at=now) as app:
        (prepared,) = await editions.prepare_due(app, now, by=BY_SCHEDULE)
        assert prepared.campaign.status is CampaignStatus.PREPARED
        assert await editions.prepare_due(app, now + timedelta(hours=1), by=BY_SCHEDULE) == ()
        assert [one async for one in core_campaigns.send_due(app, now + timedelta(hours=1))] == []
        assert found(app, "2026-W48").status is CampaignStatus.PREPARED
        sent = await editions.send(app, app.digest("weekly"), now + timedelta(hours=2), by=BY_SCHEDULE)
        assert (sent.report.status, sent.accepted_now) == (CampaignStatus.SENT, 2)


async def test_a_broken_line_in_a_list_costs_nobody_their_digest(app, folder, now):
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    add_post(folder, "News")
    (folder / "members.csv").write_text("email\nada@example.org\nnot an address\n")
    with capture_logs() as logs:
        (prepared,) = await editions.prepare_due(app, now + WEEK, by=BY_SCHEDULE)
    assert core_campaigns.report(app, prepared.campaign.name).report.recipients == 2  # the lists as last applied
    (warning,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert "members.csv, line 3" in warning["error"]


async def test_a_list_that_would_lose_too_many_stops_the_edition_until_a_person_confirms(app, folder, now):
    everybody = "".join(f"m{number}@example.org\n" for number in range(10))
    (folder / "members.csv").write_text("email\n" + everybody)
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    add_post(folder, "News")
    (folder / "members.csv").write_text("email\nm0@example.org\n")
    with pytest.raises(DigestError, match=r'weekly: .*"members" would lose 9 of 10 people'):
        await editions.prepare_due(app, now + WEEK, by=BY_SCHEDULE)
    assert found(app, "2026-W49") is None
    (folder / "members.csv").write_text("email\n" + everybody)
    (prepared,) = await editions.prepare_due(app, now + WEEK + timedelta(minutes=5), by=BY_SCHEDULE)
    assert prepared.campaign.status is CampaignStatus.SENDING
