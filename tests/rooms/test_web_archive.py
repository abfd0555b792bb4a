"""The archive, its feeds and its calendar, in process, as browsers, readers of feeds and calendar programs ask."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import feedparser
import icalendar
import lxml.etree
import lxml.html
import pytest
from sample_edition import ZONE, announcement, edition, event, post, rich_edition, section, vacancy
from starlette.testclient import TestClient

from digest.app import open_app
from digest.compose import announcement_to_json, edition_to_json
from digest.config import load_config
from digest.core import campaigns as campaigns_verbs
from digest.core import mail as mail_verbs
from digest.core.content import clear_edits, edit_item
from digest.model import ITSELF, CampaignStatus, Edit, Edition, Entry, Recipient
from digest.store import campaigns
from digest.store import people as people_store
from digest.store.campaigns import ANNOUNCEMENT
from digest.store.content import items
from digest.store.organisers import activity
from digest.web import create_web

CONFIG = """\
[network]
name = "Growers & <Friends>"
timezone = "Europe/London"
[sender]
email = "digest@growers.example.org"
[smtp]
host = "127.0.0.1"
port = 25
[web]
url = "https://digest.example.org"
archive = true
[[categories]]
name = "Soil & Compost"
title = "Soil"
[[lists]]
name = "members"
[[digests]]
name = "weekly"
lists = ["members"]
[[digests]]
name = "board"
lists = ["members"]
public = false
[[digests.sections]]
kind = "event"
"""

BASE = "https://digest.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 11, 23, 12, tzinfo=ZONE)
DAY = timedelta(days=1)
PAGES = ("/", "/archive", "/archive.atom", "/archive.json")


class Clock:
    """The present, as a test sets it."""

    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def configured(tmp_path, empty_store, clock):
    """Opens the network's application with another line of configuration in the place of one."""
    opened = []

    def configured(before="", after=""):
        assert before in CONFIG
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.replace(before, after) if before else CONFIG, encoding="utf-8")
        entered = open_app(load_config(path, environ={}))
        opened.append(entered)
        return replace(entered.__enter__(), clock=clock)

    yield configured
    for entered in opened:
        entered.__exit__(None, None, None)


@pytest.fixture
def app(configured):
    return configured()


@pytest.fixture
def client(app):
    return visiting(app)


def visiting(app):
    return TestClient(create_web(app), base_url=BASE)


def put(app, content=None, name="weekly-2026-W48", *, shown=NOON, status=CampaignStatus.SENT, public=True, **fields):
    """A campaign of an edition or announcement that somebody has, unless `shown` is None."""
    content = content or rich_edition()
    is_edition = isinstance(content, Edition)
    with app.store.write() as connection:
        made = campaigns.create(
            connection,
            name=name,
            digest=fields.get("digest", "weekly" if is_edition else ANNOUNCEMENT),
            period=name,
            status=status,
            by=ITSELF,
            list_names=["members"],
            now=fields.get("created", NOON),
            edition=(edition_to_json if is_edition else announcement_to_json)(content),
            public=public,
        )
        campaigns.set_shown(connection, made.id, shown)
    return made


def save(app, *collected, at=NOON):
    with app.store.write() as connection:
        items.save(connection, collected, at)


def page_of(client, path="/archive/weekly-2026-W48"):
    answer = client.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.content)


def listed(client, path="/archive"):
    return [link.get("href").removeprefix(f"{BASE}/archive/") for link in page_of(client, path).cssselect("h2 a")]


def events_of(client, path="/calendar.ics"):
    answer = client.get(path)
    assert answer.status_code == 200
    return {str(one["summary"]): one for one in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_without_the_setting_there_is_no_archive(configured):
    client = visiting(configured("archive = true", ""))
    for path in (*PAGES, "/archive/weekly-2026-W48", "/calendar.ics"):
        assert client.get(path).status_code == 404


def test_what_was_sent_is_listed_newest_first_and_a_page_holds_twenty(app, client):
    for number in range(45):
        put(app, name=f"weekly-{number}")
    assert listed(client) == [f"weekly-{number}" for number in range(44, 24, -1)]
    assert listed(client, "/archive?page=3") == [f"weekly-{number}" for number in range(4, -1, -1)]
    assert page_of(client, "/archive?page=2").xpath("//nav//a/@href") == [f"{BASE}/archive", f"{BASE}/archive?page=3"]


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "9" * 400, "1e3", "１", ""])
def test_a_page_that_is_not_there_is_not_found(app, client, page):
    put(app)
    assert client.get("/archive", params={"page": page}).status_code == 404


