import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import (
    ZONE,
    config,
    edition,
    event,
    html_of,
    page_of,
    post,
    posts_by_category,
    render,
    rich_edition,
    section,
    text_of,
    vacancy,
)

from digest.model import Entry, Group, Kind, Newness, Section
from digest.render import Renderer


def test_the_subject_tells_what_presses():
    assert render(rich_edition()).subject == ("1 vacancy closes this week, Winter meeting on 26 November, 3 posts")


def test_a_long_event_title_gives_way_to_a_count():
    shown = edition(
        section(event("The fourteenth yearly gathering of everyone who has ever grown a leek")), section(post())
    )
    assert render(shown).subject == "Weekly digest: 1 event, 1 post"


def test_an_edition_of_one_vacancy_says_1_vacancy():
    mail = render(edition(section(vacancy())))
    assert mail.subject == "Weekly digest: 1 vacancy"
    assert "\n1 vacancy\n" in text_of(mail)


@pytest.mark.parametrize(
    ("now", "days", "language", "expected"),
    [
        ((2026, 11, 23), (24, 29), "en-GB", "2 vacancies close this week"),
        ((2026, 11, 23), (24, 30), "en-GB", "2 vacancies close soon"),  # the 30th is next Monday
        ((2026, 11, 27), (27,), "en-GB", "1 vacancy closes this week"),
        ((2026, 11, 27), (30,), "en-GB", "1 vacancy closes soon"),
        ((2026, 11, 23), (29,), "en-US", "1 vacancy closes soon"),  # a Sunday begins the week there
        ((2026, 11, 23), (24, 26), "cy", "2 swydd wag yn cau yr wythnos hon"),
    ],
)
def test_a_week_ends_where_its_readers_end_it(now, days, language, expected):
    closing = [vacancy(key=str(day), closes_at=datetime(2026, 11, day, 17, tzinfo=ZONE)) for day in days]
    shown = edition(section(*closing), composed_at=datetime(*now, 8, tzinfo=ZONE))
    assert render(shown, network={"language": language}).subject == expected


def test_a_subject_of_numbers_alone_says_of_what():
    assert render(edition(section(vacancy()), section(post()))).subject == "Weekly digest: 1 vacancy, 1 post"
    long_title = "Everything that grew, was mulched, was pruned, was eaten or was only talked about"
    assert render(edition(section(vacancy()), section(post()), title=long_title)).subject == "1 vacancy, 1 post"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en-GB", "Weekly digest: 2 events changed"), ("cy", "Weekly digest: 2 ddigwyddiad wedi newid")],
)
def test_a_subject_of_events_that_will_not_be_says_that_they_changed(language, expected):
    entries = (
        Entry(item=event(key="a", cancelled=True), newness=Newness.CANCELLED),
        Entry(item=event(key="b"), newness=Newness.WITHDRAWN),
    )
    off = Section(kind=Kind.EVENT, title=None, groups=(Group(category=None, entries=entries),))
    assert render(edition(off), network={"language": language}).subject == expected


def preheader_of(mail):
    return lxml.html.document_fromstring(html_of(mail)).find("body/div").text


def test_the_preheader_names_what_the_subject_does_not():
    shown = edition(section(event("Swap")), section(post("Leaf mould"), post("Taps", "2")))
    assert render(shown).subject == "Swap on 26 November, 2 posts"
    assert preheader_of(render(shown)) == "Leaf mould · Taps"


def test_where_the_subject_names_everything_the_preheader_tells_more_of_it():
    assert preheader_of(render(edition(section(post("Leaf mould", summary="A wire cage."))))) == "A wire cage."


def test_the_preheader_is_cut_at_a_word():
    shown = edition(section(vacancy(), *(vacancy("Compost " * 9 + str(n), str(n)) for n in range(9))))
    assert len(preheader_of(render(shown))) <= 150
    assert preheader_of(render(shown)).endswith("Compost…")


def test_the_configured_preheader_is_a_template():
    digests = [{"name": "weekly", "lists": ["members"], "preheader": "{{ edition.date }}, beside: {{ subject }}"}]
    shown = edition(section(post("Leaf <i>mould</i>")))
    assert preheader_of(render(shown, digests=digests)) == "23 November 2026, beside: Leaf <i>mould</i>"


def test_an_edition_of_posts_alone_names_the_first():
    assert render(edition(section(post("Leaf mould")))).subject == "Leaf mould"
    assert render(edition(section(post("Leaf mould"), post("Taps", "2")))).subject == "Leaf mould and 1 more"


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=4))
def test_the_subject_stays_within_78_characters_on_one_line(titles):
    shown = edition(section(*(event(title, str(n)) for n, title in enumerate(titles))), section(post(titles[0])))
    subject = render(shown).subject
    assert len(subject) <= 78
    assert len(subject.splitlines()) == 1


