"""What asks for a person's eye, and what the person does about it."""

LISTS = '[[lists]]\nname = "members"'
MORE = "Post number {n}\n\nAdded by Una under Growing\n\nWords about hedges, number {n}.\n\n"


def held(network, at="2026-11-23T08:00"):
    done = network.run("send", "weekly", "--at", at, "--json")
    assert done.code == 1
    assert done.json["status"] == "held"
    return done.json


def test_a_flood_waits_for_a_person_and_goes_out_when_approved(network, sink):
    network.send()
    sink.taken.clear()
    posts = (network.folder / "posts.txt").read_text()
    network.write("posts.txt", "".join(MORE.format(n=n) for n in range(40)) + posts)
    told = held(network, "2026-11-30T08:00")
    assert told["reason"] == "source posts brings 40 new items; no edition had more than 4 of it before"
    assert "digest approve weekly-2026-W49" in told["note"]
    assert sink.taken == []
    assert network.json("approve", "weekly-2026-W49")["status"] == "sending"
    assert network.send("2026-11-30T09:00")["accepted"] == 3


def test_a_weekday_that_contradicts_its_date_waits_until_an_editor_sets_it(network, sink):
    network.change("posts.txt", "Saturday 5th December 2026", "Friday 5th December 2026")
    told = held(network)
    assert "Seed swap" in told["reason"]
    assert "contradicts itself" in told["reason"]
    (event,) = network.json("items", "--kind", "event")
    (reading,) = event["readings"]
    assert (reading["field"], reading["certainty"]) == ("starts_at", "contradicted")
    network.json("cancel", "weekly-2026-W48")
    network.json("items", "edit", event["key"], "--starts", "2026-12-05T14:00")
    assert network.send("2026-11-30T08:00")["accepted"] == 3
    text = sink.message("ada@example.org").get_body(("plain",)).get_content()
    assert "Sat 5 December" in text


def test_a_source_that_is_suddenly_empty_waits_for_a_person(network):
    feed = "<rss version='2.0'><channel>{}</channel></rss>"
    entry = "<item><title>News {0}</title><link>https://example.org/{0}</link></item>"
    network.change("config.toml", LISTS, '[[sources]]\nname = "feed"\nkind = "feed"\npath = "f.xml"\n' + LISTS)
    network.write("f.xml", feed.format("".join(entry.format(n) for n in range(5))))
    network.send()
    network.write("f.xml", feed.format(""))
    network.change("posts.txt", "Seed swap on", "A new post\n\nAdded by Una\n\nHello there.\n\nSeed swap on")
    told = held(network, "2026-11-30T08:00")
    assert told["reason"] == "source feed is suddenly empty; it had 5 items"


def test_a_failing_source_holds_the_edition_where_the_admin_wants_that(network, sink):
    network.change(
        "config.toml",
        LISTS,
        '[[sources]]\nname = "jobs"\nkind = "folder"\npath = "jobs"\non_failure = "hold"\n' + LISTS,
    )
    told = held(network)
    assert told["reason"].startswith("source jobs failed: the folder ")
    assert sink.taken == []
    status = network.run("status")
    assert "warning: source jobs failed: the folder " in status.err
    assert "source jobs:" not in status.out + network.run("check").out


def test_what_an_editor_sets_is_kept_when_the_source_is_collected_again(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["title"].startswith("A bench"))
    network.json(
        "items", "edit", key, "--kind", "vacancy", "--closes", "2026-12-01", "--note", "Ask Zoë first", "--pin"
    )
    network.change("posts.txt", "Three pallets", "Four pallets")
    assert network.json("collect", "--at", network.at)["sources"][0]["changed"] == 1
    (item,) = [item for item in network.json("items") if item["key"] == key]
    assert (item["kind"], item["closes_at"], item["note"], item["pinned"]) == (
        "vacancy",
        "2026-12-02T00:00:00+00:00",
        "Ask Zoë first",
        True,
    )
    assert "Four pallets" in item["body"]
    story = network.json("explain", key, "--at", network.at)
    assert story["edited"]["note"] == "Ask Zoë first"
    assert story["next"] == {"weekly": "in: new"}
    network.json("preview", "weekly", "--at", network.at, "--out", "out")
    assert "Ask Zoë first" in (network.folder / "out/weekly.txt").read_text()
    assert "Ask Zoë first" in (network.folder / "out/weekly.html").read_text()
    network.json("items", "edit", key, "--clear")
    assert next(item["kind"] for item in network.json("items") if item["key"] == key) == "post"


