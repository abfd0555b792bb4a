"""The main job from end to end: the real command line, files, SQLite and SMTP."""

from email.utils import parseaddr

import pytest
from lxml import html as lxml_html

MEMBERS = ["ada@example.org", "bo@example.org", "di@example.org"]


def test_every_member_gets_the_digest_once_and_a_second_run_sends_nothing_and_says_why(network, sink):
    first = network.send()
    assert (first["campaign"], first["status"], first["accepted"]) == ("weekly-2026-W48", "sent", 3)
    assert sink.recipients == MEMBERS
    second = network.send()
    assert sink.recipients == MEMBERS
    assert (second["status"], second["accepted_now"]) == ("sent", 0)
    assert "sent already" in second["note"]


def test_the_mail_carries_everything_intact_and_harmless(network, sink):
    network.send()
    mail = sink.message("di@example.org")
    assert parseaddr(mail["To"]) == ("Ди", "di@example.org")
    assert mail["List-Unsubscribe"].startswith("<https://digest.example.org/unsubscribe/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    shown = " ".join(lxml_html.fromstring(page).text_content().split())
    for title in ('A bench made of pallets 👩🏽‍🌾 & <script>alert("hi")</script>', "नमस्ते और привет"):
        assert title in shown
        assert title in " ".join(text.split())
    assert 'Zoë "Zed" O\'Neil' in shown
    assert "<script" not in page
    assert "Closes in 4 days" in shown
    assert "https://thistle.example.org/jobs/orchard" in text


def test_two_members_mails_differ_only_in_what_is_theirs(network, sink):
    network.send()
    one, other = sink.message("ada@example.org"), sink.message("bo@example.org")
    assert one["Subject"] == other["Subject"]
    assert one["Message-ID"] != other["Message-ID"]
    assert one["List-Unsubscribe"] != other["List-Unsubscribe"]


def test_the_next_week_has_only_what_is_new_and_what_is_near(network):
    network.send()
    network.change("posts.txt", "Seed swap on", "A new post\n\nAdded by Una\n\nHello there.\n\nSeed swap on")
    shown = network.json("preview", "weekly", "--at", "2026-11-30T08:00", "--out", "out")
    titles = {
        (entry["newness"], entry["title"])
        for section in shown["sections"]
        for group in section["groups"]
        for entry in group["items"]
    }
    assert titles == {("new", "A new post"), ("reminder", "Seed swap on 5th December 2026")}
    assert {one["reason"] for one in shown["skipped"]} == {"already shown", "vacancy has closed"}


def test_nothing_new_is_no_mail_and_is_recorded_with_its_reason(network, sink):
    network.send()
    quiet = network.send("2026-12-14T08:00")
    assert (quiet["status"], quiet["reason"], quiet["recipients"]) == ("skipped", "nothing new", 0)
    assert len(sink.taken) == 3
    network.change("posts.txt", "Seed swap on", "Late news\n\nAdded by Una\n\nHello.\n\nSeed swap on")
    later = network.send("2026-12-15T08:00")
    assert (later["campaign"], later["accepted"]) == ("weekly-2026-W51", 3)


def test_a_preview_consumes_nothing_at_any_time_as_any_member(network, sink):
    for at in ("2026-11-23T08:00", "2026-12-07T08:00", "2020-01-01T00:00+05:00"):
        network.json("preview", "weekly", "--at", at, "--as", "bo@example.org", "--out", "out")
    assert (network.folder / "out/weekly.eml").read_bytes().startswith(b"From:")
    assert network.json("status")["campaigns"] == []
    assert sink.taken == []
    assert network.send()["accepted"] == 3


def test_a_vacancy_that_closed_while_the_edition_waited_is_not_mailed(network, sink):
    network.json("prepare", "weekly", "--at", "2026-11-23T08:00")
    network.send("2026-11-28T08:00")
    text = sink.message("ada@example.org").get_body(("plain",)).get_content()
    assert "Orchard Assistant" not in text
    assert "Seed swap" in text


def test_a_test_goes_to_one_address_and_leaves_no_trace(network, sink):
    network.json("send", "weekly", "--at", network.at, "--test", "me@example.org")
    assert sink.recipients == ["me@example.org"]
    assert sink.message("me@example.org")["Subject"].startswith("[Test] ")
    assert network.json("status")["campaigns"] == []


def test_a_dry_run_tells_and_sends_nothing(network, sink):
    told = network.json("send", "weekly", "--at", network.at, "--dry-run")
    assert (told["recipients"], told["items"]) == (3, 4)
    assert sink.taken == []
    assert network.json("status")["campaigns"] == []


def test_items_tell_what_was_read_and_explain_tells_why(network):
    network.json("collect", "--at", network.at)
    kinds = {item["title"]: item for item in network.json("items")}
    vacancy = kinds["Orchard Assistant - £21,500 - Thistle Farm"]
    assert vacancy["kind"] == "vacancy"
    assert vacancy["closes_at"] == "2026-11-27T17:00:00+00:00"
    assert vacancy["employer"] == "Thistle Farm"
    event = kinds["Seed swap on 5th December 2026"]
    assert (event["kind"], event["starts_at"]) == ("event", "2026-12-05T14:00:00+00:00")
    network.send()
    story = network.json("explain", event["key"], "--at", "2026-11-30T08:00")
    assert [one["campaign"] for one in story["appeared"]] == ["weekly-2026-W48"]
    assert story["next"] == {"weekly": "in: reminder"}
    story = network.json("explain", vacancy["key"], "--at", "2026-11-30T08:00")
    assert story["next"] == {"weekly": "out: vacancy has closed"}


@pytest.mark.service("postgresql")
def test_postgresql_does_the_same_by_its_address_alone(network, sink, request):
    network.change("config.toml", "[web]", f'[store]\nurl = "{request.getfixturevalue("postgresql_url")}"\n[web]')
    assert network.send()["accepted"] == 3
    assert network.send()["accepted_now"] == 0
    assert sink.recipients == MEMBERS


def test_an_edition_in_which_everything_is_over_is_cancelled_and_mailed_to_nobody(network, sink):
    vacancy = network.folder.joinpath("posts.txt").read_text().split("\n\nOrchard")[1].split("A bench made")[0]
    network.write("posts.txt", "Orchard" + vacancy)
    network.json("prepare", "weekly", "--at", "2026-11-23T08:00")
    told = network.send("2026-11-28T08:00")
    assert (told["status"], told["skipped"]) == ("cancelled", {"everything in it was over before it was sent": 3})
    assert sink.taken == []
