"""Signing in to the console: the mailed link, its one use, the cookie behind it, and where requests come from."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from console_visit import ADMIN, EDITOR, HOST, OURS, browser, network, off_the_loop, signed_in, text_of
from sqlalchemy import select

from digest.core import organisers
from digest.errors import UsageError
from digest.model import ITSELF
from digest.store.tables import sessions, sign_ins


@pytest.fixture
def app(tmp_path, now, empty_store):
    with network(tmp_path, now) as opened:
        yield opened


def letters(app):
    """The mails in the embedded mailbox: to whom, and their text."""
    paths = sorted((app.mailbox / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
    return [(mail["To"], mail.get_body(("plain",)).get_content()) for mail in mails]


def mailed_link(app):
    return re.search(rf"{HOST}(/console/sign-in/\S+)", letters(app)[-1][1])[1]


def asked(app, client, email=ADMIN, **fields):
    assert client.post("/console/sign-in", data={"email": email, **fields}).status_code == 200
    return mailed_link(app)


def kept(app, table):
    with app.store.read() as connection:
        return connection.execute(select(table)).all()


def later(app, **after):
    return replace(app, clock=lambda at=app.now + timedelta(**after): at)


def test_the_mailed_link_and_one_button_sign_in_and_lead_to_the_page_that_was_wanted(app):
    client = browser(app)
    turned = client.get("/console/sessions?x=1")
    assert turned.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fsessions%3Fx%3D1"
    assert 'value="/console/sessions?x=1"' in client.get(turned.headers["location"]).text
    link = asked(app, client, email=ADMIN.upper(), next="/console/sessions?x=1")
    assert letters(app)[0][0].endswith(f"<{ADMIN}>")  # as config.toml has it, not as it was typed
    assert client.get(link).status_code == 200
    assert not kept(app, sessions)  # looking at it is no use of it
    entered = client.post(link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/sessions?x=1")
    assert "This browser" in text_of(client.get("/console/sessions"))


def test_the_cookie_is_for_this_very_host_and_no_script_and_only_its_hash_is_kept(app):
    client = browser(app)
    cookie = client.post(asked(app, client)).headers.get_list("set-cookie")[0]
    assert re.match(r"__Host-digest=[\w-]{43}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure$", cookie)
    secrets = re.findall(r"=([\w-]{43})", cookie)
    rows = repr(kept(app, sessions)) + repr(kept(app, sign_ins))
    assert not [secret for secret in secrets if secret in rows]


def test_every_address_gets_the_same_answer_and_only_an_organisers_a_mail(app):
    answers = []
    for email in (ADMIN, "bo@example.org", "nobody@example.org", "no address", ""):
        answer = browser(app).post("/console/sign-in", data={"email": email})
        answers.append(
            (answer.status_code, re.sub(r"nonce(-|=\")[\w-]+", "", answer.text), "set-cookie" in answer.headers)
        )
    assert len(set(answers)) == 1
    assert len(letters(app)) == 1


def test_a_link_works_once(app):
    client = browser(app)
    link = asked(app, client)
    assert client.post(link).status_code == 303
    again = client.post(link)
    assert (again.status_code, len(kept(app, sessions))) == (410, 1)


def test_a_link_works_for_minutes(app):
    client = browser(app)
    link = asked(app, client)
    for minutes, status in ((16, 410), (14, 303)):
        late = browser(later(app, minutes=minutes))
        late.cookies = client.cookies
        assert late.post(link).status_code == status


def test_a_link_works_in_the_browser_that_asked_and_is_not_spent_by_another(app):
    client, other = browser(app), browser(app)
    link = asked(app, client)
    assert "another browser" in text_of(other.post(link))
    other.post("/console/sign-in", data={"email": EDITOR})  # has a cookie of its own by now
    assert other.post(link).status_code == 403
    assert client.post(link).status_code == 303


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é", "A" * 4000])
def test_a_guessed_link_is_like_a_used_one(app, token):
    assert browser(app).post(f"/console/sign-in/{token}").status_code == 410


def test_a_link_that_a_command_made_works_in_any_browser_once(app):
    link = organisers.sign_in_link(app, ADMIN, app.now, by=ITSELF).removeprefix(HOST)
    assert browser(app).post(link).status_code == 303
    assert browser(app).post(link).status_code == 410
    with pytest.raises(UsageError, match=r"bo@example\.org is no organiser's; known: ada@example\.org, "):
        organisers.sign_in_link(app, "bo@example.org", app.now, by=ITSELF)


def test_who_is_no_organiser_any_more_is_out_at_the_next_request_and_their_link_is_none(app):
    client = signed_in(app, ADMIN)
    link = organisers.sign_in_link(app, ADMIN, app.now, by=ITSELF).removeprefix(HOST)
    without = app.config.model_copy(update={"organisers": app.config.organisers[1:]})
    smaller = browser(replace(app, config=without))
    smaller.cookies = client.cookies
    assert smaller.get("/console").status_code == 303
    assert smaller.post(link).status_code == 410
    assert client.get("/console").status_code == 200


@pytest.mark.parametrize(("after", "status"), [({"days": 6}, 200), ({"days": 8}, 303)])
def test_a_session_that_is_not_used_is_over(app, after, status):
    client = signed_in(app, ADMIN)
    late = browser(later(app, **after))
    late.cookies = client.cookies
    assert late.get("/console").status_code == status


def test_a_session_that_is_used_is_over_after_a_month_all_the_same(app):
    client = signed_in(app, ADMIN)
    seen = []
    for days in range(0, 40, 5):
        late = browser(later(app, days=days))
        late.cookies = client.cookies
        seen.append(late.get("/console").status_code)
    assert seen == [200] * 6 + [303] * 2


def test_sessions_are_ended_one_by_one_and_all_at_once_and_nobody_elses(app):
    here, there, other = signed_in(app, ADMIN), signed_in(app, ADMIN), signed_in(app, EDITOR)
    ids = {row.address_key: row.id for row in reversed(kept(app, sessions))}
    assert here.post(f"/console/sessions/{ids[EDITOR]}/end").status_code == 303  # it is not theirs, and stays
    assert other.get("/console").status_code == 200
    second = kept(app, sessions)[1].id
    assert here.post(f"/console/sessions/{second}/end").headers["location"] == "/console/sessions?done=session_ended"
    assert (here.get("/console").status_code, there.get("/console").status_code) == (200, 303)
    link = organisers.sign_in_link(app, ADMIN, app.now, by=ITSELF).removeprefix(HOST)
    assert "__Host-digest=" in here.post("/console/sessions/end").headers["set-cookie"]
    assert here.get("/console").status_code == 303
    assert browser(app).post(link).status_code == 410
    assert other.post("/console/sign-out").status_code == 303
    assert not kept(app, sessions)
    done = [one.verb for one in organisers.latest_activity(app, limit=3)]
    assert done == ["sign out", "sign out everywhere", "make sign-in link"]


def test_an_ended_cookie_that_was_copied_opens_nothing(app):
    client = signed_in(app, ADMIN)
    copied = dict(client.cookies)
    client.post("/console/sign-out")
    thief = browser(app)
    thief.cookies.update(copied)
    assert thief.get("/console").status_code == 303


def test_links_to_one_address_are_few_from_one_network_and_the_owner_still_gets_one_from_theirs(app):
    for _ in range(7):
        browser(app).post("/console/sign-in", data={"email": ADMIN})
    assert len(letters(app)) == 5
    browser(app, network="203.0.113.9").post("/console/sign-in", data={"email": ADMIN})
    assert len(letters(app)) == 6


def ask_all_day(app, *networks, each=10):
    """Somebody who knows an organiser's address asks for links, as often as a network may; afterwards the app."""
    for count in range(each):
        at = later(app, minutes=20 * count)
        for one in networks:
            browser(at, network=one).post("/console/sign-in", data={"email": ADMIN})
    return at