def test_a_hidden_item_is_in_no_edition_and_explain_says_so(network, sink):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["kind"] == "vacancy")
    network.json("items", "edit", key, "--hide")
    assert network.json("explain", key, "--at", network.at)["next"] == {"weekly": "out: hidden by an editor"}
    network.send()
    assert "Orchard Assistant" not in sink.message("ada@example.org").get_body(("plain",)).get_content()


def test_a_campaign_is_paused_resumed_and_cancelled_by_hand(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    assert network.json("hold", "weekly-2026-W48")["status"] == "held"
    assert network.json("approve", "weekly-2026-W48")["status"] == "sending"
    assert network.json("pause", "weekly-2026-W48")["status"] == "paused"
    assert "is paused" in network.send()["note"]
    assert sink.taken == []
    assert network.json("resume", "weekly-2026-W48")["status"] == "sending"
    cancelled = network.json("cancel", "weekly-2026-W48")
    assert (cancelled["status"], cancelled["skipped"]) == ("cancelled", {"campaign cancelled": 3})
    refused = network.run("resume", "weekly-2026-W48")
    assert (refused.code, "is cancelled" in refused.err) == (2, True)


def test_one_thing_from_two_sources_is_one_entry_with_both_told(network):
    network.change("config.toml", LISTS, '[[sources]]\nname = "jobs"\nkind = "folder"\npath = "jobs"\n' + LISTS)
    network.write(
        "jobs/orchard.md",
        "---\ntitle: Orchard Assistant\ncloses: 2026-11-27 17:00\nsalary: £21,500\n"
        "url: https://thistle.example.org/jobs/orchard?utm_source=board\n---\nTrees.\n",
    )
    shown = network.json("preview", "weekly", "--at", network.at, "--out", "out")
    vacancies = [section for section in shown["sections"] if section["kind"] == "vacancy"]
    assert len(vacancies[0]["groups"][0]["items"]) == 1
    assert "another source's copy is shown" in {one["reason"] for one in shown["skipped"]}
    network.json("collect", "--at", network.at)
    story = network.json("explain", "jobs/orchard", "--at", network.at)
    assert len(story["copies"]) == 1
    assert story["origins"]["salary"] == "jobs/orchard"
    assert story["origins"]["location"] == story["copies"][0]


def test_a_held_edition_is_composed_again_when_an_editor_has_mended_it(network, sink):
    network.change("posts.txt", "Saturday 5th December 2026", "Friday 5th December 2026")
    held(network)
    (event,) = network.json("items", "--kind", "event")
    network.json("items", "edit", event["key"], "--starts", "2026-12-05T14:00")
    told = network.send()
    assert (told["status"], told["accepted"]) == ("sent", 3)
    assert len(sink.taken) == 3


def test_what_a_person_holds_stays_held(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    network.json("hold", "weekly-2026-W48")
    held(network)
    assert sink.taken == []


def test_an_edit_that_no_longer_fits_is_a_doubt_and_can_be_cleared(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["kind"] == "vacancy")
    network.json("items", "edit", key, "--closes", "2026-12-01")
    for before, after in (
        ("Thistle Farm has a vacancy for somebody who likes trees. £21,500 per annum,", ""),
        ("based in Nettleford.", "Thank you to everyone who wrote: last week we met Una, who started on Monday."),
        ("Closing date: 5pm on Friday 27th November 2026", "It was a pleasure to read what you sent."),
        ("How to apply: https://thistle.example.org/jobs/orchard", "Congratulations, Una!"),
    ):
        network.change("posts.txt", before, after)
    network.json("collect", "--at", network.at)
    (item,) = [item for item in network.json("items") if item["key"] == key]
    assert item["kind"] == "post"
    assert "no longer fits" in item["doubts"][0]
    network.json("items", "edit", key, "--clear")
    (item,) = [item for item in network.json("items") if item["key"] == key]
    assert item["doubts"] == []


def test_a_date_that_is_none_is_refused(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["kind"] == "vacancy")
    for date in ("20261210", "2026-W50", "next friday", "0001-01-01", "9999-12-31"):
        done = network.run("items", "edit", key, "--closes", date)
        assert (done.code, "Traceback" in done.err) == (2, False), (date, done.err)


def test_a_vacancy_becomes_an_event_and_a_post_again(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["kind"] == "vacancy")
    network.json("items", "edit", key, "--closes", "2026-12-01")
    assert network.json("items", "edit", key, "--kind", "event", "--starts", "2026-12-02")["kind"] == "event"
    assert network.json("items", "edit", key, "--kind", "post")["kind"] == "post"


def test_a_secret_address_stands_in_no_message(network, monkeypatch):
    monkeypatch.setenv("FEED_URL", "http://127.0.0.1:1/private-PATHSECRET/feed.xml?key=QUERYSECRET")
    source = '[[sources]]\nname = "feed"\nkind = "feed"\nurl = { env = "FEED_URL" }\nallow_private = true\n'
    network.change("config.toml", LISTS, source + LISTS)
    done = network.run("collect", "--json")
    assert done.code == 1
    assert "127.0.0.1" in done.out
    assert "SECRET" not in done.out + done.err


def test_a_first_edition_with_a_flood_waits_and_says_how_to_let_it_go(network, sink):
    network.write("posts.txt", "".join(MORE.format(n=n) for n in range(201)))
    told = held(network)
    assert told["reason"].startswith("source posts brings 201 new items, a lot for a first edition; ")
    assert "`digest approve weekly-2026-W48`" in told["reason"]
    assert "`limit` in [[digests.sections]]" in told["reason"]
    assert sink.taken == []
    assert network.json("approve", "weekly-2026-W48")["status"] == "sending"
    assert network.send()["accepted"] == 3


def test_a_first_edition_of_two_hundred_goes_out(network):
    network.write("posts.txt", "".join(MORE.format(n=n) for n in range(200)))
    assert network.send()["accepted"] == 3


BENCH = 'A bench made of pallets 👩🏽\u200d🌾 & <script>alert("hi")</script>'


def flood(network):
    network.write("posts.txt", "".join(MORE.format(n=n) for n in range(210)))
    held(network)


def text_to(sink, address="ada@example.org"):
    return sink.message(address).get_body(("plain",)).get_content()


def test_what_is_hidden_before_a_held_edition_is_approved_does_not_go_out(network, sink):
    flood(network)
    for n in (3, 4):
        network.json("items", "edit", f"Post number {n}", "--hide")
    assert network.run("preview", "weekly", "--at", network.at, "--out", "out").code == 0
    assert "* Post number 3" not in (network.folder / "out/weekly.txt").read_text().splitlines()
    told = network.json("approve", "weekly-2026-W48")
    assert (told["status"], told["reason"]) == (
        "sending",
        "by hand (approve); composed again: 208 items instead of 210",
    )
    assert network.send()["accepted"] == 3
    assert "* Post number 3" not in text_to(sink).splitlines()
    assert "* Post number 5" in text_to(sink).splitlines()


def test_what_was_collected_after_a_held_edition_was_frozen_waits_for_the_next(network, sink):
    flood(network)
    late = "Late post\n\nAdded by Una under Growing\n\nSeen by nobody yet.\n\n"
    network.write("posts.txt", late + (network.folder / "posts.txt").read_text())
    network.json("collect", "--at", network.at)
    assert network.json("approve", "weekly-2026-W48")["reason"] == "by hand (approve)"
    network.send()
    assert "Late post" not in text_to(sink)
    sink.taken.clear()
    network.send("2026-11-30T08:00")
    assert "Late post" in text_to(sink)


def test_approving_an_edition_in_which_everything_was_hidden_cancels_it(network, sink):
    network.write("posts.txt", MORE.format(n=1))
    network.json("prepare", "weekly", "--at", network.at)
    network.json("items", "edit", "Post number 1", "--hide")
    told = network.json("approve", "weekly-2026-W48")
    assert (told["status"], told["reason"]) == ("cancelled", "nothing is left in it")
    assert network.send()["accepted"] == 0
    assert sink.taken == []


def test_what_is_edited_while_an_edition_waits_for_approval_counts_when_it_is_sent(network, sink):
    network.change("config.toml", 'at = "08:00"', 'at = "08:00"\napproval = "required"')
    network.json("prepare", "weekly", "--at", network.at)
    network.json("items", "edit", BENCH, "--hide")
    told = network.send()
    assert (told["accepted"], told["note"]) == (3, "composed again: 3 items instead of 4")
    assert "A bench" not in text_to(sink)
    assert "Seed swap" in text_to(sink)


def test_what_is_edited_after_somebody_got_the_edition_changes_it_no_more(network, sink):
    sink.at_rcpt = lambda address: "451 later" if address.startswith("bo@") else "250 OK"
    network.send()
    network.json("items", "edit", BENCH, "--hide")
    network.json("pause", "weekly-2026-W48")
    network.json("resume", "weekly-2026-W48")
    sink.at_rcpt = lambda _: "250 OK"
    assert network.send("2026-11-23T12:00")["accepted"] == 3
    assert "A bench" in text_to(sink, "bo@example.org")
