"""Campaigns in the console: how each stands, what a move would mean, doubts, recipients, the stream; and for whom."""

import asyncio
import re
from datetime import timedelta

import pytest
from console_visit import ADMIN, EDITOR, ORGANISER, network, signed_in, text_of
from sqlalchemy import update

from digest.compose import Written, as_text
from digest.core import announcements, campaigns, organisers
from digest.model import ITSELF, CampaignStatus, DeliveryState
from digest.store.organisers import activity
from digest.store.tables import campaigns as campaigns_table
from digest.store.tables import deliveries
from digest.web.console.events import Streams


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now) as opened:
        yield opened


@pytest.fixture
def ada(app):
    return signed_in(app, ADMIN)


async def announced(app, now, *to):
    text = as_text(Written(subject="The taps are off", id="-".join(to), to=to, body="On <b>Friday</b>."))
    draft = announcements.create_draft(app, text, by=ITSELF, now=now)
    return (await announcements.release_draft(app, draft.id, version=1, by=ITSELF, now=now)).name


@pytest.fixture
async def name(app, now):
    return await announced(app, now, "members")


@pytest.fixture
async def boards(app, now):
    return await announced(app, now, "board")


def put(app, address, **values):
    with app.store.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.address_key == address).values(**values))


def status(app, name):
    return campaigns.report(app, name).report.status


def test_each_campaign_is_listed_with_how_it_stands(app, ada, name, boards):
    put(app, "cy@example.org", state="rejected", code=550, reply="550 no")
    page = text_of(ada.get("/console/campaigns"))
    told = "The taps are off {} Announcement Being sent 2 0 {} 0"
    assert re.search(rf"{told.format(boards, 0)} .* {told.format(name, 1)}", page)
    assert name not in text_of(signed_in(app, ORGANISER).get("/console/campaigns?page=2"))


def test_what_each_move_would_mean_is_told_in_numbers_and_then_it_is_made(app, ada, name):
    place = f"/console/campaigns/{name}"
    put(app, "bo@example.org", state="accepted")
    page = text_of(ada.get(place))
    assert "1 have it and keep it; 1 wait until it goes on." in page
    assert "1 never get it; 1 have it already" in page
    for move, told, after in (
        ("pause", "Paused.", CampaignStatus.PAUSED),
        ("resume", "It goes on.", CampaignStatus.SENDING),
        ("cancel", "Cancelled.", CampaignStatus.CANCELLED),
    ):
        answer = ada.post(f"{place}/{move}")
        assert told in text_of(ada.get(answer.headers["location"]))
        assert status(app, name) is after
    assert ada.post(f"{place}/resume").status_code == 422
    assert ada.post(f"{place}/finish").status_code == 404
    done = [one.by.name for one in organisers.latest_activity(app, limit=3, subject=name)]
    assert done == [ADMIN] * 3


def test_doubts_are_shown_and_settled_and_the_refused_tried_again(app, ada, name):
    place = f"/console/campaigns/{name}"
    put(app, "bo@example.org", state="unknown")
    put(app, "cy@example.org", state="rejected", code=550, stage="RCPT", reply="550 <script>no</script>")
    answer = ada.get(place)
    assert "Leave 1 as they are" in text_of(answer), text_of(answer)
    assert "<script>no" not in answer.text
    assert ada.post(f"{place}/settle", data={"how": "leave"}).status_code == 303
    assert campaigns.report(app, name).report.in_doubt == 0
    assert ada.post(f"{place}/retry").status_code == 303
    assert campaigns.report(app, name).report.states["queued"] == 1


def test_recipients_are_searched_and_downloaded(app, ada, name):
    place = f"/console/campaigns/{name}"
    put(app, "cy@example.org", state="rejected", reply="=1+1")
    assert "bo@example.org" not in text_of(ada.get(place))
    found = text_of(ada.get(f"{place}?q=B%4F%40"))
    assert ("bo@example.org" in found, "cy@example.org" in found) == (True, False)
    assert "cy@example.org" in text_of(ada.get(f"{place}?q=&state=rejected"))
    assert "Nobody of this campaign" in text_of(ada.get(f"{place}?q=%25"))
    sheet = ada.get(f"{place}/people.csv")
    assert sheet.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert [line.split(",")[0] for line in sheet.text.splitlines()] == ["address", "bo@example.org", "cy@example.org"]
    assert "'=1+1" in sheet.text


