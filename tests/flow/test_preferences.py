"""What people want less of, set by the command line and honoured by what is sent."""

import pytest

TOOLS_AND_JOBS = """\
Sharpening a scythe

Added by Una under Tools

Slowly, and with water.

Orchard Assistant - £21,500 - Thistle Farm

Added by Iain

Thistle Farm has a vacancy for somebody who likes trees. £21,500 per annum, based in Nettleford.

Closing date: 5pm on Friday 27th November 2026
"""
MONTHLY = '[[digests]]\nname = "monthly"\nlists = ["members"]\nevery = "month"\ninstead_of = "weekly"\n'


@pytest.fixture
def listed(network):
    network.json("lists", "apply")
    return network


def body(mail):
    return mail.get_body(("plain",)).get_content()


def test_who_muted_a_category_gets_the_same_mail_without_it_and_a_subject_that_promises_none_of_it(listed, sink):
    listed.write("posts.txt", TOOLS_AND_JOBS)
    assert listed.run("preferences", "bo@example.org", "--mute", "vacancies").code == 0
    assert listed.send()["accepted"] == 3
    ada, bo = sink.message("ada@example.org"), sink.message("bo@example.org")
    assert "Orchard Assistant" in body(ada)
    assert "Orchard Assistant" not in body(bo)
    assert "Sharpening a scythe" in body(bo)
    assert "1 vacancy closes" in ada["Subject"]
    assert (bo["Subject"], bo["List-Unsubscribe"] != ada["List-Unsubscribe"]) == ("Sharpening a scythe", True)
    page = bo.get_body(("html",)).get_content()
    assert "Orchard Assistant" not in page
    assert "Slowly, and with water." in page


def test_the_hidden_line_of_the_mail_follows_what_its_reader_wants(listed, sink):
    listed.change(
        "config.toml",
        'at = "08:00"\n',
        "at = \"08:00\"\npreheader = \"{{ edition.rows | map(attribute='title') | join(' & ') }}\"\n",
    )
    listed.write("posts.txt", TOOLS_AND_JOBS)
    listed.run("preferences", "bo@example.org", "--mute", "Tools")
    listed.send()
    shown = {name: sink.message(f"{name}@example.org").get_body(("html",)).get_content() for name in ("ada", "bo")}
    assert "Orchard Assistant &amp; Sharpening a scythe" in shown["ada"]
    assert "Sharpening" not in shown["bo"]
    assert "Orchard Assistant" in shown["bo"]


def test_who_muted_all_that_is_new_is_skipped_by_name_and_gets_the_next_with_something_for_them(listed, sink):
    listed.write("posts.txt", TOOLS_AND_JOBS)
    listed.run("preferences", "bo@example.org", "--mute", "tools", "--mute", "vacancies")
    assert listed.send()["skipped"] == {"nothing new in what they want": 1}
    assert "bo@example.org" not in sink.recipients
    assert listed.json("explain", "bo@example.org")["deliveries"][0]["why"] == "nothing new in what they want"
    listed.write("posts.txt", "Leaf mould\n\nAdded by Una under Growing\n\nIn two years.\n")
    assert listed.send("2026-11-30T08:00")["accepted"] == 3


def test_preview_as_somebody_shows_what_they_would_get(listed):
    listed.run("preferences", "bo@example.org", "--mute", "Growing")
    shown = listed.json("preview", "weekly", "--as", "bo@example.org", "--at", listed.at)
    assert (shown["muted"], shown["nothing_wanted"]) == (["growing"], False)
    text = (listed.folder / "var/preview/weekly.txt").read_text()
    assert "Greetings from two gardens" not in text
    assert "bench made of pallets" in text
    listed.run("preferences", "bo@example.org", *(f"--mute={name}" for name in ("posts", "events", "vacancies")))
    shown = listed.run("preview", "weekly", "--as", "bo@example.org", "--at", listed.at)
    assert "no mail would go to them" in shown.err


def test_who_pauses_gets_nothing_until_then_and_explain_tells_it(listed, sink):
    at = ("--at", "2026-11-22T08:00")
    assert listed.run("preferences", "bo@example.org", "--pause-until", "2026-11-24", *at).code == 0
    told = listed.json("explain", "bo@example.org", *at)
    assert told["digests"] == {"weekly": "out: paused by themselves"}
    assert told["preferences"]["all mail"]["paused_until"].startswith("2026-11-24T00:00")
    assert listed.send()["skipped"] == {"paused by themselves": 1}
    listed.write("posts.txt", TOOLS_AND_JOBS)
    assert listed.send("2026-11-30T08:00")["accepted"] == 3


