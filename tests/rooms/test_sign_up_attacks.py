"""Floods, programs, and what they type: a sign-up form is open to everybody."""

from contextlib import closing

import pytest
from sign_up_visit import ADA, DAY, LINK, SECOND, Visit, heading, seal_in, text_of, visiting

from digest.core import people as verbs
from digest.model import ITSELF

EVIL = "http://evil.example/win <b>now</b>"


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        yield visit


def flood(visit, addresses, *, network="", lists=("members",)):
    """Ask without a browser; how many were taken."""
    asked = [verbs.ask(visit.app, one, visit.app.now, lists=lists, network=network) for one in addresses]
    return asked.count(verbs.Asked.TAKEN)


def due(visit):
    with visit.app.store.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM sign_ups WHERE letter_at IS NOT NULL").scalar()


def kept(visit):
    with visit.app.store.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM sign_ups").scalar()


@pytest.fixture
def quick(visit):
    """Without waiting for the disk, which is not what is tried here."""
    with closing(visit.app.store.engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA synchronous=OFF")
    return visit


@pytest.mark.sqlite
def test_ten_thousand_requests_for_one_address_from_one_network_bring_it_three_letters(quick):
    assert flood(quick, [ADA] * 10_000, network="203.0.113.0/24") == 50
    assert (due(quick), kept(quick)) == (3, 50)
    assert flood(quick, ["bea@example.org"], network="198.51.100.0/24") == 1


@pytest.mark.sqlite
def test_a_flood_for_one_address_from_everywhere_ends_at_the_sites_share(quick):
    assert flood(quick, [ADA] * 1_100) == 1_000
    assert (due(quick), kept(quick)) == (3, 1_000)


@pytest.mark.sqlite
def test_a_flood_for_one_domain_brings_it_two_hundred_letters(quick):
    flood(quick, (f"member{n}@example.org" for n in range(1_100)))
    assert (due(quick), kept(quick)) == (200, 1_000)


@pytest.mark.sqlite
def test_a_flood_from_one_network_does_not_end_at_its_first_domain(quick):
    assert flood(quick, (f"member{n}@domain{n}.example.org" for n in range(60)), network="203.0.113.0/24") == 50
    assert due(quick) == 50


def test_after_a_day_the_flood_is_forgotten(visit):
    flood(visit, [ADA] * 5)
    assert due(visit) == 3
    visit.wait(DAY + SECOND)
    flood(visit, [ADA])
    assert due(visit) == 4


def test_a_network_is_told_that_it_had_its_share_and_another_is_served(visit):
    answers = [visit.ask(f"member{n}@domain{n}.example.org", after=3 * SECOND) for n in range(52)]
    assert [answer.status_code for answer in answers] == [200] * 50 + [429] * 2
    assert heading(answers[-1]) == "Too many at once"
    elsewhere = Visit(visit.app, visit._clock, client="2001:db8:1:2::3")
    assert elsewhere.ask("member@elsewhere.example.org").status_code == 200


@pytest.mark.parametrize(
    ("client", "forwarded", "network"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.0/24"),  # what a stranger says of itself is nothing
        ("127.0.0.1", "198.51.100.1", "198.51.100.0/24"),
        ("127.0.0.1", "203.0.113.1, 198.51.100.1", "198.51.100.0/24"),
        ("127.0.0.1", "198.51.100.1, 127.0.0.1", "198.51.100.0/24"),
        ("127.0.0.1", "2001:db8:1:2::3", "2001:db8:1::/48"),
        ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.0/24"),
        ("127.0.0.1", "nonsense", ""),
        ("127.0.0.1", None, ""),
        ("::1", "198.51.100.1", "198.51.100.0/24"),
    ],
)
def test_the_network_is_what_our_own_web_server_saw(visit, client, forwarded, network):
    here = Visit(visit.app, visit._clock, client=client)
    here.ask(headers={"x-forwarded-for": forwarded} if forwarded else None)
    (asked,) = visit.held()
    assert asked.network == network


@pytest.mark.parametrize("after", [0 * SECOND, DAY + 2 * SECOND])
def test_a_form_that_is_too_young_or_too_old_asks_for_one_more_press(visit, after):
    again = visit.ask(name="Ada", list="jobs", after=after)
    assert heading(again) == "One more step"
    assert visit.held() == []
    visit.wait(5 * SECOND)
    assert heading(visit.web.post("/subscribe", data={"form": seal_in(again)})) == "Look into your mailbox"
    (asked,) = visit.held()
    assert (asked.name, asked.list_names) == ("Ada", ("jobs",))


def test_a_form_in_somebodys_own_site_takes_one_more_press(visit):
    again = visit.web.post("/subscribe", data={"email": ADA, "list": "members"})
    assert heading(again) == "One more step"
    assert ADA not in again.text
    assert visit.held() == []
    visit.wait(5 * SECOND)
    visit.web.post("/subscribe", data={"form": seal_in(again)})
    assert len(visit.held()) == 1


@pytest.mark.parametrize("seal", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_an_age_that_we_did_not_sign_is_none(visit, seal):
    answer = visit.web.post("/subscribe", data={"form": seal, "email": ADA, "list": "members"})
    assert heading(answer) == "One more step"
    assert visit.held() == []


@pytest.mark.parametrize("name", [EVIL, "Ada\r\nBcc: all@example.org", "Ada\x00\x1b[2J", "\u202eadA", "Æ" * 90])
def test_what_is_typed_stands_in_no_page_and_in_no_mail(visit, name):
    visit.put_on("board")  # who is known by another list is told nothing more
    pages = [visit.ask(name=name)]
    (letter,) = visit.letters()
    link = LINK.search(text_of(letter))[1]
    pages += [visit.web.get(link), visit.web.post(link)]
    (welcome,) = visit.letters()
    whole = letter.as_string() + welcome.as_string() + "".join(page.text for page in pages)
    assert "evil" not in whole
    assert "Bcc" not in whole
    assert (letter["To"], welcome["To"]) == (ADA, ADA)
    assert not any(ADA in page.text for page in pages)


@pytest.mark.parametrize(
    "name", ["Ada\r\nBcc: all@example.org", "Ada\tThorn ", "Ada\x00 \x1bThorn", "\u202eAda \ufeffThorn", "A" * 5000]
)
def test_a_name_is_kept_as_one_short_line(visit, name):
    typed = name if len(name) < 3000 else name[:3000]
    visit.ask(name=typed)
    (asked,) = visit.held()
    assert asked.name.isprintable()
    assert asked.name.startswith("A")
    assert len(asked.name) <= 100


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org, bea@example.org",
        "Ada <ada@example.org>",
        "ada@exa mple.org",
        f"ada@{'a' * 64}.org",
        f"{'a' * 3000}@example.org",
        EVIL,
    ],
)
def test_what_is_no_address_is_asked_for_again_without_being_shown(visit, email):
    answer = visit.ask(email)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert len(email) < 5 or email not in answer.text
    assert "evil" not in answer.text
    assert kept(visit) == 0


