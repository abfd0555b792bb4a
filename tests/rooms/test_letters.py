"""The small mails to one person: confirm, sign in, an edition waits; in the others' family, with no way to leave."""

from datetime import timedelta

import lxml.html
import pytest
from sample_edition import announcement, config, edition, html_of, long_edition, post, rich_edition, section, text_of

from digest.render import Confirm, EditionWaits, PreferencesLink, Renderer, SignIn, Troubles, WelcomeBack
from digest.render.preflight import preflight

URL = "https://mail.example.org/confirm/abc?a=1&b=2"


def waits(shown, *reasons):
    there = "https://mail.example.org/edition/"
    return EditionWaits(
        edition=shown,
        reasons=reasons,
        preview_url=there + "look",
        approve_url=there + "approve",
        hold_url=there + "hold",
    )


LETTERS = {
    "confirm": Confirm(lists=("All members", "Jobs"), url=URL, valid=timedelta(days=3)),
    "sign in": SignIn(url=URL, valid=timedelta(minutes=15)),
    "preferences": PreferencesLink(url=URL, valid=timedelta(days=1)),
    "back": WelcomeBack(
        missed=(("Weekly digest & more, <9 posts>", URL),), archive_url="https://mail.example.org/archive"
    ),
    "troubles": Troubles(troubles=(("weekly-2026-W48 is held: <by hand>", "digest approve weekly-2026-W48"),)),
    "waits": waits(rich_edition(), "the source posts brought 60 new items"),
}


def arrived(letter, **tables):
    mail = Renderer(config(**tables)).letter(letter)
    return mail.subject, lxml.html.document_fromstring(html_of(mail)), text_of(mail)


def buttons(document):
    return {link.text_content(): link.get("href") for link in document.find_class("press")}


def test_confirming_takes_one_button_and_names_what_will_come():
    subject, document, text = arrived(LETTERS["confirm"])
    assert subject == "Confirm that Allotment & Growing Network may write to you"
    assert buttons(document) == {"Yes, write to me": URL}
    assert f"Yes, write to me:\n{URL}\n" in text
    words = " ".join(text.split())
    assert "through: All members and Jobs." in words
    assert "The link works for 3 days." in words
    assert "If it was not you, do nothing" in words


def test_signing_in_takes_one_link_that_ends_soon():
    subject, document, text = arrived(LETTERS["sign in"])
    assert subject == "Sign in to Allotment & Growing Network"
    assert buttons(document) == {"Sign in": URL}
    assert "The link works for 15 minutes." in text


def test_an_editor_reads_why_an_edition_waits_and_what_is_in_it():
    subject, document, text = arrived(LETTERS["waits"])
    assert subject == "Weekly digest, 2026-W48, waits for you"
    assert list(buttons(document)) == ["Look at it", "Approve it", "Hold it back"]
    assert "Why it waits:\n- the source posts brought 60 new items\n" in text
    assert "In it: 2 vacancies, 4 events and 3 posts.\n- Orchard coordinator\n" in text
    assert "- Hedge-laying weekend\n- and 4 more\n" in text


def test_an_edition_that_always_waits_tells_no_reason():
    _, _, text = arrived(waits(edition(section(post()))))
    assert "Why it waits" not in text
    assert "In it: 1 post.\n- Leaf mould in two years\n" in text


def test_a_long_edition_is_told_briefly():
    _, document, _ = arrived(waits(long_edition(40)))
    assert [item.text for item in document.iter("li")][-1] == "and 35 more"


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("brand", [{}, {"accent": "#ffcc00"}])
def test_preflight_misses_nothing_but_the_way_to_leave_that_letters_have_none_of(name, brand):
    settings = config(brand=brand)
    mail = Renderer(settings).letter(LETTERS[name])
    found = preflight(mail.whole(), content=announcement(), config=settings)
    assert {one.what for one in found} == {"unsubscribe"}


@pytest.mark.parametrize("name", LETTERS)
def test_a_welsh_network_writes_letters_in_welsh(name):
    _, document, text = arrived(LETTERS[name], network={"language": "cy"})
    assert document.get("lang") == "cy"
    assert not any(english in text for english in ("The link works", "waits for you", "Sign in", "Somebody"))
    said = {"confirm": "3 diwrnod", "sign in": "15 munud", "preferences": "1 diwrnod", "waits": "a 4 arall"}
    said |= {"back": "Mae eich saib ar ben", "troubles": "I’w drwsio: digest approve"}
    assert said[name] in text


def test_what_others_wrote_does_nothing_in_a_letter():
    text = "</mj-text><script>alert(1)</script> {{ x }}"
    _, document, _ = arrived(waits(edition(section(post(text)), title=text), text))
    assert [item.text for item in document.iter("li")] == [text, text]
    assert document.findtext(".//h1").startswith(text)
    assert not list(document.iter("script"))
