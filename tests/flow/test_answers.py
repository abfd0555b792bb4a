"""What an editor answers to a doubt makes the next post of its kind right, and taken back it counts no more."""

import json
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

LISTS = '[[lists]]\nname = "members"'
FOLDER = '[[sources]]\nname = "notices"\nkind = "folder"\npath = "notices"\n'
NOTICES = {
    "steward": (
        "A steward for the summer",
        "The committee is looking for a steward who can give four hours a week. Talk to Ada by 15 January.",
    ),
    "kitchen": (
        "Helpers for the kitchen",
        "Ada needs two more people for the kitchen on Thursdays. Ask at the desk. It begins in January.",
    ),
    "workshop": (
        "A hand for the workshop",
        "The tool library is looking for a pair of hands, three hours a week. Tell Ada by 20 January.",
    ),
    "camp": (
        "A cook for the camp",
        "We are looking for somebody who cooks at the camp in July. Ask Ada by 15 January.",
    ),
    "caretaker": ("Caretaker", "The hall has no caretaker since October. Ada knows more."),
    "mentors": ("Mentors", "The mentoring scheme starts again in February and needs mentors. Ask Ada by 20 January."),
    "driver": (
        "A driver for Thursdays",
        "The van goes on Thursdays and there are too few of us who drive it. Speak to Ada by 20 January.",
    ),
    "helpers": ("Helpers", "Ada is looking for helpers for the kitchen on Thursdays. Ask at the desk."),
    "van": ("The van", "The van needs a driver on Thursdays. Tell Ada."),
    "cook": ("Cook", "The camp in July has no cook yet. Ask Ada by 15 January."),
    "drivers": (
        "Drivers wanted for the van",
        "The van goes on Thursdays and needs drivers. Speak to Ada by 20 January.",
    ),
    "treasurer": (
        "A treasurer for the hall",
        "The hall has no treasurer since October and is looking for one. Ada knows more about it.",
    ),
    "hands": (
        "Somebody for the kitchen on Thursdays",
        "The kitchen is looking for one more pair of hands. Ask Ada by 15 January, she knows the hours.",
    ),
    "warden": ("A warden for the hut", "The hut has no warden from March. It is a week at a time. Ask Ada."),
    "minutes": ("Minutes", "Who writes the minutes from now on? It is an hour a month. Tell Ada by 15 January."),
    "lift": ("Thursdays", "Three people need a lift and we have one driver. Ask Ada by 20 January if you drive."),
}  # whatever the weights that ship say, some of them are in doubt

TWIN = "."  # what is behind a title in another week: it weighs nothing


def put(network, name, title, text):
    network.write(f"notices/{name}.md", f"---\ntitle: {title}\nauthor: Ada\n---\n{text}\n")


def collected(network, at="2026-11-23T08:00"):
    """The notices by key, after a collection."""
    network.json("collect", "--at", at)
    return {item["key"]: item for item in network.json("items") if item["source"] == "notices"}


@pytest.fixture
def notices(network):
    """A folder of notices that may be vacancies or not."""
    network.change("config.toml", LISTS, FOLDER + LISTS)
    for name, (title, text) in NOTICES.items():
        put(network, name, title, text)
    return network


def with_a_twin(notices, *kinds):
    """One that is in doubt, and of one of these kinds, with a twin of another week in the same doubt.

    Returns:
        Their keys, and the kind that they may be of beside theirs.
    """
    for key, item in collected(notices).items():
        title, text = NOTICES[key]
        for other in ("vacancy", "post"):
            if item["kind"] in kinds and f"perhaps a {other}" in item["doubts"]:
                put(notices, "twin", f"{title}{TWIN}", text)
                twin = collected(notices)["twin"]
                if (twin["kind"], twin["doubts"]) == (item["kind"], item["doubts"]):
                    return key, "twin", other
    pytest.fail("none of the notices is in doubt as its twin is; other weights want other notices")


@pytest.fixture
def doubtful(notices):
    """One that is in doubt, its twin, and what else they may be."""
    return with_a_twin(notices, "post", "vacancy")


def test_an_answer_makes_the_next_of_its_kind_right_and_taken_back_it_counts_no_more(notices, doubtful):
    key, twin, other = doubtful
    before = collected(notices)
    notices.json("items", "edit", key, "--kind", other)
    assert collected(notices)[twin]["kind"] == other
    assert collected(notices, "2026-11-23T09:00")[twin]["kind"] == other  # again with the same answers
    notices.json("items", "edit", key, "--clear")
    assert collected(notices) == before


def test_what_is_called_something_else_later_is_read_as_that(notices, doubtful):
    key, twin, other = doubtful
    first = collected(notices)[twin]["kind"]
    notices.json("items", "edit", key, "--kind", other)
    notices.json("items", "edit", key, "--kind", first)
    assert collected(notices)[twin]["kind"] == first


@pytest.mark.sqlite
def test_an_answered_post_is_read_for_its_answer_once_and_again_when_its_source_says_something_else(notices, doubtful):
    key, twin, other = doubtful
    first = collected(notices)[twin]["kind"]
    notices.json("items", "edit", key, "--kind", other)
    assert collected(notices)[twin]["kind"] == other
    with closing(sqlite3.connect(notices.folder / "var/digest.sqlite")) as store, store:
        ((held,),) = store.execute("SELECT weighed FROM items WHERE key = ?", (key,)).fetchall()
        nothing = json.dumps(json.loads(held) | {"features": []})
        store.execute("UPDATE items SET weighed = ? WHERE key = ?", (nothing, key))
    assert collected(notices)[twin]["kind"] == first  # what is kept is what counts
    title, text = NOTICES[key]
    put(notices, key, title, f"{text} Thank you.")
    collected(notices)
    assert collected(notices)[twin]["kind"] == other


