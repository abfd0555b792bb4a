"""Announcements by commands: kept, looked at, changed, scheduled for the running service, and sent."""

import pytest

NOTICE = """\
---
subject: The taps are off
to: [board]
---
They come back on Friday.
"""


@pytest.fixture
def kept(network):
    network.write("taps.md", NOTICE)
    assert network.json("drafts", "import", "taps.md")["state"] == "written"
    return network


def test_a_file_is_kept_looked_at_changed_and_comes_back_as_it_was(kept):
    shown = kept.json("drafts", "show", "1")
    assert (shown["people"], shown["name"], shown["problems"]) == (2, "taps", [])
    kept.run("drafts", "export", "1", "--out", "out.md")
    assert (kept.folder / "out.md").read_text() == NOTICE
    kept.write("other.md", NOTICE.replace("Friday", "Sunday"))
    assert kept.json("drafts", "change", "1", "other.md", "--version", "1")["version"] == 2
    refused = kept.run("drafts", "change", "1", "taps.md", "--version", "1")
    assert (refused.code, "It says now:" in refused.err, "Sunday" in refused.err) == (2, True, True)


def test_a_draft_is_tested_and_sent_once(kept, sink):
    kept.run("drafts", "test", "1", "di@example.org")
    assert sink.message("di@example.org")["Subject"] == "[Test] The taps are off"
    assert kept.json("drafts", "send", "1", "--yes")["accepted"] == 2
    assert sink.recipients == ["ada@example.org", "cy@example.org", "di@example.org"]
    assert kept.run("drafts", "send", "1", "--yes").code == 2
    assert [one["state"] for one in kept.json("drafts")["drafts"]] == ["sent"]


def test_a_file_that_says_when_is_kept_for_then_however_often_it_is_announced(network, sink):
    network.write("taps.md", NOTICE.replace("to: [board]", "at: 2026-12-01 08:00"))
    for _ in range(2):
        made = network.json("announce", "taps.md", "--to", "board", "--at", network.at, "--yes")
        assert (made["id"], made["state"], made["send_at"]) == (1, "scheduled", "2026-12-01T08:00:00+00:00")
    assert sink.taken == []
    assert "to: [board]" in made["text"]
    assert network.json("drafts", "unschedule", "1")["state"] == "written"
    network.json("drafts", "discard", "1", "--yes")
    assert network.json("drafts") == {"drafts": []}
