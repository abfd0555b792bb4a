"""What is found in a mail is told in the organiser's language, its facts as they are."""

from dataclasses import replace

import pytest
from babel import Locale
from sample_edition import announcement, config, edition, event, post, render, section

from digest.model import ItemSkip
from digest.render import Renderer
from digest.render.catalogs import catalog_folders, load_phrases
from digest.render.finding_phrases import FINDING_PHRASES
from digest.render.preflight import Words, preflight
from digest.resources import bundled

WELSH = load_phrases(Locale("cy"), catalog_folders([bundled("templates")]))


def notice_of(html, **fields):
    written = announcement(html=html, text="The taps will be dry.", **fields)
    return preflight(Renderer(config()).announcement(written).whole(), content=written, config=config())


@pytest.mark.parametrize(
    ("html", "english", "welsh"),
    [
        (
            '<p><a href="nowhere">The shed</a></p>',
            '<a> "The shed" to "nowhere": leads nowhere; write the whole address, https://...',
            '<a> "The shed" i “nowhere”: nid yw’n arwain i unman; ysgrifennwch y cyfeiriad cyfan, https://...',
        ),
        (
            "<p>Dear {{ name }}</p>",
            "{{ name }} is sent as it stands: only {{ member.FIELD }} is filled",
            "anfonir {{ name }} fel y mae: dim ond {{ member.FIELD }} a lenwir",
        ),
    ],
)
def test_a_finding_is_told_in_either_language_with_the_same_facts(html, english, welsh):
    (one,) = notice_of(html)
    assert (one.detail, one.told(WELSH)) == (english, welsh)


def test_the_first_three_places_are_named_and_the_rest_counted():
    links = "".join(f'<p><a href="https://example.org/{number}"></a></p>' for number in range(5))
    (one,) = notice_of(links + '<p><a href="https://example.org/4"></a></p>')
    places = ", ".join(f"https://example.org/{number}" for number in range(3))
    assert one.detail == f"a link to {places} and 2 more has nothing to click on; give it words"
    assert f"{places} a 2 arall" in one.told(WELSH)


def test_a_place_that_has_several_things_left_is_told_once():
    shown = edition(section(post()))
    rendered = render(shown)
    left = replace(rendered, subject="{{ a }} and {{ b }}")
    (one,) = preflight(left.whole(), content=shown, config=config())
    assert one.detail == "the subject has {{ a }}, {{ b }}: mend the template, or the setting it is from"
    assert one.told(WELSH).startswith("y pwnc: mae {{ a }}, {{ b }} yno heb ei lenwi")


def test_what_is_over_and_what_contradicts_itself_is_told_with_its_reason_and_day():
    shown = edition(section(post()))
    item = event()
    day = Words(phrase="finding_weekday", facts={"words": "Monday 1 May", "day": Words(phrase="friday")})
    past, weekday = preflight(
        render(shown).whole(),
        content=shown,
        config=config(),
        past=[(item, ItemSkip.PAST_EVENT)],
        contradicting=[day],
    )
    assert past.detail == (
        f'"{item.title}": event is over; take it out with `digest items edit {item.key} --hide`, or set its date'
    )
    assert "mae’r digwyddiad ar ben" in past.told(WELSH)
    assert weekday.detail == '"Monday 1 May" is a Friday; ask who wrote it'
    assert weekday.told(WELSH) == f"{WELSH.say('friday')} yw “Monday 1 May”; gofynnwch i’r sawl a’i hysgrifennodd"


def test_whatever_is_found_has_a_name_in_words():
    codes = {name.removeprefix("finding_of_") for name in FINDING_PHRASES if name.startswith("finding_of_")}
    assert {one.what for one in notice_of('<p>{{ x }}<a href="nowhere">a</a></p>')} <= codes
    assert all(one.named(WELSH) for one in notice_of("<p>{{ x }}</p>"))