def test_the_explanation_tells_the_answers_and_what_would_change_the_verdict(notices, doubtful):
    key, twin, other = doubtful
    title = NOTICES[key][0]
    assert notices.json("explain", twin)["verdict"]["answers"] is None
    notices.json("items", "edit", key, "--kind", other)
    waiting = notices.json("explain", twin)["verdict"]
    assert (waiting["kind"], waiting["from_next_collection"]) == (other, True)
    collected(notices)
    verdict = notices.json("explain", twin)["verdict"]
    assert (verdict["kind"], verdict["from_next_collection"]) == (other, False)
    assert (verdict["answers"]["kind"], verdict["answers"]["titles"]) == (other, [title])
    assert verdict["answers"]["weight"] > 0.5
    assert f"a {other}" in verdict["would_change"]
    told = " ".join(notices.run("explain", twin).out.split())
    assert f"{verdict['answers']['weight']:+.1f} 1 like it was called a {other} here (“{title}”)" in told
    assert verdict["would_change"] in told


def test_a_doubt_is_explained_with_the_command_that_settles_it_and_settled_it_is_gone(notices, doubtful):
    key, _, other = doubtful
    listed = " ".join(notices.run("items", "--doubtful").out.split())
    commands = notices.json("explain", key)["settle"]
    assert len(commands) == 2
    for command in commands:
        assert command in listed
        assert command in " ".join(notices.run("explain", key).out.split())
    kind = notices.json("explain", key)["kind"]
    notices.json("items", "edit", key, "--kind", kind)
    assert f"perhaps a {other}" not in notices.json("explain", key)["doubts"]


def test_nothing_is_in_doubt_once_everything_is_settled(notices):
    collected(notices)
    for item in notices.json("items", "--doubtful"):
        notices.json("items", "edit", f"{item['source']}/{item['key']}", "--kind", "post")
    assert notices.run("items", "--doubtful").err.splitlines()[-1] == "nothing is in doubt"
    assert notices.json("items", "--doubtful") == []


def test_what_was_mailed_as_a_vacancy_stays_one_whatever_is_answered_later(notices, doubtful):
    key, twin, _ = doubtful
    notices.json("items", "edit", key, "--kind", "vacancy")
    notices.json("items", "edit", key, "--closes", "2026-12-20")
    held = collected(notices)
    assert held[twin]["kind"] == "vacancy"
    notices.send()
    notices.json("items", "edit", key, "--clear")
    assert collected(notices)[twin]["kind"] == "vacancy"
    put(notices, "twin", "What the summer was like", "Four of us swam every day. Thank you all, said Ada.")
    assert collected(notices)[twin]["kind"] == "post"  # its source says something else now


def test_what_was_mailed_as_a_post_is_one_again_when_the_answer_that_turned_it_is_taken_back(notices):
    key, _, _ = with_a_twin(notices, "post")
    notices.send()
    notices.json("items", "edit", key, "--kind", "vacancy")
    assert collected(notices)["twin"]["kind"] == "vacancy"
    notices.json("items", "edit", key, "--clear")
    assert collected(notices)["twin"]["kind"] == "post"


class Unchanged(BaseHTTPRequestHandler):
    """A feed of the notices, each with its twin, that has not changed since whoever asks knows it."""

    body = "<rss version='2.0'><channel><title>Notices</title>{}</channel></rss>".format(
        "".join(
            f"<item><guid>{name}{more}</guid><title>{title}{more}</title><author>Ada</author>"
            f"<description>{text}</description></item>"
            for name, (title, text) in NOTICES.items()
            for more in ("", TWIN)
        )
    ).encode()

    def do_GET(self):
        known = self.headers["If-None-Match"] == '"1"'
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(0 if known else len(self.body)))
        self.end_headers()
        if not known:
            self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@pytest.fixture
def feed(network):
    """The notices as a feed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Unchanged) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/feed.xml"
        source = f'[[sources]]\nname = "notices"\nkind = "feed"\nurl = "{address}"\nallow_private = true\n'
        network.change("config.toml", LISTS, source + LISTS)
        yield network
        server.shutdown()
        thread.join()


def test_a_feed_that_has_not_changed_is_read_again_when_the_answers_have(feed):
    before = {item["title"]: item for item in collected(feed).values()}
    item, other = next(
        (item, kind)
        for item in before.values()
        for kind in ("vacancy", "post")
        if f"perhaps a {kind}" in item["doubts"]
        and (twin := before.get(f"{item['title']}{TWIN}"))
        and twin["doubts"] == item["doubts"]
    )
    feed.json("items", "edit", item["key"], "--kind", other)
    after = {item["title"]: item["kind"] for item in collected(feed).values()}
    assert {item["title"], f"{item['title']}{TWIN}"} <= {title for title, kind in after.items() if kind == other}
    again = feed.run("collect", "--source", "notices")
    assert "not modified" in again.out
    feed.json("items", "edit", item["key"], "--clear")
    assert {item["title"]: item for item in collected(feed).values()} == before