def test_who_asks_all_day_from_one_network_keeps_no_organiser_out(app):
    at = ask_all_day(app, "198.51.100.7", each=40)
    assert len(letters(app)) == 10
    browser(at, network="203.0.113.9").post("/console/sign-in", data={"email": ADMIN})
    assert len(letters(app)) == 11


def test_who_asks_all_day_from_many_networks_keeps_out_no_organiser_who_signed_in_from_theirs(app):
    signed_in(app, ADMIN, network="203.0.113.9").post("/console/sign-out")
    at = ask_all_day(app, "198.51.100.7", "192.0.2.7", "100.64.0.7", each=11)
    assert len(letters(app)) == 30
    for own, sent in (("100.64.9.7", 30), ("203.0.113.200", 31)):
        browser(at, network=own).post("/console/sign-in", data={"email": ADMIN})
        assert len(letters(app)) == sent


def test_a_link_is_written_down_beside_the_loop_so_that_no_waiting_tells_whose_address_is_known(app):
    browser(off_the_loop(app)).post("/console/sign-in", data={"email": ADMIN})
    assert len(letters(app)) == 1


def test_asking_and_trying_too_often_is_told(app):
    client = browser(app)
    assert [client.post("/console/sign-in", data={"email": "x"}).status_code for _ in range(31)][-1] == 429
    assert [client.post("/console/sign-in/x").status_code for _ in range(61)][-1] == 429


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/console/people?q=a", "/console/people?q=a"),
        ("//evil.example", "/console"),
        ("https://evil.example/console", "/console"),
        ("/console/\\evil.example", "/console"),
        ("/consoleevil", "/console"),
        ("/console/sign-in/x", "/console"),
        ("/console/\r\nSet-Cookie: a=b", "/console"),
    ],
)
def test_after_signing_in_one_is_led_to_a_page_of_the_console_only(app, wanted, led):
    client = browser(app)
    assert client.post(asked(app, client, next=wanted)).headers["location"] == led


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": HOST}, 403),
        ({"sec-fetch-site": ""}, 403),
        ({"origin": HOST}, 303),
        ({"origin": "https://digest.example.org:443"}, 403),
        ({"origin": "http://digest.example.org"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://digest.example.org.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "://digest.example.org"}, 403),
        ({}, 403),
    ],
)
def test_what_changes_something_has_to_come_from_our_own_page(app, headers, status):
    client = signed_in(app, ADMIN)
    client.headers.pop("sec-fetch-site")
    assert client.post("/console/sessions/end", headers=headers).status_code == status
    assert bool(kept(app, sessions)) is (status == 403)


