"""Who is mailed and who is not: unsubscribing, lists, announcements."""

import os
import re
import threading
from pathlib import Path

import pytest
from flow.conftest import MEMBERS

NOTICE = """\
---
subject: The shed key 🔑 has moved
preheader: One line that explains it.
---
# It hangs by the door now

- Take it
- **Bring it back**

[Where is the door?](https://growers.example.org/door)
"""


def unsubscribe_path(mail) -> str:
    (path,) = re.findall(r"<https://digest\.example\.org(/unsubscribe/[\w-]+)>", mail["List-Unsubscribe"])
    return path


def test_one_click_is_honoured_by_the_next_edition_and_no_file_undoes_it(network, sink, visit):
    network.send()
    path = unsubscribe_path(sink.message("bo@example.org"))
    answer = visit.post(path, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert visit.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    sink.taken.clear()
    network.change("members.csv", "bo@example.org,Bó", "bo@example.org,Bo Renamed")
    told = network.send("2026-11-30T08:00")
    assert (told["accepted"], told["skipped"]) == (2, {"unsubscribed": 1})
    assert sink.recipients == ["ada@example.org", "di@example.org"]
    plan = network.json("lists", "plan")["lists"][0]
    assert plan["kept_out"] == [{"email": "bo@example.org", "reason": "unsubscribed", "detail": ""}]
    story = network.json("explain", "bo@example.org")
    assert story["lists"]["members"]["status"] == "unsubscribed"
    assert story["deliveries"][0]["why"] == "unsubscribed"


def test_looking_at_the_unsubscribe_page_changes_nothing(network, sink, visit):
    network.send()
    path = unsubscribe_path(sink.message("bo@example.org"))
    page = visit.get(path)
    assert page.status_code == 200
    assert "All members" in page.text
    assert visit.head(path).status_code == 200
    assert network.json("lists", "show", "members")["active"] == 3
    assert 'method="post"' in page.text.lower()


def test_an_unsubscribe_between_plan_and_sending_is_honoured(network, sink, visit):
    network.send()
    path = unsubscribe_path(sink.message("di@example.org"))
    sink.taken.clear()
    network.json("prepare", "weekly", "--at", "2026-11-30T08:00")
    visit.post(path)
    told = network.send("2026-11-30T08:05")
    assert told["skipped"] == {"unsubscribed": 1}
    assert sink.recipients == ["ada@example.org", "bo@example.org"]


def test_every_link_of_a_mail_leads_somewhere(network, sink, visit):
    network.send()
    mail = sink.message("ada@example.org")
    page = mail.get_body(("html",)).get_content()
    links = set(re.findall(r'href="https://digest\.example\.org(/[^"]+)"', page))
    assert {link.split("/")[1] for link in links} == {"unsubscribe", "preferences", "view", "item"}
    for link in links:
        answer = visit.get(link)
        assert answer.status_code == 200, link
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    view = next(visit.get(link) for link in links if link.startswith("/view/"))
    assert "Orchard Assistant" in view.text
    assert unsubscribe_path(mail) not in view.text
    items = "".join(visit.get(link).text for link in links if link.startswith("/item/"))
    assert "Three pallets, twelve screws and one afternoon." in items
    assert "<script" not in items


@pytest.mark.parametrize("path", ["/unsubscribe/AAAA", "/unsubscribe/AAAA%20", "/view/x", "/item/ж", "/nowhere"])
def test_a_broken_link_is_told_and_changes_nothing(network, visit, path):
    network.json("lists", "apply")
    assert visit.get(path).status_code == 404
    assert visit.post(path).status_code in (404, 405)
    assert network.json("lists", "show", "members")["active"] == 3


def test_a_person_on_two_lists_gets_an_announcement_once(network, sink):
    network.write("notice.md", NOTICE)
    told = network.json("announce", "notice.md", "--to", "members", "--to", "board", "--at", network.at)
    assert told["accepted"] == 4
    assert sink.recipients == ["ada@example.org", "bo@example.org", "cy@example.org", "di@example.org"]
    mail = sink.message("ada@example.org")
    assert mail["Subject"] == "The shed key 🔑 has moved"
    assert "Bring it back" in mail.get_body(("html",)).get_content()
    assert "https://growers.example.org/door" in mail.get_body(("plain",)).get_content()


def test_an_announcement_sent_again_reaches_only_those_of_a_new_list(network, sink):
    network.write("notice.md", NOTICE)
    assert network.json("announce", "notice.md", "--to", "members")["accepted"] == 3
    again = network.json("announce", "notice.md", "--to", "members")
    assert (again["accepted_now"], len(sink.taken)) == (0, 3)
    assert "id:" in again["note"]
    wider = network.json("announce", "notice.md", "--to", "members", "board")
    assert wider["accepted_now"] == 1
    assert sink.recipients == ["ada@example.org", "bo@example.org", "cy@example.org", "di@example.org"]


def test_leaving_by_an_announcement_sent_to_two_lists_leaves_both(network, sink, visit):
    network.write("notice.md", NOTICE)
    network.json("announce", "notice.md", "--to", "members", "--to", "board")
    visit.post(unsubscribe_path(sink.message("ada@example.org")))
    lists = network.json("explain", "ada@example.org")["lists"]
    assert {name: one["status"] for name, one in lists.items()} == {"members": "unsubscribed", "board": "unsubscribed"}


def test_the_guard_stops_a_mailing_until_a_person_confirms(network, sink):
    network.json("lists", "apply")
    network.write("members.csv", "email,name\nada@example.org,Ada\n")
    refused = network.run("send", "weekly", "--at", network.at)
    assert (refused.code, sink.taken) == (1, [])
    assert '"members" would lose 2 of 3 people' in refused.err
    assert network.run_unanswered("lists", "apply").code == 1
    assert network.json("lists", "show", "members")["active"] == 3
    assert network.run("lists", "apply", "--yes").code == 0
    assert network.send()["accepted"] == 1


def test_a_bad_line_stops_a_mailing_with_its_place_and_changes_nothing(network, sink):
    network.json("lists", "apply")
    with (network.folder / "members.csv").open("a") as file:
        file.write("not an address,X\n")
    refused = network.run("send", "weekly", "--at", network.at)
    assert (refused.code, sink.taken) == (2, [])
    assert "members.csv, line 5: 'not an address'" in refused.err
    assert network.json("lists", "show", "members")["active"] == 3


@pytest.mark.parametrize(
    "words",
    [("send", "weekly"), ("send", "weekly", "--dry-run"), ("announce", "notice.md", "--to", "members", "--yes")],
)
def test_a_long_list_is_read_once_and_who_is_not_asked_waits_for_no_counting(network, sink, words):
    network.write("notice.md", NOTICE)
    path = network.folder / "members.csv"
    path.unlink()
    os.mkfifo(path)

    def give_once() -> None:
        with path.open("w") as pipe:
            pipe.write(MEMBERS)
            network.write("later.csv", "read a second time\n").replace(path)

    giving = threading.Thread(target=give_once)
    giving.start()
    done = network.run(*words, "--at", network.at, "--json")
    giving.join()
    assert done.code == 0, done.err
    assert (done.json["recipients"], len(sink.taken)) == (3, 0 if "--dry-run" in words else 3)


def test_a_file_that_is_no_announcement_or_a_list_that_is_none_says_so(network, sink):
    network.write("empty.md", "\n")
    done = network.run("announce", "empty.md", "--to", "members")
    assert (done.code, "empty.md" in done.err) == (2, True)
    network.write("notice.md", NOTICE)
    done = network.run("announce", "notice.md", "--to", "membrs")
    assert (done.code, "known: members, board" in done.err) == (2, True)
    done = network.run("announce", "notice.md")
    assert (done.code, "--to LIST" in done.err) == (2, True)
    assert network.run("announce", str(Path("none.md")), "--to", "members").code == 2
    assert sink.taken == []
