"""An announcement in a browser: the mail follows as one writes, it is sent, and its progress moves and is paused."""

import pytest
from console_visit import ADMIN, CONFIG, HOST, network
from sqlalchemy import update

from browser.test_preferences import served
from digest.core import announcements, campaigns, organisers
from digest.model import ITSELF, CampaignStatus
from digest.store.tables import campaigns as campaign_table
from digest.store.tables import deliveries

pytestmark = [pytest.mark.service("chromium"), pytest.mark.enable_socket]


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now, config=CONFIG.replace(f'url = "{HOST}"\n', "")) as app:  # no https here
        yield app


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(app, windows, request):
    with served(app) as site:
        context = windows[1].context.browser.new_context(java_script_enabled=request.param)
        page = context.new_page()
        link = organisers.sign_in_link(app, ADMIN, app.now, by=ITSELF)
        page.goto(site + "/" + link.split("/", 3)[3])
        page.get_by_role("button", name="Sign in now").click()
        page.scripted = request.param
        page.goto(f"{site}/console/announcements/new")
        yield page
        context.close()


def test_it_is_written_sent_watched_and_paused(app, page):
    page.get_by_label("Subject").fill("The taps are off")
    page.get_by_label("Text, in Markdown").fill("They come back on **Friday**.")
    page.get_by_label("The board").first.check()
    if not page.scripted:
        page.get_by_role("button", name="Preview", exact=True).click()
    mail = page.frame_locator("iframe[name^=shown]").last.locator("strong")
    mail.wait_for()
    assert mail.inner_text() == "Friday"
    if page.scripted:
        page.get_by_text("Reaches 2 people").wait_for()
    page.get_by_role("button", name="Save and go on to sending").click()
    page.get_by_role("button", name="Send it now").click()
    name = announcements.kept_draft(app, 1).campaign
    progress = page.locator("#progress")
    assert "0 of 2 done" in progress.inner_text()
    with app.store.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.address_key < "c").values(state="accepted"))
        connection.execute(update(campaign_table).values(seconds=1.0, last_sent_at=app.now))
    if page.scripted:
        progress.get_by_text("1 of 2 done").wait_for()
    page.get_by_role("button", name="Pause").click()
    assert "1 more get it; the 1 who have it" in page.locator("#means-resume").inner_text()
    assert campaigns.report(app, name).report.status is CampaignStatus.PAUSED
