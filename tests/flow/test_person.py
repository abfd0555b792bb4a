"""One person by the command line: suppressed and lifted, put on a list and taken off it, and all that is held told."""

import pytest


@pytest.fixture
def listed(network):
    network.json("lists", "apply")
    return network


def test_who_is_suppressed_gets_nothing_and_once_lifted_is_mailed_again(listed, sink):
    assert listed.run("suppress", "BO@example.org", "--reason", "asked by telephone").code == 0
    assert listed.send()["skipped"] == {"suppressed": 1}
    assert listed.json("explain", "bo@example.org")["suppressed"] == "asked by telephone"
    assert listed.run("suppress", "bo@example.org", "--lift", "--yes").code == 0
    listed.write("posts.txt", "A new thing\n\nAdded by Una under Tools\n\nIt is new.\n")
    assert listed.send("2026-11-30T08:00")["skipped"] == {}
    assert sink.recipients.count("bo@example.org") == 1


def test_the_first_reason_of_a_suppression_stays(listed):
    listed.run("suppress", "bo@example.org", "--reason", "first")
    assert "already" in listed.run("suppress", "bo@example.org", "--reason", "second").out
    assert listed.json("subscriber", "bo@example.org")["suppression"]["reason"] == "first"


def test_an_address_that_is_on_no_list_can_be_suppressed_before_a_file_brings_it(listed, sink):
    assert listed.run("suppress", "new@example.org").code == 0
    listed.change("members.csv", "bo@example.org", "new@example.org,\nbo@example.org")
    assert listed.send()["skipped"] == {"suppressed": 1}
    assert "new@example.org" not in sink.recipients


def test_lifting_asks_and_does_nothing_for_who_is_not_suppressed(listed):
    listed.run("suppress", "bo@example.org")
    assert listed.run("suppress", "bo@example.org", "--lift").code == 2
    assert listed.json("explain", "bo@example.org")["suppressed"] == "by hand"
    done = listed.run("suppress", "ada@example.org", "--lift", "--yes")
    assert (done.code, "not suppressed" in done.err) == (1, True)


def test_who_left_by_themselves_comes_back_by_confirming_and_never_by_lifting(listed):
    listed.run("unsubscribe", "bo@example.org")
    done = listed.run("suppress", "bo@example.org", "--lift", "--yes")
    assert (done.code, "by confirming" in done.err) == (1, True)
    listed.run("suppress", "bo@example.org")
    done = listed.run("suppress", "bo@example.org", "--lift", "--yes")
    assert (done.code, "by confirming" in done.err) == (0, True)
    assert listed.json("explain", "bo@example.org")["digests"] == {"weekly": "out: unsubscribed"}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 61])
def test_a_reason_says_something_in_a_few_words(listed, reason):
    done = listed.run("suppress", "bo@example.org", "--reason", reason)
    assert (done.code, "1 to 60 characters" in done.err) == (2, True)


def test_who_is_taken_off_one_list_stays_on_the_others_and_no_file_brings_them_back(listed):
    assert listed.run("unsubscribe", "ada@example.org", "--list", "members").code == 0
    assert "already" in listed.run("unsubscribe", "ada@example.org", "--list", "members").out
    listed.json("lists", "apply")
    lists = listed.json("explain", "ada@example.org")["lists"]
    assert {name: one["status"] for name, one in lists.items()} == {"board": "active", "members": "unsubscribed"}
    assert listed.run("unsubscribe", "ada@example.org").code == 0
    assert listed.json("explain", "ada@example.org")["lists"]["board"]["status"] == "unsubscribed"


def test_nobody_is_taken_off_a_list_they_were_never_on(listed):
    done = listed.run("unsubscribe", "bo@example.org", "--list", "board")
    assert (done.code, "they are or were on: members" in done.err) == (2, True)
    done = listed.run("unsubscribe", "nobody@example.org")
    assert (done.code, "digest suppress nobody@example.org" in done.err) == (2, True)


def test_who_agreed_on_paper_is_on_the_list_and_the_journal_says_how(listed):
    done = listed.run(
        "subscribe", "Eve@example.org", "--list", "board", "--consent", "paper form, 3 May", "--name", "Eve"
    )
    assert done.code == 0, done.err
    held = listed.json("subscriber", "eve@example.org")
    assert (held["name"], held["lists"]["board"]["status"]) == ("Eve", "active")
    (line,) = held["journal"]
    assert (line["verb"], line["list_name"], line["how"]) == ("subscribe", "board", "paper form, 3 May")
    again = listed.run("subscribe", "eve@example.org", "--list", "board", "--consent", "again")
    assert (again.code, "already" in again.out) == (0, True)
    assert len(listed.json("subscriber", "eve@example.org")["journal"]) == 1


