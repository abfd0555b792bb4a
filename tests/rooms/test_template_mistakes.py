"""A mistake in a template while nobody watches: the edition is held with its place, and goes on once it is mended."""

import re
from dataclasses import replace

import pytest

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns as core_campaigns
from digest.core import editions, health
from digest.errors import TemplateError, UsageError
from digest.model import BY_SCHEDULE, CampaignStatus, DeliveryState
from digest.render.rehearsal import template_problems
from digest.store import campaigns

pytestmark = pytest.mark.sqlite  # of which store it is says nothing here

CONFIG = """\
[network]
name = "Growers"
timezone = "Europe/London"
[sender]
email = "digest@example.org"
[paths]
templates = "own"
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
[[lists]]
name = "members"
subscribers = ["ada@example.org", "bo@example.org"]
[[digests]]
name = "weekly"
lists = ["members"]
on = "monday"
at = "08:00"
[[digests]]
name = "other"
lists = ["members"]
on = "monday"
at = "08:00"
subject = "Of its own"
"""
NAME = "weekly-2026-W48"
SUBJECT = "email/edition/subject.txt.j2"
PARTIAL = "email/_partials/post.txt.j2"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "posts.txt").write_text("A thought about hedges\n\nAdded by Una\n\nThey are alive.\n")
    (tmp_path / "own").mkdir()
    return tmp_path


@pytest.fixture
def app(folder, now, empty_store):
    with open_app(load_config(folder / "config.toml", environ={}), at=now) as opened:
        yield opened


def write(folder, name, text):
    path = folder / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def arrived(app):
    return len(list((app.mailbox / "new").glob("*")))


def stands(app):
    told = core_campaigns.report(app, NAME).report
    return told.status, told.reason


async def test_an_edition_that_cannot_be_rendered_is_held_with_file_and_line_and_the_others_go_on(app, folder, now):
    mistake = write(folder, SUBJECT, "Hello\n{{ nothing }}")
    prepared = await editions.prepare_due(app, now, by=BY_SCHEDULE)
    assert [(one.campaign.name, one.campaign.status) for one in prepared] == [
        (NAME, CampaignStatus.HELD),
        ("other-2026-W48", CampaignStatus.SENDING),
    ]
    assert stands(app) == (CampaignStatus.HELD, f"{mistake}, line 2: 'nothing' is undefined")
    assert core_campaigns.report(app, NAME).report.recipients == 0
    assert health.status(app, now).campaigns[-1].reason.endswith("line 2: 'nothing' is undefined")
    assert await editions.prepare_due(app, now, by=BY_SCHEDULE) == ()


async def test_a_held_edition_without_a_mail_is_not_approved(app, folder, now):
    write(folder, SUBJECT, "{{ nothing }}")
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    with pytest.raises(UsageError, match=r"has no mail yet: .*line 1: .*`digest prepare weekly` composes it anew"):
        editions.approve(app, NAME, by=BY_SCHEDULE, now=now)
    assert stands(app)[0] is CampaignStatus.HELD


async def test_a_held_edition_without_a_mail_can_be_cancelled(app, folder, now):
    write(folder, SUBJECT, "{{ nothing }}")
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    core_campaigns.cancel(app, NAME, by=BY_SCHEDULE, now=now)
    assert stands(app)[0] is CampaignStatus.CANCELLED


async def test_once_mended_the_edition_is_composed_anew_and_the_scheduler_lets_it_go(app, folder, now):
    write(folder, SUBJECT, "{{ nothing }}")
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    write(folder, SUBJECT, "Mended")
    assert (
        await editions.prepare(app, app.digest("weekly"), now, by=BY_SCHEDULE)
    ).campaign.status is CampaignStatus.PREPARED
    (one,) = await editions.prepare_due(app, now, by=BY_SCHEDULE)
    assert (one.campaign.name, one.campaign.status) == (NAME, CampaignStatus.SENDING)
    [one async for one in core_campaigns.send_due(app, now)]
    assert (stands(app)[0], arrived(app)) == (CampaignStatus.SENT, 4)


async def test_once_mended_a_person_sends_the_edition(app, folder, now):
    write(folder, SUBJECT, "{{ nothing }}")
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    write(folder, SUBJECT, "Mended")
    assert (await editions.send(app, app.digest("weekly"), now, by=BY_SCHEDULE)).accepted_now == 2
    assert stands(app) == (CampaignStatus.SENT, "")


