"""A person's language: chosen on their page, followed by every page and letter of theirs, and made only where read."""

import mailbox
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from people_pages import (
    CONFIG,
    consents,
    fresh_path,
    opened,
    preferences_path,
    subscriber_id,
    unsubscribe_path,
    visitor,
)
from sample_edition import announcement, config, edition, post, section
from sqlalchemy import event as hooks

from digest.core import mail, people
from digest.core.campaigns.preflight import findings_in
from digest.model import ITSELF, Recipient, Slot
from digest.render import compiled_from_json, compiled_to_json
from digest.store import people as people_store

TWO = CONFIG.replace('timezone = "Europe/London"\n', 'timezone = "Europe/London"\nlanguages = ["en-GB", "cy"]\n')
WELSH_LIST = TWO.replace('title = "Friends"', 'title = "Friends"\nlanguage = "cy"')
ADA = "ada@example.org"
EDITION = edition(section(post()))
WELSH, ENGLISH = '<html lang="cy"', '<html lang="en-GB"'


@pytest.fixture
def app(tmp_path, now, empty_store):
    with opened(tmp_path, now, config=WELSH_LIST) as app:
        yield app


def choose(app, language, address=ADA):
    people.change_preferences(app, address, people.Change(language=language), app.now, by=ITSELF)


def letters(app):
    files = mailbox.Maildir(app.mailbox)
    return [message_from_bytes(files.get_bytes(key), policy=default) for key in files.iterkeys()]


def words(letter):
    return letter.get_body(("plain",)).get_content()


def test_the_page_offers_each_language_by_its_own_name_and_speaks_the_one_that_is_chosen(app):
    client, path = visitor(app), preferences_path(app)
    page = client.get(path).text
    assert '<option value="en-GB" lang="en-GB" selected>English</option>' in page
    assert '<option value="cy" lang="cy">Cymraeg</option>' in page
    saved = client.post(path, data={"language": "cy"})
    assert (saved.status_code, WELSH in saved.text) == (200, True)
    assert '<option value="cy" lang="cy" selected>Cymraeg</option>' in saved.text
    for other in (fresh_path(app), unsubscribe_path(app, "members")):
        assert WELSH in client.get(other).text
    assert WELSH in client.post(unsubscribe_path(app, "board")).text
    assert ENGLISH in client.get(preferences_path(app, "bo@example.org")).text
    assert ENGLISH in client.post(path, data={"language": "en-GB"}).text


@pytest.mark.parametrize("sent", [{}, {"language": ""}, {"language": "de"}])
def test_what_names_none_of_the_networks_languages_changes_nothing(app, sent):
    choose(app, "cy")
    assert WELSH in visitor(app).post(preferences_path(app), data=sent).text


def test_a_network_of_one_language_offers_none_and_asks_the_store_nothing_more(tmp_path, now, empty_store):
    statements = []
    with opened(tmp_path, now) as app:
        ada = subscriber_id(app)
        assert 'name="language"' not in visitor(app).get(preferences_path(app)).text
        hooks.listen(app.store.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        assert mail.in_language_of(app, ada) is app
        plain = mail.render_announcement(app, announcement(), ["members"])
        assert not any("subscribers" in one for one in statements)
    assert (plain.translations, '"translations"' in compiled_to_json(plain)) == ({}, False)


def test_a_mail_is_made_in_a_language_that_somebody_on_its_lists_reads_and_in_no_other(app):
    def made_for(*names):
        return set(mail.render_announcement(app, announcement(), names).translations)

    assert made_for("members") == set()
    choose(app, "cy")
    assert [made_for(*names) for names in (["members"], ["board"], ["staff"], ["friends"])] == [
        {"cy"},
        {"cy"},
        set(),
        {"cy"},
    ]
    people.leave(app, ADA, app.now, by=ITSELF, name="board")
    assert made_for("board") == set()


def test_what_is_frozen_holds_every_language_so_that_an_approval_is_bound_to_all_of_them(app):
    choose(app, "cy")
    made = mail.render_edition(app, EDITION)
    other = replace(made.translations["cy"], subject="Arall")
    assert compiled_from_json(compiled_to_json(made)) == made
    assert compiled_to_json(replace(made, translations={"cy": other})) != compiled_to_json(made)


def test_what_is_wrong_in_one_language_alone_is_found_there(app, now):
    choose(app, "cy")
    made = mail.render_edition(app, EDITION)
    assert not [one for one in findings_in(app, made, EDITION, now) if "in cy" in one.detail]
    welsh = made.translations["cy"]
    without_link = tuple("" if piece is Slot.UNSUBSCRIBE_URL else piece for piece in welsh.text)
    faulty = replace(made, translations={"cy": replace(welsh, text=without_link)})
    found = findings_in(app, faulty, EDITION, now)
    assert [one.level for one in found if "in cy" in one.detail] == ["error"]
    assert found[0].detail.startswith("in cy: ")


async def test_letters_are_written_in_the_language_of_whom_they_are_for(app):
    choose(app, "cy")
    assert await people.mail_link(app, ADA, app.now)
    assert await people.mail_link(app, "bo@example.org", app.now)
    assert sorted("Dewis" in words(one) for one in letters(app)) == [False, True]


async def test_who_signs_up_is_asked_in_the_language_of_the_list_and_agrees_in_it(app):
    people.invite(app, Recipient(address="eve@example.org"), app.now, by=ITSELF, name="friends")
    assert await people.send_letters(app, app.now) == 1
    (letter,) = letters(app)
    link = next(word for word in words(letter).split() if "/confirm/" in word)
    path = link.partition("example.org")[2]
    client = visitor(app)
    assert WELSH in client.get(path).text
    assert WELSH in client.post(path).text
    (agreed,) = consents(app, "eve@example.org")
    assert agreed.wording == app.in_language("cy").renderer.phrases.say(
        "confirm_page_text", network=app.config.network.name, lists="Friends"
    )
    assert WELSH in client.get(preferences_path(app, "eve@example.org")).text
    assert WELSH in client.post(unsubscribe_path(app, "friends", address="eve@example.org")).text
    with app.store.read() as connection:
        assert people_store.find(connection, "eve@example.org")[1].language is None


def test_forgetting_somebody_erases_their_language(app):
    choose(app, "cy")
    people.forget(app, ADA, app.now, by=ITSELF)
    with app.store.read() as connection:
        assert people_store.chosen_languages(connection, ["members", "board"], ["cy"]) == frozenset()
        held = connection.exec_driver_sql("SELECT count(*) FROM subscribers WHERE language IS NOT NULL").scalar()
    assert held == 0


@pytest.mark.parametrize(
    ("network", "lists", "offered"),
    [
        ({}, [], ("en-GB",)),
        ({"languages": ("cy", "en")}, [], ("cy", "en")),
        ({"language": "en", "languages": ("cy", "en")}, [], ("en", "cy")),
        ({"language": "en"}, [{"name": "a", "language": "cy"}, {"name": "b", "language": "CY"}], ("en", "cy")),
    ],
)
def test_the_networks_own_language_is_offered_first_and_each_once(network, lists, offered):
    assert config(network={"name": "N", **network}, lists=lists).languages == offered