def test_without_consent_somebody_is_invited_and_put_on_no_list(listed, sink):
    done = listed.run("subscribe", "eve@example.org", "--list", "board", "--name", "Eve")
    assert (done.code, "once they confirm" in done.out) == (0, True)
    invitation = sink.message("eve@example.org")
    assert "/confirm/" in invitation.get_body(("plain",)).get_content()
    assert invitation["To"] == "eve@example.org"
    held = listed.json("subscriber", "eve@example.org")
    assert held["lists"] == {}
    (asked,) = held["sign_ups"]
    assert (asked["lists"], asked["invited"], asked["confirmed_at"]) == (["board"], True, None)
    (row,) = listed.json("activity", "eve@example.org")["activity"]
    assert (row["verb"], row["detail"]) == ("invite", "board")


def test_an_invitation_that_meets_no_server_waits(listed):
    listed.change("config.toml", 'host = "127.0.0.1"', 'host = "127.0.0.2"')
    done = listed.run("subscribe", "eve@example.org", "--list", "board")
    assert done.code == 1
    assert [one["lists"] for one in listed.json("subscriber", "eve@example.org")["sign_ups"]] == [["board"]]


def test_nobody_is_invited_to_what_they_get_nor_unasked_to_what_they_left(listed, sink):
    assert "nothing was sent" in listed.run("subscribe", "bo@example.org", "--list", "members").out
    listed.run("unsubscribe", "bo@example.org")
    assert listed.run("subscribe", "bo@example.org", "--list", "members").code == 2
    assert "bo@example.org" not in sink.recipients
    assert listed.run("subscribe", "bo@example.org", "--list", "members", "--yes").code == 0
    assert sink.recipients == ["bo@example.org"]


def test_consent_that_says_nothing_is_none(listed):
    assert listed.run("subscribe", "eve@example.org", "--list", "board", "--consent", " ").code == 2
    assert listed.run("subscriber", "eve@example.org").code == 2


def test_who_had_left_is_put_back_only_where_somebody_says_that_they_agreed_since(listed):
    listed.run("unsubscribe", "bo@example.org")
    words = ("subscribe", "bo@example.org", "--list", "members", "--consent", "by letter")
    assert listed.run(*words).code == 2
    assert listed.json("explain", "bo@example.org")["lists"]["members"]["status"] == "unsubscribed"
    assert listed.run(*words, "--yes").code == 0
    held = listed.json("subscriber", "bo@example.org")
    assert held["lists"]["members"]["status"] == "active"
    assert [line["verb"] for line in held["journal"]] == ["unsubscribe", "subscribe"]


def test_a_suppressed_address_is_put_on_no_list(listed):
    listed.run("suppress", "eve@example.org")
    done = listed.run("subscribe", "eve@example.org", "--list", "board", "--consent", "paper form")
    assert (done.code, "--lift" in done.err) == (1, True)


def test_a_list_that_is_not_configured_takes_nobody(listed):
    done = listed.run("subscribe", "eve@example.org", "--list", "bord", "--consent", "paper form")
    assert (done.code, "known: members, board" in done.err) == (2, True)


def test_each_of_these_is_written_down_with_who_did_it(listed):
    listed.run("suppress", "bo@example.org", "--reason", "asked")
    listed.run("suppress", "bo@example.org", "--lift", "--yes")
    listed.run("unsubscribe", "bo@example.org")
    listed.run("subscribe", "bo@example.org", "--list", "members", "--consent", "by letter", "--yes")
    done = listed.json("activity", "bo@example.org")["activity"]
    assert [(one["verb"], one["detail"]) for one in reversed(done)] == [
        ("suppress", "asked"),
        ("lift", "was: asked"),
        ("unsubscribe", "All members"),
        ("subscribe", "members: by letter"),
    ]
    assert all(one["by"].startswith("command") for one in done)


def test_what_is_held_tells_of_deliveries_and_their_answers(listed, sink):
    sink.reply = lambda address: "550 5.7.1 no" if address == "bo@example.org" else "250 2.0.0 taken"
    listed.send()
    (delivery,) = listed.json("subscriber", "bo@example.org")["deliveries"]
    assert (delivery["campaign"], delivery["state"]) == ("weekly-2026-W48", "rejected")
    assert "5.7.1 no" in delivery["why"]
    told = listed.run("subscriber", "bo@example.org").out
    assert "weekly-2026-W48" in told


def test_of_whom_nothing_is_held_that_is_said(listed):
    done = listed.run("subscriber", "nobody@example.org")
    assert (done.code, "Nothing is held" in done.err) == (2, True)
