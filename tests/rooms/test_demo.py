"""What `digest demo --serve` has to show beside what the demo does by itself."""

import asyncio
from datetime import UTC, datetime

import pytest
from console_visit import ADMIN, ORGANISER, network, signed_in, text_of

from digest.app import open_app
from digest.cli.demo_campaign import FRIENDS, begin_campaign, friends_join, with_friends
from digest.core import announcements, campaigns, people
from digest.model import ITSELF, CampaignStatus, DeliveryState

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with network(folder, NOW) as app:
        config = with_friends(app.config)
    with open_app(config, at=NOW) as app:
        friends_join(app, NOW, by=ITSELF)
        yield app


def test_a_campaign_to_hundreds_waits_for_whoever_sends_slowly_and_another_is_being_written(served):
    name = asyncio.run(begin_campaign(served, NOW, by=ITSELF))
    told = campaigns.report(served, name).report
    assert told.status is CampaignStatus.SENDING
    assert told.states[DeliveryState.QUEUED] > 200
    assert [one.campaign for one in announcements.kept_drafts(served)] == [name, None]
    page = text_of(signed_in(served, ADMIN).get(f"/console/campaigns/{name}"))
    assert "Pause" in page
    assert "Cancel for good" in page


def test_a_list_is_shown_growing_over_half_a_year(served):
    admin = signed_in(served, ADMIN)
    told = {one["name"]: one for one in admin.get("/console/people/lists.json").json()["lists"]}
    counts = [week["active"] for week in told[FRIENDS]["weeks"]]
    assert len(counts) == 26
    assert counts[-1] == told[FRIENDS]["active"] == people.list_sizes(served)[FRIENDS]
    assert counts[0] < 20 < counts[13] < counts[-1]
    assert told["board"]["weeks"][-2:] == [
        {"monday": "2026-11-16", "active": 0},
        {"monday": "2026-11-23", "active": 2},
    ]
    page = admin.get("/console/people/lists").text
    assert page.count("<polyline") == 3
    assert f'<td class="number" data-says="Now">{counts[-1]}</td>' in page


def test_an_organiser_is_told_the_numbers_of_their_own_lists(served):
    max_ = signed_in(served, ORGANISER)
    assert [one["name"] for one in max_.get("/console/people/lists.json").json()["lists"]] == ["members"]
