"""Languages: which a post is in, what each says, words that change their beginning, and files of a network's own."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digest.collect.dates import find_dates
from digest.collect.evidence import judge, words_of
from digest.collect.evidence.languages import _vocabularies
from digest.collect.evidence.lexicon import lexicon_of
from digest.collect.evidence.signs import signs_of
from digest.collect.evidence.verdict import words_in
from digest.collect.facts import deadline_readings, event_facts, vacancy_facts
from digest.collect.languages import LanguageFile, added, tables
from digest.collect.languages.checked import LARGEST, problems_of, size_problems
from digest.collect.languages.mutation import forms, with_mutations
from digest.collect.languages.own import own_languages
from digest.config import Config
from digest.errors import ConfigError
from digest.model import Kind

DOCS = (Path(__file__).parents[2] / "docs/languages.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", DOCS, re.DOTALL)[1]
SEEN = date(2026, 11, 23)
ADVERT = (
    "Cydlynydd Gerddi",
    (
        "Mae Menter y Rhandir yn chwilio am gydlynydd brwd i ofalu am saith o erddi. 21 awr yr wythnos, £14.20 yr awr. "
        "I ymgeisio, anfonwch lythyr a CV at gerddi@example.org erbyn hanner dydd ddydd Gwener 18 Rhagfyr 2026."
    ),
)
INVITATION = (
    "Noson gwis yn y sgubor",
    (
        "Dewch draw i'r sgubor nos Iau 10 Rhagfyr 2026 rhwng 7yh a 9yh i brofi eich gwybodaeth am lysiau. "
        "Croeso i bawb, a bydd paned a chacen wedyn."
    ),
)
REPORT = (
    "Diolch am ddiwrnod da",
    (
        "Daeth deugain ohonom ynghyd ddydd Sadwrn diwethaf, a chafwyd sgwrs dda am gompost. Diolch i bawb a ddaeth â "
        "chacen; mae'r lluniau ar ein gwefan erbyn hyn."
    ),
)
DUTCH = (
    "Wij zoeken iemand die met ons het land wil bewerken en de winkel openhoudt. Je werkt buiten, bij elk weer, en je "
    "hebt geen hekel aan modder."
)
TURKISH = (
    "Bahçede yeni bir sera kurduk ve komşularla birlikte domates diktik; hava güzel olursa yarın yine orada oluruz."
)


def post(title, text):
    return words_of(title, text, reference=SEEN)


@pytest.mark.parametrize(
    ("written", "kind"),
    [(ADVERT, Kind.VACANCY), (INVITATION, Kind.EVENT), (REPORT, Kind.POST)],
    ids=lambda v: str(v)[:9],
)
def test_a_post_whose_words_are_all_welsh_is_what_it_is(written, kind):
    words = post(*written)
    assert words.languages == {"cy"}
    assert judge(words, ()).kind is kind


@pytest.mark.parametrize(
    ("title", "text", "languages"),
    [
        ("Pumps", "The pumps are at the back of the shed, and you will need both of them on the day.", {"en"}),
        (
            "Swyddog Pympiau",
            "The pumps are at the back of the shed, and you will need both of them that day.",
            {"en", "cy"},
        ),
        ("Pympiau", f"{ADVERT[1]} We are looking for a coordinator, and you can write to us in either.", {"en", "cy"}),
        ("Tuin", DUTCH, set()),
        ("Sera", TURKISH, set()),
        (
            "Pumps",
            "Cook, 20 hours, £12 an hour. Salary paid weekly. Interviews Monday. Apply online. Permanent.",
            {"en"},
        ),
    ],
)
def test_the_languages_of_a_post_are_told_by_its_words(title, text, languages):
    assert post(title, text).languages == languages


def test_few_words_may_be_of_any_language():
    assert post("Wintercomposteren", "Bakken omzetten").languages == set(tables())


def test_the_single_words_of_english_do_not_speak_in_a_welsh_post():
    assert list(words_in(post(*ADVERT))) == []
    assert "am" in words_in(
        post("Time", "I am in the shed, and you will find that the kettle is on for all of us today.")
    )


def test_the_single_words_of_english_do_not_speak_in_a_language_that_is_not_known():
    assert list(words_in(post("Open dag", f"{DUTCH} We zijn in de tuin, en dit is over of open."))) == []


def test_in_a_post_of_two_languages_the_single_words_of_its_english_sentences_speak():
    both = post("", f"{INVITATION[1]}\n\nThe barn is at the end of the lane, and you are all welcome.")
    assert both.languages == {"cy", "en"}
    said = set(words_in(both))
    assert {"the", "barn"} <= said
    assert said.isdisjoint({"i", "a", "sgubor"})


def test_welsh_to_is_not_an_english_writer():
    assert "shape: I" not in signs_of(
        post("", REPORT[1].replace("i bawb", "i i i i bawb")), (), lexicon_of(frozenset(("cy",)))
    )


def test_a_role_of_whom_is_spoken_is_told_apart_in_welsh_too():
    found = signs_of(post("", f"{REPORT[1]} Cafodd ein trysorydd lwyaid fawr."), (), lexicon_of(frozenset(("cy",))))
    assert "any: role spoken of" in found
    assert "any: role" not in found


def test_of_a_post_in_a_language_that_is_not_known_only_labels_are_understood():
    found = signs_of(words := post("", f"Salary: {DUTCH}\n{DUTCH} workshop"), (), lexicon_of(post("", DUTCH).languages))
    assert not words.languages
    assert {"any: pay", "label: job"} <= set(found)
    assert "any: event_noun" not in found


def test_labels_alone_can_say_clearly_what_a_post_in_such_a_language_is():
    labels = "Functie: medewerker\nSalary: €2.400\nHours: 20\nClosing date: 12/12/2026\nStart date: 1/2/2027\n"
    told = judge(post("Vacature", f"{labels}{DUTCH}"), ())
    assert (told.understood, told.believed) == (False, Kind.VACANCY)


def test_what_is_not_clear_in_such_a_language_is_no_guess():
    told = judge(post("Open dag", f"{DUTCH} 12.12.2026."), ())
    assert (told.understood, told.believed) == (False, Kind.POST)
    assert told.confidence < 0.7


@pytest.mark.parametrize(
    ("word", "all_forms"),
    [
        ("cyngerdd", {"cyngerdd", "gyngerdd", "nghyngerdd", "chyngerdd"}),
        ("gardd", {"gardd", "ardd", "ngardd"}),
        ("llyfr", {"llyfr", "lyfr"}),
        ("rhandir", {"rhandir", "randir"}),
        ("plant", {"plant", "blant", "mhlant", "phlant"}),
        ("chwarae", {"chwarae"}),
        ("swydd", {"swydd"}),
    ],
)
def test_welsh_words_change_their_beginning(word, all_forms):
    c, p = ["g", "ngh", "ch"], ["b", "mh", "ph"]
    mutations = {"p": p, "c": c, "g": ["", "ng"], "ll": ["l"], "rh": ["r"], "ch": []}
    assert set(forms(word, mutations)) == all_forms


def test_a_marked_word_is_found_in_each_form_and_keeps_its_star():
    table = {"mutations": {"t": ["d", "nh", "th"]}, "phrases": {"role": ["~trefnydd*|arall .. swydd"]}}
    spelt = "trefnydd*|drefnydd*|nhrefnydd*|threfnydd*|arall .. swydd"
    assert with_mutations(table) == {"phrases": {"role": [spelt]}}


def test_welsh_ships_with_its_mutations():
    welsh = _vocabularies()["cy"]
    assert all(map(welsh.knows, ("drysorydd", "thrysorydd", "nhrysorydd", "ngweithdy", "weithdy", "lythyr")))
    assert not welsh.knows("srysorydd")


def test_the_files_that_ship_and_the_example_are_sound_by_the_rules_for_others():
    for code, table in tables().items():
        assert [*problems_of(table, code), *size_problems(table, code)] == []


@pytest.mark.parametrize("section", ["phrases", "which_date", "labels", "categories", "language", "beside"])
def test_the_documentation_tells_of_every_list(section):
    told = set(re.findall(r"`([a-z_]+)`", DOCS))
    assert {name.removesuffix("_hint") for name in tables()["en"][section]} <= told


def configured(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    raw = {"network": {"name": "G"}, "sender": {"email": "g@example.org"}, "paths": {"languages": str(folder)}}
    return Config.model_validate(raw)


COMMON = '[language]\ncommon = ["de", "het"]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (COMMON + "[phrazes]\n", "[phrazes]: there is no such section (did you mean phrases?)"),
        (COMMON + '[phrases]\nclozing = ["x"]', "phrases.clozing: there is no such sign (did you mean closing?)"),
        (COMMON + '[beside]\nvia = ["x"]', "beside.via: there is no such list (known here: by, on"),
        (COMMON + '[phrases]\nrole = "kok"', 'phrases.role: is no list of words (write role = ["...", "..."])'),
        (COMMON + "[phrases]\nrole = [1]", "phrases.role: is no list of words"),
        (COMMON + '[phrases]\nrole = ["kok", " "]', "phrases.role: phrase 2, ' ': is empty"),
        (COMMON + '[phrases]\nrole = ["kok .."]', "phrase 1, 'kok ..': begins or ends with no word"),
        (
            COMMON + '[phrases]\nrole = ["{datum} kok"]',
            "phrase 1, '{datum} kok': has characters that stand for nothing",
        ),
        (COMMON + f'[phrases]\nrole = ["{"a " * 13}"]', "has more than 12 words or 2 gaps"),
        (COMMON + '[phrases]\nrole = ["a .. b .. c .. d"]', "has more than 12 words or 2 gaps"),
        (COMMON + f'[phrases]\nrole = ["{"a" * 601}"]', "is longer than 600 characters"),
        (COMMON + '[phrases]\nrole = ["a|b|c|d|e|f a|b|c|d|e|f a|b|c|d|e|f a|b|c|d|e"]', "can be said in 1,080 ways"),
        (COMMON + '[months]\n13 = ["x"]', "months.13: there is no such list"),
        (COMMON + '[vague]\n"1-32" = ["x"]', "vague.1-32: there is no such list"),
        (COMMON + '[zones]\n"Europe/Utrecht" = ["x"]', "zones.Europe/Utrecht: there is no such list"),
        (COMMON + '[mutations]\nc = ["g4"]', "phrase 1, 'g4': is no beginning of a word"),
        ("phrases = 3\n" + COMMON, "phrases: is no section"),
        ('[phrases]\nrole = ["kok"]', "language.common: there are no common words"),
        (COMMON + "[phrases\n", "nl.toml, line 3"),
        (COMMON + "#" * LARGEST, f"is larger than {LARGEST:,} bytes"),
        (COMMON + '[facts]\nspot = ["(a+)+"]', "phrase 1, '(a+)+': is no word"),
        (COMMON + '[facts]\nspot = ["hal*len"]', "phrase 1, 'hal*len': is no word"),
        (COMMON + '[facts]\nspot = ["' + "h" * 61 + '"]', "is no word, nor a few of 60 characters"),
        (COMMON + "[facts]\nspot = [" + '"x",' * 201 + "]", "has 201 words (200 are the most"),
        (COMMON + "[categories]\nnews = [" + '"x",' * 5001 + "]", "has 5,003 phrases (5,000 are the most"),
    ],
    ids=lambda value: value[-30:],
)
def test_a_file_that_is_not_sound_is_told_with_its_place_and_the_way_out(tmp_path, text, told):
    with pytest.raises(ConfigError, match=re.escape(told)) as raised:
        own_languages(configured(tmp_path, nl=text))
    assert str(raised.value).startswith(str(tmp_path / "nl.toml"))


def test_a_file_is_named_by_the_code_of_its_language(tmp_path):
    with pytest.raises(ConfigError, match=r"dutch\.toml: is no code of a language"):
        own_languages(configured(tmp_path, dutch=COMMON))


def test_thirteen_languages_are_too_many(tmp_path):
    with pytest.raises(ConfigError, match="12 languages are the most"):
        own_languages(configured(tmp_path, **{f"x{letter}": COMMON for letter in "abcdefghijklm"}))


def test_a_language_is_known_within_its_block_alone(tmp_path):
    own = own_languages(configured(tmp_path, nl=EXAMPLE))
    with added(own):
        assert post("Tuin", DUTCH).languages == {"nl"}
        assert [one.month for one in find_dates("op 12 mei 2027")] == [5]
    assert post("Tuin", DUTCH).languages == set()
    assert "nl" not in tables()


def test_a_networks_own_file_says_until_when_an_event_wants_to_be_booked():
    text = f"{DUTCH} Kom op 19 december naar het feest in de schuur. Geef je op bij Ada, uiterlijk 7 december."
    with added((LanguageFile(code="nl", text=EXAMPLE),)):
        (booking,) = deadline_readings(post("Feest", text), date(2026, 12, 19), zone=ZoneInfo("Europe/Amsterdam"))
    assert booking.value == "2026-12-08T00:00:00+01:00"


def test_a_networks_own_file_says_by_which_words_facts_are_found():
    advert = (
        f"Stichting Het Lage Land zoekt een tuinman voor twee dagen. {DUTCH}\nVergoeding: €15 per uur\nLocatie: Zwolle",
        {"employer": "Stichting Het Lage Land", "salary": "€15 per uur"},
    )
    walk = f"{DUTCH}\nWaar: de schuur, Dorpsweg 4\nWanneer: 12 mei 2027, 14:00"
    with added((LanguageFile(code="nl", text=EXAMPLE),)):
        found = vacancy_facts("Tuinman", advert[0], post("Tuinman", advert[0]), zone=ZoneInfo("Europe/Amsterdam"))
        held = event_facts(walk, post("Wandeling", walk), zone=ZoneInfo("Europe/Amsterdam"))
    assert {name: getattr(found, name) for name in advert[1]} == advert[1]
    assert held is not None
    assert held.location == "de schuur, Dorpsweg 4"
    assert vacancy_facts("Tuinman", advert[0], post("Tuinman", advert[0]), zone=ZoneInfo("UTC")).employer is None


def test_a_file_of_a_language_that_ships_adds_to_its_words():
    with added((LanguageFile(code="en", text='[phrases]\nrole = ["wrangler*"]'),)):
        found = lexicon_of(frozenset(("en",))).phrases.find(("wranglers", "and", "gardeners"))
        assert [match.name for match in found] == ["role", "role"]


def test_another_language_takes_nothing_from_what_english_posts_say():
    text = (
        "Could you be our treasurer? The pumps are looked after by all of us, and you will need two evenings a month."
    )
    alone = judge(post("Treasurer", text), ())
    with added((LanguageFile(code="nl", text=EXAMPLE),)):
        assert judge(post("Treasurer", text), ()) == alone