def test_the_configured_subject_is_a_template():
    digests = [
        {
            "name": "weekly",
            "lists": ["members"],
            "subject": "{{ network.name }}, {{ edition.period }}: {{ edition.date }}",
        }
    ]
    subject = render(rich_edition(), digests=digests).subject
    assert subject == "Allotment & Growing Network, 2026-W48: 23 November 2026"


def test_categories_are_read_by_their_titles_and_the_rest_has_a_home():
    text = text_of(render(edition(posts_by_category(Soil=post(), none=post("Taps", "2")))))
    assert "Soil & compost\n--------------" in text
    assert "Elsewhere in the network\n---" in text


def test_posts_without_any_category_stand_without_a_heading():
    assert "Elsewhere" not in text_of(render(edition(section(post()))))


def test_a_section_may_have_a_title_of_its_own():
    assert "Jobs\n====" in text_of(render(edition(section(vacancy(), title="Jobs"))))


@pytest.mark.parametrize(
    ("item", "newness", "expected"),
    [
        (vacancy("Potter"), Newness.LAST_CALL, "* Last call: Potter"),
        (event("Swap"), Newness.REMINDER, "* Reminder: Swap"),
        (event("Swap"), Newness.MOVED, "* New date or place: Swap"),
        (event("Swap", cancelled=True), Newness.CANCELLED, "* Cancelled: Swap"),
        (event("Swap", cancelled=True), Newness.REMINDER, "* Cancelled: Swap"),
        (event("Swap"), Newness.NEW, "* Swap"),
    ],
)
def test_a_mark_says_why_an_item_is_here_again(item, newness, expected):
    assert f"{expected}\n" in text_of(render(edition(section(Entry(item=item, newness=newness)))))


def test_a_doubt_is_told():
    shown = edition(section(event(doubts=("year assumed.",))))
    assert "Year assumed – please check with the organiser." in text_of(render(shown))


def test_a_doubt_is_told_in_general_where_its_own_words_would_be_foreign():
    text = text_of(render(edition(section(event(doubts=("year assumed.",)))), network={"language": "cy"}))
    assert "Nid yw popeth yma’n sicr – holwch y trefnydd i gadarnhau." in text
    assert "year assumed" not in text
    foreign = render(edition(section(event(doubts=("year assumed.",)))), network={"language": "fr"})
    assert "Year assumed – please check" in text_of(foreign)  # without a catalog, all is in English


def test_two_doubts_are_told_in_one_note():
    shown = edition(section(event(doubts=("year assumed.", "weekday contradicts date."))))
    text = " ".join(text_of(render(shown)).split())
    assert "Year assumed; weekday contradicts date – please check with the organiser." in text


def test_what_a_vacancy_s_title_says_is_not_said_again_below_it():
    item = vacancy("Cook for Kettle Yard, £160 a day", employer="Kettle Yard", salary="£160 a day", location="Mossby")
    text = text_of(render(edition(section(item))))
    assert "* Cook for Kettle Yard, £160 a day\n  Mossby\n" in text
    other = vacancy("Cook - Kettle Yarders", employer="Kettle Yard", salary="£160 a day", location="Mossby")
    assert "  Kettle Yard · Mossby · £160 a day\n" in text_of(render(edition(section(other))))


def test_an_advert_of_several_posts_says_how_many():
    text = text_of(render(edition(section(vacancy("Growers", openings=3, employer="Kettle Yard", location="Mossby")))))
    assert "* Growers\n  3 posts · Kettle Yard · Mossby\n" in text
    assert " post" not in text_of(render(edition(section(vacancy("Grower", employer="Kettle Yard")))))


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (datetime(2026, 11, 25, tzinfo=ZONE), "Mossby · Book by Tue 24 November\n"),  # the midnight that ends the day
        (datetime(2026, 11, 24, 12, tzinfo=ZONE), "Mossby · Book by Tue 24 November, noon\n"),
        (datetime(2026, 11, 24, tzinfo=ZONE), "Mossby · Book by Mon 23 November\n"),  # today
        (datetime(2026, 11, 23, tzinfo=ZONE), "  Mossby\n"),  # past
    ],
)
def test_an_event_says_until_when_to_book_until_that_has_passed(until, told):
    mail = render(edition(section(event(location="Mossby", book_by=until))))
    assert told in text_of(mail)
    assert ("Book by" in html_of(mail)) == ("Book by" in told)


