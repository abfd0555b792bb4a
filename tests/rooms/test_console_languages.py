"""Several languages in the console: whoever reviews sees each that is approved, and each organiser reads their own."""

import mailbox
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from console_visit import ADMIN, CONFIG, EDITOR, ORGANISER, browser, network, signed_in, text_of
from desk_visit import NAME, prepare, with_posts
from sqlalchemy import update

from digest.core import editions, people
from digest.core.campaigns import moves
from digest.model import BY_SCHEDULE, ITSELF, CampaignStatus, Told
from digest.store.tables import campaigns
from digest.web.console import pieces

TWO = 'timezone = "Europe/London"\nlanguages = ["en-GB", "cy"]\n'
OWN = CONFIG.replace('timezone = "Europe/London"\n', TWO).replace('name = "Max"', 'name = "Max"\nlanguage = "cy"')
PAGE = f"/console/editions/{NAME}"
FOOT = {"en": "Unsubscribe", "cy": "Dad-danysgrifio"}
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ASKS = {"sec-fetch-site": "same-origin"}
WELSH, ENGLISH = '<html lang="cy"', '<html lang="en-GB"'


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    with network(folder, NOW, config=with_posts(folder, OWN)) as app:
        people.change_preferences(app, "bo@example.org", people.Change(language="cy"), NOW, by=ITSELF)
        prepare(app)
        yield app


def letters(app, *, tests=False):
    files = mailbox.Maildir(app.mailbox)
    found = [message_from_bytes(files.get_bytes(key), policy=default) for key in files.iterkeys()]
    return {one["To"].addresses[0].addr_spec: one for one in found if tests == one["Subject"].startswith("[Test]")}


def test_who_reviews_an_edition_sees_it_in_every_language_that_it_is_made_in(app):
    client = signed_in(app, ADMIN)
    page = client.get(PAGE).text
    assert '<option value="en-GB" lang="en-GB">English</option><option value="cy" lang="cy">Cymraeg</option>' in page
    chosen = client.get(f"{PAGE}?language=cy&view=text").text
    assert '<option value="cy" lang="cy" selected>' in chosen
    assert f'src="{PAGE}/mail?language=cy&amp;view=text"' in chosen

    def mail(query):
        return client.get(f"{PAGE}/mail?view=text&{query}").text

    shown = [mail(query) for query in ("", "language=cy", "as=bo@example.org", "as=bo@example.org&language=en-GB")]
    assert [FOOT["cy"] in one for one in shown] == [False, True, True, False]
    assert mail("language=xx") == shown[0]
    client.post(f"{PAGE}/test", data={"language": "cy"})
    assert FOOT["cy"] in letters(app, tests=True)[ADMIN].get_body(("plain",)).get_content()


async def test_a_mailed_draft_leads_to_its_other_languages_and_speaks_to_each_organiser_in_theirs(app):
    assert await editions.show_drafts(app, NOW, by=BY_SCHEDULE) == 3
    ada, max_ = (letters(app)[address] for address in (ADMIN, ORGANISER))
    words = [one.get_body(("plain",)).get_content() for one in (ada, max_)]
    assert f"Look at it in Cymraeg:\nhttps://digest.example.org{PAGE}?language=cy\n" in words[0]
    assert f"Edrych arno yn English:\nhttps://digest.example.org{PAGE}?language=en-GB\n" in words[1]
    assert [FOOT["cy"] in one for one in words] == [False, True]
    path = next(word for word in words[1].split() if "/approve/" in word).removeprefix("https://digest.example.org")
    assert WELSH in browser(app).get(path).text


