"""What is kept of people, in their mails: each their own, escaped for where it stands, with words for who has none."""

import pytest

NOTICE = """\
---
subject: For {{ member.organisation | "your organisation" }}
preheader: 'To {{ member.name | "you" }}'
---
Dear {{ member.name | 'colleague' }},

the hall is near **{{ member.organisation }}**, see [the map](https://growers.example.org/map).
"""


@pytest.fixture
def growers(network):
    network.change("config.toml", 'file = "members.csv"', 'file = "members.csv"\nfields = ["organisation"]')
    people = ["ada@example.org,Ada,Smith & Sons <b>", "bo@example.org,,", "cy@example.org,Cy,Gärtner\u00a0🐝"]
    network.write("members.csv", "\n".join(["email,name,organisation", *people]) + "\n")
    network.write("notice.md", NOTICE)
    return network


def parts(mail):
    return [mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("html", "plain")]


def test_everybody_reads_their_own_values_and_who_has_none_the_words_for_that(growers, sink):
    assert growers.json("announce", "notice.md", "--to", "members", "--at", growers.at)["accepted"] == 3
    ada, bo, cy = (sink.message(f"{name}@example.org") for name in ("ada", "bo", "cy"))
    assert [one["subject"] for one in (ada, bo, cy)] == [
        "For Smith & Sons <b>",
        "For your organisation",
        "For Gärtner 🐝",
    ]
    html, text = parts(ada)
    assert "Dear Ada," in text
    assert "near Smith & Sons <b>," in " ".join(text.split())
    assert "Smith &amp; Sons &lt;b&gt;</strong>" in html
    assert "To Ada" in html
    html, text = parts(bo)
    assert "Dear colleague," in text
    assert "To you" in html
    assert "<strong></strong>" in html


def test_a_value_cannot_add_a_header(growers, sink):
    growers.write("members.csv", 'email,name,organisation\nada@example.org,Ada,"A\nBcc: eve@example.org"\n')
    growers.json("announce", "notice.md", "--to", "members", "--at", growers.at)
    mail = sink.message("ada@example.org")
    assert (mail["bcc"], mail["subject"]) == (None, "For A Bcc: eve@example.org")


def test_a_field_that_no_list_keeps_is_told_with_its_line_and_nothing_goes(growers, sink):
    growers.write("notice.md", NOTICE.replace("member.organisation }}**", "member.organization }}**"))
    refused = growers.run("announce", "notice.md", "--to", "members", "--at", growers.at)
    assert (refused.code, sink.taken) == (2, [])
    assert 'notice.md, line 7: there is no field "organization"' in refused.err
    assert "known: name, organisation" in refused.err


def test_the_page_on_the_web_shows_the_words_for_who_has_none(growers):
    shown = growers.json("announce", "notice.md", "--out", "look", "--at", growers.at)
    assert shown["subject"] == "For your organisation"
    assert "Dear colleague," in (growers.folder / "look" / "notice.txt").read_text(encoding="utf-8")


def test_a_digests_own_subject_greets_its_readers(growers, sink):
    growers.change(
        "config.toml",
        "[[digests]]",
        "[[digests]]\nsubject = \"{{ edition.title }} for {{ member.name | fallback('you') }}\"",
    )
    growers.json("send", "weekly", "--yes", "--at", growers.at)
    assert [sink.message(f"{name}@example.org")["subject"].rpartition(" for ")[2] for name in ("ada", "bo")] == [
        "Ada",
        "you",
    ]