def test_pages_can_be_opened_from_anywhere_and_say_what_a_browser_may_do_there(app):
    answer = signed_in(app, ADMIN).get("/console", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"nonce-([\w-]{22})'", policy)[1] in answer.text
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "same-origin")
    assert not re.search(r"<script(?![^>]*src=\"/console/static/)|\son\w+=|style=", answer.text)


def test_what_was_written_when_the_session_was_over_is_handed_back_to_be_sent_again(app):
    answer = browser(app).post("/console/sessions/end", data={"text": 'a "draft" <of> mine'})
    assert answer.status_code == 401
    assert 'name="text" value="a &#34;draft&#34; &lt;of&gt; mine"' in answer.text


def test_a_script_of_ours_is_told_plainly_that_the_session_is_over(app):
    answer = browser(app).get("/console", headers={"sec-fetch-dest": "empty"})
    assert (answer.status_code, answer.text) == (401, "Signed out\n")


def test_without_https_the_cookies_have_names_that_a_browser_takes(tmp_path, now):
    from console_visit import CONFIG  # noqa: PLC0415

    with network(tmp_path, now, config=CONFIG.replace("url = ", "# url = ")) as app:
        client = browser(app, host="http://127.0.0.1:0", headers=OURS)
        link = organisers.sign_in_link(app, ADMIN, app.now, by=ITSELF)
        cookie = client.post(link).headers["set-cookie"]
    assert cookie.startswith("digest-console=")
    assert "Secure" not in cookie


def test_what_was_done_is_told_by_a_fixed_phrase_and_never_by_words_of_the_address(app):
    client = browser(app)
    assert "You are signed out." in text_of(client.get("/console/sign-in?done=signed_out"))
    assert "evil" not in client.get("/console/sign-in?done=evil+words").text
