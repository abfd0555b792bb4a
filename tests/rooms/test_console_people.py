"""The console's people: found by any part of what is known, one of them, and what can be done for them."""

import asyncio
import json
import re

import pytest
from console_visit import ADMIN, ORGANISER, network, signed_in, text_of
from people_pages import everything_kept
from sqlalchemy import text

from digest.core import announcements, campaigns, organisers, people
from digest.model import ITSELF, Recipient
from digest.store import people as stored
from digest.store.people.search import catch_up, is_behind, queries, search

NOTICE = "---\nsubject: Keys\npublic: no\n---\n\n# Keys\n\nWho has the keys?\n"


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now) as opened:
        yield opened


@pytest.fixture
def admin(app):
    return signed_in(app, ADMIN)


def number(app, address):
    with app.store.read() as connection:
        return stored.find(connection, address)[0]


def page_of(app, address):
    return f"/console/people/{number(app, address)}"


def found(store, needle, **options):
    with store.write() as connection:
        if is_behind(connection):
            catch_up(connection)
        return [one.recipient.address for one in search(connection, needle, limit=50, **options)]


def listed(store, now, *told, name="members"):
    people_ = [Recipient(address=address, name=called, fields=fields) for address, called, fields in told]
    with store.write() as connection:
        stored.subscribe(
            connection,
            stored.ensure_list(connection, name, name),
            people_,
            now,
            agreed=True,
            origin=stored.BroughtBy.ORGANISER,
        )


PEOPLE = (
    ("ada.thorn@growers.example.org", "Ada Thorn", {"region": "Fife"}),
    ("bo@elsewhere.example", "Bo Élan", {"region": "Ynys Môn", "role": 'of "all" 50%_'}),
    ("cy@growers.example.org", "", {}),
)


@pytest.mark.parametrize(
    ("needle", "who"),
    [
        ("thorn", "a"),
        ("THORN", "a"),
        ("growers", "ac"),
        ("wers.exam", "ac"),
        ("ada fife", "a"),
        ("fife bo", ""),
        ("élan", "b"),
        ("ÉLAN", "b"),
        ("môn", "b"),
        ("mô", "b"),
        ("cy", "c"),
        ("@", "abc"),
        ("50%_", "b"),
        ('"all"', "b"),
        ("%", "b"),
        ("region", ""),  # the name of a field is nobody's
        ("nobody", ""),
        ("thorn OR bo", ""),
        ("-thorn*", ""),
        ("", "abc"),
    ],
)
def test_people_are_found_by_any_part_of_address_name_and_fields(store, now, needle, who):
    listed(store, now, *PEOPLE)
    assert sorted(address[0] for address in found(store, needle)) == list(who)


def test_people_are_found_by_what_they_are_called_now_and_only_on_the_lists_one_has(store, now):
    listed(store, now, *PEOPLE)
    assert found(store, "thorn")
    listed(store, now, ("ada.thorn@growers.example.org", "Ada Sloe", {"region": "Angus"}), name="board")
    assert (found(store, "sloe angus"), found(store, "fife")) == (["ada.thorn@growers.example.org"], [])
    assert found(store, "example", list_names=["board"]) == ["ada.thorn@growers.example.org"]
    assert found(store, "example", list_names=[]) == []


def test_two_letters_lead_also_to_who_came_long_before_thousands_of_others(store, now):
    listed(store, now, ("bo@example.org", "Bo Qx", {"region": "Quiz"}), ("cy@example.org", "Cy", {"region": "Box"}))
    listed(store, now, *((f"one.{number}@example.org", "One", {}) for number in range(3_100)))
    assert (found(store, "qx"), found(store, "ox"), found(store, "uj")) == (["bo@example.org"], ["cy@example.org"], [])
    assert found(store, "bo qx q") == ["bo@example.org"]


def test_whoever_is_put_on_a_list_is_in_the_index_at_once(store, now):
    listed(store, now, *PEOPLE)
    with store.read() as connection:
        assert not is_behind(connection)
        assert [one.recipient.name for one in search(connection, "thorn", limit=5)] == ["Ada Thorn"]


@pytest.mark.parametrize(
    "store_url", [pytest.param("postgresql", marks=pytest.mark.service("postgresql"))], indirect=True
)
def test_postgresql_looks_into_its_index_of_letters(store, now):
    listed(store, now, *PEOPLE)
    with store.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        query = next(queries(connection, ["thorn"], None))
        plan = connection.execute(text(f"EXPLAIN {query.compile(connection, compile_kwargs={'literal_binds': True})}"))
        assert "ix_subscribers_said" in "\n".join(plan.scalars())