def test_a_pause_takes_back_what_is_planned_and_can_be_ended(listed):
    listed.json("prepare", "weekly", "--at", listed.at)
    words = ("preferences", "bo@example.org", "--at", listed.at)
    listed.run(*words, "--pause-until", "2026-12-24", "--only", "weekly")
    assert listed.send()["skipped"] == {"paused by themselves": 1}
    assert listed.json(*words, "--resume", "--only", "weekly")["preferences"] == {"weekly": {}}


def test_of_two_digests_that_stand_for_each_other_everybody_gets_the_one_they_chose(listed, sink):
    with (listed.folder / "config.toml").open("a") as config:
        config.write(MONTHLY)
    told = listed.json("preferences", "bo@example.org", "--digest", "monthly")
    assert told["preferences"] == {"weekly": {"chosen": "monthly"}}
    digests = listed.json("explain", "bo@example.org")["digests"]
    assert digests == {"weekly": "out: wants another digest in its place", "monthly": "in"}
    assert listed.json("explain", "ada@example.org")["digests"]["weekly"] == "in"
    weekly = listed.send()
    assert (weekly["accepted"], weekly["skipped"]) == (2, {"wants another digest in its place": 1})
    sink.taken.clear()
    monthly = listed.json("send", "monthly", "--at", listed.at)
    assert (monthly["accepted"], monthly["skipped"], sink.recipients) == (1, {}, ["bo@example.org"])
    assert listed.json("preferences", "bo@example.org", "--digest", "weekly")["preferences"] == {"weekly": {}}
    assert listed.json("explain", "bo@example.org")["digests"]["weekly"] == "in"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('instead_of = "weekly"', 'instead_of = "weekley"', 'did you mean "weekly"?'),
        ('lists = ["members"]\nevery = "month"', 'lists = ["board"]\nevery = "month"', "the lists differ"),
        (
            'name = "monthly"',
            'name = "weekly2"\ninstead_of = "monthly"\nlists = ["members"]\n[[digests]]\nname = "monthly"',
            "stands in the place",
        ),
    ],
)
def test_a_digest_that_stands_in_the_place_of_another_has_to_fit_it(network, before, after, told):
    with (network.folder / "config.toml").open("a") as config:
        config.write(MONTHLY.replace(before, after))
    done = network.run("lists", "plan")
    assert (done.code, told in done.err) == (2, True), done.err


def test_more_mails_in_a_week_than_may_be_are_not_sent_but_for_urgent_ones(listed, sink):
    with (listed.folder / "config.toml").open("a") as config:
        config.write("[limits]\nper_week = 1\n")
    assert listed.send()["accepted"] == 3
    listed.write("a.md", "---\nsubject: Shed\n---\nThe shed key has moved.\n")
    listed.write("b.md", "---\nsubject: Frost\nurgent: yes\n---\nCover everything tonight.\n")
    refused = listed.run("announce", "a.md", "--to", "members", "--at", "2026-11-24T08:00")
    assert (refused.code, "Nobody on members" in refused.err) == (1, True)
    assert listed.json("announce", "b.md", "--to", "members", "--at", "2026-11-24T08:00")["accepted"] == 3
    later = listed.json("announce", "a.md", "--to", "members", "board", "--at", "2026-12-02T08:00")
    assert later["accepted"] == 4


def test_urgent_is_yes_or_no(listed):
    listed.write("b.md", "---\nsubject: Frost\nurgent: perhaps\n---\nCover everything.\n")
    done = listed.run("announce", "b.md", "--to", "members")
    assert (done.code, "b.md, line 3: urgent" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mute", "Gardning"), "known: Growing, Tools, posts, events, vacancies"),
        (("--digest", "weekly"), "nothing to choose"),
        (("--digest", "wekly"), "known: weekly"),
        (("--pause-until", "2020-01-01"), "over already"),
        (("--pause-until", "soon"), "not an ISO time"),
        (("--pause-until", "2030-01-01", "--resume"), "exclude each other"),
        (("--mute", "Tools", "--only", "daily"), "known: weekly"),
    ],
)
def test_what_is_not_there_to_be_wanted_is_told_and_changes_nothing(listed, words, told):
    done = listed.run("preferences", "bo@example.org", *words)
    assert (done.code, told in done.err) == (2, True), done.err
    assert listed.json("preferences", "bo@example.org")["preferences"] == {}
    assert listed.run("preferences", "nobody@example.org").code == 2