def test_an_address_in_letters_of_another_script_is_taken(visit):
    assert visit.ask("zoë@bücher.example").status_code == 200
    assert visit.held("zoë@xn--bcher-kva.example")


@pytest.mark.parametrize("charset", ["latin-1", "utf-16"])
def test_a_form_in_another_charset_breaks_nothing(visit, charset):
    seal = visit.form()
    visit.wait(10 * SECOND)
    typed = b"&".join((b"form=" + seal.encode(), b"email=" + ADA.encode(), b"list=members"))
    body = typed + b"&name=" + "Zoë".encode(charset)
    headers = {"content-type": f"application/x-www-form-urlencoded; charset={charset}"}
    answer = visit.web.post("/subscribe", content=body, headers=headers)
    assert answer.status_code == 200
    (asked,) = visit.held()
    assert "\ufffd" not in asked.name


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\x00 nonsense", "multipart/form-data; boundary=none"),
        (b"\xff\x00 nonsense", "application/x-www-form-urlencoded"),
        (b'{"email": "ada@example.org"}', "application/json"),
        (b"email=ada%40example.org&" * 150, "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
    ],
)
def test_nonsense_is_refused_in_order(visit, body, kind):
    answer = visit.web.post("/subscribe", content=body, headers={"content-type": kind})
    assert 400 <= answer.status_code < 500
    assert kept(visit) == 0


def test_a_form_that_is_too_long_is_refused(visit):
    answer = visit.web.post("/subscribe", data={"email": ADA, "name": "A" * 5000, "list": "members"})
    assert answer.status_code == 413
    assert kept(visit) == 0


def test_a_form_by_parts_is_taken_as_well(visit):
    seal = visit.form()
    visit.wait(10 * SECOND)
    parts = {"form": seal, "email": ADA, "list": "members"}
    assert visit.web.post("/subscribe", files={key: (None, value) for key, value in parts.items()}).status_code == 200
    assert len(visit.held()) == 1


def test_forgetting_takes_the_flood_along(visit):
    flood(visit, [ADA] * 5)
    verbs.forget(visit.app, ADA, visit.app.now, by=ITSELF)
    assert kept(visit) == 0