def test_an_empty_archive_says_so(client):
    assert "Nothing has been sent yet." in client.get("/").text
    assert not feedparser.parse(client.get("/archive.atom").content).bozo


@pytest.mark.parametrize(
    "kept_back",
    [
        {"shown": None},
        {"status": CampaignStatus.HELD},
        {"status": CampaignStatus.PAUSED},
        {"digest": "board"},
        {"content": announcement(), "public": False},
    ],
    ids=["nobody has it", "held", "paused", "of a digest that is not public", "an announcement that does not say so"],
)
def test_what_is_not_for_everybody_is_nowhere(app, client, kept_back):
    put(app, name="kept-back", **kept_back)
    put(app)
    for path in PAGES:
        assert "kept-back" not in client.get(path).text
    assert client.get("/archive/kept-back").status_code == 404
    assert page_of(client).xpath("//nav//a/@href") == [f"{BASE}/archive"]


@pytest.mark.parametrize("status", [CampaignStatus.SENDING, CampaignStatus.CANCELLED])
def test_what_somebody_has_is_shown_while_it_goes_out_and_after_it_was_cancelled(app, client, status):
    put(app, status=status)
    assert listed(client) == ["weekly-2026-W48"]


def test_each_page_leads_to_the_one_before_and_the_one_after(app, client):
    for name in ("first", "second", "third"):
        put(app, name=name)
    page = page_of(client, "/archive/second")
    assert page.xpath("//a[@rel='prev']/@href") == [f"{BASE}/archive/first"]
    assert page.xpath("//a[@rel='next']/@href") == [f"{BASE}/archive/third"]


def test_a_page_names_its_own_address_and_the_feeds(app, client):
    put(app)
    page = page_of(client)
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/archive/weekly-2026-W48"]
    feeds = [f"{BASE}/archive.atom", f"{BASE}/archive.json", f"{BASE}/calendar.ics"]
    assert page.xpath("//link[@rel='alternate']/@href") == feeds
    assert page_of(client, "/").xpath("//link[@rel='canonical']/@href") == [f"{BASE}/archive"]


@pytest.mark.parametrize(("index", "told"), [("false", "noindex, nofollow"), ("true", "index, follow")])
def test_the_configuration_says_whether_search_engines_may_list_it(configured, index, told):
    app = configured("archive = true", f"archive = true\nindex = {index}")
    put(app)
    client = visiting(app)
    for path in (*PAGES, "/archive/weekly-2026-W48", "/calendar.ics"):
        assert client.get(path).headers["x-robots-tag"] == told
    assert page_of(client).xpath("//meta[@name='robots']/@content") == [told]
    assert client.get("/unsubscribe/x").headers["x-robots-tag"] == "noindex, nofollow"


def test_a_closed_vacancy_says_that_it_is_closed(app, client, clock):
    put(app)
    clock.now = datetime(2026, 11, 26, 18, tzinfo=ZONE)  # an hour after
    (row,) = page_of(client).cssselect(".over")
    assert row.cssselect("h3")[0].text_content() == "Orchard coordinator"
    assert row.cssselect(".mark")[0].text_content() == "Closed"
    assert row.cssselect(".when")[0].text_content() == "Closed Thu 26\u00a0Nov, 5\u00a0pm"


def test_events_that_are_over_are_folded(app, client, clock):
    put(app)
    clock.now = datetime(2026, 12, 2, 12, tzinfo=ZONE)
    (folded,) = page_of(client).cssselect("details")
    assert folded.cssselect("summary")[0].text_content() == "2 events are over"
    assert [one.text_content() for one in folded.cssselect("h3")] == ["Winter meeting", "Pruning clinic"]


def test_before_anything_is_over_nothing_is_folded_or_greyed(app, client):
    put(app)
    page = page_of(client)
    assert page.cssselect("details, .over") == []
    assert len(page.cssselect("h3, h4")) > 8


def test_nobody_who_wrote_a_post_is_named(app, client):
    put(app, edition(section(post(author="Maren Oakshott", summary="A wire cage."))))
    for path in (*PAGES, "/archive/weekly-2026-W48"):
        answer = client.get(path).text
        assert "Leaf mould" in answer
        assert "Oakshott" not in answer


