"""Announcements with something attached: looked at, sent, and sent later when it is over."""

import pytest

NOTICE = """\
---
subject: The spring swap is on
attach: [Seed swap on 5th December 2026, "{}"]
---
Bring a friend. And somebody is wanted in the orchard:

[Tell us that you come](https://growers.example.org/swap "button")
"""
VACANCY = "Orchard Assistant - £21,500 - Thistle Farm"
LATER = "2026-11-27T18:00"  # the vacancy has closed, the swap is still to come


@pytest.fixture
def notice(network):
    network.write("notice.md", NOTICE.format(VACANCY))
    return network


def spaced(text):
    return text.replace("\u00a0", " ").replace("\r\n", "\n")


def parts(mail):
    return [spaced(mail.get_body((kind,)).get_content()) for kind in ("html", "plain")]


def test_each_attached_item_has_its_card_with_links_that_lead_somewhere(notice, sink):
    assert notice.json("announce", "notice.md", "--to", "board", "--at", notice.at)["accepted"] == 2
    html, text = parts(sink.message("ada@example.org"))
    for part in (html, text):
        assert part.index("Bring a friend") < part.index("Details") < part.index("Seed swap on") < part.index("Orchard")
        assert "Closes in 4 days" in part
        assert "https://digest.example.org/item/" in part
        assert "/sample" not in part
    assert "Tell us that you come:\nhttps://growers.example.org/swap\n" in text


def test_looking_at_an_announcement_writes_what_would_arrive_and_stores_nothing(notice, sink):
    told = notice.json("announce", "notice.md", "--out", "look", "--at", notice.at)
    assert told["subject"] == "The spring swap is on"
    html, text, eml = (notice.folder / "look" / f"notice.{suffix}" for suffix in ("html", "txt", "eml"))
    assert list(told["files"].values()) == [f"look/notice.{suffix}" for suffix in ("html", "txt", "eml")]
    assert "Closes in 4 days" in spaced(html.read_text(encoding="utf-8"))
    assert "Closes in 4 days" in text.read_text(encoding="utf-8")
    assert b"Subject: The spring swap is on" in eml.read_bytes()
    assert (notice.json("status")["campaigns"], sink.taken) == ([], [])
    assert [source["items"] for source in notice.json("status")["sources"]] in ([], [0])


def test_looking_and_testing_at_once_is_refused(notice, sink):
    refused = notice.run("announce", "notice.md", "--out", "look", "--test", "ada@example.org")
    assert (refused.code, sink.taken, (notice.folder / "look").exists()) == (2, [], False)


def test_everything_that_cannot_be_attached_is_told_at_once_with_its_line(notice, sink):
    notice.json("collect", "--at", notice.at)
    notice.run("items", "edit", "Seed swap on 5th December 2026", "--hide")
    refused = notice.run("announce", "notice.md", "--to", "board", "--at", LATER)
    assert refused.code == 2
    assert 'notice.md, line 3: "Seed swap on 5th December 2026" cannot be attached: hidden by an editor' in refused.err
    assert f'notice.md, line 3: "{VACANCY}" cannot be attached: vacancy has closed' in refused.err
    assert (notice.json("status")["campaigns"], sink.taken) == ([], [])


def test_an_unknown_item_is_told_with_the_nearest(network, sink):
    network.write("notice.md", NOTICE.format("Orchard Asistant - £21,500 - Thistle Farm"))
    refused = network.run("check", "--email", "notice.md", "--at", network.at)
    assert refused.code == 2
    assert 'notice.md, line 3: No item "Orchard Asistant' in refused.err
    assert "did you mean" in refused.err


def test_a_past_event_is_not_attached(notice):
    notice.json("collect", "--at", notice.at)
    refused = notice.run("announce", "notice.md", "--out", "look", "--at", "2026-12-06T08:00")
    assert (refused.code, "cannot be attached: event is over" in refused.err) == (2, True)


def test_a_card_that_is_over_when_sending_goes_on_is_dropped_and_the_rest_is_sent(notice, sink):
    sink.reply = lambda _: "450 4.2.1 later"
    assert notice.json("announce", "notice.md", "--to", "board", "--at", notice.at)["deferred"] == 2
    sink.reply = lambda _: "250 2.0.0 taken"
    assert notice.json("announce", "notice.md", "--to", "board", "--at", LATER)["accepted"] == 2
    for part in parts(sink.message("ada@example.org")):
        assert "Orchard Assistant" not in part
        assert "Seed swap on" in part
        assert "Bring a friend" in part


def test_when_all_cards_are_over_the_words_are_still_sent(notice, sink):
    sink.reply = lambda _: "450 4.2.1 later"
    notice.json("announce", "notice.md", "--to", "board", "--at", notice.at)
    sink.reply = lambda _: "250 2.0.0 taken"
    assert notice.json("announce", "notice.md", "--to", "board", "--at", "2026-12-06T08:00")["accepted"] == 2
    for part in parts(sink.message("ada@example.org")):
        assert "Bring a friend" in part
        assert "Details" not in part