def test_who_is_forgotten_is_found_no_more_and_nothing_in_the_index_leads_to_them(store, now):
    listed(store, now, *PEOPLE)
    assert found(store, "thorn")
    with store.write() as connection:
        stored.forget(connection, PEOPLE[0][0], now)
    for needle in ("thorn", "ada", "fife", "forgotten", ""):
        assert not [one for one in found(store, needle) if "bo@" not in one and "cy@" not in one]


def test_a_person_is_found_and_their_page_says_why_they_do_not_get_it(app, admin):
    answer = admin.get("/console/people?q=fife")
    (href,) = re.findall(r'href="(/console/people/\d+)"', answer.text)
    assert href == page_of(app, "bo@example.org")
    assert "They get the next edition." in text_of(admin.get(href))
    assert (
        admin.post(f"{href}/unsubscribe", data={"list": "members"}).headers["location"] == f"{href}?done=unsubscribed"
    )
    told = text_of(admin.get(href))
    assert "They left its list by their own word" in told
    assert "organiser ada@example.org" in told  # the journal says by whom
    assert "Minutes They get the next edition." in told


def test_an_address_is_suppressed_and_lifted_by_an_admin(app, admin):
    href = page_of(app, "cy@example.org")
    assert admin.post(f"{href}/suppress", data={"reason": "asked by telephone"}).status_code == 303
    assert "Their address is not mailed at all." in text_of(admin.get(href))
    assert "asked by telephone" in text_of(admin.get(href))
    assert admin.post(f"{href}/lift").status_code == 303
    assert "not mailed at all" not in text_of(admin.get(href))


def test_somebody_is_invited_and_the_mail_goes_at_once(app, admin):
    asked = {"email": "new@example.org", "name": "New", "list": "members"}
    assert admin.post("/console/people/invite", data=asked).headers["location"] == "/console/people?done=invited"
    assert len(list((app.mailbox / "new").iterdir())) == 1
    href = page_of(app, "cy@example.org")
    assert admin.post(f"{href}/invite", data={"list": "members"}).headers["location"].endswith("done=on_it_already")
    assert "That is no address" in text_of(admin.post("/console/people/invite", data=asked | {"email": "x y"}))


def test_who_left_or_was_forgotten_is_invited_only_where_it_is_meant(app, admin):
    people.leave(app, "cy@example.org", app.now, by=ITSELF, name="members")
    people.forget(app, "bo@example.org", app.now, by=ITSELF)
    client, href = signed_in(app, ORGANISER), page_of(app, "cy@example.org")
    for who, email, told in (
        (client, "cy@example.org", "left_before"),
        (admin, "bo@example.org", "forgotten_before"),
        (client, "bo@example.org", "invited_unless"),
    ):
        asked = {"email": email, "list": "members"}
        assert who.post("/console/people/invite", data=asked).headers["location"].endswith(f"?done={told}")
    assert client.post(f"{href}/invite", data={"list": "members"}).headers["location"] == f"{href}?done=left_before"
    assert "tick that it is meant" in text_of(client.get(f"{href}?done=left_before"))
    assert not app.mailbox.exists()
    meant = client.post(f"{href}/invite", data={"list": "members", "meant": "yes"})
    assert meant.headers["location"] == f"{href}?done=invited"
    assert len(list((app.mailbox / "new").iterdir())) == 1


def test_an_invitation_tells_an_organiser_nothing_of_other_lists(app):
    client = signed_in(app, ORGANISER)
    people.suppress(app, "dee@example.org", app.now, by=ITSELF, reason="a quarrel")
    people.suppress(app, "cy@example.org", app.now, by=ITSELF, reason="moved away")
    for email in ("dee@example.org", "nobody@example.org", "y@example.org"):  # the last stands within an address
        answer = client.post("/console/people/invite", data={"email": email, "list": "members"})
        assert answer.headers["location"] == "/console/people?done=invited_unless"
    assert "goes out, unless" in text_of(client.get(answer.headers["location"]))
    own = client.post("/console/people/invite", data={"email": "cy@example.org", "list": "members"})
    assert "moved away" in text_of(own)