def test_what_is_hidden_by_hand_is_gone_from_everywhere_and_comes_back_by_hand(app, client):
    put(app)
    put(app, edition(section(post("Leaf mould"))), "weekly-2026-W49", shown=NOON - DAY)
    both = listed(client)
    assert campaigns_verbs.hide_from_archive(app, "weekly-2026-W48", NOON, by=ITSELF) is True
    assert campaigns_verbs.hide_from_archive(app, "weekly-2026-W48", NOON, by=ITSELF) is False
    assert listed(client) == ["weekly-2026-W49"]
    assert client.get("/archive/weekly-2026-W48").status_code == 404
    assert not [path for path in PAGES if "weekly-2026-W48" in client.get(path).text]
    assert campaigns_verbs.show_in_archive(app, "weekly-2026-W48", NOON, by=ITSELF) is True
    assert listed(client) == both
    with app.store.read() as connection:
        done = [one.verb for one in activity.latest(connection, limit=9, subject="weekly-2026-W48")]
    assert done[:2] == ["show in archive", "hide from archive"]


def test_one_hidden_and_another_shown_at_once_are_seen(app, client):
    put(app)
    put(app, edition(section(post("Leaf mould"))), "weekly-2026-W49", public=False)
    assert listed(client) == ["weekly-2026-W48"]
    campaigns_verbs.hide_from_archive(app, "weekly-2026-W48", NOON, by=ITSELF)
    campaigns_verbs.show_in_archive(app, "weekly-2026-W49", NOON, by=ITSELF)
    assert listed(client) == ["weekly-2026-W49"]


def test_what_an_editor_hid_since_is_gone_from_everywhere(app, client):
    hidden, kept = post("Not for all", "p1"), post("For all", "p2")
    save(app, hidden, kept)
    put(app, edition(section(hidden, kept)))
    assert "Not for all" in client.get("/archive.atom").text
    edit_item(app, Edit(source="site", key="p1", hidden=True), NOON, by=ITSELF)
    for path in (*PAGES, "/archive/weekly-2026-W48"):
        answer = client.get(path).text
        assert "Not for all" not in answer
        assert "For all" in answer


def withdraw(app, *keys, at=NOON):
    """What is stored, without these, as their source's whole answer."""
    with app.store.write() as connection:
        known = {stored.item.key for stored in items.load(connection)}
        compared = items.comparable("site", since=NOON, lists_everything=True)
        items.withdraw(connection, "site", known - set(keys), at, compared=compared)


def test_a_post_that_its_source_took_back_is_gone(app, client):
    taken_back = post("Taken back", "p1")
    save(app, taken_back, post("Kept", "p2"))
    put(app, edition(section(taken_back, post("Kept", "p2"))))
    withdraw(app, "p1")
    for path in (*PAGES, "/archive/weekly-2026-W48"):
        assert "Taken back" not in client.get(path).text


def test_a_vacancy_that_is_no_longer_listed_says_so(app, client):
    save(app, vacancy(closes_at=NOON + 9 * DAY))
    put(app, edition(section(vacancy(closes_at=NOON + 9 * DAY))))
    withdraw(app, "v")
    assert page_of(client).cssselect(".over .mark")[0].text_content() == "No longer listed"


def test_an_event_that_was_called_off_since_says_so(app, client):
    put(app, edition(section(event())))
    save(app, event(cancelled=True))
    assert page_of(client).cssselect(".mark")[0].text_content() == "Cancelled"


def test_an_announcement_stands_with_its_text_and_what_it_attaches(app, client):
    put(app, announcement(public=True, attached=edition(section(event()))), "water-1")
    page = page_of(client, "/archive/water-1")
    assert page.cssselect("h1")[0].text_content() == "Water off at Canal Walk from 1 to 3 December"
    assert [one.text_content() for one in page.cssselect("h2")] == ["What is happening", "Coming up"]
    assert page.cssselect(".happening h3")[0].text_content() == "Winter meeting"


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fetc%2fpasswd", "%00", "a" * 5000, "%3Cscript%3Ealert(1)%3C/script%3E", "%F0%9F%8C%B1", "%FF", "'--"],
)
def test_a_name_that_is_none_is_not_found_and_not_repeated(app, client, name):
    put(app)
    answer = client.get(f"/archive/{name}")
    assert answer.status_code == 404
    assert "script" not in answer.text
    assert "passwd" not in answer.text


HOSTILE = '"><script>alert(1)</script>\x0b\x00\ufffe & ]]> \U0001f469\u200d\U0001f33e'