def test_the_mail_is_shown_in_a_frame_and_a_correction_begins_with_its_readers(app, ada, name):
    place = f"/console/campaigns/{name}"
    assert f'src="{place}/mail"' in ada.get(place).text
    mail = ada.get(f"{place}/mail")
    assert (mail.headers["content-security-policy"].split(";")[0], "Friday" in mail.text) == ("sandbox", True)
    form = ada.get(f"/console/announcements/new?correcting={name}").text
    assert f'name="correcting" value="{name}"' in form
    assert 'name="to"' not in form
    for _ in range(2):
        ada.post("/console/announcements/new", data={"subject": "Sorry", "body": "x", "correcting": name})
    assert [one.correcting for one in announcements.kept_drafts(app)] == [name, name, None]


def test_nobody_reaches_a_campaign_of_another_list_by_any_address(app, ada, boards):
    max_, eve = signed_in(app, ORGANISER), signed_in(app, EDITOR)
    place = f"/console/campaigns/{boards}"
    assert boards not in max_.get("/console/campaigns").text
    for path in ("", "/progress", "/events", "/mail", "/people.csv", "?q=bo"):
        assert max_.get(place + path).status_code == 404, path
        assert max_.get(f"/console/campaigns/none-such{path}").status_code == 404
    for client in (max_, eve):
        for path in ("/pause", "/resume", "/cancel", "/settle", "/retry"):
            assert client.post(place + path, data={"how": "resend"}).status_code == 404, path
    assert max_.post("/console/announcements/new", data={"body": "x", "correcting": boards}).status_code == 404
    assert status(app, boards) is CampaignStatus.SENDING
    seen = eve.get(place)  # an editor sees everything and moves nothing
    assert (seen.status_code, f"{place}/pause" in seen.text) == (200, False)
    assert eve.get(f"{place}/people.csv").status_code == 404


def test_a_piece_that_is_fetched_again_shows_how_it_stands_now(app, ada, name):
    campaigns.pause(app, name, by=ITSELF, now=app.now)
    piece = ada.get(f"/console/campaigns/{name}/progress").text
    assert "<html" not in piece
    assert "Paused" in piece


def test_the_stream_only_says_that_something_is_another_and_ends_at_shutdown(app, ada, name):
    app.stopping.set()
    answer = ada.get(f"/console/campaigns/{name}/events")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.text == "retry: 3000\n\nevent: progress\ndata:\n\n"


class _Visit:
    """What a stream asks of its request."""

    def __init__(self, organiser, name, cookies):
        self.state = type("State", (), {"organiser": organiser})()
        self.path_params, self.cookies = {"name": name}, cookies


async def test_streams_are_bounded_and_end_when_who_watches_is_signed_out(app, ada, name, monkeypatch):
    monkeypatch.setattr("digest.web.console.events._EVERY", 0)
    monkeypatch.setattr("digest.web.console.events._CHECKED", 0)
    organiser = organisers.organiser_of(app, ADMIN)
    streams = Streams(app, most=2, most_each=2)
    visit = _Visit(organiser, name, dict(ada.cookies))
    first, second, third = [await streams.campaign(visit) for _ in range(3)]
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 503)
    events = first.body_iterator
    assert [await anext(events) for _ in range(3)] == ["retry: 3000\n\n", "event: progress\ndata:\n\n", ":\n\n"]
    campaigns.pause(app, name, by=ITSELF, now=app.now + timedelta(hours=1))
    assert await anext(events) == "event: progress\ndata:\n\n"
    organisers.end_sessions(app, ADMIN, app.now, by=ITSELF)
    assert await taken(second) == ["retry: 3000\n\n", "event: progress\ndata:\n\n", ""]
    assert (await streams.campaign(visit)).status_code == 200


