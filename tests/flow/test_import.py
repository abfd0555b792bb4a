"""People from elsewhere: who left there or here stays away, and an import is done whole or not at all."""

import pytest

EXPORT = """\
email,name,status
new@example.org,New,subscribed
ada@example.org,Ada,subscribed
bo@example.org,Bo,unsubscribed
gone@example.org,Gone,unsubscribed
back@example.org,Back,bounced
angry@example.org,Angry,complained
never@example.org,Never,pending
"""


@pytest.fixture
def held(network):
    network.write("export.csv", EXPORT)
    network.json("lists", "apply")
    return network


def standing(network):
    people = network.json("lists", "show", "members")["subscribers"]
    return {one["email"].partition("@")[0]: (one["status"], one["origin"], one["suppressed"]) for one in people}


def test_an_import_tells_how_each_comes_and_a_dry_run_changes_nothing(held):
    before = standing(held)
    told = held.json("import", "export.csv", "--list", "members", "--dry-run")
    assert standing(held) == before
    assert held.json("import", "export.csv", "--list", "members", "--yes") == told | {"dry_run": False}
    assert told["added"] == ["new@example.org"]
    assert told["left"] == ["bo@example.org", "gone@example.org"]
    assert told["suppressed"] == [
        {"email": "back@example.org", "reason": "bounced"},
        {"email": "angry@example.org", "reason": "complained"},
    ]
    assert (told["unchanged"], told["unconfirmed"], told["kept_out"]) == (1, ["never@example.org"], [])
    assert standing(held) == {
        "ada": ("active", "file", None),
        "bo": ("unsubscribed", "file", None),
        "di": ("active", "file", None),
        "gone": ("unsubscribed", "import", None),
        "new": ("active", "import", None),
    }
    assert held.json("activity", "members")["activity"][0]["verb"] == "import"


def test_who_left_or_bounced_there_no_file_brings_in_afterwards(held, sink):
    held.json("import", "export.csv", "--list", "members", "--yes")
    held.write("members.csv", "email\nada@example.org\nbo@example.org\ngone@example.org\nback@example.org\n")
    held.json("lists", "apply")
    assert held.send()["skipped"] == {"unsubscribed": 2, "suppressed": 1}
    assert sink.recipients == ["ada@example.org", "new@example.org"]


def test_who_left_here_or_is_suppressed_here_is_not_brought_back_by_an_import(held):
    held.json("import", "export.csv", "--list", "members", "--yes")
    held.write("again.csv", "email\nbo@example.org\nback@example.org\nnew@example.org\n")
    told = held.json("import", "again.csv", "--list", "members", "--yes")
    assert told["kept_out"] == [
        {"email": "bo@example.org", "reason": "unsubscribed"},
        {"email": "back@example.org", "reason": "suppressed (bounced)"},
    ]
    assert (told["added"], standing(held)["bo"][0]) == ([], "unsubscribed")


def test_no_file_takes_away_whom_an_import_brought(held):
    held.json("import", "export.csv", "--list", "members", "--yes")
    assert held.json("lists", "plan")["lists"][0]["removed"] == []


def test_a_file_with_one_bad_line_is_not_imported_at_all(held):
    before = standing(held)
    held.write("export.csv", EXPORT + "nobody,N,subscribed\n")
    done = held.run("import", "export.csv", "--list", "members", "--yes")
    assert (done.code, "export.csv, line 9" in done.err, standing(held)) == (2, True, before)


def test_an_import_asks_before_it_acts_and_wants_a_list_and_a_file_that_are_there(held):
    assert held.run("import", "export.csv", "--list", "members").code == 2
    assert held.run("import", "export.csv", "--list", "membrs", "--yes").code == 2
    assert held.run("import", "none.csv", "--list", "members", "--yes").code == 2