def test_an_organiser_sees_and_finds_of_a_person_what_their_own_lists_keep(app, admin, now):
    listed(app.store, now, ("bo@example.org", "Bo", {"region": "Fife", "salary": "a lot"}))
    client, href = signed_in(app, ORGANISER), page_of(app, "bo@example.org")
    for who, sees in ((admin, True), (client, False)):
        pages = [who.get(path).text for path in ("/console/people?q=fife", href)]
        assert ["a lot" in page for page in pages] == [sees, sees]
        assert all("Fife" in page for page in pages)
        assert ('<span class="badge" dir="auto">The board</span>' in pages[0]) is sees
        assert (href in who.get("/console/people?q=lot").text) is sees


async def test_what_somebody_was_sent_is_shown_and_sent_again(app, now):
    draft = await announcements.draft(app, NOTICE, name="keys.md", list_names=["members"], now=now, by=ITSELF)
    sent = await announcements.announce(app, draft, now, by=ITSELF)
    name = sent.report.campaign
    for who in (ADMIN, ORGANISER):
        client, href = await asyncio.to_thread(signed_in, app, who), page_of(app, "bo@example.org")
        page = await asyncio.to_thread(client.get, href)
        assert f'<a href="/console/campaigns/{name}" dir="auto">Keys</a>' in page.text
        assert name not in text_of(page)
        before = len(list((app.mailbox / "new").iterdir()))
        again = await asyncio.to_thread(client.post, f"{href}/resend", data={"campaign": name})
        assert again.headers["location"] == f"{href}?done=resent"
        assert len(list((app.mailbox / "new").iterdir())) == before + 1
    assert campaigns.lists_of(app, {name, "none"}) == {name: ("members",)}
    assert campaigns.subjects(app, {name, "none"}) == {name: "Keys", "none": "none"}


def test_all_that_is_held_is_exported(app, admin):
    document = json.loads(admin.get(f"{page_of(app, 'bo@example.org')}/export").text)
    assert document["email" if "email" in document else "address"] == "bo@example.org"
    assert document["lists"]["board"]["status"] == "active"


def test_a_person_is_forgotten_once_their_address_is_typed(app, admin):
    href = page_of(app, "bo@example.org")
    before = everything_kept(app)
    refused = admin.post(f"{href}/forget", data={"typed": "bo@example.com"})
    assert (refused.status_code, everything_kept(app) == before) == (422, True)
    assert admin.post(f"{href}/forget", data={"typed": " bo@example.org"}).status_code == 303
    assert admin.get(href).status_code == 404
    assert "bo@example.org" not in repr(everything_kept(app))


def test_what_the_files_would_change_is_shown_and_only_that_is_applied(app, admin):
    people.leave(app, "cy@example.org", app.now, by=ITSELF, name="members")
    with app.store.write() as connection:
        stored.subscribe(
            connection,
            stored.known_lists(connection)["board"],
            [Recipient(address="old@example.org")],
            app.now,
            origin=stored.BroughtBy.FILE,
        )
    page = admin.get("/console/people/lists")
    told = text_of(page)
    assert "1 person would be taken off" in told
    assert "old@example.org" in told
    assert "1 person stands in a file and stays away" not in told  # of a list that nothing else is changed on
    seal = re.search(r'name="seal" value="(\w+)"', page.text)[1]
    other = admin.post("/console/people/lists", data={"seal": "0" * 64})
    assert other.headers["location"].endswith("done=lists_changed")
    applied = admin.post("/console/people/lists", data={"seal": seal, "confirmed": "yes"})
    assert applied.headers["location"].endswith("done=lists_applied")
    assert "Nothing: the lists are as the files say." in text_of(admin.get("/console/people/lists"))
    assert "lists" not in organisers.latest_activity(app, limit=1)[0].by.name


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e{{ 7 * 7 }}'


def test_names_fields_and_reasons_stay_text_on_every_page(app, admin, now):
    address = "evil@example.org"
    listed(app.store, now, (address, HOSTILE, {"region": HOSTILE}))
    people.suppress(app, address, now, by=ITSELF, reason=HOSTILE[:60])
    with app.store.write() as connection:
        stored.journal.record(connection, address, stored.Consent(at=now, verb="subscribe", how=HOSTILE))
    href = page_of(app, address)
    for path in (
        "/console",
        "/console/people",
        "/console/people?q=evil",
        f"/console/people?q={HOSTILE}",
        href,
        "/console/activity",
        "/console/sessions",
        f"/console/activity?about={HOSTILE}&by={HOSTILE}&verb=x",
    ):
        text = admin.get(path).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert not re.search(r"\b49\b", text), path
    assert "&lt;script&gt;" in admin.get(href).text
