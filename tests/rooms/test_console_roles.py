"""Who reaches what of the console: the whole table of routes, walked by everybody and by nobody."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from console_visit import WHO, browser, network, signed_in
from people_pages import everything_kept
from starlette.routing import Route

from digest.core.organisers import may, reaches
from digest.errors import NotAllowedError
from digest.model import Organiser, Role
from digest.web import create_web
from digest.web.console.guard import ConsoleRoute


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with network(
        tmp_path_factory.mktemp("network"), datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/London"))
    ) as one:
        yield one


@pytest.fixture(scope="module")
def table(app):
    """Every route of the console: (method, an address of it, the role it asks for)."""
    routes = [route for route in create_web(app).routes if isinstance(route, ConsoleRoute)]
    return [
        (method, re.sub(r"{\w+(:\w+)?}", lambda kind: "1" if kind[1] else "weekly-2026-W48", route.path), route.role)
        for route in routes
        for method in sorted(route.methods - {"HEAD"})
    ]


def asks_to_sign_in(answer):
    return answer.status_code == 401 or answer.headers.get("location", "").startswith("/console/sign-in")


def alike(answer):
    """A page without its nonce, and without where one is."""
    return re.sub(r'nonce="[^"]+"| aria-current="page"', "", answer.text)


def test_nothing_of_the_console_is_reached_by_another_kind_of_route(app):
    inside = [one for one in create_web(app).routes if isinstance(one, Route) and one.path.startswith("/console")]
    assert [one.path for one in inside if not isinstance(one, ConsoleRoute)] == ["/console/static/{name}"]


def test_nobody_reaches_anything_but_the_way_in(app, table):
    before = everything_kept(app)
    client = browser(app)
    for method, path, role in table:
        answer = client.request(method, path)
        assert asks_to_sign_in(answer) is (role is not None), (method, path)
        assert "script-src 'self'" in answer.headers["content-security-policy"], (method, path)
    assert everything_kept(app) == before


def test_a_made_up_cookie_is_nobodys(app, table):
    client = browser(app)
    client.cookies.set("__Host-digest", "A" * 43)
    assert all(asks_to_sign_in(client.request(method, path)) for method, path, role in table if role is not None)


@pytest.mark.parametrize("who", ["editor", "organiser"])
def test_what_asks_for_a_higher_role_is_not_there_for_a_lower_one_and_changes_nothing(app, table, who):
    client = signed_in(app, WHO[who])
    higher = [(method, path) for method, path, role in table if role is not None and not Role(who).includes(role)]
    before = everything_kept(app)
    nowhere = client.get("/console/people/999999")
    for method, path in higher:
        answer = client.request(method, path)
        assert answer.status_code == 404, (method, path)
        assert alike(answer) == alike(nowhere), (method, path)  # as what does not exist
    assert everything_kept(app) == before
    assert higher


@pytest.mark.parametrize("who", WHO)
def test_every_page_without_a_number_answers_whom_it_is_for(app, table, who):
    client = signed_in(app, WHO[who])
    pages = [
        path
        for method, path, role in table
        if method == "GET" and role and Role(who).includes(role) and not re.search(r"1|weekly", path)
    ]
    assert "/console" in pages
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)


def test_nothing_that_another_site_sends_in_an_organisers_browser_is_done(app, table):
    client = signed_in(app, WHO["admin"], headers={"sec-fetch-site": "same-origin"})
    before = everything_kept(app)
    for site in ("cross-site", "same-site"):
        for method, path, _ in table:
            if method != "GET":
                answer = client.request(
                    method, path, headers={"sec-fetch-site": site, "origin": "https://evil.example"}
                )
                assert answer.status_code == 403, (method, path)
    assert everything_kept(app) == before


MAX = Organiser(email="max@example.org", role=Role.ORGANISER, lists=("members", "board"))
EVE = Organiser(email="eve@example.org", role=Role.EDITOR)
ADA = Organiser(email="ada@example.org", role=Role.ADMIN)


@pytest.mark.parametrize(
    ("who", "verb", "lists", "allowed"),
    [
        (MAX, "approve", ("members",), True),
        (MAX, "approve", ("members", "board"), True),
        (MAX, "approve", ("members", "staff"), False),  # all of them have to be theirs
        (MAX, "approve", (), False),
        (MAX, "forget", ("members",), False),
        (MAX, "something new", ("members",), True),
        (EVE, "review", ("anything",), True),
        (EVE, "review", (), True),
        (EVE, "approve", ("anything",), False),
        (EVE, "something new", ("anything",), False),
        (Organiser(email="x@example.org", role=Role.EDITOR, lists=("board",)), "review", ("members",), False),
        (Organiser(email="x@example.org", role=Role.ORGANISER), "see", ("members",), False),
        (ADA, "forget", (), True),
        (ADA, "approve", ("staff",), True),
    ],
)
def test_what_somebody_may_is_told_by_their_role_and_their_lists(who, verb, lists, allowed):
    try:
        may(who, verb, lists)
    except NotAllowedError:
        assert not allowed
    else:
        assert allowed
    assert reaches(ADA, lists)


def test_the_page_of_another_lists_person_is_as_if_there_were_none(app):
    client = signed_in(app, WHO["organiser"])
    assert client.get("/console/people/3").status_code == 404  # dee, of the board alone
    assert client.get("/console/people/1").status_code == 200
    assert "dee@" not in client.get("/console/people?q=dee").text
    assert "The board" not in client.get("/console/people/1").text  # bo is on it, too
    for verb, form in (
        ("unsubscribe", {"list": "board"}),
        ("invite", {"list": "board"}),
        ("resend", {"campaign": "minutes-2026-W48"}),
    ):
        assert client.post(f"/console/people/1/{verb}", data=form).status_code == 404, verb
    assert client.post("/console/people/3/unsubscribe", data={"list": "members"}).status_code == 404
    assert client.get("/console").status_code == 200


def test_a_number_that_no_store_can_hold_is_nobodys(app):
    client = signed_in(app, WHO["admin"])
    for number in ("9" * 18, "9" * 19, "9" * 40, "9" * 5000):
        for path in ("/console/people", "/console/announcements"):
            assert client.get(f"{path}/{number}").status_code == 404
        assert client.post(f"/console/sessions/{number}/end").status_code in {303, 404}


def test_an_address_of_the_console_that_leads_nowhere_stays_within_it(app):
    client = signed_in(app, WHO["editor"])
    for answer in (client.get("/console/nowhere/at/all"), client.post("/console/nowhere")):
        assert answer.status_code == 404
        assert 'href="/console/editions"' in answer.text
    assert browser(app).get("/console/nowhere").headers["location"] == "/console/sign-in?next=%2Fconsole%2Fnowhere"
