"""The fixed wordings: the table, the shipped catalogs, and an admin's own beside them."""

import re

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ConfigError
from digest.render.catalogs import catalog_folders, load_phrases
from digest.render.phrases import PHRASES
from digest.resources import bundled

SHIPPED = catalog_folders([bundled("templates")])
CATALOGS = sorted({path.name for folder in SHIPPED for path in folder.glob("*.po*")})
HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def phrases(language="cy", *own):
    return load_phrases(Locale.parse(language), [*own, *SHIPPED])


@pytest.fixture
def write(tmp_path):
    def write(text, name="de.po", header=HEADER):
        tmp_path.joinpath(name).write_text(header + text, encoding="utf-8")
        return tmp_path

    return write


def entry(name, translation):
    return f'msgctxt "{name}"\nmsgid "{PHRASES[name]}"\nmsgstr "{translation}"\n\n'


def plural(name, *translations):
    one, many = PHRASES[name]
    forms = "".join(f'msgstr[{n}] "{form}"\n' for n, form in enumerate(translations))
    return f'msgctxt "{name}"\nmsgid "{one}"\nmsgid_plural "{many}"\n{forms}\n'


@pytest.mark.parametrize("name", CATALOGS)
def test_the_shipped_catalogs_of_a_language_hold_every_phrase_once_and_nothing_else(name):
    held = []
    for path in (folder / name for folder in SHIPPED):
        with path.open("rb") as file:
            held += [(message.context, message.id) for message in read_po(file, abort_invalid=True) if message.id]
    assert dict(held) == dict(PHRASES)
    assert len(held) == len(PHRASES)


@pytest.mark.parametrize("language", [name.removesuffix(".po") for name in CATALOGS if name.endswith(".po")])
def test_the_shipped_catalogs_of_a_language_translate_every_phrase(language):
    said = phrases(language)
    assert not said.untranslated
    assert not said.unknown
    assert not list(said.gaps())


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "dim digwyddiadau, dim postiadau"),
        (1, "1 digwyddiad, 1 postiad"),
        (2, "2 ddigwyddiad, 2 bostiad"),
        (3, "3 digwyddiad, 3 phostiad"),
        (4, "4 digwyddiad, 4 postiad"),
        (6, "6 digwyddiad, 6 phostiad"),
        (1234, "1,234 digwyddiad, 1,234 postiad"),
    ],
)
def test_welsh_words_change_after_their_numbers(count, expected):
    assert ", ".join(phrases().say(name, count) for name in ("events", "posts")) == expected


def test_a_territory_speaks_its_language():
    assert phrases("cy_GB").say("last_call") == "Cyfle olaf"


def test_numbers_are_written_as_the_language_writes_them():
    assert phrases("en").say("posts", 1234) == "1,234 posts"
    assert phrases("de").say("posts", 1234) == "1.234 posts"


@pytest.mark.parametrize(
    ("language", "expected"), [("en_GB", "A, B and C"), ("de", "A, B und C"), ("cy", "A, B, C"), ("ja", "A、B、C")]
)
def test_lists_are_joined_as_the_language_joins_them(language, expected):
    assert phrases(language).listed(["A", "B", "C"]) == expected


@pytest.mark.parametrize("language", ["en", "cy"])
def test_what_is_filled_in_is_not_read_as_a_template(language):
    assert "{0} {title} {{" in phrases(language).say("event_on", title="{0} {title} {{", date="today")


def test_a_language_without_a_catalog_is_said_in_english_and_told():
    german = phrases("de")
    assert german.english
    assert german.say("last_call") == "Last call"
    assert list(german.gaps()) == [
        "members read English words: there is no de.po in a folder locales of paths.templates"
    ]


def test_a_phrase_without_a_translation_is_said_in_english_and_told(write):
    german = phrases("de", write(entry("last_call", "Letzte Gelegenheit") + entry("reminder", "")))
    assert german.say("last_call") == "Letzte Gelegenheit"
    assert german.say("reminder") == "Reminder"
    assert not german.english
    (gap,) = german.gaps()
    assert gap.startswith("said in English: posts, events, vacancies and ")


@pytest.mark.parametrize(
    "text", ["#, fuzzy\n" + entry("last_call", "Erinnerung"), plural("posts", "ein Beitrag", "")], ids=["fuzzy", "half"]
)
def test_an_unfinished_translation_is_not_used(write, text):
    german = phrases("de", write(text))
    assert (german.say("last_call"), german.say("posts", 1), german.say("posts", 2)) == (
        "Last call",
        "1 post",
        "2 posts",
    )
    assert german.untranslated == frozenset(PHRASES)


