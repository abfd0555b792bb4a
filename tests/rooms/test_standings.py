"""In one word how a campaign stands: on every page of the console, and for the command line."""

from datetime import UTC, datetime, timedelta

import pytest
from console_visit import ADMIN, network, signed_in, text_of
from desk_visit import NAME, version_on, with_posts

from digest.core import editions, health
from digest.model import ITSELF, CampaignStatus

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PLACES = ("/console", "/console/campaigns", "/console/editions", f"/console/campaigns/{NAME}")


@pytest.fixture
def opened(tmp_path):
    def opened(approval):
        config = with_posts(tmp_path).replace('approval = "required"', f'approval = "{approval}"')
        return network(tmp_path, NOW, config=config)

    return opened


async def prepared(app):
    ahead = NOW + timedelta(hours=2)
    made = await editions.prepare(app, app.digest("weekly"), app.now, by=ITSELF, send_at=ahead)
    return made.campaign


@pytest.mark.parametrize(
    ("approval", "before", "says"),
    [("required", "prepared", "Waits for approval"), ("review", "ready", "Goes by itself")],
)
async def test_it_is_the_same_word_everywhere_before_and_after_an_approval(opened, approval, before, says):
    with opened(approval) as app:
        made = await prepared(app)
        assert editions.standings(app, [made]) == {NAME: before}
        client = signed_in(app, ADMIN)
        assert all(says in text_of(client.get(place)) for place in PLACES)
        assert health.status(app, app.now).agreed == frozenset()
        client.post(
            f"/console/editions/{NAME}/approve", data={"version": version_on(client.get(f"/console/editions/{NAME}"))}
        )
        stored = editions.current_named(app, NAME).campaign
        assert (stored.status, editions.standings(app, [stored])) == (CampaignStatus.PREPARED, {NAME: "agreed"})
        for place in PLACES:
            words = text_of(client.get(place))
            assert ("Approved" in words, says in words) == (True, False)
        overview = health.status(app, app.now)
        assert overview.agreed == {NAME}
        assert overview.drafts[0].startswith(f"{NAME} is approved, due 2026-11-23 10:00: approved by ")
