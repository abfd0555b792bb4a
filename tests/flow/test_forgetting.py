"""Who is forgotten is found nowhere afterwards, stays unmailed, and reports count as before."""

import re

import pytest

from digest.store.engine import open_store
from digest.store.tables import metadata


@pytest.fixture
def listed(network):
    network.json("lists", "apply")
    return network


@pytest.fixture
def embedded(network):
    """The same network, whose mails stay on this machine."""
    path = network.folder / "config.toml"
    text = re.sub(r'host = "127.0.0.1"\nport = \d+', 'host = "embedded"', path.read_text())
    path.write_text(text)
    network.json("lists", "apply")
    return network


def rows_of(network):
    """Every value of every table, as text."""
    store = open_store("sqlite:///var/digest.sqlite", base=network.folder, var=network.folder / "var")
    with store.read() as connection:
        found = [
            str(value)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            for value in row
        ]
    store.close()
    return found


def naming(network, word):
    """Files in var that hold a word, in whatever case."""
    return sorted(
        path.name
        for path in (network.folder / "var").rglob("*")
        if path.is_file() and word.encode() in path.read_bytes().lower()
    )


def test_nothing_anywhere_names_who_is_forgotten(embedded):
    embedded.run("preferences", "bo@example.org", "--mute", "vacancies", "--pause-until", "2030-01-01")
    embedded.run("preferences", "bo@example.org", "--resume")
    embedded.run("unsubscribe", "bo@example.org")
    again = ("--list", "members", "--consent", "paper form of Bo Bosun", "--yes")
    embedded.run("subscribe", "Bo@example.org", *again, "--name", "Bo Bosun")
    assert embedded.send()["accepted"] == 3
    embedded.json("preview", "weekly", "--as", "bo@example.org", "--at", embedded.at)
    embedded.run("suppress", "bo@example.org")
    assert naming(embedded, "bo@example.org") != []
    before = embedded.json("report", "weekly-2026-W48")
    embedded.write("members.csv", "email,name\nada@example.org,Ada\ndi@example.org,\n")
    done = embedded.json("forget", "BO@example.org", "--yes")
    assert (done["known"], done["listed"], done["files"]) == (True, [], 4)
    assert [one for one in rows_of(embedded) if "bo@example" in one.lower() or "bosun" in one.lower()] == []
    assert naming(embedded, "bo@example.org") == naming(embedded, "bosun") == []
    assert naming(embedded, "ada@example.org") != []
    after = embedded.json("report", "weekly-2026-W48")
    assert {name: told for name, told in after.items() if name != "domains"} == {
        name: told for name, told in before.items() if name != "domains"
    }
    assert [(one["domain"], one["recipients"]) for one in after["domains"]] == [
        ("example.org", 2),
        ("forgotten.invalid", 1),
    ]
    assert embedded.run("subscriber", "bo@example.org").code == 2


def test_no_file_brings_back_who_is_forgotten_and_the_plan_says_so(listed, sink):
    assert listed.run("forget", "bo@example.org", "--yes").code == 0
    (plan, *_) = listed.json("lists", "apply")["lists"]
    assert plan["kept_out"] == [{"email": "bo@example.org", "reason": "asked to be forgotten", "detail": ""}]
    assert (listed.send()["recipients"], sink.recipients) == (2, ["ada@example.org", "di@example.org"])
    assert listed.json("lists", "show", "members")["active"] == 2


def test_the_admin_is_told_which_lists_still_name_the_address(listed):
    done = listed.run("forget", "ada@example.org", "--yes")
    assert 'list "members" still names it' in done.err
    assert 'list "board" still names it' in done.err


def test_forgetting_asks(listed):
    assert listed.run("forget", "bo@example.org").code == 2
    assert listed.json("lists", "show", "members")["active"] == 3


def test_what_was_planned_for_who_is_forgotten_is_not_sent(listed, sink):
    listed.json("prepare", "weekly", "--at", listed.at)
    listed.run("forget", "bo@example.org", "--yes")
    told = listed.send()
    assert (told["accepted"], told["skipped"]) == (2, {})


