"""Everything that goes wrong on an ordinary day: one clear message, the right exit code, nothing lost."""

import json
import os
import socket
import subprocess
import sys

import pytest


def test_a_server_that_is_down_loses_nobody_and_a_second_run_goes_on(network, sink):
    with socket.create_server(("127.0.0.1", 0)) as free:
        unused = free.getsockname()[1]
    network.change("config.toml", f"port = {sink.port}", f"port = {unused}")
    failed = network.run("send", "weekly", "--at", network.at)
    assert failed.code == 1
    assert f"127.0.0.1 port {unused}" in failed.err.replace(":", " port ")
    assert "Traceback" not in failed.err
    assert network.json("report", "weekly-2026-W48")["queued"] == 3
    network.change("config.toml", f"port = {unused}", f"port = {sink.port}")
    assert network.send()["accepted"] == 3
    assert len(sink.taken) == 3


def test_who_is_deferred_is_tried_again_and_nobody_else(network, sink):
    sink.reply = lambda to: "451 4.7.1 greylisted, come back" if to.startswith("bo") else "250 2.0.0 taken"
    first = network.send()
    assert (first["accepted"], first["deferred"], first["status"]) == (2, 1, "sending")
    early = network.send("2026-11-23T08:01")
    assert (early["accepted_now"], early["deferred"]) == (0, 1)
    assert "due again from" in early["note"]
    sink.reply = lambda _: "250 2.0.0 taken"
    later = network.send("2026-11-23T10:00")
    assert (later["accepted"], later["accepted_now"], later["status"]) == (3, 1, "sent")
    assert sink.recipients == ["ada@example.org", "bo@example.org", "di@example.org"]


def test_who_is_deferred_for_days_is_given_up_and_told(network, sink):
    sink.reply = lambda to: "451 4.3.0 later" if to.startswith("bo") else "250 2.0.0 taken"
    network.send()
    for day in range(24, 30):
        told = network.send(f"2026-11-{day}T23:00")
    assert (told["rejected"], told["deferred"], told["status"]) == (1, 0, "sent")


def test_an_address_that_does_not_exist_is_rejected_once_and_not_mailed_again(network, sink):
    sink.at_rcpt = lambda to: "550 5.1.1 no such user" if to.startswith("bo") else "250 OK"
    told = network.send()
    assert (told["accepted"], told["rejected"], told["status"]) == (2, 1, "sent")
    (reply,) = network.json("report", "weekly-2026-W48")["replies"]
    assert (reply["stage"], reply["people"]) == ("RCPT", 1)
    assert "no such user" in reply["reply"]
    sink.at_rcpt = lambda _: "250 OK"
    told = network.send("2026-11-30T08:00")
    assert (told["accepted"], told["skipped"]) == (2, {"suppressed": 1})


def test_one_source_that_fails_neither_hides_nor_delays_the_others(network):
    gone = '[[sources]]\nname = "gone"\nkind = "feed"\npath = "gone.xml"\n'
    network.change("config.toml", '[[lists]]\nname = "board"', gone + '[[lists]]\nname = "board"')
    done = network.run("collect", "--at", network.at)
    assert done.code == 1
    assert "gone" in done.err
    told = network.send()
    assert told["accepted"] == 3
    failed = {source["source"]: source["error"] for source in told["sources"] if source["failed"]}
    assert set(failed) == {"gone"}
    assert "gone.xml" in failed["gone"]


def test_a_feed_that_is_a_web_page_says_so_and_keeps_what_was_there(network):
    network.change("config.toml", 'kind = "export"\npath = "posts.txt"', 'kind = "feed"\npath = "feed.xml"')
    network.write(
        "feed.xml", '<rss version="2.0"><channel><item><title>One</title><guid>1</guid></item></channel></rss>'
    )
    assert network.run("collect").code == 0
    network.write("feed.xml", "<!doctype html><title>Down for maintenance</title>")
    done = network.run("collect")
    assert (done.code, "HTML" in done.err, "Traceback" in done.err) == (1, True, False)
    assert [item["title"] for item in network.json("items")] == ["One"]
    (state,) = network.json("status")["sources"]
    assert "HTML" in state["last_error"]


def test_nothing_new_is_not_said_while_a_source_cannot_be_read(network, sink):
    (network.folder / "posts.txt").unlink()
    failed = network.run("send", "weekly", "--at", network.at)
    assert (failed.code, sink.taken) == (1, [])
    assert "posts.txt" in failed.err
    assert network.json("status")["campaigns"] == []


def test_five_mistakes_are_told_together_before_anything_happens(network):
    network.write(
        "config.toml",
        '[network]\nname = "G"\ntimezone = "Mars"\n[sender]\nemail = "x"\n[smtp]\nprot = 25\nrate = "fast"\n'
        '[[digests]]\nname = "weekly"\nlists = []\n',
    )
    done = network.run("send", "weekly")
    assert done.code == 2
    assert done.err.startswith("5 problems:")
    for place in ("network.timezone", "sender.email", "smtp.prot", "smtp.rate", 'digests[1] "weekly".lists'):
        assert f"config.toml: {place}" in done.err
    assert not (network.folder / "var").exists()


def test_wrong_usage_is_exit_2_with_a_way_out(network):
    for words, told in (
        (("send", "wekly"), "known: weekly"),
        (("send", "weekly", "--at", "tomorrow"), "2026-11-23T08:00"),
        (("collect", "--source", "x"), "known: posts"),
        (("report", "x"), "the latest are"),
        (("explain", "x"), "digest items"),
        (("--config", "none.toml", "check"), "--config PATH"),
        (("send",), "DIGEST"),
    ):
        done = network.run(*words)
        assert (done.code, told in done.err) == (2, True), (words, done.err)
        assert "Traceback" not in done.err


