"""Editions drafted ahead: shown to their organisers, answered by links bound to what was shown, sent on time or not."""

import email
import re
from contextlib import ExitStack
from datetime import timedelta
from email.policy import default

import pytest
from rooms.test_scheduler import CONFIG, POST
from starlette.testclient import TestClient

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns as core_campaigns
from digest.core import content, editions, health
from digest.core.editions.approval import release
from digest.core.editions.reviewers import answer_link
from digest.core.people import apply_lists
from digest.errors import UsageError
from digest.model import BY_SCHEDULE, By, CampaignStatus, DeliveryState, Edit, Via
from digest.store import campaigns
from digest.store.organisers import activity
from digest.tokens import Scope
from digest.web import create_web

ORGANISERS = """
[[organisers]]
email = "Una@example.org"
role = "admin"
[[organisers]]
email = "vi@example.org"
lists = ["members"]
[[organisers]]
email = "ed@example.org"
role = "editor"
[[organisers]]
email = "away@example.org"
lists = ["board"]
"""
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
ADA = By(via=Via.COMMAND, name="ada")


class Network:
    """A network whose edition of a Monday at eight is drafted a day before, with its clock in the test's hand."""

    def __init__(self, app, due):
        self.app, self.due = app, due
        self.web = TestClient(create_web(app), base_url="https://digest.example.org", raise_server_exceptions=True)

    async def tick(self, moment):
        await editions.prepare_due(self.app, moment, by=BY_SCHEDULE)
        await editions.show_drafts(self.app, moment, by=BY_SCHEDULE)
        return self.campaign

    async def send(self, moment):
        return [one async for one in core_campaigns.send_due(self.app, moment)]

    @property
    def campaign(self):
        with self.app.store.read() as connection:
            return campaigns.find(connection, "weekly", "2026-W48")

    def mails(self, address):
        found = (
            [
                email.message_from_bytes(path.read_bytes(), policy=default)
                for path in sorted((self.app.mailbox / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
            ]
            if (self.app.mailbox / "new").exists()
            else []
        )
        return [mail for mail in found if address in mail["to"]]

    def links(self, address, number=-1):
        text = self.mails(address)[number].get_body(("plain",)).get_content()
        bar = text.partition("=" * 60)[0]
        return dict(re.findall(r"^(.+):\n(https://\S+)$", bar, re.MULTILINE))

    def link(self, scope, address="Una@example.org"):
        organiser = next(one for one in self.app.config.organisers if one.email == address)
        return answer_link(self.app, scope, self.campaign, organiser)


@pytest.fixture
def make(tmp_path, now, empty_store):
    def make(keys, *, organisers=ORGANISERS):
        (tmp_path / "config.toml").write_text(
            CONFIG + f'prepare_before = "24h"\n{keys}\n[web]\nurl = "https://digest.example.org"\n'
            '[[lists]]\nname = "board"\nsubscribers = ["cy@example.org"]\n' + organisers
        )
        (tmp_path / "posts.txt").write_text(POST)
        (tmp_path / "members.csv").write_text("email\nada@example.org\nbo@example.org\n")
        # The clock of the app: pages read it.
        app = stack.enter_context(open_app(load_config(tmp_path / "config.toml", environ={}), at=now - 23 * HOUR))
        return Network(app, now)

    with ExitStack() as stack:
        yield make


def add(network, title):
    path = network.app.config.resolve(network.app.config.sources[0].path)
    path.write_text(f"{title}\n\nAdded by Una\n\nHello.\n\n" + path.read_text())


async def test_a_draft_is_the_very_mail_with_a_bar_above_it_and_goes_by_itself_on_time(make):
    network = make('approval = "review"')
    assert await network.tick(network.due - 25 * HOUR) is None
    drafted = await network.tick(network.due - 24 * HOUR)
    assert (drafted.status, drafted.send_at) == (CampaignStatus.PREPARED, network.due)
    assert await network.send(network.due - HOUR) == []
    for address in ("Una@example.org", "vi@example.org", "ed@example.org"):
        (mail,) = network.mails(address)
        assert mail["subject"].startswith("[Draft] ")
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "This is a draft for 2 people, due on 23 November, 08:00." in text
        assert "It goes by itself, unless somebody holds it back." in text
        assert html.index("This is a draft for 2 people") < html.index("A thought about hedges")
        assert html.index("prefers-color-scheme: dark){.draft-bar{") < html.index('<table class="draft-bar"')
        assert "A thought about hedges" in text
    assert list(network.links("Una@example.org")) == ["Approve it", "Hold it back", "Look at it"]
    assert next(iter(network.links("ed@example.org"))) == "Hold it back"  # an editor lets nothing go
    assert network.mails("away@example.org") == []
    await network.tick(network.due - 12 * HOUR)
    assert len(network.mails("Una@example.org")) == 1
    assert (await network.tick(network.due)).status is CampaignStatus.SENDING
    (sent,) = await network.send(network.due)
    assert sent.accepted_now == 2
    assert network.mails("ada@example.org")[0]["subject"] == drafted_subject(network)


def drafted_subject(network):
    return network.mails("Una@example.org")[0]["subject"].removeprefix("[Draft] ")


async def test_what_a_scanner_opens_changes_nothing_and_what_a_person_presses_does(make):
    network = make('approval = "required"')
    await network.tick(network.due - 23 * HOUR)
    links = network.links("Una@example.org")
    for words in ("Approve it", "Hold it back"):
        before = network.campaign
        page = network.web.get(links[words])
        assert page.status_code == 200
        assert '<form method="post">' in page.text
        assert network.campaign == before
    answer = network.web.post(links["Approve it"])
    assert "It goes on 23 November, 08:00." in answer.text
    approved = network.campaign
    assert (approved.status, approved.moved_by) == (CampaignStatus.PREPARED, By(via=Via.LINK, name="Una@example.org"))
    assert await network.send(network.due - HOUR) == []
    assert (await network.tick(network.due)).status is CampaignStatus.SENDING
    assert "Nothing to decide" in network.web.post(links["Approve it"]).text


async def test_without_the_approval_that_is_required_it_waits_is_reminded_of_once_and_a_late_one_sends_at_once(make):
    network = make('approval = "required"')
    await network.tick(network.due - 24 * HOUR)
    add(network, "News")
    await content.collect(network.app, network.due - 7 * HOUR, by=BY_SCHEDULE)
    await network.tick(network.due - 7 * HOUR)
    assert [len(network.mails(address)) for address in ("Una@example.org", "ed@example.org")] == [1, 1]
    for hours in (6, 5, -1):
        assert (await network.tick(network.due - hours * HOUR)).status is CampaignStatus.PREPARED
    assert [len(network.mails(address)) for address in ("Una@example.org", "ed@example.org")] == [2, 1]
    reminder = " ".join(network.mails("Una@example.org")[1].get_body(("plain",)).get_content().split())
    assert "waits for you" in network.mails("Una@example.org")[1]["subject"]
    assert "1 new item has come in since. It waits for the next edition, unless it is added." in reminder
    assert [one.told for one in health.troubles(network.app, network.due + HOUR)] == [
        "weekly-2026-W48 was due at 2026-11-23 08:00 and waits for an approval"
    ]
    late = network.due + 2 * HOUR
    assert editions.approve(network.app, "weekly-2026-W48", by=ADA, now=late).status is CampaignStatus.SENDING
    (sent,) = await network.send(late)
    assert sent.accepted_now == 2


async def test_what_nobody_lets_go_in_time_is_skipped_told_to_the_admins_and_still_new(make):
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    links = network.links("Una@example.org")
    over = network.due + 12 * HOUR + timedelta(seconds=1)
    assert (await network.tick(network.due + 12 * HOUR)).status is CampaignStatus.PREPARED
    skipped = await network.tick(over)
    assert skipped.status is CampaignStatus.SKIPPED
    assert "nobody let it go within 12:00:00 of it" in skipped.reason
    report = core_campaigns.report(network.app, skipped.name).report
    assert report.states[DeliveryState.QUEUED] == 0
    assert [one.key for one in await health.tell(network.app, over, by=BY_SCHEDULE)] == ["missed weekly-2026-W48"]
    assert "Nothing to decide" in network.web.post(links["Approve it"]).text
    sent = await editions.send(network.app, network.app.digest("weekly"), over, by=ADA)
    assert (sent.report.status, sent.accepted_now) == (CampaignStatus.SENT, 2)


async def test_an_approval_is_of_what_was_shown_and_of_nothing_that_it_becomes(make):
    network = make('approval = "required"')
    await network.tick(network.due - 20 * HOUR)
    approve = network.links("Una@example.org")["Approve it"]
    (post,) = content.stored_items(network.app, network.due)
    network.web.post(approve)
    gloves = Edit(source=post.source, key=post.key, note="Bring gloves.")
    content.edit_item(network.app, gloves, network.due - 2 * HOUR, by=ADA)
    waiting = await network.tick(network.due)
    assert waiting.status is CampaignStatus.PREPARED  # what was edited was approved by nobody
    answer = network.web.post(approve)
    assert (answer.status_code, "It has changed" in answer.text) == (409, True)
    assert network.campaign.status is CampaignStatus.PREPARED
    again = network.mails("Una@example.org")[-1].get_body(("plain",)).get_content()
    assert "Bring gloves." in again
    assert "It has changed since you were shown it last" in again
    editions.approve_draft(
        network.app,
        editions.read_answer_link(
            network.app, Scope.APPROVE, network.links("Una@example.org")["Approve it"].rpartition("/")[2]
        ),
        network.due + HOUR,
    )
    assert network.campaign.status is CampaignStatus.SENDING


async def test_where_two_must_agree_one_is_not_enough_however_they_say_it(make):
    network = make('approval = "required"\napproval_from = 2')
    await network.tick(network.due - HOUR)
    una = network.links("Una@example.org")["Approve it"]
    for _ in range(2):
        assert "1 more organiser has to approve it" in network.web.post(una).text
    assert (await network.tick(network.due)).status is CampaignStatus.PREPARED
    sent = await editions.send(
        network.app, network.app.digest("weekly"), network.due, by=By(via=Via.LINK, name="una@example.org")
    )
    assert (sent.accepted_now, sent.note) == (0, "1 more must approve it: `digest approve weekly-2026-W48`")
    network.web.post(network.links("vi@example.org")["Approve it"])
    assert (await network.tick(network.due + HOUR)).status is CampaignStatus.SENDING


def edit(network, note="Bring gloves."):
    (post,) = content.stored_items(network.app, network.due)
    gloves = Edit(source=post.source, key=post.key, note=note)
    content.edit_item(network.app, gloves, network.due - 2 * HOUR, by=ADA)


async def test_who_sends_what_was_edited_since_the_first_agreed_is_the_first_to_agree_to_it(make):
    network = make('approval = "required"\napproval_from = 2')
    await network.tick(network.due - HOUR)
    network.web.post(network.links("Una@example.org")["Approve it"])
    edit(network)
    sent = await editions.send(network.app, network.app.digest("weekly"), network.due, by=ADA)
    assert (sent.accepted_now, sent.note) == (0, "1 more must approve it: `digest approve weekly-2026-W48`")
    waiting = network.campaign
    assert (waiting.status, waiting.moved_by) == (CampaignStatus.PREPARED, ADA)
    assert waiting.reason.startswith("approved by command ada; 1 more must approve it; composed again")
    assert "Bring gloves." in waiting.rendered


async def test_what_was_edited_after_it_was_found_approved_is_not_let_go(make):
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    network.web.post(network.links("Una@example.org")["Approve it"])
    approved = network.campaign
    editions.word(network.app, approved.name, by=ADA, now=network.due, subject="Another")
    left, told = release(network.app, approved, by=BY_SCHEDULE, now=network.due, edited=False)
    assert (left.status, told) == (CampaignStatus.PREPARED, "")
    assert left == network.campaign


async def test_who_holds_it_keeps_it_back_until_somebody_approves(make):
    network = make('approval = "review"')
    await network.tick(network.due - HOUR)
    page = network.web.post(network.links("ed@example.org")["Hold it back"])
    assert "Held back" in page.text
    assert (await network.tick(network.due)).status is CampaignStatus.HELD
    network.web.post(network.links("Una@example.org")["Approve it"])
    assert (await network.tick(network.due + HOUR)).status is CampaignStatus.SENDING
    with network.app.store.read() as connection:
        done = [(str(one.by), one.verb) for one in activity.latest(connection, limit=20, subject="weekly-2026-W48")]
    assert ("link ed@example.org", "hold") in done
    assert ("link Una@example.org", "approve ahead") in done


@pytest.mark.parametrize("scope", [Scope.APPROVE, Scope.HOLD])
async def test_a_link_is_for_one_answer_and_dies_with_its_organiser(make, scope):
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    token = network.link(scope).rpartition("/")[2]
    other = {Scope.APPROVE: "hold", Scope.HOLD: "approve"}[scope]
    assert network.web.post(f"/{other}/{token}").status_code == 404
    assert network.web.post(f"/{scope}/{token[:-2]}xx").status_code == 404
    gone = make('approval = "required"', organisers='[[organisers]]\nemail = "new@example.org"\nrole = "admin"\n')
    assert gone.web.post(f"/{scope}/{token}").status_code == 404
    assert gone.campaign.status is CampaignStatus.PREPARED


async def test_an_editor_cannot_approve_even_with_a_link_of_their_own(make):
    network = make('approval = "required"')
    await network.tick(network.due - HOUR)
    assert network.web.post(network.link(Scope.APPROVE, "ed@example.org")).status_code == 404


async def test_where_there_was_nothing_to_draft_it_is_looked_again_when_it_is_due(make, tmp_path):
    network = make('approval = "review"')
    (tmp_path / "posts.txt").write_text("")
    assert (await network.tick(network.due - 2 * HOUR)).status is CampaignStatus.SKIPPED
    add(network, "News")
    assert (await network.tick(network.due - HOUR)).status is CampaignStatus.SKIPPED
    assert (await network.tick(network.due)).status is CampaignStatus.SENDING


async def test_a_draft_is_judged_as_it_will_stand_when_it_goes(make, tmp_path):
    network = make('approval = "review"')
    closing = "\n\nAdded by Una\n\nThistle Farm has a vacancy.\n\nClosing date: 11pm on Sunday 22nd November 2026\n"
    (tmp_path / "posts.txt").write_text(POST + "\nOrchard Assistant - £21,500 - Thistle Farm" + closing)
    drafted = await network.tick(network.due - 20 * HOUR)
    assert drafted.edition is not None
    assert "Orchard Assistant" not in drafted.rendered


async def test_what_waits_can_be_told_only_what_it_may(make):
    network = make('approval = "review"')
    await network.tick(network.due)
    with pytest.raises(UsageError, match="only what is held or prepared can be told to approve"):
        editions.approve(network.app, "weekly-2026-W48", by=ADA, now=network.due)


@pytest.mark.parametrize(
    ("approval", "becomes"), [("none", CampaignStatus.SENDING), ("required", CampaignStatus.PREPARED)]
)
async def test_what_somebody_drafts_after_an_edition_has_gone_is_the_next_at_its_time(make, approval, becomes):
    network = make(f'approval = "{approval}"')
    app, weekly, ada = network.app, network.app.config.digests[0], ADA
    apply_lists(app, network.due, by=ada)
    first = await editions.draft_next(app, weekly, network.due, by=ada)
    assert first.campaign.period == "2026-W48"
    assert (await editions.draft_next(app, weekly, network.due, by=ada)).campaign.id == first.campaign.id  # it waits
    editions.approve(app, first.campaign.name, by=ada, now=network.due)
    await network.send(network.due)
    add(network, "Moss")
    ahead = (await editions.draft_next(app, weekly, network.due + HOUR, by=ada)).campaign
    assert (ahead.period, ahead.status, ahead.send_at) == ("2026-W49", CampaignStatus.PREPARED, network.due + WEEK)
    assert (await editions.draft_next(app, weekly, network.due + HOUR, by=ada)).campaign.id == ahead.id
    await editions.prepare_due(app, network.due + WEEK, by=BY_SCHEDULE)
    with app.store.read() as connection:
        assert campaigns.by_name(connection, ahead.name).status is becomes
