"""Organisers on the command line: who they are, a link to sign in by, and signing out."""

import re

ORGANISERS = """
[[organisers]]
email = "ada@example.org"
name = "Ada"
role = "admin"
[[organisers]]
email = "max@example.org"
lists = ["members"]
"""


def test_a_link_is_printed_and_sessions_are_told_and_ended(network):
    network.write("config.toml", (network.folder / "config.toml").read_text() + ORGANISERS)
    told = network.json("organisers")["organisers"]
    assert [(one["email"], one["role"], one["lists"], one["sessions"]) for one in told] == [
        ("ada@example.org", "admin", [], []),
        ("max@example.org", "organiser", ["members"], []),
    ]
    link = network.json("organisers", "link", "ADA@example.org")["url"]
    assert re.fullmatch(r"https://digest\.example\.org/console/sign-in/[\w-]{43}", link)
    assert network.run("organisers", "link", "max@example.org").out.count("/console/sign-in/") == 1
    assert network.json("organisers", "sign-out", "ada@example.org") == {"email": "ada@example.org", "ended": 0}
    refused = network.run("organisers", "link", "bo@example.org")
    assert refused.code == 2
    assert "bo@example.org is no organiser's; known: ada@example.org, max@example.org" in refused.err
    done = [one["verb"] for one in network.json("activity")["activity"]]
    assert done[:3] == ["sign out everywhere", "make sign-in link", "make sign-in link"]
