"""A proof of work at sign-up, where it is asked for: made by the browser, good for one sign-up, and for a day."""

import base64
import html
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sign_up_visit import ADA, DAY, SECOND, heading, seal_in, visiting

from digest.errors import UsageError
from digest.store.people import sign_ups

altcha = pytest.importorskip("altcha.v1")


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now, web={"url": "https://digest.example.org", "altcha": True}) as visit:
        yield visit


def solved(answer):
    """What the browser's script makes of a page."""
    work = json.loads(html.unescape(re.search(r'data-work="([^"]+)"', answer.text)[1]))
    found = altcha.solve_challenge(work["challenge"], work["salt"], work["algorithm"], work["maxNumber"])
    return base64.b64encode(json.dumps(work | {"number": found.number}).encode()).decode()


def send(visit, proof, email=ADA):
    page = visit.web.get("/subscribe")
    visit.wait(5 * SECOND)
    typed = {"form": seal_in(page), "email": email, "list": "members", "altcha": proof}
    return visit.web.post("/subscribe", data=typed)


def test_who_has_worked_is_taken(visit):
    assert heading(send(visit, solved(visit.web.get("/subscribe")))) == "Look into your mailbox"
    assert len(visit.held()) == 1


def test_the_page_runs_our_own_script_and_no_other(visit):
    page = visit.web.get("/subscribe")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="subscribe.js" defer>']
    assert "JavaScript" in page.text
    script = visit.web.get("/subscribe.js")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "script-src" not in visit.web.get("/sample").headers["content-security-policy"]


@pytest.mark.parametrize("proof", ["", "x", "bnVsbA==", base64.b64encode(b'{"salt": 1}').decode()])
def test_without_a_proof_the_work_is_asked_for_once_more(visit, proof):
    again = send(visit, proof)
    assert heading(again) == "One more step"
    assert visit.held() == []
    visit.wait(5 * SECOND)
    done = visit.web.post("/subscribe", data={"form": seal_in(again), "altcha": solved(again)})
    assert heading(done) == "Look into your mailbox"


def test_a_proof_serves_once(visit):
    proof = solved(visit.web.get("/subscribe"))
    send(visit, proof)
    assert heading(send(visit, proof, "bea@example.org")) == "One more step"
    assert visit.held("bea@example.org") == []


def test_a_proof_that_is_written_otherwise_is_the_same(visit):
    proof = solved(visit.web.get("/subscribe"))
    send(visit, proof)
    other = json.loads(base64.b64decode(proof))
    other["number"] = str(other["number"])
    other["salt"] = other["salt"].rstrip("&")
    send(visit, base64.b64encode(json.dumps(other).encode()).decode(), "bea@example.org")
    assert visit.held("bea@example.org") == []


def test_a_proof_is_good_for_a_day(visit):
    proof = solved(visit.web.get("/subscribe"))
    visit.wait(DAY)
    assert heading(send(visit, proof)) == "One more step"


def test_a_proof_that_we_did_not_ask_for_is_none(visit):
    forged = altcha.create_challenge(hmac_key="another key", number=7, expires=visit.app.now + DAY).to_dict()
    proof = base64.b64encode(json.dumps(forged | {"number": 7}).encode()).decode()
    assert heading(send(visit, proof)) == "One more step"


def test_without_its_library_the_pages_do_not_start_and_say_what_to_do(tmp_path, now, empty_store, monkeypatch):
    monkeypatch.setitem(sys.modules, "altcha", None)
    web = {"url": "https://digest.example.org", "altcha": True}
    with pytest.raises(UsageError, match=r"pip install 'network-digest\[altcha\]'"), visiting(tmp_path, now, web=web):
        pass


def test_where_it_is_off_there_is_no_script(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        assert visit.web.get("/subscribe.js").status_code == 404
        assert "<script" not in visit.web.get("/subscribe").text


def test_of_two_who_bring_one_proof_at_the_same_instant_one_is_written_down(store, now):
    def ask(address):
        with store.write() as connection:
            wish = sign_ups.Wish(address=address, name="", list_names=("members",), proof="1" * 64)
            return sign_ups.ask(connection, wish, now, letter=True)

    with ThreadPoolExecutor() as pool:
        with store.write() as connection:
            wish = sign_ups.Wish(address=ADA, name="", list_names=("members",), proof="1" * 64)
            first = sign_ups.ask(connection, wish, now, letter=True)
            second = pool.submit(ask, "bo@example.org")
            with pytest.raises(TimeoutError):  # it waits for the first, and was not refused
                second.result(timeout=0.2)
        assert first is not None
        assert second.result(timeout=30) is None
