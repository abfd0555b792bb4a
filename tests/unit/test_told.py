"""What is written down for people: a sentence in English that knows its phrase and facts, told in any language."""

import json
import pickle
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

import digest
from digest.errors import SourceError, without_source
from digest.model import REASONS, By, Quoted, Told, Via, kept, said, verb
from digest.render.catalogs import catalog_folders, load_phrases
from digest.render.console import ConsolePages
from digest.render.preflight.finding import error, listed, place
from digest.render.reason_phrases import VERBS
from digest.resources import bundled

LONDON = ZoneInfo("Europe/London")
MOMENT = datetime(2026, 11, 23, 8, tzinfo=LONDON)
FACTS = {"moment": MOMENT, "lateness": timedelta(hours=6), "share": 0.012, "limit": 0.05, "count": 3}


def pages(language="cy"):
    phrases = load_phrases(Locale.parse(language), catalog_folders([bundled("templates")]))
    return ConsolePages(phrases=phrases, zone=LONDON, common={})


def told(fact, language="cy"):
    return pages(language).told(fact)


def again(one):
    """The same as the store reads it."""
    return Told.read(str(one), json.loads(json.dumps(kept(one))))


def any_of(name):
    """The sentence of this name, of some facts."""
    said = REASONS[name]
    template = said if isinstance(said, str) else said[1]
    asked = [key for _, key, _, _ in Formatter().parse(template) if key]
    return Told(name, **{key: FACTS.get(key, f"<{key}>") for key in asked})


@pytest.mark.parametrize("name", REASONS)
def test_every_reason_is_kept_whole_and_told_in_either_language_with_its_facts(name):
    one = any_of(name)
    for read in (again(one), pickle.loads(pickle.dumps(one))):
        assert (read, read.phrase, dict(read.facts)) == (str(one), f"reason_{name}", dict(one.facts))
    assert type(one.kept["says"]) is str
    words = [value for value in one.facts.values() if isinstance(value, str)]
    for language in ("en_GB", "cy"):
        assert all(word in told(one, language) for word in words)
    if not any(isinstance(value, datetime | timedelta | float) for value in one.facts.values()):
        assert told(one, "en_GB") == str(one)
    if re.search("[a-z]", re.sub("<[^>]*>", "", str(one))):
        assert told(one) != str(one)


def test_moments_lengths_and_shares_are_written_as_the_language_writes_them():
    missed = Told("missed", moment=MOMENT, lateness=timedelta(hours=6))
    assert missed == "was due at 2026-11-23 08:00 and nothing ran within 6:00:00 of it"
    assert told(again(missed), "en_GB") == "was due at Mon 23 Nov 2026, 08:00 and nothing ran within 6 hours of it"
    assert told(again(missed)) == "roedd i fod i fynd Llun 23 Tach 2026, 08:00 ac ni redodd dim o fewn 6 awr i hynny"
    lengths = [timedelta(days=2), timedelta(hours=36), timedelta(minutes=90), timedelta(seconds=5)]
    assert [told(one, "en_GB") for one in lengths] == ["2 days", "36 hours", "90 minutes", "5 seconds"]
    assert [told(one, "en_GB") for one in (0.0125, 1234, MOMENT)] == ["1.2%", "1,234", "Mon 23 Nov 2026, 08:00"]


def test_a_sentence_within_another_and_several_in_a_row_are_told_too():
    why = Told("in_a_row", why=Told("answered", status="503"), number=3)
    failed = Told("of_source", source="posts", why=Told("at", place="https://example.org", why=why))
    assert failed == "source posts: https://example.org answered 503, 3 times in a row; is the site up?"
    both = again(Told.joined((Told("nothing_new"), "", "words of a server", failed)))
    assert both.startswith("nothing new; words of a server; source posts: ")
    assert told(both, "en_GB") == both
    assert told(both) == (
        "dim byd newydd; words of a server; y ffynhonnell posts: https://example.org: yr ateb oedd 503, "
        "3 gwaith yn olynol; ydy’r wefan ar gael?"
    )
    assert without_source(Told.by(SourceError(failed)), "posts") == failed.facts["why"]
    assert Told.joined((Told("nothing_new"), "")).phrase == "reason_nothing_new"


