"""Doubts: a sentence in English that knows its name and facts, kept with them and told in any language."""

import pickle
from datetime import date
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from pydantic import TypeAdapter, ValidationError
from sample_edition import post

from digest.core.content import likely_kinds
from digest.model import DOUBTS, PERHAPS, Doubt, Kind
from digest.render.catalogs import catalog_folders, load_phrases
from digest.render.console import ConsolePages
from digest.resources import bundled

KEPT = TypeAdapter(tuple[Doubt, ...])
FACTS = {"day": "2026-03-06", "date": "2026-03-07", "month": "2026-03-05", "weekday": "2026-03-06", "kind": "event"}


def any_of(name):
    """The doubt of this name, of some facts."""
    asked = [key for _, key, _, _ in Formatter().parse(DOUBTS[name]) if key]
    return Doubt(name, **{key: FACTS.get(key.rpartition("_")[2], f"<{key}>") for key in asked})


def told(doubt, language="cy"):
    phrases = load_phrases(Locale.parse(language), catalog_folders([bundled("templates")]))
    return ConsolePages(phrases=phrases, zone=ZoneInfo("Europe/London"), common={})._doubt(doubt)


@pytest.mark.parametrize("name", DOUBTS)
def test_every_doubt_is_kept_whole_and_told_in_english_as_it_is(name):
    doubt = any_of(name)
    (again,) = KEPT.validate_json(KEPT.dump_json((doubt,)))
    for one in (again, pickle.loads(pickle.dumps(doubt))):
        assert (one, one.name, dict(one.facts)) == (doubt, name, dict(doubt.facts))
    assert told(doubt, "en_GB") == str(doubt)
    assert told(doubt) != str(doubt)
    assert all(fact in told(doubt) for fact in doubt.facts.values() if fact.startswith("<"))


def test_days_are_written_as_the_language_writes_them():
    doubt = Doubt("weekday", words="Mon 6 March", first_day=date(2026, 3, 6), first_weekday=date(2026, 3, 6))
    assert doubt == "weekday contradicts date: 'Mon 6 March', but 6 March 2026 is a Friday"
    assert told(doubt) == "mae’r diwrnod yn groes i’r dyddiad: ‘Mon 6 March’, ond mae 6 Mawrth 2026 ar Dydd Gwener"


def test_a_sentence_that_an_earlier_version_kept_is_told_as_it_is():
    plain, fixed = KEPT.validate_python(("year assumed: '6 March' read as 6 March 2026", "perhaps an event"))
    assert (plain.name, told(plain)) == ("", str(plain))
    assert (fixed.name, told(fixed)) == ("perhaps_event", "digwyddiad efallai")
    assert KEPT.dump_python((plain, fixed), mode="json") == [str(plain), str(fixed)]
    named = Doubt("year_assumed", words="6 March", first_day=date(2026, 3, 6))
    assert str(named) == str(plain)
    assert named != plain  # so that what is collected again is kept anew, with its facts
    assert len({named, str(named)}) == 1


@pytest.mark.parametrize(
    "kept",
    [
        {"says": "so", "name": "no_such"},
        {"says": "so", "name": "no_day", "facts": {"words": "x"}},
        {"says": "so", "name": "no_day", "facts": {"words": "x", "first_day": "soon", "last_day": "never"}},
        {"says": "so", "name": "unlike_words", "facts": {"its_kind": "x", "other_kind": "y", "marked": "z"}},
        {"says": "so", "name": "no_day", "facts": [1]},
        {"says": "so"},
    ],
)
def test_what_cannot_be_told_again_keeps_its_sentence(kept):
    (doubt,) = KEPT.validate_python((kept,))
    assert (doubt, doubt.name, doubt.kinds, told(doubt)) == ("so", "", frozenset(), "so")


@pytest.mark.parametrize("kept", [None, 1, {}, {"says": 1}, ["so"]])
def test_what_is_no_doubt_is_refused(kept):
    with pytest.raises(ValidationError):
        KEPT.validate_python((kept,))


def test_what_an_item_perhaps_is_does_not_depend_on_what_its_author_wrote():
    said = Doubt("vague_closing", words="after the event, see vacancy")
    assert likely_kinds(post(doubts=(said,))) == (Kind.POST,)
    assert likely_kinds(post(doubts=(said, PERHAPS[Kind.VACANCY]))) == (Kind.POST, Kind.VACANCY)
    assert likely_kinds(post(doubts=(any_of("undated"),))) == (Kind.POST, Kind.EVENT)