def test_links_in_mails_of_who_is_forgotten_tell_and_change_nothing(listed, sink, visit):
    listed.send()
    (path,) = re.findall(
        r"<https://digest\.example\.org(/unsubscribe/[\w-]+)>", sink.message("bo@example.org")["List-Unsubscribe"]
    )
    assert "b***@e***.org" in visit.get(path).text
    listed.run("forget", "bo@example.org", "--yes")
    page = visit.get(path)
    assert page.status_code == 200
    assert "@" not in re.sub(r"(?s)<style.*?</style>", "", page.text)
    assert visit.post(path).status_code == 200
    assert listed.json("activity")["activity"][0]["verb"] == "forget"


def test_an_address_that_was_never_known_stays_unmailed_from_then_on(listed):
    assert listed.json("forget", "eve@example.org", "--yes")["known"] is False
    listed.change("members.csv", "bo@example.org", "eve@example.org,\nbo@example.org")
    listed.json("lists", "apply")
    assert listed.json("lists", "show", "members")["active"] == 3


def test_a_second_time_changes_nothing(listed):
    listed.run("forget", "bo@example.org", "--yes")
    assert listed.json("forget", "bo@example.org", "--yes")["known"] is False


def test_who_is_forgotten_can_be_suppressed_by_no_one_and_put_back_by_their_own_word_alone(listed):
    listed.run("forget", "bo@example.org", "--yes")
    done = listed.run("suppress", "bo@example.org")
    assert (done.code, "forgotten" in done.err) == (1, True)
    words = ("subscribe", "bo@example.org", "--list", "members", "--consent", "by letter")
    assert listed.run(*words).code == 2
    assert listed.run(*words, "--yes").code == 0
    assert listed.json("lists", "show", "members")["active"] == 3
    assert listed.json("lists", "plan")["lists"][0]["kept_out"] == []


def test_a_mail_is_sent_once_more_to_one_person_and_it_is_written_down(listed, sink):
    listed.send()
    first = sink.message("bo@example.org")
    done = listed.run("resend", "weekly-2026-W48", "bo@example.org", "--help")
    assert done.code == 0
    done = listed.run("resend", "weekly-2026-W48", "Bo@example.org")
    assert (done.code, "once more: 2.0.0 taken" in done.out) == (0, True), done.err
    again = sink.message_of_last("bo@example.org")
    assert (again["Message-ID"], again["Subject"]) == (first["Message-ID"], first["Subject"])
    assert again.get_body(("html",)).get_content() == first.get_body(("html",)).get_content()
    assert len(sink.taken) == 4
    assert [one["verb"] for one in listed.json("activity", "Bo@example.org")["activity"]] == ["resend"]


def test_what_was_rejected_is_accepted_once_it_is_taken(listed, sink):
    sink.reply = lambda address: "550 5.7.1 no" if address == "bo@example.org" else "250 2.0.0 taken"
    listed.send()
    failed = listed.run("resend", "weekly-2026-W48", "bo@example.org")
    assert (failed.code, "5.7.1 no" in failed.err) == (1, True)
    assert listed.json("report", "weekly-2026-W48")["rejected"] == 1
    sink.reply = lambda _: "250 2.0.0 taken"
    assert listed.run("resend", "weekly-2026-W48", "bo@example.org").code == 0
    told = listed.json("report", "weekly-2026-W48")
    assert (told["accepted"], told["rejected"]) == (3, 0)


@pytest.mark.parametrize(
    ("before", "code", "told"),
    [
        (("suppress", "bo@example.org"), 1, "gets no mail: suppressed"),
        (("unsubscribe", "bo@example.org"), 1, "gets no mail: unsubscribed"),
        (("forget", "bo@example.org", "--yes"), 2, "was not for bo@example.org"),
    ],
)
def test_nothing_is_sent_again_to_who_gets_no_mail(listed, sink, before, code, told):
    listed.send()
    sink.taken.clear()
    listed.run(*before)
    done = listed.run("resend", "weekly-2026-W48", "bo@example.org")
    assert (done.code, told in done.err, sink.taken) == (code, True, []), done.err


def test_a_mail_goes_again_to_nobody_whom_it_was_not_for_or_is_still_on_its_way_to(listed, sink):
    listed.json("prepare", "weekly", "--at", listed.at)
    done = listed.run("resend", "weekly-2026-W48", "bo@example.org")
    assert (done.code, "still on its way" in done.err) == (2, True)
    done = listed.run("resend", "weekly-2026-W48", "cy@example.org")
    assert (done.code, "was not for cy@example.org" in done.err) == (2, True)
    assert listed.run("resend", "weekly-2026-W49", "bo@example.org").code == 2
    assert sink.taken == []
