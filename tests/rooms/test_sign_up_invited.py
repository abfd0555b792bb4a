"""An organiser invites, and the list grows by who confirms."""

import pytest
from sign_up_visit import ADA, LINK, text_of, visiting

from digest.core import people as verbs
from digest.errors import DigestError, UsageError
from digest.model import ITSELF, Recipient
from digest.store import people
from digest.store.people import BroughtBy, Status


@pytest.fixture
def visit(tmp_path, now, empty_store):
    with visiting(tmp_path, now) as visit:
        yield visit


def test_an_organiser_invites_and_the_list_grows_only_by_the_answer(visit):
    person = Recipient(address=ADA, name="Ada")
    number = verbs.invite(visit.app, person, visit.app.now, by=ITSELF, name="board")
    assert number is not None
    (letter,) = visit.letters()
    assert letter["Subject"] == "Growers & <Friends> invites you to its mails"
    assert "an organiser of Growers & <Friends> invited this address" in " ".join(text_of(letter).split())
    assert visit.standing() == {}
    visit.web.post(LINK.search(text_of(letter))[1])
    assert visit.standing() == {"board": Status.ACTIVE}
    with visit.app.store.read() as connection:
        (line,) = people.journal_of(connection, ADA)
        (one,) = people.members(connection, "board")
    assert line.how.startswith("invited 2026-11-23T")
    assert (one.origin, one.recipient.name) == (BroughtBy.ORGANISER, "Ada")


def test_nobody_is_invited_to_what_they_get_already(visit):
    visit.put_on("board")
    assert verbs.invite(visit.app, Recipient(address="Ada@example.org"), visit.app.now, by=ITSELF, name="board") is None


def test_who_is_suppressed_is_not_invited(visit):
    verbs.suppress(visit.app, ADA, visit.app.now, by=ITSELF)
    with pytest.raises(DigestError, match=r"digest suppress --lift ada@example\.org"):
        verbs.invite(visit.app, Recipient(address=ADA), visit.app.now, by=ITSELF, name="board")


def test_to_a_list_that_is_not_there_nobody_is_invited(visit):
    with pytest.raises(UsageError, match='no list "nowhere"'):
        verbs.invite(visit.app, Recipient(address=ADA), visit.app.now, by=ITSELF, name="nowhere")