def test_an_error_asked_for_as_json_is_one_document_too(network):
    done = network.run("report", "x", "--json")
    assert json.loads(done.out)["exit_code"] == 2


def test_a_template_error_names_file_and_line_and_holds_the_edition(network, sink):
    network.change("config.toml", "[web]", '[paths]\ntemplates = "own"\n[web]')
    network.write("own/email/edition/subject.txt.j2", "Hello\n{{ edition.nothing_like_that }}\n")
    done = network.run("send", "weekly", "--at", network.at)
    assert (done.code, sink.taken) == (1, [])
    assert "subject.txt.j2" in done.err
    assert "line 2" in done.err
    assert network.json("status")["campaigns"] == []
    network.write("own/email/edition/subject.txt.j2", "Mine: {{ edition.title }}")
    assert network.send()["accepted"] == 3
    assert sink.message("ada@example.org")["Subject"] == "Mine: Weekly digest"


def test_a_template_broken_while_somebody_waits_holds_the_rest_and_nobody_gets_it_twice(network, sink):
    network.change("config.toml", "[web]", '[paths]\ntemplates = "own"\n[web]')
    (network.folder / "own").mkdir()
    sink.reply = lambda to: "450 4.2.1 come back" if to.startswith("bo") else "250 2.0.0 taken"
    assert network.send()["deferred"] == 1
    sink.reply = lambda _: "250 2.0.0 taken"
    network.write("own/email/edition/subject.txt.j2", "{{ nothing }}")
    tomorrow = "2026-11-24T08:00"  # days are counted anew, so the mail is rendered again
    for told in ("it is held, nothing more was sent", "is held for a person"):
        done = network.run("send", "weekly", "--at", tomorrow)
        assert (done.code, told in done.err) == (1, True), done.err
        assert "subject.txt.j2, line 1: 'nothing' is undefined" in done.err
    held = network.json("report", "weekly-2026-W48")
    assert (held["status"], held["accepted"], held["deferred"]) == ("held", 2, 1)
    network.write("own/email/edition/subject.txt.j2", "Mended")
    assert network.json("approve", "weekly-2026-W48")["status"] == "sending"
    assert network.send(tomorrow)["accepted"] == 3
    assert sink.recipients == ["ada@example.org", "bo@example.org", "di@example.org"]
    assert sink.message("bo@example.org")["Subject"] == "Mended"


def test_own_templates_are_copied_listed_and_checked_from_the_command_line(network):
    refused = network.run("templates", "copy", "email/_partials/footer.txt.j2")
    assert (refused.code, 'add templates = "own"' in refused.err.replace("my-templates", "own")) == (2, True)
    network.change("config.toml", "[web]", '[paths]\ntemplates = "own"\n[web]')
    unmade = network.run("check")
    assert (unmade.code, "`digest templates copy NAME` makes it" in unmade.err) == (2, True)
    copied = network.json("templates", "copy", "email/_partials/footer.*")["copied"]
    assert copied == [str(network.folder / f"own/email/_partials/footer.{kind}.j2") for kind in ("mjml", "txt")]
    network.write("own/email/edition/subject.j2", "Hello")
    standing = {one["name"]: (one["standing"], one["note"]) for one in network.json("templates", "list")}
    assert standing["email/_partials/footer.txt.j2"] == ("own", "")
    assert standing["email/edition/subject.txt.j2"] == ("shipped", "")
    assert standing["email/edition/subject.j2"][0] == "extra"
    network.write("own/email/_partials/footer.txt.j2", "{{ whi }}")
    done = network.run("check", "--json")
    told = [(one["level"], one["detail"]) for one in done.json["checks"] if one["what"] == "templates"]
    assert (done.code, [level for level, _ in told]) == (1, ["fail", "warn"])
    assert "footer.txt.j2, line 1: 'whi' is undefined" in told[0][1]
    assert "did you mean email/edition/subject.txt.j2?" in told[1][1]


def read_only(network, *words):
    """A command by somebody who may look into the folder and not write there; root may, unless it gives that up."""
    root = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    folders = [network.folder, *(path for path in network.folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    for path in network.folder.glob("var/*.sqlite"):
        path.chmod(0o444)
    try:
        command = [*root, sys.executable, "-m", "digest", *words]
        return subprocess.run(command, cwd=network.folder, capture_output=True, text=True, timeout=120, check=False)
    finally:
        for path in folders:
            path.chmod(0o755)


@pytest.mark.parametrize("words", [("status",), ("check",), ("preview", "weekly")])
def test_a_folder_that_cannot_be_written_is_one_clear_error_with_a_way_out(network, words):
    done = read_only(network, *words)
    assert done.returncode == 2
    assert "config.toml: paths.var: " in done.stderr
    assert "/var cannot be written: Permission denied; let the user who runs this write there" in done.stderr
    assert not (network.folder / "var").exists()


@pytest.mark.sqlite
def test_status_looks_at_a_store_that_cannot_be_written(network):
    network.json("collect", "--at", network.at)
    done = read_only(network, "status", "--json")
    assert done.returncode == 0, done.stderr
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["source"], source["items"]) == ("posts", 4)
    refused = read_only(network, "lists", "apply", "--yes")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "attempt to write a readonly database" in refused.stderr
