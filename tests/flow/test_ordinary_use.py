"""What ordinary use broke once: told, asked and shown as whoever uses it would expect."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from flow.test_people import unsubscribe_path

from digest.app import open_app
from digest.config import load_config
from digest.core import announcements, campaigns, people
from digest.core.announcements.mailing import plan
from digest.core.campaigns import sending, turns
from digest.model import ITSELF
from digest.store.outbox import chunks

CAMPAIGN = "weekly-2026-W48"
NOTICE = "---\nsubject: The shed key\npreheader: It has moved.\n---\nIt hangs by the door.\n"
LATER, NEXT_WEEK = "2026-11-24T08:00", "2026-11-30T08:00"


@pytest.fixture
def in_part(network, sink):
    """Two of three have got the edition; the third is deferred."""
    sink.reply = lambda to: "450 4.2.1 later" if to.startswith("bo") else "250 2.0.0 taken"
    network.send()
    sink.reply = lambda _: "250 2.0.0 taken"
    return network


def shown_next_week(network):
    sections = network.json("preview", "weekly", "--at", NEXT_WEEK)["sections"]
    return [item["key"] for section in sections for group in section["groups"] for item in group["items"]]


def test_what_somebody_got_of_a_cancelled_edition_is_not_new_again(in_part):
    before = shown_next_week(in_part)
    in_part.json("cancel", CAMPAIGN)
    assert shown_next_week(in_part) == before


def test_what_nobody_got_of_a_cancelled_edition_is_still_new(network):
    network.json("prepare", "weekly", "--at", network.at)
    network.json("cancel", CAMPAIGN)
    assert len(shown_next_week(network)) > 0


def test_cancelling_tells_who_has_it_and_wants_a_yes(in_part):
    refused = in_part.run_unanswered("cancel", CAMPAIGN)
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert in_part.json("report", CAMPAIGN)["status"] == "sending"
    assert "2 had got it" in in_part.json("cancel", CAMPAIGN)["note"]


@pytest.mark.parametrize("words", [("send", "weekly"), ("announce", "notice.md", "--to", "members")])
def test_without_a_terminal_what_asks_wants_a_yes_and_does_nothing(network, sink, words):
    network.write("notice.md", NOTICE)
    refused = network.run_unanswered(*words)
    assert (refused.code, "--yes" in refused.err, sink.taken) == (2, True, [])


def test_who_is_still_being_tried_does_not_keep_an_edition_in_sending_for_the_eye(in_part):
    assert "sent, 1 still being tried" in in_part.run("status").out
    assert in_part.json("report", CAMPAIGN)["status"] == "sending"  # which it is, for a script
    told = in_part.run("send", CAMPAIGN, "--at", "2026-11-23T08:05").err
    assert "`digest run` tries again by itself" in told


def test_status_tells_of_a_list_that_cannot_be_applied(network):
    network.json("lists", "apply")
    network.write("members.csv", "email,name\nno address,Ada\n")
    told = network.run("status")
    assert "members.csv, line 2" in told.err
    assert any("members.csv, line 2" in warning for warning in network.json("status")["warnings"])


def test_status_tells_of_a_change_that_waits_for_a_person(network):
    network.json("lists", "apply")
    network.write("members.csv", "email,name\nada@example.org,Ada\n")
    assert 'list "members" would lose 2 of 3 people' in network.run("status").err


def test_a_second_service_says_that_one_is_running(network):
    with network.process("run") as service:
        service.until("digest runs")
        second = network.run("run")
    assert (second.code, "`digest run` is running already" in second.err) == (1, True)


def test_a_table_wraps_by_words_and_never_cuts_a_key(network):
    title = "Notes on " + " ".join(["hedges"] * 30)
    network.write("posts.txt", f"{title}\n\nAdded by Una\n\nThey are alive.\n")
    network.json("collect", "--at", network.at)
    (item,) = network.json("items")
    lines = network.run("items").out.splitlines()
    assert any(line.rstrip().endswith(f"posts/{item['key']}") for line in lines)
    assert all(word in {"Notes", "on", "hedges"} for line in lines[4:] for word in line.split()[:4])
    (wide,) = [line for line in network.run("items", "--wide").out.splitlines() if item["key"] in line]
    assert title in wide


def test_an_item_that_is_not_known_is_called_an_item(network):
    network.json("collect", "--at", network.at)
    assert 'No item "news@example.org" is known' in network.run("items", "edit", "news@example.org", "--hide").err


def test_a_reader_who_is_not_known_is_told_so(network):
    assert (
        "di@example.org" not in network.run("preview", "weekly", "--as", "nobody@example.org", "--at", network.at).err
    )
    told = network.run("preview", "weekly", "--as", "nobody@example.org", "--at", network.at).err
    assert "nobody@example.org is on no list that was applied" in told


def test_explain_leaves_out_what_is_empty_and_tells_why_a_digest_does_not_reach_a_person(network):
    network.json("lists", "apply")
    cy = network.run("explain", "cy@example.org").out
    assert "suppressed" not in cy
    assert "weekly: out: no longer listed" in cy
    assert network.json("explain", "ada@example.org")["digests"] == {"weekly": "in"}


def test_a_day_is_told_as_that_day_and_a_time_without_microseconds(network):
    network.json("collect", "--at", network.at)
    key = next(item["key"] for item in network.json("items") if item["kind"] == "vacancy")
    told = network.run("items", "edit", key, "--closes", "2026-12-01").out
    assert "Tue 01 Dec 2026" in told
    assert "." not in network.json("items")[0]["first_seen_at"]


def test_a_plan_begins_with_its_totals_and_names_the_first_twenty(network):
    network.write("members.csv", "email\n" + "".join(f"m{number:02}@example.org\n" for number in range(30)))
    told = network.run("lists", "plan").out
    assert told.startswith("members: 30 added, 0 removed, 0 changed, 0 kept out")
    assert ("m19@example.org" in told, "m20@example.org" in told, "and 10 more" in told) == (True, False, True)
    assert "m29@example.org" in network.run("lists", "plan", "--all").out


def test_applying_wants_a_yes_and_nothing_to_apply_does_not(network):
    refused = network.run_unanswered("lists", "apply")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert network.run_unanswered("lists", "apply", "--yes").code == 0
    assert network.run_unanswered("lists", "apply").code == 0


def test_only_those_who_will_get_an_announcement_are_counted(network, sink, now):
    network.write("notice.md", NOTICE)
    with open_app(load_config(network.folder / "config.toml"), at=now) as app:
        notice = asyncio.run(announcements.draft(app, NOTICE, name="notice.md", list_names=["members"], now=now))
        assert announcements.reach(app, notice, now).people == 3
        assert people.list_sizes(app) == {}  # counted with what would be applied, and nothing of it is
        people.apply_lists(app, now, by=ITSELF)
        ada = people.members(app, "members")[0]
        people.leave_all(app, ada.subscriber_id, now, by=ITSELF)
        assert announcements.reach(app, notice, now).people == 2
        asyncio.run(announcements.announce(app, notice, now, by=ITSELF))
        assert announcements.reach(app, notice, now).people == 0
        wider = asyncio.run(
            announcements.draft(app, NOTICE, name="notice.md", list_names=["members", "board"], now=now)
        )
        assert announcements.reach(app, wider, now).people == 1  # Cy


def test_a_preheader_that_was_changed_after_sending_is_told_of(network, sink):
    network.write("notice.md", NOTICE)
    network.json("announce", "notice.md", "--to", "members")
    network.write("notice.md", NOTICE.replace("It has moved.", "It is not where it was."))
    again = network.json("announce", "notice.md", "--to", "members")
    assert (again["accepted_now"], "with its former preheader" in again["note"]) == (0, True)


def test_an_unsubscribe_page_says_who_has_left_that_they_have(network, sink, visit):
    network.send()
    path = unsubscribe_path(sink.message("ada@example.org"))
    asks = "Yes, unsubscribe me"
    assert asks in visit.get(path).text
    visit.post(path)
    page = visit.get(path).text
    assert (asks in page, "ada@example.org" in page) == (False, False)


def test_who_did_what_is_written_down(network, sink):
    network.json("prepare", "weekly", "--at", network.at)
    network.json("hold", CAMPAIGN)
    network.json("approve", CAMPAIGN)
    told = network.json("activity", CAMPAIGN)["activity"]
    assert [one["verb"] for one in told] == ["approve", "hold", "prepare"]
    assert {one["by"].partition(" ")[0] for one in told} == {"command"}
    network.json("send", CAMPAIGN, "--at", network.at)
    assert network.json("activity", CAMPAIGN)["activity"][0] | {"at": ""} == {
        "at": "",
        "by": "itself",
        "verb": "finish",
        "subject": CAMPAIGN,
        "detail": "",
    }
    assert "apply list" in network.run("activity").out


def test_the_former_name_of_the_organisers_is_read_with_a_hint(network):
    with (network.folder / "config.toml").open("a") as file:
        file.write('[[people]]\nemail = "ada@example.org"\n')
    told = network.run("check").out
    assert "is called" in told
    assert "[[organisers]]" in told


@pytest.fixture
def two(network, sink):
    """An edition for sixty and an announcement for one, over two connections and at a rate that takes its time."""
    network.write("members.csv", "email\n" + "".join(f"m{number}@example.org\n" for number in range(60)))
    network.change("config.toml", "[web]", 'connections = 2\nrate = "60/second"\n[web]')
    network.json("prepare", "weekly", "--at", network.at)
    network.json("approve", CAMPAIGN)
    with open_app(load_config(network.folder / "config.toml")) as app:
        notice = asyncio.run(announcements.draft(app, NOTICE, name="n.md", list_names=["board"], now=app.now))
        yield app, notice


def planned(app, notice):
    return plan(app, notice, app.now, by=ITSELF)


async def all_of(came):
    return [one async for one in came]


def test_an_announcement_does_not_wait_for_an_edition(two, sink):
    app, notice = two
    name = planned(app, notice).name
    came = asyncio.run(all_of(campaigns.send_due(app, app.now)))
    assert [(one.campaign, one.accepted_now) for one in came] == [(name, 2), (CAMPAIGN, 60)]
    order = [to for to, _ in sink.taken]
    assert order.index("ada@example.org") < 10


def test_what_is_let_go_meanwhile_begins_beside_what_is_under_way(two, sink, monkeypatch):
    app, notice = two
    monkeypatch.setattr(sending, "_LOOK_EVERY", 0.01)

    def taken(_to):
        if len(sink.taken) == 3:
            planned(app, notice)
        return "250 2.0.0 taken"

    sink.reply = taken
    came = asyncio.run(all_of(campaigns.send_due(app, app.now)))
    assert [one.accepted_now for one in came] == [2, 60]
    assert [to for to, _ in sink.taken].index("ada@example.org") < 30


def test_a_small_campaign_waits_for_no_large_one_where_there_is_room_for_one(network, sink, monkeypatch):
    for place, name, value in ((sending, "_LOOK_EVERY", 0.01), (turns, "_TURN", 0), (turns, "_REST", 0)):
        monkeypatch.setattr(place, name, value)
    monkeypatch.setattr(chunks, "SIZE", 5)
    network.write("members.csv", "email\n" + "".join(f"m{number}@example.org\n" for number in range(60)))
    network.change("config.toml", "[web]", 'connections = 1\nrate = "60/second"\n[web]')
    with open_app(load_config(network.folder / "config.toml")) as app:
        large, small = (
            asyncio.run(announcements.draft(app, words, name="n.md", list_names=[to], now=app.now))
            for words, to in ((f"{NOTICE} All, please.", "members"), (NOTICE, "board"))
        )
        planned(app, large)

        def taken(_to):
            if len(sink.taken) == 3:
                planned(app, small)
            return "250 2.0.0 taken"

        sink.reply = taken
        came = asyncio.run(all_of(campaigns.send_due(app, app.now)))
    order = [to for to, _ in sink.taken]
    assert order.index("ada@example.org") < 20
    assert Counter(order).most_common(1) == [(order[0], 1)]
    assert len(order) == sum(one.accepted_now for one in came) == 62
    assert [one.standing for one in came][-1] == "sent"


@pytest.mark.sqlite
def test_a_campaign_that_another_process_sends_is_no_failure(two, sink):
    app, _ = two
    with closing(sqlite3.connect(app.config.base / "var/digest.sqlite")) as connection:
        ((number,),) = connection.execute("SELECT id FROM campaigns").fetchall()
    with app.store.exclusive(f"campaign-{number}"):
        assert asyncio.run(all_of(campaigns.send_due(app, app.now))) == []
    assert sink.taken == []