@pytest.mark.parametrize("name", ["cy.po", "cy_GB.po", "cy-GB.po"])
def test_an_own_catalog_replaces_single_phrases_of_a_shipped_one(write, name):
    welsh = phrases("cy_GB", write(entry("last_call", "Y cyfle olaf"), name))
    assert (welsh.say("last_call"), welsh.say("reminder")) == ("Y cyfle olaf", "Nodyn atgoffa")


def test_english_wordings_can_be_replaced_too(write):
    english = phrases("en_GB", write(entry("section_event", "What’s on"), "en.po"))
    assert (english.say("section_event"), english.say("last_call")) == ("What’s on", "Last call")
    assert not list(english.gaps())


def test_a_form_may_leave_its_number_out(write):
    german = phrases("de", write(plural("posts", "ein Beitrag", "{count} Beiträge")))
    assert (german.say("posts", 1), german.say("posts", 2)) == ("ein Beitrag", "2 Beiträge")


def test_a_translation_of_what_is_no_phrase_is_told(write):
    old = 'msgctxt "last_call"\nmsgid "Last chance"\nmsgstr "Letzte Gelegenheit"\n'
    german = phrases("de", write(old))
    assert german.say("last_call") == "Last call"
    assert german.unknown == ("de.po, line 6",)
    assert "de.po, line 6: translates no phrase of ours" in list(german.gaps())[-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            entry("closes", "Schluss"),
            r'de\.po, line 6: "Schluss" has nothing in braces where "Closes {date}" has {date}',
        ),
        (entry("closes", "{date} {time}"), r"line 6: .* has {date} and {time} where"),
        (entry("closes", "{date.year}"), r"line 6: .* has {date\.year} where"),
        (entry("closes", "{date:>9}"), r"line 6: .* has {date:>9} where"),
        (entry("closes", "{}"), r"line 6: .* has {} where"),
        (entry("closes", "{date"), r"line 6: \"{date\": expected '}'"),
        (plural("closes_in_days", "{date}", "{count}"), r"line 6: \"{count}\" has {count} where"),
        (plural("posts", "a", "b", "c"), r"line 6: msg has more translations"),
        ('msgid "x\nmsgstr ""\n', r'line 5: msgid "x is not a line of a catalog'),
        ("nonsense\n", r"line 5: nonsense is not a line"),
        ('msgid "x"\n\nmsgid "y"\nmsgstr ""\n', r"line 5: missing msgstr"),
    ],
)
def test_a_catalog_that_would_break_a_mail_is_refused_with_its_place(write, text, message):
    with pytest.raises(ConfigError, match=message):
        phrases("de", write(text))


def test_every_mistake_of_a_catalog_is_told_at_once(write):
    with pytest.raises(ConfigError) as caught:
        phrases("de", write(entry("closes", "x") + entry("by", "y")))
    assert [re.sub(r".*/", "", problem.where) for problem in caught.value.problems] == [
        "de.po, line 6",
        "de.po, line 10",
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("nplurals=2; plural=n %;", "Plural-Forms cannot be used"),
        ("nplurals=2; plural=n/0;", "Plural-Forms cannot be used"),
        ("nplurals=two; plural=n;", r"de\.po: is not a catalog"),
    ],
)
def test_a_plural_rule_that_cannot_be_used_is_refused(write, rule, message):
    header = HEADER.replace("nplurals=2; plural=(n != 1);", rule)
    with pytest.raises(ConfigError, match=message):
        phrases("de", write(entry("last_call", "x"), header=header))


def test_a_catalog_that_is_not_utf_8_is_named(tmp_path):
    tmp_path.joinpath("de.po").write_bytes(b'msgid "caf\xe9"\n')
    with pytest.raises(ConfigError, match=r"de\.po: is not UTF-8 at byte 10 \(save it as UTF-8\)"):
        phrases("de", tmp_path)


LINES = st.one_of(
    st.builds(
        "{} {}".format,
        st.sampled_from(["msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr[0]", "msgstr[7]"]),
        st.sampled_from(
            ['""', '"closes"', '"Closes {date}"', '"{count} post"', '"{count} posts"', '"posts"', '"{"', '"\\\\"']
        ),
    ),
    st.sampled_from(["", "#, fuzzy", '#~ msgid "x"', '#| msgid "x"', '"more"', "#: a.py:1"]),
    st.text(max_size=12).map(lambda text: "# " + text),
    st.text(max_size=12),
)


@given(lines=st.lists(LINES, max_size=14))
def test_any_file_is_either_refused_or_leaves_every_phrase_sayable(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("locales")
    folder.joinpath("de.po").write_text(HEADER + "\n".join(lines), encoding="utf-8", errors="replace")
    try:
        german = phrases("de", folder)
    except ConfigError:
        return
    for name, phrase in PHRASES.items():
        values = dict.fromkeys(re.findall(r"{(\w+)}", str(phrase)), "x")
        values.pop("count", None)
        assert german.say(name, 2, **values)
