"""Stop, fix, go on; and write to exactly those who got the faulty mail."""

CAMPAIGN = "weekly-2026-W48"
SORRY = "---\nsubject: There is no orchard job\n---\nWe are sorry: the place is taken.\n"


def plain(message):
    return message.get_body(("plain",)).get_content()


def test_stopped_fixed_and_resumed_the_rest_get_it_right_and_the_others_a_correction(network, sink):
    sink.reply = lambda to: "450 4.2.1 later" if to.startswith("bo") else "250 2.0.0 taken"
    network.send()
    sink.reply = lambda _: "250 2.0.0 taken"
    network.json("pause", CAMPAIGN)
    key = next(item["key"] for item in network.json("items") if item["kind"] == "vacancy")
    network.json("items", "edit", key, "--hide")
    resumed = network.json("resume", CAMPAIGN, "--recompose", "--at", "2026-11-23T09:00")
    assert (resumed["status"], resumed["deferred"]) == ("sending", 1)
    assert "composed anew for the 1 who have not got it yet" in resumed["note"]
    assert network.json("send", CAMPAIGN, "--at", "2026-11-23T12:00")["status"] == "sent"
    assert "Orchard Assistant" in plain(sink.message("ada@example.org"))
    assert "Orchard Assistant" not in plain(sink.message("bo@example.org"))
    assert "Seed swap" in plain(sink.message("bo@example.org"))
    (appeared,) = network.json("explain", key)["appeared"]  # two people have it
    assert (appeared["campaign"], appeared["as"]) == (CAMPAIGN, "last call")

    sink.taken.clear()
    network.write("sorry.md", SORRY)
    told = network.json("announce", "sorry.md", "--correcting", CAMPAIGN, "--at", "2026-11-23T13:00")
    assert (told["status"], told["accepted"]) == ("sent", 2)
    assert sink.recipients == ["ada@example.org", "di@example.org"]
    message = sink.message("ada@example.org")
    assert message["Subject"] == "There is no orchard job"
    assert message["List-Unsubscribe"] is not None
    again = network.json("announce", "sorry.md", "--correcting", CAMPAIGN, "--at", "2026-11-23T13:00")
    assert (again["accepted_now"], len(sink.taken)) == (0, 2)


def test_an_edition_composed_anew_keeps_its_editors_note(network, sink):
    network.change("config.toml", 'at = "08:00"', 'at = "08:00"\nnote = "note.md"')
    network.write("note.md", "The last digest before **midwinter**.")
    sink.reply = lambda to: "450 4.2.1 later" if to.startswith("bo") else "250 2.0.0 taken"
    network.send()
    sink.reply = lambda _: "250 2.0.0 taken"
    network.json("pause", CAMPAIGN)
    network.json("resume", CAMPAIGN, "--recompose", "--at", "2026-11-23T09:00")
    network.json("send", CAMPAIGN, "--at", "2026-11-23T12:00")
    assert "midwinter" in plain(sink.message("bo@example.org"))


def test_a_correction_of_a_cancelled_campaign_goes_to_whom_it_had_reached(network, sink):
    sink.reply = lambda to: "450 4.2.1 later" if to.startswith("bo") else "250 2.0.0 taken"
    network.send()
    sink.reply = lambda _: "250 2.0.0 taken"
    network.json("cancel", CAMPAIGN)
    sink.taken.clear()
    network.write("sorry.md", SORRY)
    assert network.json("announce", "sorry.md", "--correcting", CAMPAIGN)["accepted"] == 2
    assert sink.recipients == ["ada@example.org", "di@example.org"]
    assert network.json("announce", "sorry.md", "--to", "members")["accepted"] == 3  # the same text is another campaign


def test_a_correction_has_no_lists_of_its_own_and_waits_for_a_stop(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    network.json("approve", CAMPAIGN)
    taken = len(sink.taken)
    network.write("sorry.md", SORRY)
    for words, told in (
        (("--to", "members", "--correcting", CAMPAIGN), "exclude each other"),
        (("--correcting", CAMPAIGN), f"still being sent; stop it with `digest pause {CAMPAIGN}`"),
        (("--correcting", "x"), "the latest are"),
    ):
        done = network.run("announce", "sorry.md", *words)
        assert (done.code, told in done.err) == (2, True), done.err
    assert len(sink.taken) == taken


def test_a_correction_does_not_wait_for_one_who_is_deferred_and_goes_to_them_too(network, sink):
    sink.reply = lambda to: "450 4.2.1 later" if to.startswith("bo") else "250 2.0.0 taken"
    network.send()
    sink.reply = lambda _: "250 2.0.0 taken"
    sink.taken.clear()
    network.write("sorry.md", SORRY)
    assert network.json("announce", "sorry.md", "--correcting", CAMPAIGN)["accepted"] == 3
    assert sink.recipients == ["ada@example.org", "bo@example.org", "di@example.org"]


def test_nobody_to_correct_is_told_and_not_recorded(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    network.write("sorry.md", SORRY)
    done = network.run("announce", "sorry.md", "--correcting", CAMPAIGN)
    assert (done.code, f"Nobody who received {CAMPAIGN}" in done.err) == (1, True), done.err
    assert len(network.json("status")["campaigns"]) == 1


def test_only_what_is_stopped_and_not_yet_with_everybody_is_composed_anew(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    network.json("approve", CAMPAIGN)
    running = network.run("resume", CAMPAIGN, "--recompose")
    assert (running.code, f"`digest pause {CAMPAIGN}` first" in running.err) == (2, True), running.err
    network.json("pause", CAMPAIGN)
    network.write("posts.txt", "")
    for item in network.json("items"):
        network.json("items", "edit", item["key"], "--hide")
    empty = network.run("resume", CAMPAIGN, "--recompose", "--at", network.at)
    assert (empty.code, f"`digest cancel {CAMPAIGN}`" in empty.err) == (2, True), empty.err
    assert network.json("report", CAMPAIGN)["status"] == "paused"


def test_an_edition_composed_anew_that_asks_for_a_persons_eye_is_held(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    network.json("hold", CAMPAIGN)
    network.change("posts.txt", "Saturday 5th December 2026", "Friday 5th December 2026")
    done = network.run("resume", CAMPAIGN, "--recompose", "--at", network.at, "--json")
    assert (done.code, done.json["status"]) == (1, "held")
    assert "contradicts itself" in done.json["reason"]
    network.json("approve", CAMPAIGN)
    assert network.send()["accepted"] == 3