def test_nobody_is_asked_to_book_what_is_cancelled():
    until = datetime(2026, 11, 25, tzinfo=ZONE)
    for fields in ({"cancelled": True}, {}):
        shown = text_of(render(edition(section(event(book_by=until, **fields)))))
        assert ("Book by" in shown) is not bool(fields)


def test_an_event_says_until_when_abstracts_can_be_sent_beside_until_when_to_book():
    abstracts, until = datetime(2026, 11, 26, tzinfo=ZONE), datetime(2026, 12, 2, 17, tzinfo=ZONE)
    shown = text_of(render(edition(section(event(location="Mossby", book_by=until, abstracts_by=abstracts)))))
    assert "Mossby · Book by Wed 2 December, 5 pm · Abstracts by Wed 25 November\n" in shown


def test_posts_and_deadlines_are_told_in_welsh():
    until = datetime(2026, 11, 25, tzinfo=ZONE)
    items = (vacancy(openings=3), event(book_by=until, abstracts_by=until))
    text = text_of(render(edition(*(section(item) for item in items)), network={"language": "cy"}))
    assert "3 swydd" in text
    assert "Archebwch erbyn: Dydd Mawrth 24 Tachwedd" in text
    assert "Crynodebau erbyn: Dydd Mawrth 24 Tachwedd" in " ".join(text.split())


@pytest.mark.parametrize(
    ("place", "shown"),
    [("Online", "Ar-lein"), ("Online; Mossby", "Ar-lein; Mossby"), ("Online Street", "Online Street")],
)
def test_online_is_told_in_the_readers_language_and_what_is_called_so_is_not(place, shown):
    held = event(location=place)
    assert f"  {shown}\n" in text_of(render(edition(section(held)), network={"language": "cy"}))
    renderer = Renderer(config(network={"language": "cy"}))
    file = renderer.calendars.event_file(held, page=None, stamped_at=datetime(2026, 11, 23, tzinfo=UTC)).decode()
    assert f"LOCATION:{shown}".replace(";", "\\;") in file
    links = renderer.calendars.links(held, ics="https://example.org/x.ics", page=None)
    assert parse_qs(urlsplit(links.google).query)["location"] == [shown]


def test_a_long_title_hangs_under_its_bullet_in_plain_text():
    text = text_of(render(edition(section(post("What we learned " * 8)))))
    first, second = text.partition("\n* ")[2].split("\n")[:2]
    assert first.startswith("What we learned")
    assert re.match("  [a-zW]", second)


def test_an_item_without_a_page_links_to_ours():
    assert "https://mail.example.org/item/p" in text_of(render(edition(section(post()))))


def calendar_links_of(mail):
    lines = lxml.html.document_fromstring(html_of(mail)).find_class("addto")
    return [[(link.text_content(), link.get("href")) for link in line.iter("a")] for line in lines]


def test_an_event_can_be_added_to_any_calendar():
    mail = render(edition(section(event("Swap & soup"))))
    ((google, outlook, other),) = calendar_links_of(mail)
    assert (google[0], outlook[0]) == ("Google Calendar", "Outlook")
    assert google[1].startswith("https://calendar.google.com/calendar/render?action=TEMPLATE&text=Swap%20%26%20soup&")
    assert outlook[1].startswith("https://outlook.live.com/calendar/0/deeplink/compose?")
    assert other == ("Other calendars (.ics)", "https://mail.example.org/item/e.ics")
    assert "  Add to your calendar:\n  https://mail.example.org/item/e.ics\n" in text_of(mail)


@pytest.mark.parametrize(
    "entry",
    [Entry(item=event(cancelled=True)), Entry(item=event(), newness=Newness.CANCELLED)],
    ids=["by its source", "by the edition"],
)
def test_nobody_is_offered_to_add_what_is_cancelled(entry):
    mail = render(edition(section(entry)))
    assert calendar_links_of(mail) == []
    assert "calendar" not in text_of(mail)


def test_without_an_address_for_its_file_an_event_offers_no_calendar():
    mail = Renderer(config()).edition(edition(section(event())), item_url=page_of)
    assert calendar_links_of(mail) == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://e.test/a b", "//e.test", "https://e.test/\n"]
)
def test_an_address_that_no_mail_may_link_to_is_replaced_by_our_page(url):
    mail = render(edition(section(post(url=url))))
    assert "https://mail.example.org/item/p" in text_of(mail)
    assert not any(url in str(piece) for piece in mail.html)


def test_a_category_muted_to_emptiness_still_renders():
    empty = Section(kind=Kind.POST, title=None, groups=(Group(category="Soil", entries=()),))
    assert render(replace(rich_edition(), sections=(empty,))).subject == "Weekly digest"
