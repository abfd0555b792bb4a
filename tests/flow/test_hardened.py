"""What a sceptical administrator tried, and what must not happen again."""

import pytest


def test_an_edition_with_nobody_to_get_it_is_skipped_and_its_items_stay_new(network, sink):
    network.write("members.csv", "email,name\n")
    told = network.send()
    assert (told["status"], told["reason"]) == ("skipped", "nobody on members to send it to")
    network.write("members.csv", "email,name\nada@example.org,Ada\n")
    assert network.send()["accepted"] == 1
    assert "Orchard Assistant" in sink.message("ada@example.org").get_body(("plain",)).get_content()


def test_an_announcement_to_nobody_is_refused_and_not_recorded(network, sink):
    network.write("notice.md", "# Hello\n\nText.\n")
    network.write("members.csv", "email,name\n")
    done = network.run("announce", "notice.md", "--to", "members")
    assert (done.code, "Nobody on members" in done.err) == (1, True)
    network.write("members.csv", "email,name\nada@example.org,Ada\n")
    assert network.json("announce", "notice.md", "--to", "members")["accepted"] == 1


def test_the_guard_asks_before_the_last_person_is_removed(network):
    network.write("members.csv", "email,name\nada@example.org,Ada\n")
    network.json("lists", "apply")
    network.write("members.csv", "email,name\n")
    assert network.run_unanswered("lists", "apply").code == 1
    assert network.json("lists", "show", "members")["active"] == 1


def test_two_lists_that_name_a_person_differently_settle_on_the_first(network):
    network.change("config.toml", '"ada@example.org", "Cy', '"Ada Other <ada@example.org>", "Cy')
    network.json("lists", "apply")
    assert all(not plan["changed"] and not plan["added"] for plan in network.json("lists", "plan")["lists"])
    assert network.json("explain", "ada@example.org")["name"] == "Ada"


@pytest.mark.parametrize("address", ["not an address", "a@b.c\nBcc: x@y.z", "nobody", "a b@example.org"])
def test_an_address_on_the_command_line_is_checked_like_any_other(network, sink, address):
    network.write("notice.md", "# Hello\n\nText.\n")
    for words in (
        ("preview", "weekly", "--as", address),
        ("send", "weekly", "--test", address),
        ("announce", "notice.md", "--test", address),
    ):
        done = network.run(*words)
        assert (done.code, "Traceback" in done.err, "is no address" in done.err) == (2, False, True), done.err
    assert sink.taken == []


def test_a_folder_that_cannot_be_written_is_told(network):
    done = network.run("preview", "weekly", "--out", "config.toml")
    assert (done.code, "--out DIR" in done.err, "Traceback" in done.err) == (2, True, False)


def test_a_configuration_saved_by_an_editor_that_marks_its_files_is_read(network):
    path = network.folder / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert network.run("status").code == 0


def test_a_digest_without_a_title_passes_the_check(network):
    network.change("config.toml", 'title = "Weekly digest"\n', "")
    done = network.run("check", "--json")
    assert {row["what"]: row["level"] for row in done.json["checks"]}["templates"] == "ok"


def test_the_check_tells_that_a_language_has_no_words_of_its_own(network):
    network.change("config.toml", 'name = "Growers"\ntimezone', 'name = "Growers"\nlanguage = "de"\ntimezone')
    (told,) = [row for row in network.run("check", "--json").json["checks"] if row["what"] == "language"]
    assert (told["level"], told["detail"].partition(":")[0]) == ("warn", "members read English words")


def test_a_broken_translation_is_told_before_anything_is_sent(network, sink):
    network.change("config.toml", 'name = "Growers"\ntimezone', 'name = "Growers"\nlanguage = "de"\ntimezone')
    network.change("config.toml", "[web]", '[paths]\ntemplates = "own"\n[web]')
    network.write("own/locales/de.po", 'msgctxt "by"\nmsgid "by {name}"\nmsgstr "von {nam}"\n')
    done = network.run("send", "weekly")
    assert done.code == 2
    assert 'de.po, line 2: "von {nam}" has {nam} where "by {name}" has {name}' in done.err
    assert not sink.taken


def test_a_public_address_to_which_no_link_can_be_added_is_refused(network):
    network.change("config.toml", 'url = "https://digest.example.org"', 'url = "https://digest.example.org/?a=1"')
    done = network.run("status")
    assert (done.code, "web.url" in done.err) == (2, True)


def test_a_subject_reaches_what_it_is_given_and_not_the_machine(network):
    network.change("config.toml", "lists = [", 'subject = "{{ cycler.__init__.__globals__ }}"\nlists = [')
    done = network.run("preview", "weekly", "--at", network.at)
    assert (done.code, "Traceback" in done.err) == (1, False)


def test_a_footer_names_no_list_that_the_reader_may_not_be_on(network, sink):
    network.change("config.toml", 'lists = ["members"]', 'lists = ["members", "board"]')
    network.send()
    text = sink.message("bo@example.org").get_body(("plain",)).get_content()
    assert "board" not in text
    assert "You get this because you are on a list of Growers." in text


def test_what_was_sent_early_is_not_announced_as_due_again(network):
    network.send("2026-11-23T07:00")
    (digest,) = network.json("status", "--at", "2026-11-23T07:30")["digests"]
    assert digest["next_due"] == "2026-11-30T08:00:00+00:00"