async def taken(stream):
    """What a client gets of a stream until it ends."""
    got = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        got.append(message.get("body"))

    await stream({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    return [one.decode() for one in got if one is not None]


def test_an_editor_sees_a_campaigns_numbers_and_nobodys_address(app, name):
    put(app, "bo@example.org", state="unknown")
    put(app, "cy@example.org", state="rejected", code=550, stage="RCPT", reply="550 no cy@example.org here")
    place = f"/console/campaigns/{name}"
    for path in ("", "?q=example", "?state=rejected"):
        whole, seen = signed_in(app, ORGANISER).get(place + path).text, signed_in(app, EDITOR).get(place + path)
        assert re.search(r"(bo|cy)@example", whole)
        assert seen.status_code == 200
        assert not re.search(r"(bo|cy)@example|name=.q.", seen.text)


def test_why_sending_stopped_is_told_to_who_sees_people_since_it_may_quote_a_server(app, name):
    with app.store.write() as connection:
        stopped = {"status": "held", "reason": "550 cy@example.org is listed"}
        connection.execute(update(campaigns_table).where(campaigns_table.c.name == name).values(**stopped))
    for path in ("/console", f"/console/campaigns/{name}", f"/console/campaigns/{name}/progress"):
        assert "cy@example.org" not in signed_in(app, EDITOR).get(path).text
    assert "cy@example.org is listed" in signed_in(app, ORGANISER).get(f"/console/campaigns/{name}").text


def test_campaigns_are_sorted_by_links_in_the_heads_that_say_how(app, ada, name, boards, now):
    text = as_text(Written(subject="An orchard", id="orchard", to=("members",), body="x"))
    draft = announcements.create_draft(app, text, by=ITSELF, now=now)
    asyncio.run(announcements.release_draft(app, draft.id, version=1, by=ITSELF, now=now))

    def order(page):
        return re.findall(r'class="titled"><a [^>]*>([^<]*)</a>', page.text)

    first = ada.get("/console/campaigns")
    assert order(first) == ["An orchard", "The taps are off", "The taps are off"]
    assert re.findall('aria-sort="(\\w+)"', first.text) == ["none", "none", "none", "descending"]
    by_subject = re.search(r'<a class="by" href="(\?sort=[^"]*subject[^"]*)"', first.text)[1]
    sorted_ = ada.get(f"/console/campaigns{by_subject}")
    assert order(sorted_) == ["An orchard", "The taps are off", "The taps are off"]
    assert re.findall('aria-sort="(\\w+)"', sorted_.text)[0] == "ascending"
    backwards = ada.get(f"/console/campaigns{re.search(r'href=.([?]sort=-subject)', sorted_.text)[1]}")
    assert order(backwards) == ["The taps are off", "The taps are off", "An orchard"]
    assert order(ada.get("/console/campaigns?sort=<script>")) == order(first)


def test_what_is_over_is_counted_once_and_again_after_something_was_done_to_it(app, name, now):
    ada, listings = organisers.organiser_of(app, ADMIN), campaigns.Listings(app)
    put(app, "bo@example.org", state="unknown")
    put(app, "cy@example.org", state="accepted")
    with app.store.write() as connection:
        connection.execute(update(campaigns_table).values(status="sent"))

    def accepted():
        (one,) = listings.newest(ada, limit=5)
        return one.count(DeliveryState.ACCEPTED)

    assert accepted() == 1
    put(app, "bo@example.org", state="accepted")  # by nobody: nothing says so
    assert accepted() == 1
    campaigns.settle(app, name, now, by=ITSELF, leave=True, resend=False)
    assert accepted() == 1  # nothing was in doubt, nothing done
    with app.store.write() as connection:
        activity.record(connection, at=now, by=ITSELF, verb="settle", subject=name)
    assert accepted() == 2