@pytest.mark.parametrize(
    ("who", "wanted", "read"),
    [
        (ORGANISER, "en", WELSH),
        (EDITOR, "fr, cy;q=0.5", WELSH),
        (EDITOR, "", ENGLISH),
        (EDITOR, "en-US, cy;q=0.9", ENGLISH),
        (EDITOR, "cy;q=0, cy;q=nan, ;q=1, *", ENGLISH),
    ],
)
def test_the_console_speaks_an_organisers_own_language_else_their_browsers_else_the_networks(app, who, wanted, read):
    client = signed_in(app, who, headers={"sec-fetch-site": "same-origin", "accept-language": wanted})
    for path in ("/console", PAGE, "/console/editions/nowhere"):
        assert read in client.get(path).text
    assert ('lang="cy"' in browser(app, headers={"accept-language": wanted}).get("/console/sign-in").text) == (
        wanted == "fr, cy;q=0.5"
    )


def test_why_an_item_is_read_so_and_what_becomes_of_it_is_said_in_the_readers_language(app):
    (path, *_) = re.findall(r'href="(/console/items/posts/[^"]+)"', signed_in(app, ADMIN).get(PAGE).text)
    english, welsh = (text_of(signed_in(app, who).get(path)) for who in (ADMIN, ORGANISER))
    assert re.search(r"by its words \d+% post; next likely", english)
    assert re.search(r"yn ôl ei eiriau \d+% postiad; nesaf o ran tebygolrwydd", welsh)
    assert ("Weekly digest out: Shown before" in english, "Weekly digest allan: Dangoswyd o’r blaen" in welsh) == (
        True,
        True,
    )


def test_who_chooses_a_language_after_the_freezing_gets_the_mail_that_was_frozen_in_it(app):
    client, asked = signed_in(app, ADMIN), f"{PAGE}/mail?view=text&as=cy@example.org"
    assert FOOT["cy"] not in client.get(asked).text
    people.change_preferences(app, "cy@example.org", people.Change(language="cy"), NOW, by=ITSELF)
    assert FOOT["cy"] in client.get(asked).text


def test_why_people_get_no_mail_is_said_in_the_readers_language(app):
    people.leave(app, "cy@example.org", NOW, by=ITSELF, name="members")
    english, welsh = (text_of(signed_in(app, who).get(f"{PAGE}/people")) for who in (ADMIN, ORGANISER))
    assert ("unsubscribed 1" in english, "wedi dad-danysgrifio 1" in welsh) == (True, True)


def test_what_was_written_down_is_told_to_each_in_theirs_and_stays_as_it_is_where_an_earlier_version_wrote_it(app):
    with app.store.write() as connection:
        late = Told("missed", moment=NOW, lateness=timedelta(hours=6))
        moves.begin(
            connection,
            name="weekly-2026-W40",
            digest="weekly",
            period="2026-W40",
            status=CampaignStatus.SKIPPED,
            list_names=["members"],
            by=ITSELF,
            now=NOW,
            reason=late,
        )
    welsh, english = (signed_in(app, ADMIN, headers=ASKS | {"accept-language": tag}) for tag in ("cy", "en"))
    told = "roedd i fod i fynd Llun 23 Tach 2026, 08:00 ac ni redodd dim o fewn 6 awr i hynny"
    assert told in text_of(welsh.get("/console/editions"))
    assert "was due at Mon 23 Nov 2026, 08:00 and nothing ran within 6 hours" in text_of(
        english.get("/console/editions")
    )
    activity = text_of(welsh.get("/console/activity?about=weekly-2026-W40"))
    assert f"paratoi weekly-2026-W40 Hepgorwyd: {told}" in activity
    with app.store.write() as connection:
        connection.execute(update(campaigns).where(campaigns.c.name == "weekly-2026-W40").values(reason_told=None))
    assert f"{late}" in text_of(welsh.get("/console/editions"))


def test_a_piece_that_many_ask_for_at_once_is_of_each_ones_language(app, monkeypatch):
    monkeypatch.setattr(pieces, "monotonic", lambda: 1.0)  # all of it within a moment
    client = signed_in(app, ADMIN, headers=ASKS)
    progress = f"/console/campaigns/{NAME}/progress"
    asked = [client.get(progress, headers={"accept-language": tag}).text for tag in ("en", "cy", "en")]
    assert ["Progress" in one for one in asked] == [True, False, True]
