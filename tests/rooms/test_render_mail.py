"""Whole mails and pages from the shipped templates, and from an admin's own."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from sample_edition import (
    PICTURE,
    VALUES,
    announcement,
    config,
    edition,
    event,
    html_of,
    long_edition,
    page_of,
    post,
    render,
    rich_edition,
    section,
    text_of,
)

from digest.errors import ConfigError, TemplateError
from digest.model import Slot
from digest.render import Renderer
from digest.render.console_phrases import CONSOLE_PHRASES
from digest.render.desk_phrases import DESK_PHRASES
from digest.render.doubt_phrases import DOUBT_PHRASES
from digest.render.finding_phrases import FINDING_PHRASES
from digest.render.phrases import PHRASES
from digest.render.reason_phrases import REASON_PHRASES
from digest.text import markup

ROOT = Path(__file__).parents[2]
RENDER_IN_ANOTHER_PROCESS = """
import sys
sys.path.insert(0, "tests")
from sample_edition import *
mail, notice = render(rich_edition()), Renderer(config()).announcement(announcement())
sys.stdout.buffer.write("".join([html_of(mail), text_of(mail), html_of(notice), text_of(notice)]).encode())
"""


@pytest.fixture(scope="module")
def mail():
    return render(rich_edition())


@pytest.fixture(scope="module")
def notice():
    return Renderer(config()).announcement(announcement())


@pytest.fixture
def own_templates(tmp_path):
    def write(name, text):
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return Renderer(config(paths={"templates": tmp_path / "templates"}))

    return write


def test_the_mail_can_be_used_with_a_screen_reader(mail, notice):
    for shown in (mail, notice):
        document = lxml.html.document_fromstring(html_of(shown))
        article = document.find("body/div[@role='article']")
        assert (document.get("lang"), document.get("dir")) == ("en-GB", "ltr")
        assert (article.get("lang"), article.get("dir")) == ("en-GB", "ltr")
        assert len(document.findall(".//h1")) == 1
        assert all(table.get("role") == "presentation" for table in document.iter("table"))
        assert all(image.get("alt") is not None for image in document.iter("img"))
        levels = [int(heading.tag[1]) for heading in document.iter("h1", "h2", "h3", "h4")]
        assert all(below - above <= 1 for above, below in pairwise(levels))


def test_a_mail_in_arabic_reads_from_right_to_left():
    document = lxml.html.document_fromstring(html_of(render(rich_edition(), network={"language": "ar"})))
    assert (document.get("lang"), document.get("dir")) == ("ar", "rtl")
    assert "text-align:right" in document.find_class("headline")[0].getparent().get("style")


def test_a_welsh_network_is_written_to_in_welsh():
    # What the phrases say in English, wherever it stood in the English mail, stands there no more.
    welsh = render(rich_edition(), network={"language": "cy"})
    assert welsh.subject == "1 swydd wag yn cau yr wythnos hon, Winter meeting ar 26 Tachwedd, 3 phostiad"
    html = html_of(welsh)
    assert lxml.html.document_fromstring(html).get("lang") == "cy"
    said = [
        part
        for name, phrase in PHRASES.items()
        if name not in {**CONSOLE_PHRASES, **DESK_PHRASES, **DOUBT_PHRASES, **FINDING_PHRASES, **REASON_PHRASES}
        for part in re.split(r"{\w+}", "|".join([phrase] if isinstance(phrase, str) else phrase))
    ]
    names = {"Google Calendar", "Outlook"}
    english = [words for words in said if len(words.strip()) > 5 and words not in names]
    for shown in (html, text_of(welsh)):
        assert not [words for words in english if words in shown]
    plain = text_of(render(rich_edition()))
    assert sum(words in plain for words in english) > 10


@pytest.mark.parametrize(
    ("name", "context", "expected"),
    [
        ("unsubscribe", {"lists": ["Un", "Dau"]}, "Ie, dad-danysgrifiwch fi"),
        ("unsubscribed", {"lists": ["Un", "Dau"]}, "drwy Un, Dau mwyach"),
        ("item", {"item": event()}, "26 Tachwedd"),
    ],
)
def test_a_welsh_network_has_welsh_pages(name, context, expected):
    page = lxml.html.document_fromstring(Renderer(config(network={"language": "cy"})).page(name, **context))
    assert page.get("lang") == "cy"
    assert expected in page.text_content()


def test_what_outlook_needs_survives_inlining(mail):
    html = html_of(mail)
    assert html.startswith("<!doctype html>\n<html")
    assert "<!--[if mso | IE]><table" in html
    assert html.count("<!--[if") == html.count("<![endif]")
    assert "<o:OfficeDocumentSettings>" in html


def test_the_styles_are_inlined_and_the_dark_scheme_stays_in_the_head(mail):
    html = html_of(mail)
    assert "font-size:28px" in lxml.html.document_fromstring(html).find_class("headline")[0].get("style")
    assert "@media (prefers-color-scheme: dark)" in html.partition("<body")[0]


def test_opening_the_mail_fetches_nothing_but_the_brand_s_logo(mail):
    assert not re.search(r"<link|@import|<img|url\(", html_of(mail))
    logo = "https://growers.example.org/logo.png"
    document = lxml.html.document_fromstring(html_of(render(rich_edition(), brand={"logo": logo, "font": "Roboto"})))
    assert [image.get("src") for image in document.iter("img")] == [logo]
    assert document.find(".//img").get("alt") == "Allotment & Growing Network"
    assert not list(document.iter("link"))


def test_the_contents_lead_to_the_sections(mail):
    document = lxml.html.document_fromstring(html_of(mail))
    contents = document.find_class("contents")[0]
    assert " ".join(contents.text_content().split()) == "2 vacancies 4 events 3 posts"
    assert all(document.get_element_by_id(link.get("href")[1:]).tag == "h2" for link in contents.iter("a"))


def test_two_sections_of_a_kind_have_anchors_of_their_own():
    document = lxml.html.document_fromstring(html_of(render(edition(section(post()), section(post("Taps", "2"))))))
    assert [heading.get("id") for heading in document.iter("h2")] == ["posts", "posts-2"]


def test_the_hidden_preview_line_is_made_of_content(mail):
    hidden = lxml.html.document_fromstring(html_of(mail)).find("body/div")
    assert "display:none" in hidden.get("style")
    assert hidden.text.startswith("Orchard coordinator · Compost educator · Seed swap and soup")


def test_everybody_can_leave_and_knows_why_they_are_written_to(mail, notice):
    for shown in (mail, notice):
        for sliced in (shown.html, shown.text):
            slots = [piece for piece in sliced if isinstance(piece, Slot)]
            assert {Slot.ADDRESS, Slot.PREFERENCES_URL, Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL} == set(slots)
        assert VALUES[Slot.UNSUBSCRIBE_URL] in text_of(shown)
        assert VALUES[Slot.PREFERENCES_URL] in text_of(shown)
        assert "The Potting Shed, 4 Canal Walk\nBrindle Bridge" in text_of(shown)
        links = [a.get("href") for a in lxml.html.document_fromstring(html_of(shown)).iter("a")]
        assert VALUES[Slot.UNSUBSCRIBE_URL] in links
        assert VALUES[Slot.PREFERENCES_URL] in links
    assert "on the list All members of Allotment & Growing Network" in " ".join(text_of(mail).split())


def test_the_plain_text_says_what_the_html_says(mail):
    text = " ".join(text_of(mail).split())
    document = lxml.html.document_fromstring(html_of(mail))
    for name in ("title", "meta", "excerpt", "when", "note"):
        for element in document.find_class(name):
            assert " ".join(element.text_content().split()) in text
    for link in document.find_class("title"):
        assert all(a.get("href") in text.split() for a in link.iter("a"))


def test_the_plain_text_is_narrow_and_free_of_html(mail, notice):
    for shown in (mail, notice):
        text = text_of(shown)
        assert all(len(line) <= 72 or "://" in line for line in text.splitlines())
        assert not re.search(r"<[a-z/]|&[a-z]+;|&#", text)
        assert "\n\n\n" not in text


def test_the_same_edition_gives_the_same_bytes_in_any_process(mail, notice):
    here = "".join([html_of(mail), text_of(mail), html_of(notice), text_of(notice)]).encode()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", RENDER_IN_ANOTHER_PROCESS]
        there = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert there.stdout == here


def test_forty_items_stay_below_what_gmail_clips():
    assert len(html_of(render(long_edition(40))).encode()) < 100_000


def test_thirty_events_with_their_calendar_links_stay_below_what_gmail_clips():
    told = {"location": "The Grain Hall, Hexby", "summary": "Bring whatever you saved this year, labelled. " * 4}
    events = (event(f"Seed swap and soup number {n}", f"e{n}", **told) for n in range(30))
    assert len(html_of(render(edition(section(*events)))).encode()) < 100_000


def test_an_announcement_keeps_its_own_first_heading():
    rendered = Renderer(config()).announcement(announcement(html="<h1>Taps</h1><p>x</p>", text="# Taps\n\nx"))
    assert [h.text for h in lxml.html.document_fromstring(html_of(rendered)).iter("h1")] == ["Taps"]
    assert announcement().subject not in text_of(rendered)
    shown = Renderer(config()).announcement(announcement(html="<h1>Taps</h1><p>x</p>", text="Taps\n\nx"))
    assert announcement().subject not in text_of(shown)


def test_unsubscribing_takes_one_button_and_names_what_stops():
    page = Renderer(config()).page("unsubscribe", lists=["All members", "Jobs"])
    document = lxml.html.document_fromstring(page)
    assert [item.text for item in document.iter("li")] == ["All members", "Jobs"]
    (form,) = document.forms
    assert (form.method, form.action) == ("POST", None)
    assert len(list(form.iter("button"))) == 1
    assert page.startswith("<!doctype html>")


def test_a_font_with_quotation_marks_reaches_the_page_and_the_mail():
    renderer = Renderer(config(brand={"font": "'Gill Sans', \"Trebuchet MS\", sans-serif</style><b>"}))
    assert "'Gill Sans', \"Trebuchet MS\", sans-serif/styleb;" in renderer.page("message", title="a", text="b")
    document = lxml.html.document_fromstring(html_of(renderer.announcement(announcement())))
    assert "'Gill Sans', \"Trebuchet MS\"" in document.find(".//h1/..").get("style")


def test_somebody_who_left_reads_how_to_come_back():
    assert "mailto:digest@growers.example.org" in Renderer(config()).page("unsubscribed", lists=["All members"])


def test_an_item_without_a_page_is_shown_whole():
    (meeting, *_) = rich_edition().sections[1].entries
    page = lxml.html.document_fromstring(Renderer(config()).page("item", item=meeting.item))
    assert "Thu 26 November, 6:30–8:30 pm" in page.text_content()
    doubtful = Renderer(config()).page("item", item=post(doubts=("year assumed",)))
    assert "Year assumed – please check" in lxml.html.document_fromstring(doubtful).text_content()
    shown = lxml.html.document_fromstring(Renderer(config()).page("item", item=post(html="<p>All <em>of</em> it</p>")))
    assert shown.findtext(".//article/p/em") == "of"


ELSEWHERE = "https://allotments.example.org/shed.jpg?w=9&h=9"
BODY = """<p>Before <img alt="The <shed>" src="https://allotments.example.org/shed.jpg?w=9&amp;h=9"> after.</p>
<p><a href="https://allotments.example.org/plan"><img src="https://allotments.example.org/plan.png"></a></p>
<p><img src="https://allotments.example.org/gate.png" onerror="x"></p>"""


@pytest.fixture
def page_with_pictures():
    def page(**picture):
        html = markup.sanitise(BODY)
        shown = Renderer(config()).page("item", item=post(html=html, image_url=ELSEWHERE), **picture)
        return lxml.html.document_fromstring(shown)

    return page


def test_no_reader_of_an_item_is_seen_where_its_pictures_are(page_with_pictures):
    page = page_with_pictures()
    assert page.findall(".//img") == []
    links = [(one.get("href"), one.text_content(), one.get("rel")) for one in page.findall(".//article/p/a")]
    assert links == [
        (ELSEWHERE, "The <shed>", "noreferrer nofollow"),
        ("https://allotments.example.org/plan", "Picture at allotments.example.org", None),
        ("https://allotments.example.org/gate.png", "Picture at allotments.example.org", "noreferrer nofollow"),
    ]


def test_a_picture_that_is_shown_is_not_told_of_again(page_with_pictures):
    page = page_with_pictures(picture=Renderer(config()).picture(PICTURE, alt="A shed"))
    assert [one.get("alt") for one in page.findall(".//img")] == ["A shed"]
    assert next(one.get("href") for one in page.findall(".//article/p/a")) == "https://allotments.example.org/plan"


def test_an_admin_s_template_replaces_the_shipped_one_and_changes_the_hash(own_templates):
    own = own_templates("email/edition/subject.txt.j2", "Hello from {{ edition.period }}")
    assert own.edition(rich_edition(), item_url=page_of).subject == "Hello from 2026-W48"
    assert own.template_hash != Renderer(config()).template_hash
    assert re.fullmatch("[0-9a-f]{16}", own.template_hash)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("subject.txt.j2", "a\n{{ edition.tittle }}", r"subject\.txt\.j2, line 2: .* has no attribute 'tittle'"),
        ("subject.txt.j2", "{% if %}", r"subject\.txt\.j2, line 1: "),
        ("subject.txt.j2", "a\n\n{{ 1 / 0 }}", r"subject\.txt\.j2, line 3: division by zero"),
        ("subject.txt.j2", "{% include 'no.j2' %}", r"subject\.txt\.j2, line 1: there is no template no\.j2"),
        ("subject.txt.j2", " \n", r"subject\.txt\.j2: the subject is empty"),
        ("subject.txt.j2", "{{ slot.name }}, hello", r"subject\.txt\.j2: a slot stands where"),
        ("body.mjml.j2", "<mjml><mj-body>", r"body\.mjml\.j2: is not MJML"),
    ],
)
def test_a_mistake_in_a_template_is_reported_with_its_place(own_templates, name, text, message):
    with pytest.raises(TemplateError, match=message):
        own_templates(f"email/edition/{name}", text).edition(rich_edition(), item_url=page_of)


def test_a_mistake_in_the_configured_subject_names_the_key():
    digests = [{"name": "weekly", "lists": ["members"], "subject": "{{ editon.title }}"}]
    with pytest.raises(TemplateError, match=r"digests\.subject, line 1: 'editon' is undefined"):
        render(rich_edition(), digests=digests)


def test_a_template_that_is_not_utf_8_is_named(own_templates, tmp_path):
    renderer = own_templates("web/message.html.j2", "x")
    (tmp_path / "templates/web/message.html.j2").write_bytes(b"caf\xe9")
    with pytest.raises(TemplateError, match=r"web/message\.html\.j2: is not UTF-8 at byte 3"):
        renderer.page("message")


def test_a_folder_of_templates_that_is_not_there_is_a_mistake_of_the_configuration(tmp_path):
    with pytest.raises(ConfigError, match=r"paths\.templates: there is no folder"):
        Renderer(config(paths={"templates": tmp_path / "nowhere"}))


def test_an_admin_s_wording_replaces_the_shipped_one_and_changes_the_hash(own_templates):
    entry = 'msgctxt "view_on_web"\nmsgid "View on the web"\nmsgstr "Open in a browser"\n'
    own = own_templates("locales/en.po", entry)
    assert "Open in a browser:" in text_of(own.edition(rich_edition(), item_url=page_of))
    assert own.template_hash != Renderer(config()).template_hash


def test_a_language_nobody_knows_is_a_mistake_of_the_configuration():
    with pytest.raises(ConfigError, match=r"network\.language: 'qq' is not a language"):
        Renderer(config(network={"language": "qq"}))


def test_the_dark_scheme_is_told_to_programs_that_ask_and_to_outlook_com(mail):
    head = html_of(mail).partition("<body")[0]
    assert "[data-ogsc] .headline" in head
    assert "[data-ogsb] .card" in head
    assert head.count(".headline, ") == 2


def test_a_compact_mail_has_less_space_between_things(mail):
    compact = html_of(render(rich_edition(), brand={"density": "compact"}))
    assert "margin-top:30px" in html_of(mail)
    assert "margin-top:30px" not in compact
    assert "margin-top:20px" in compact