async def test_while_it_is_not_mended_preparing_by_hand_fails_and_the_edition_stays_held(app, folder, now):
    write(folder, SUBJECT, "{{ nothing }}")
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    before = stands(app)
    with pytest.raises(TemplateError, match=r"subject\.txt\.j2, line 1"):
        await editions.prepare(app, app.digest("weekly"), now, by=BY_SCHEDULE)
    assert stands(app) == before


async def test_by_hand_a_mistake_in_a_template_records_nothing(app, folder, now):
    write(folder, SUBJECT, "{{ nothing }}")
    with pytest.raises(TemplateError, match=r"subject\.txt\.j2, line 1"):
        await editions.send(app, app.digest("weekly"), now, by=BY_SCHEDULE)
    with app.store.read() as connection:
        assert campaigns.recent(connection) == ()


async def test_an_edition_that_must_change_and_cannot_be_rendered_is_held_unsent_and_goes_on(app, folder, now):
    await editions.prepare_due(app, now, by=BY_SCHEDULE)
    tomorrow = now.replace(day=24)  # days are counted anew, so the mail is rendered again
    write(folder, SUBJECT, "{{ nothing }}")
    failed = [one async for one in core_campaigns.send_due(app, tomorrow) if one.error]
    way_out = rf".*line 1.* it is held.* mend it, then `digest approve {NAME}`"
    assert [one.campaign for one in failed] == [NAME]
    assert re.fullmatch(way_out, failed[0].error)
    told = core_campaigns.report(app, NAME).report
    assert (told.status, told.states[DeliveryState.QUEUED], told.reason[-22:]) == (
        CampaignStatus.HELD,
        2,
        "'nothing' is undefined",
    )
    assert arrived(app) == 2  # the other digest's, whose subject is its own
    assert [one async for one in core_campaigns.send_due(app, tomorrow)] == []
    write(folder, SUBJECT, "Mended")
    editions.approve(app, NAME, by=BY_SCHEDULE, now=now)
    [one async for one in core_campaigns.send_due(app, tomorrow)]
    assert (stands(app)[0], arrived(app)) == (CampaignStatus.SENT, 4)


def test_a_sample_of_everything_finds_no_mistake_in_the_shipped_templates(app, now):
    assert template_problems(app.renderer, app.config, now) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("email/_partials/vacancy.mjml.j2", "{% if row.urgent %}{{ row.salry }}{% endif %}"),
        ("email/_partials/vacancy.txt.j2", "{{ row.facts[7] + 1 }}"),
        ("email/_partials/event.mjml.j2", "{% if row.cancelled %}{{ row.nothing }}{% endif %}"),
        ("email/_partials/event.txt.j2", "{% if row.note %}{{ row.nothing }}{% endif %}"),
        ("email/_partials/post.mjml.j2", "{% if row.editor %}{{ row.nothing }}{% endif %}"),
        ("email/_partials/post.txt.j2", "{% if not row.author %}{{ row.nothing }}{% endif %}"),
        ("email/announcement/subject.txt.j2", "{{ announcement.nothing }}"),
        ("web/item.html.j2", "{% if item.kind == 'vacancy' %}{{ item.nothing }}{% endif %}"),
        ("web/unsubscribe.html.j2", "{% if lists | length > 1 %}{{ nothing }}{% endif %}"),
        ("web/unsubscribed.html.j2", "{% if not lists %}{{ nothing }}{% endif %}"),
        ("web/_page.html.j2", "{% block title %}{% endblock %}{{ nothing }}"),
        ("pieces/never-included.txt.j2", "{% if %}"),
    ],
)
def test_a_mistake_in_any_piece_is_found_beforehand_with_its_place(app, folder, now, name, text):
    path = write(folder, name, text)
    problems = template_problems(app.renderer, app.config, now)
    assert [problem for problem in problems if problem.startswith(f"{path}, line 1: ")] == list(problems)
    assert len(problems) == 1


def test_mistakes_in_two_templates_are_told_together(app, folder, now):
    first = write(folder, PARTIAL, "{{ row.nothing }}")
    second = write(folder, "web/message.html.j2", "{{ nothing }}")
    assert [str(first) in told or str(second) in told for told in template_problems(app.renderer, app.config, now)] == [
        True,
        True,
    ]


def test_a_check_without_digests_still_reads_every_template(app, folder, now):
    path = write(folder, PARTIAL, "{{")
    bare = replace(app, config=app.config.model_copy(update={"digests": ()}))
    assert [told.startswith(str(path)) for told in template_problems(bare.renderer, bare.config, now)] == [True]
