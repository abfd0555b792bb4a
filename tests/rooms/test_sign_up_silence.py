"""Signing up tells nobody who is known, by word or by work, and brings back only who confirms."""

import pytest
from sign_up_visit import ADA, SECOND, Visit, text_of, visiting
from sqlalchemy import event

from digest.core import people as verbs
from digest.model import ITSELF
from digest.store import people
from digest.store.people import Status


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        yield visit


def make_left(visit):
    visit.put_on()
    verbs.leave(visit.app, ADA, visit.app.now, by=ITSELF)


def make_suppressed(visit):
    verbs.suppress(visit.app, ADA, visit.app.now, by=ITSELF)


def make_forgotten(visit):
    visit.put_on()
    verbs.forget(visit.app, ADA, visit.app.now, by=ITSELF)


STANDINGS = {
    "unknown": lambda visit: None,
    "known": Visit.put_on,
    "left": make_left,
    "suppressed": make_suppressed,
    "forgotten": make_forgotten,
}


def work_of(visit, address):
    """What asking makes the database do, and what is answered."""
    seal = visit.form()
    visit.wait(10 * SECOND)
    statements = []

    def note(_, __, statement, *___):
        statements.append(statement)

    event.listen(visit.app.store.engine, "before_cursor_execute", note)
    try:
        answer = visit.web.post("/subscribe", data={"form": seal, "email": address, "list": "members"})
    finally:
        event.remove(visit.app.store.engine, "before_cursor_execute", note)
    fields = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.text, fields, statements


@pytest.mark.parametrize("standing", STANDINGS)
def test_every_address_gets_the_same_answer_by_the_same_work(visit, standing):
    STANDINGS[standing](visit)
    asked = work_of(visit, ADA)
    assert asked == work_of(visit, "bea@nowhere.invalid")
    assert len(asked[3]) == 2  # the limits, the wish


def test_an_address_that_has_had_its_letters_takes_no_less_work_and_gets_no_other_answer(visit):
    fresh = work_of(visit, ADA)
    assert [work_of(visit, ADA) for _ in range(5)] == [fresh] * 5
    assert len(visit.letters()) == 3


@pytest.mark.parametrize(("standing", "letters"), [("known", 0), ("suppressed", 0), ("left", 1), ("forgotten", 1)])
def test_a_letter_goes_to_those_alone_whom_it_may_bring_onto_a_list(visit, standing, letters):
    STANDINGS[standing](visit)
    visit.ask()
    assert len(visit.letters()) == letters


def test_who_is_on_one_of_two_lists_is_asked_about_the_other(visit):
    visit.put_on()
    visit.ask(list=["members", "jobs"])
    (letter,) = visit.letters()
    assert "through: Jobs." in " ".join(text_of(letter).split())


def test_who_left_comes_back_by_confirming(visit):
    make_left(visit)
    visit.ask()
    visit.web.post(visit.link())
    assert visit.standing() == {"members": Status.ACTIVE}


def test_who_was_forgotten_is_remembered_by_confirming_and_not_before(visit):
    make_forgotten(visit)
    visit.ask()
    link = visit.link()

    def is_forgotten():
        return verbs.hindrance(visit.app, ADA, "members").forgotten

    assert is_forgotten()
    visit.web.post(link)
    assert not is_forgotten()
    assert visit.standing() == {"members": Status.ACTIVE}


def test_confirming_lifts_no_suppression(visit):
    visit.ask()
    link = visit.link()
    make_suppressed(visit)
    visit.web.post(link)
    assert visit.letters() == []
    assert verbs.hindrance(visit.app, ADA, "members").suppressed.reason == "by hand"


def test_a_stranger_renames_nobody(visit):
    visit.put_on("jobs", called="Ada Thorn")
    visit.ask(name="A Silly Name")
    visit.web.post(visit.link())
    with visit.app.store.read() as connection:
        assert people.find(connection, ADA)[1].name == "Ada Thorn"


def test_to_forget_somebody_erases_what_they_asked(visit):
    visit.ask()
    link = visit.link()
    assert verbs.forget(visit.app, ADA, visit.app.now, by=ITSELF).was_known
    assert visit.held() == []
    assert visit.web.post(link).status_code == 410


def test_what_is_held_about_a_person_tells_what_they_asked(visit):
    visit.ask(name="Ada")
    story = verbs.person_story(visit.app, ADA, visit.app.now)
    (asked,) = story.sign_ups
    assert (asked.name, asked.network, asked.list_names) == ("Ada", "203.0.113.0/24", ("members",))