def test_titles_of_any_kind_stay_text_on_pages_and_in_feeds(app, client):
    put(app, edition(section(post(HOSTILE, summary=HOSTILE), event(HOSTILE, location=HOSTILE)), title=HOSTILE))
    put(app, announcement(subject=HOSTILE, public=True), "hostile-1")
    for path in ("/archive", "/archive/weekly-2026-W48", "/archive/hostile-1"):
        assert page_of(client, path).cssselect("script") == []
    feed = feedparser.parse(client.get("/archive.atom").content)
    assert not feed.bozo
    assert "<script>alert(1)" in lxml.etree.fromstring(client.get("/archive.atom").content).findtext(f"*/{ATOM}title")
    assert json.loads(client.get("/archive.json").content)["items"][0]["title"].startswith('"><script>')


def test_the_atom_feed_has_all_that_rfc_4287_asks_for(app, client):
    put(app, created=NOON - DAY)
    put(app, announcement(public=True), "water-1", shown=NOON + DAY)
    answer = client.get("/archive.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = lxml.etree.fromstring(answer.content)
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        assert [len(parent.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Growers & <Friends>"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-24T12:00:00+00:00"
    assert feed.xpath("a:link[@rel='self']/@href", namespaces={"a": ATOM[1:-1]}) == [f"{BASE}/archive.atom"]
    ids = [one.text for one in feed.iter(f"{ATOM}id")]
    assert ids == [
        f"{BASE}/archive",
        "tag:growers.example.org,2026-11-23:archive/water-1",
        "tag:growers.example.org,2026-11-22:archive/weekly-2026-W48",
    ]
    (newest, oldest) = feedparser.parse(answer.content).entries
    assert newest.link == f"{BASE}/archive/water-1"
    assert (oldest.title, oldest.published) == ("Weekly digest – 23 November 2026", "2026-11-22T12:00:00+00:00")
    assert '<a href="https://growers.example.org/meeting">' in oldest.content[0].value


def test_the_json_feed_has_all_that_its_version_asks_for(app, client):
    put(app)
    answer = client.get("/archive.json")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (f"{BASE}/archive", f"{BASE}/archive.json")
    (item,) = feed["items"]
    assert item["id"] == "tag:growers.example.org,2026-11-23:archive/weekly-2026-W48"
    assert item["url"] == f"{BASE}/archive/weekly-2026-W48"
    assert item["date_modified"] == "2026-11-23T12:00:00+00:00"
    assert "Orchard coordinator" in item["content_html"]


def test_feeds_tell_of_the_latest_twenty(app, client):
    for number in range(25):
        put(app, name=f"weekly-{number}")
    assert len(json.loads(client.get("/archive.json").content)["items"]) == 20
    assert len(feedparser.parse(client.get("/archive.atom").content).entries) == 20


@pytest.mark.parametrize("path", [*PAGES, "/archive/weekly-2026-W48", "/calendar.ics"])
def test_who_has_it_already_is_not_sent_it_again_until_it_changes(app, client, path):
    put(app)
    first = client.get(path)
    assert first.headers["cache-control"] == "public, max-age=300"
    conditions = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    again = client.get(path, headers=conditions)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    put(app, name="weekly-2026-W49", shown=NOON + DAY)
    save(app, event("Something new", "new"))
    assert client.get(path, headers=conditions).status_code == 200


def test_a_feed_is_not_sent_again_to_who_had_it_since_it_was_updated(app, client):
    put(app)
    told = client.get("/archive.atom").headers["last-modified"]
    assert told == "Mon, 23 Nov 2026 12:00:00 GMT"
    for moment, status in ((NOON, 304), (NOON + DAY, 304), (NOON - DAY, 200)):
        since = {"If-Modified-Since": format_datetime(moment.astimezone(UTC), usegmt=True)}
        assert client.get("/archive.atom", headers=since).status_code == status
    assert client.get("/archive.atom", headers={"If-Modified-Since": "yesterday"}).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/archive/weekly-2026-W48", "/calendar.ics"])
def test_head_is_answered_and_nothing_can_be_posted(app, client, path):
    put(app)
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_an_event_of_the_calendar_is_the_one_that_its_own_file_tells_of(app, client):
    save(app, event("Seed swap", location="Old Dairy"))
    (entry,) = events_of(client).values()
    (alone,) = icalendar.Calendar.from_ical(client.get(f"{entry['url']!s}.ics").content).walk("VEVENT")
    assert entry["uid"] == alone["uid"]
    assert (entry.decoded("dtstart"), str(entry["status"])) == (datetime(2026, 11, 26, 18, 30, tzinfo=UTC), "CONFIRMED")


def test_a_calendar_says_its_name_and_when_to_ask_again(app, client):
    save(app, event(categories=("Soil & Compost",)))
    calendar = icalendar.Calendar.from_ical(client.get("/calendar.ics").content)
    assert str(calendar["x-wr-calname"]) == "Growers & <Friends>"
    assert calendar.decoded("refresh-interval") == timedelta(hours=1)
    of_one = icalendar.Calendar.from_ical(client.get("/calendar.ics?category=soil+%26+compost").content)
    assert str(of_one["x-wr-calname"]) == "Growers & <Friends>: Soil"


def test_a_calendar_of_one_category_holds_its_events_alone(app, client):
    save(app, event("Heaps", "e1", categories=("soil & compost",)), event("Soup", "e2", categories=("Other",)))
    assert set(events_of(client)) == {"Heaps", "Soup"}
    assert set(events_of(client, "/calendar.ics?category=Soil+%26+Compost")) == {"Heaps"}
    assert set(events_of(client, "/calendar/Soil%20%26%20Compost.ics")) == {"Heaps"}


@pytest.mark.parametrize("category", ["Nothing", "", "%00", "%3Cscript%3E", "x" * 3000])
def test_a_category_that_is_not_configured_is_not_found(client, category):
    answer = client.get(f"/calendar.ics?category={category}")
    assert answer.status_code == 404
    assert "script" not in answer.text


def sequence(client, title="Winter meeting"):
    return int(events_of(client)[title]["sequence"])


def test_the_sequence_grows_with_every_change_and_stays_without(app, client):
    save(app, event())
    seen = [sequence(client)]
    save(app, event(), at=NOON + timedelta(minutes=1))
    assert sequence(client) == seen[0]
    save(app, event(location="Elsewhere"), at=NOON + timedelta(minutes=2))
    seen.append(sequence(client))
    later = datetime(2026, 11, 27, 18, tzinfo=ZONE)
    edit_item(app, Edit(source="site", key="e", starts_at=later), NOON + timedelta(minutes=3), by=ITSELF)
    seen.append(sequence(client))
    clear_edits(app, event(), NOON + timedelta(minutes=4), by=ITSELF)
    seen.append(sequence(client))
    withdraw(app, "e", at=NOON + timedelta(minutes=5))
    seen.append(sequence(client))
    withdraw(app, at=NOON + timedelta(minutes=6))
    seen.append(sequence(client))
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("called_off", ["cancelled", "withdrawn"])
def test_what_is_called_off_is_told_for_some_weeks(app, client, clock, called_off):
    far = NOON + 60 * DAY
    save(app, event(starts_at=far))
    if called_off == "cancelled":
        save(app, event(starts_at=far, cancelled=True), at=NOON + DAY)
    else:
        withdraw(app, "e", at=NOON + DAY)
    assert str(events_of(client)["Winter meeting"]["status"]) == "CANCELLED"
    clock.now = NOON + 30 * DAY
    assert str(events_of(client)["Winter meeting"]["status"]) == "CANCELLED"
    clock.now = NOON + 32 * DAY
    assert events_of(client) == {}


def test_hidden_events_and_those_that_are_over_are_in_no_calendar(app, client, clock):
    save(app, event("Hidden", "e1", starts_at=NOON + 9 * DAY), event("Soon over", "e2", starts_at=NOON + DAY))
    edit_item(app, Edit(source="site", key="e1", hidden=True), NOON, by=ITSELF)
    assert set(events_of(client)) == {"Soon over"}
    clock.now = NOON + 2 * DAY
    assert events_of(client) == {}


def test_events_that_no_public_digest_tells_of_are_in_no_calendar(configured):
    app = configured('[[digests]]\nname = "weekly"\nlists = ["members"]\n', "")
    save(app, event())
    assert events_of(visiting(app)) == {}


def test_each_occurrence_of_a_series_stands_for_itself(app, client):
    dates = [NOON + week * 7 * DAY for week in (1, 2, 3)]
    save(app, *(event(f"Soup {n}", f"soup/{n}", series="soup", starts_at=day) for n, day in enumerate(dates)))
    found = events_of(client)
    assert [one.decoded("dtstart") for one in found.values()] == [day.astimezone(UTC) for day in dates]
    assert len({str(one["uid"]) for one in found.values()}) == 3


def test_an_address_that_is_no_web_address_is_never_linked(app, client):
    hostile = event(url="javascript:alert(1)")
    save(app, hostile)
    put(app, edition(section(hostile)))
    for path in ("/archive/weekly-2026-W48", "/archive.atom", "/calendar.ics"):
        assert "javascript:" not in client.get(path).text


@pytest.fixture
def bilingual(configured):
    two = 'timezone = "Europe/London"\n'
    return configured(two, f'{two}languages = ["en-GB", "cy"]\n')


WELSH = {"Accept-Language": "fr;q=0.9, cy-GB;q=0.8, en;q=0.1"}
SENT = "/archive/weekly-2026-W48"


@pytest.mark.parametrize("path", ["/archive", SENT, "/calendar.ics"])
def test_a_page_is_in_the_language_that_its_address_names_else_in_the_browsers_else_in_the_networks(bilingual, path):
    put(bilingual)
    save(bilingual, event("Something new", "new"))
    client = visiting(bilingual)
    plain, by_browser = client.get(path), client.get(path, headers=WELSH)
    named, back = client.get(f"{path}?language=cy"), client.get(f"{path}?language=en-GB", headers=WELSH)
    unknown = client.get(f"{path}?language=xx", headers={"Accept-Language": "de, *;q=0.5"})
    told = [one.headers["content-language"] for one in (plain, by_browser, named, back, unknown)]
    assert told == ["en-GB", "cy", "cy", "en-GB", "en-GB"]
    assert (by_browser.content, unknown.content) == (named.content, plain.content)
    assert len({one.headers["etag"] for one in (plain, by_browser, back)}) == 3
    assert {one.headers["vary"] for one in (plain, by_browser, named)} == {"Accept-Language"}
    assert client.get(path, headers={"If-None-Match": plain.headers["etag"], **WELSH}).status_code == 200
    if not path.endswith("ics"):
        assert [b'<html lang="cy"' in one.content for one in (plain, by_browser, back)] == [False, True, False]


def test_a_page_offers_its_other_languages_and_leads_on_in_the_one_that_was_chosen(bilingual):
    put(bilingual)
    client = visiting(bilingual)
    page = page_of(client, f"{SENT}?language=cy")
    (switch,) = page.cssselect("nav.languages")
    assert [one.text for one in switch] == ["English", "Cymraeg"]
    assert [one.get("href") for one in switch.cssselect("a")] == [f"{BASE}{SENT}?language=en-GB"]
    ours = [link for link in page.xpath("//main//a/@href") if link.startswith(BASE)]
    assert [link for link in ours if not link.endswith("language=cy")] == [f"{BASE}{SENT}?language=en-GB"]
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}{SENT}?language=cy"]
    feed = feedparser.parse(client.get("/archive.atom?language=cy").content)
    assert (feed.feed.language, feed.entries[0].link) == ("cy", f"{BASE}{SENT}?language=cy")
    assert feed.entries[0].id == feedparser.parse(client.get("/archive.atom").content).entries[0].id
    assert "Swyddi" in feed.entries[0].content[0].value


def test_the_page_of_an_item_is_in_the_visitors_language_and_a_mail_leads_to_it_in_its_own(bilingual):
    kept = vacancy("Tenant wanted", "tenant", url=None, closes_at=NOON + DAY)
    save(bilingual, kept)
    path = mail_verbs.pages_of(bilingual, [Entry(item=kept)])[0](kept).removeprefix(BASE)
    client = visiting(bilingual)
    plain, welsh = client.get(path), client.get(path, headers=WELSH)
    assert ["Closes" in one.text for one in (plain, welsh)] == [True, False]
    assert welsh.headers["vary"] == "Accept-Language"
    assert f'href="{BASE}{path}?language=en-GB"' in welsh.text
    with bilingual.store.write() as connection:
        people_store.subscribe(
            connection,
            people_store.ensure_list(connection, "members", "Members"),
            [Recipient(address="ada@example.org", language="cy")],
            NOON,
            origin=people_store.BroughtBy.FILE,
        )
    made = mail_verbs.render_edition(bilingual, edition(section(kept)))
    leads = [{piece for piece in one.whole().html if isinstance(piece, str)} for one in (made, made.translations["cy"])]
    assert [f"{path}?language=cy" in "".join(pieces) for pieces in leads] == [False, True]


def test_with_one_language_nothing_is_offered_and_no_cache_is_told_of_any(app, client):
    put(app)
    for path in (SENT, "/archive", "/archive.atom"):
        answer = client.get(f"{path}?language=cy", headers=WELSH)
        assert answer.content == client.get(path).content
        assert not {"vary", "content-language"} & set(answer.headers)
        assert b"language" not in answer.content.replace(b"<language>", b"")
