"""Plain words for servers' answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.returns.reasons import plain_reason


@pytest.mark.parametrize(
    ("code", "reply", "told"),
    [
        (550, "5.1.1 <bo@example.org>: no such user", "no such mailbox"),
        (552, "5.2.2 over quota", "the mailbox is full"),
        (452, "4.2.2 over quota", "the mailbox is full"),
        (451, "4.7.1 come back later", "slowed down or greylisted: the server wants us to come back later"),
        (550, "5.7.26 unauthenticated mail", "not authenticated: SPF, DKIM or DMARC fails"),
        (550, "5.7.999 no", "refused by policy"),
        (550, "message from host 10.5.1.1 refused", "refused: no such mailbox, or policy"),  # no enhanced code
        (450, "5.1.1 contradicts its code", "the mailbox takes nothing for now"),
        (599, "", "refused"),
        (None, "Connection lost", "no answer: the connection broke or took too long"),
    ],
)
def test_an_answer_has_its_plain_words(code, reply, told):
    assert plain_reason("rejected", code=code, reply=reply) == told


def test_a_doubt_is_told_as_one():
    assert plain_reason("unknown", code=None, reply="").startswith("perhaps arrived")


@given(code=st.none() | st.integers(400, 599), reply=st.text())
def test_whatever_a_server_says_there_are_words_for_it(code, reply):
    assert plain_reason("deferred", code=code, reply=reply)