def test_a_finding_is_written_down_as_it_is_told():
    one = error("link", "link", places=listed([place("link", element="<a>", address=str(n)) for n in range(5)]))
    noted = again(one.noted)
    assert noted == f"link: {one.detail}" == told(noted, "en_GB")
    assert told(noted).startswith("dolen: <a> i “0”, <a> i “1”, <a> i “2” a 2 arall: nid yw’n arwain i unman")


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        {"says": "so"},
        {"says": "other", "phrase": "reason_nothing_new"},
        {"says": "so", "phrase": "reason_missed", "facts": {"moment": {"at": "soon"}}},
        {"says": "so", "phrase": "reason_missed", "facts": [1]},
        {"says": "so", "phrase": "no_such_phrase"},
        {"says": "so", "phrase": "reason_missed", "facts": {}},
        {"says": "so", "phrase": "reason_more_must", "facts": {"count": "many"}},
    ],
)
def test_what_cannot_be_told_again_is_told_as_it_was_written_down(kept):
    assert (Told.read("so", kept), told(Told.read("so", kept))) == ("so", "so")


def test_what_holds_itself_again_and_again_ends():
    deep = {"says": "so", "phrase": "reason_at", "facts": {}}
    for _ in range(50):
        deep = {"says": "so", "phrase": "reason_at", "facts": {"why": deep, "place": "x"}}
    assert Told.read("so", deep).phrase == ""


def test_what_is_secret_is_taken_out_of_the_facts_too():
    said = Told("not_fetched", why=Told("no_tls", said="key 4711")).through(lambda text: text.replace("4711", "…"))
    assert "4711" not in json.dumps(said.kept) + told(said)
    assert said == "cannot be fetched: no secure connection: key …; does this port speak https?"


def test_every_verb_that_the_product_writes_down_is_told():
    home = Path(digest.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(home.rglob("*.py")))
    written = set(re.findall(r'verb="([a-z -]+)"', source)) - {"see", "arrange"}
    assert written <= {*VERBS}
    assert all(told(verb(one), "en_GB") == one != told(verb(one)) for one in VERBS)
    assert told(verb("of a later version")) == "of a later version"


def test_who_did_something_is_told():
    filters = pages()._environment.filters
    told_as = [filters["who"](By(via=via, name=name)) for via, name in ((Via.SCHEDULE, ""), (Via.COMMAND, "ada"))]
    assert told_as == ["amserlen", "gorchymyn ada"]
    assert filters["actor"]("organiser ada@example.org") == "trefnydd ada@example.org"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("nothing new", "Nothing new."),
        ("is the site up?", "Is the site up?"),
        ("https://example.org answered 404", "https://example.org answered 404."),
        ("page.html: HTML", "page.html: HTML."),
        ("its words (as read)", "Its words (as read)."),
        ("", ""),
    ],
)
def test_words_that_stand_for_themselves_are_a_sentence(words, sentence):
    assert pages()._environment.filters["sentence"](words) == sentence


def test_a_moment_of_another_zone_is_told_in_the_networks():
    restored = Told.of("as of 2026-11-23 08:00 UTC", "reason_restored", {"moment": MOMENT.astimezone(UTC)})
    assert "Mon 23 Nov 2026, 08:00" in told(again(restored), "en_GB")


def test_what_another_program_said_stays_that_however_it_is_kept_sent_and_cleaned():
    one = Told("database_says", said=Quoted("no such table: secrets"))
    for same in (one, again(one), pickle.loads(pickle.dumps(one)), one.through(lambda words: words)):
        assert type(same.facts["said"]) is Quoted
        assert told(same) == "mae’r gronfa ddata yn dweud: no such table: secrets"
    cleaned = one.through(lambda words: words.replace("secrets", "***"))
    assert (type(cleaned.facts["said"]), told(cleaned)) == (Quoted, "mae’r gronfa ddata yn dweud: no such table: ***")


def test_an_error_says_what_it_was_told_else_it_is_quoted():
    assert said(ValueError(Told("none"))).phrase == "reason_none"
    assert type(said(ValueError(Quoted("no @")))) is Quoted
    assert type(said(ValueError("no @"))) is Quoted
