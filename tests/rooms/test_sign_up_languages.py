"""Signing up in one of several languages: the form's, the letters', the agreement's, and from then on the person's."""

import re

import pytest
from sign_up_visit import ADA, LINK, SECOND, seal_in, text_of, visiting

from digest.core import people as verbs
from digest.model import ITSELF
from digest.store import people

NETWORK = {"name": "Growers", "timezone": "Europe/London", "languages": ["en-GB", "cy", "de"]}
LISTS = [
    {"name": "members", "title": "Members", "signup": "open"},
    {"name": "aelodau", "title": "Aelodau", "signup": "open", "language": "cy"},
    {"name": "board", "title": "The board"},
]
WELSH = {"Accept-Language": "cy, en;q=0.5"}
ENGLISH = {"Accept-Language": "en-US"}


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now, network=NETWORK, lists=LISTS) as visit:
        yield visit


def lang(answer):
    return re.search(r'<html lang="([^"]+)"', answer.text)[1]


def asked(visit, path="/subscribe", *, on="members", **headers):
    """The answer to a form that was read and sent at this address."""
    seal = seal_in(visit.web.get(path, headers=headers))
    visit.wait(10 * SECOND)
    return visit.web.post(path, data={"form": seal, "email": ADA, "list": on}, headers=headers)


def person(visit):
    with visit.app.store.read() as connection:
        return people.find(connection, ADA)[1]


def agreed(visit):
    with visit.app.store.read() as connection:
        return people.journal_of(connection, ADA)[-1].wording


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/subscribe", {}, "en-GB"),
        ("/subscribe", WELSH, "cy"),
        ("/subscribe?language=cy", ENGLISH, "cy"),
        ("/subscribe?language=en-GB", WELSH, "en-GB"),
        ("/subscribe?language=fr", {"Accept-Language": "fr"}, "en-GB"),
    ],
)
def test_the_form_reads_as_its_address_says_else_as_the_browser_asks(visit, path, headers, language):
    page = visit.web.get(path, headers=headers)
    assert (lang(page), page.headers["content-language"]) == (language, language)
    assert page.headers["vary"] == "Accept-Language"
    here = re.search(r'<b lang="([^"]+)" aria-current="true">', page.text)[1]
    assert here == language
    assert 'href="https://digest.example.org/subscribe?language=de"' in page.text


@pytest.mark.parametrize(("path", "headers"), [("/subscribe?language=cy", ENGLISH), ("/subscribe", WELSH)])
def test_from_the_form_to_the_welcome_all_is_in_the_language_of_the_form(visit, path, headers):
    assert lang(asked(visit, path, **headers)) == "cy"
    (letter,) = visit.letters()
    link = LINK.search(text_of(letter))[1]
    assert "Cadarnhewch" in text_of(letter)
    question = visit.web.get(link, headers=ENGLISH)
    assert lang(question) == lang(visit.web.post(link, headers=ENGLISH)) == "cy"
    assert agreed(visit) in question.text
    assert person(visit).language == "cy"
    (welcome,) = visit.letters()
    assert "Croeso" in welcome["subject"]


def test_who_asks_for_no_language_has_that_of_the_list(visit):
    asked(visit, on="aelodau")
    link = visit.link()
    assert lang(visit.web.get(link)) == lang(visit.web.post(link)) == "cy"
    assert person(visit).language is None


def test_the_language_of_the_form_is_nearer_than_that_of_the_list(visit):
    asked(visit, on="aelodau", **ENGLISH)
    visit.web.post(visit.link())
    assert person(visit).language == "en-GB"


def test_the_switch_of_the_page_that_confirms_changes_words_agreement_and_language(visit):
    asked(visit, **WELSH)
    link = visit.link()
    assert f'href="https://digest.example.org{link}?language=en-GB"' in visit.web.get(link).text
    answer = visit.web.post(f"{link}?language=en-GB")
    assert (lang(answer), person(visit).language) == ("en-GB", "en-GB")
    assert agreed(visit).startswith("Press the button")


def test_who_chose_a_language_keeps_it(visit):
    visit.put_on("board")
    verbs.change_preferences(visit.app, ADA, verbs.Change(language="de"), visit.app.now, by=ITSELF)
    verbs.leave(visit.app, ADA, visit.app.now, by=ITSELF)
    asked(visit, **WELSH)
    visit.web.post(visit.link())
    assert person(visit).language == "de"


def test_who_gets_mail_already_reads_on_in_its_language(visit):
    visit.put_on("board")
    asked(visit, **WELSH)
    visit.web.post(visit.link())
    assert person(visit).language is None


def test_a_language_that_the_network_has_no_more_is_none(tmp_path, now, visit):
    asked(visit, **WELSH)
    link = visit.link()
    with visiting(tmp_path, now, network=NETWORK | {"languages": ["en-GB", "de"]}, lists=LISTS[:1]) as later:
        assert (lang(later.web.get(link)), lang(later.web.post(link))) == ("en-GB", "en-GB")
        assert person(later).language is None


def test_where_there_is_one_language_nothing_is_offered_or_kept(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        page = visit.web.get("/subscribe", headers=WELSH)
        assert ("vary" in page.headers, 'class="languages"' in page.text) == (False, False)
        asked(visit, **ENGLISH)
        assert [one.language for one in visit.held()] == [None]
        visit.web.post(visit.link())
        assert person(visit).language is None


@pytest.mark.parametrize(("path", "language"), [("/preferences", "cy"), ("/preferences?language=en-GB", "en-GB")])
def test_where_a_link_is_asked_for_is_in_the_same_language(visit, path, language):
    answers = [visit.web.get(path, headers=WELSH), visit.web.post(path, data={"email": ADA}, headers=WELSH)]
    assert [lang(one) for one in answers] == [language] * 2
    assert f'href="https://digest.example.org{path}"' in visit.web.get(path.replace("preferences", "subscribe")).text
