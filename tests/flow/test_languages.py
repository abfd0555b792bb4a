"""A network's own language, from the example of docs/languages.md to what the command line tells of posts in it."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs/languages.md"
EXAMPLE = re.search(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1]
SOURCE = '[[sources]]\nname = "tuin"\nkind = "folder"\npath = "tuin"\n[[lists]]\nname = "board"'
POSTS = {
    "kas": (
        "Medewerker kas",
        (
            "De Pluktuin zoekt een medewerker voor de kas. Je werkt 24 uur per week en verdient €2.600 bruto per "
            "maand. Je hebt ervaring met planten. Solliciteer uiterlijk 12 mei 2027: stuur een brief met cv naar "
            "werk@example.org."
        ),
    ),
    "lezing": (
        "Lezing over bodemleven",
        (
            "Kom op donderdag 20 mei 2027 naar het buurthuis voor een lezing over alles wat onder je voeten leeft. Van "
            "19.30 tot 21.00 uur. Iedereen is welkom, de toegang is gratis en er is soep."
        ),
    ),
    "klaar": (
        "De kas is klaar",
        (
            "Vorige week hebben we het laatste glas in de kas gezet. Het was druk en gezellig: dertig mensen kwamen "
            "helpen. Bedankt voor alle taart, en tot ziens in de kas."
        ),
    ),
}
DOUBT = "in a language that is not known here"


@pytest.fixture
def garden(network):
    """A network with posts in Dutch."""
    network.change("config.toml", '[[lists]]\nname = "board"', SOURCE)
    for name, (title, text) in POSTS.items():
        network.write(f"tuin/{name}.md", f"---\ntitle: {title}\n---\n{text}\n")
    return network


def speak_dutch(network, text=EXAMPLE, name="nl.toml"):
    """Put a file of a language into the network's folder."""
    network.write(f"talen/{name}", text)
    config = (network.folder / "config.toml").read_text(encoding="utf-8")
    if "languages =" not in config:
        network.write("config.toml", '[paths]\nlanguages = "talen"\n' + config)


def read(network):
    """The garden's items by their keys, collected once more."""
    network.json("collect", "--source", "tuin", "--at", "2027-04-20T08:00")
    return {item["key"]: item for item in network.json("items") if item["source"] == "tuin"}


def test_the_example_of_the_documentation_reads_a_vacancy_and_an_event(garden):
    speak_dutch(garden)
    items = read(garden)
    assert {key: item["kind"] for key, item in items.items()} == {"kas": "vacancy", "lezing": "event", "klaar": "post"}
    assert items["kas"]["closes_at"].startswith("2027-05-13T00:00")  # the midnight that ends the twelfth
    assert items["lezing"]["starts_at"].startswith("2027-05-20T19:30")
    assert items["lezing"]["ends_at"].startswith("2027-05-20T21:00")
    assert "it looks for somebody (“zoekt een”)" in " ".join(garden.run("explain", "kas").out.split())


def test_without_a_file_for_its_language_a_post_stays_one_with_a_doubt(garden):
    items = read(garden)
    assert {key: item["kind"] for key, item in items.items()} == dict.fromkeys(POSTS, "post")
    assert all(DOUBT in item["doubts"] for item in items.values())
    assert "Lezing over bodemleven" in garden.run("items", "--doubtful").out
    assert DOUBT in garden.run("explain", "lezing").out


def test_a_file_that_is_added_later_reads_what_was_collected_before(garden):
    assert read(garden)["lezing"]["kind"] == "post"
    speak_dutch(garden)
    assert read(garden)["lezing"]["kind"] == "event"


def test_check_tells_of_every_mistake_with_its_place_and_the_way_out(garden):
    speak_dutch(garden, EXAMPLE.replace("\nseeks = [", "\nseekz = [").replace('"zaal|', '"", "zaal|'))
    done = garden.run("check")
    assert done.code == 2
    assert "nl.toml: phrases.seekz: there is no such sign (did you mean seeks?)" in done.err
    assert "nl.toml: phrases.venue: phrase 1, '': is empty" in done.err
    assert "Traceback" not in done.err


def test_a_folder_of_languages_that_is_not_there_is_told(garden):
    speak_dutch(garden)
    garden.change("config.toml", '"talen"', '"taal"')
    done = garden.run("collect")
    assert (done.code, "paths.languages" in done.err) == (2, True)
