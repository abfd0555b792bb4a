"""`digest returns`: what came back is read from wherever it lies, and told of everywhere."""

import mailbox
import subprocess
import sys

import pytest
from returned_mail import report

SECRET = "a secret of the tests, and a long one"
GONE = ("550 5.1.1 no such user", "5.1.1")
STRICT = ("554 5.7.1 blocked by policy", "5.7.1")
ADA, BO, DI = "ada@example.org", "bo@example.org", "di@example.org"


@pytest.fixture
def sent(network, monkeypatch):
    monkeypatch.setenv("DIGEST_TEST_SECRET", SECRET)
    network.change("config.toml", "[web]\n", '[web]\nsecret = { env = "DIGEST_TEST_SECRET" }\n')
    network.send()
    return network


def bounce(address, answer=GONE):
    """About the first campaign's copy; the file lists them in this order."""
    said, status = answer
    return report(SECRET, 1, [ADA, BO, DI].index(address) + 1, address, said=said, status=status)


def test_a_maildir_is_read_and_marked_and_who_is_gone_is_suppressed(sent):
    folder = mailbox.Maildir(sent.folder / "returns")
    for address, answer in ((BO, GONE), (DI, STRICT)):
        folder.add(bounce(address, answer))
    told = sent.json("returns", "--from", "returns")
    assert told == {
        "read": 2,
        "known": 0,
        "unmatched": 0,
        "kinds": {"bounce (mailbox)": 1, "bounce (policy)": 1},
        "suppressed": [BO],
        "held": [],
    }
    assert sent.json("returns", "--from", "returns")["read"] == 0
    done = sent.run("returns", "--from", "returns")
    assert (done.code, "read" in done.out) == (0, True)


def test_an_mbox_by_the_other_name_of_the_command(sent):
    box = mailbox.mbox(sent.folder / "box")
    box.add(bounce(BO))
    box.close()
    assert sent.json("bounces", "--from", "box")["suppressed"] == [BO]
    assert sent.json("bounces", "--from", "box")["known"] == 1


def test_a_person_and_a_report_tell_what_came_back(sent):
    sent.write("bounce.eml", bounce(BO).decode())
    sent.run("returns", "--from", "bounce.eml")
    (kept,) = sent.json("subscriber", BO)["returns"]
    assert (kept["kind"], kept["class"], kept["status"], kept["campaign"]) == (
        "bounce",
        "mailbox",
        "5.1.1",
        "weekly-2026-W48",
    )
    assert sent.json("subscriber", BO)["suppression"]["reason"] == "bounced"
    assert "no such user" in sent.run("subscriber", BO).out
    told = sent.json("report", "weekly-2026-W48")
    assert (told["accepted"], told["bounced"], told["complained"]) == (3, 1, 0)
    assert told["returns"] == [
        {"what": "bounce (mailbox)", "status": "5.1.1", "said": "550 5.1.1 no such user", "people": 1}
    ]
    shown = sent.run("report", "weekly-2026-W48").out
    assert "bounced" in shown
    assert "bounce (mailbox)" in shown


def test_what_servers_refuse_because_of_us_is_told_to_the_admins(sent):
    sent.write("bounce.eml", bounce(BO, STRICT).decode())
    sent.run("returns", "--from", "bounce.eml")
    (warning,) = sent.json("status")["warnings"]
    assert "554 5.7.1 blocked by policy" in warning


def test_what_matches_nobody_is_listed(sent):
    assert sent.json("returns", "--unmatched") == {"count": 0, "returns": []}
    stranger = report("another secret", 1, 2, BO, said=GONE[0], status=GONE[1])
    sent.write("bounce.eml", stranger.decode())
    assert sent.json("returns", "--from", "bounce.eml")["unmatched"] == 1
    listed = sent.json("returns", "--unmatched")
    assert (listed["count"], listed["returns"][0]["reported_address"]) == (1, BO)
    assert BO in sent.run("returns", "--unmatched").out


def piped(network, message, *words):
    command = [sys.executable, "-m", "digest", "returns", "--from", "-", *words]
    return subprocess.run(command, cwd=network.folder, input=message, capture_output=True, check=False)


def test_a_mail_server_pipes_a_message_and_hears_nothing(sent):
    done = piped(sent, bounce(BO))
    assert (done.returncode, done.stdout) == (0, b"")
    assert sent.json("subscriber", BO)["suppression"]["reason"] == "bounced"


def test_a_mail_server_keeps_what_cannot_be_taken_in_now(sent):
    sent.write("config.toml", "[network")
    done = piped(sent, bounce(BO))
    assert (done.returncode, b"TOML" in done.stderr) == (75, True)


def test_a_file_that_is_not_there_is_told(sent):
    done = sent.run("returns", "--from", "nowhere")
    assert (done.code, "nowhere cannot be read" in done.err) == (2, True)


def test_without_a_mailbox_in_the_configuration_it_says_what_to_name(sent):
    done = sent.run("returns")
    assert (done.code, "--from" in done.err) == (2, True)
    assert sent.run("returns", "--unmatched", "--from", "-").code == 2
