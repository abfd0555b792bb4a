"""What a reply means depends on its code and on the stage it answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import asks_for_less, judge
from digest.deliver.outcome import is_lost, refuses_us
from digest.model import Accepted, Deferred, Rejected, Stage, Unknown

STAGES = st.sampled_from(Stage)
BEFORE_DOT = st.sampled_from([stage for stage in Stage if stage is not Stage.DOT])


@given(stage=STAGES, code=st.integers(400, 499), reply=st.text())
def test_a_4xx_is_not_now_at_any_stage(stage, code, reply):
    assert judge(stage, code=code, reply=reply) == Deferred(stage=stage, code=code, reply=reply)


@given(stage=STAGES, code=st.integers(500, 599), reply=st.text())
def test_a_5xx_is_never_at_any_stage(stage, code, reply):
    outcome = judge(stage, code=code, reply=reply)
    assert isinstance(outcome, Rejected)
    assert (outcome.stage, outcome.code, outcome.reply) == (stage, code, reply)


@given(stage=BEFORE_DOT, code=st.none() | st.integers(-1, 399))
def test_silence_or_nonsense_before_the_final_dot_leaves_nothing_in_doubt(stage, code):
    assert judge(stage, code=code, reply="lost") == Deferred(stage=stage, code=code, reply="lost")


@given(code=st.none() | st.integers(-1, 199) | st.integers(300, 399) | st.integers(600, 999))
def test_silence_or_nonsense_after_the_final_dot_is_a_doubt(code):
    assert judge(Stage.DOT, code=code, reply="lost") == Unknown(reply="lost")


@given(code=st.integers(200, 299))
def test_only_a_2xx_to_the_final_dot_is_acceptance(code):
    assert judge(Stage.DOT, code=code, reply="2.0.0 ok") == Accepted(reply="2.0.0 ok")


@pytest.mark.parametrize(
    ("code", "reply", "missing"),
    [
        (550, "5.1.1 <ann@example.org>: Recipient address rejected: User unknown in local table", True),
        (550, "5.1.1 The email account that you tried to reach does not exist.\n5.1.1 Try again", True),
        (556, "5.1.10 Recipient address has null MX", True),
        (550, "5.1.2 Host or domain name not found", False),
        (550, "5.2.1 The account is disabled", False),
        (552, "5.2.2 Mailbox full", False),
        (550, "5.7.1 Rejected by policy; sender domain does not exist", False),
        (550, "5.7.1 User unknown to our reputation service", False),
        (550, "No such user here", True),
        (550, "Unknown user", True),
        (550, "<ann@example.org>: user unknown", True),
        (550, "Mailbox not found", True),
        (550, "The recipient address ann@example.org does not exist", True),
        (550, "Invalid recipient", True),
        (550, "Requested action not taken: mailbox unavailable", False),
        (550, "Sender address rejected: user unknown", False),
        (554, "Message refused", False),
    ],
)
def test_a_missing_mailbox_is_told_from_other_refusals(code, reply, missing):
    outcome = judge(Stage.RCPT, code=code, reply=reply)
    assert isinstance(outcome, Rejected)
    assert outcome.no_such_mailbox is missing


@given(stage=st.sampled_from([stage for stage in Stage if stage is not Stage.RCPT]))
def test_only_the_answer_to_the_recipient_says_that_a_mailbox_is_missing(stage):
    outcome = judge(stage, code=550, reply="5.1.1 User unknown")
    assert isinstance(outcome, Rejected)
    assert not outcome.no_such_mailbox


@pytest.mark.parametrize(
    ("code", "reply", "meant"),
    [
        (421, "closing", True),
        (454, "4.7.0 TLS not available for now", True),
        (450, "4.7.1 too many messages, slow down", True),
        (451, "4.7.500 server busy", True),
        (450, "4.3.2 no mail at present", True),
        (451, "4.7.1 Greylisting in action, come back later", False),
        (450, "4.2.0 graylisted", False),
        (451, "4.3.0 local error", False),
        (452, "4.2.2 mailbox full", False),
        (450, "the code 4.7.1 is only mentioned", False),
        (None, "Connection lost", False),
    ],
)
def test_only_what_is_meant_for_everything_we_send_asks_for_less(code, reply, meant):
    assert asks_for_less(judge(Stage.RCPT, code=code, reply=reply)) is meant


@given(stage=STAGES, code=st.integers(500, 599), reply=st.text())
def test_a_refusal_for_good_never_asks_for_less(stage, code, reply):
    assert not asks_for_less(judge(stage, code=code, reply=reply))


@pytest.mark.parametrize(
    ("stage", "reply", "ours"),
    [
        (Stage.MAIL, "sender rejected", True),
        (Stage.RCPT, "no thanks", False),
        (Stage.RCPT, "5.1.7 bad sender", True),
        (Stage.RCPT, "5.1.1 unknown", False),
        (Stage.MAIL, "5.6.7 SMTPUTF8 needed", False),
    ],
)
def test_a_refusal_is_about_us_where_it_names_our_sender(stage, reply, ours):
    assert refuses_us(judge(stage, code=550, reply=reply)) is ours


@pytest.mark.parametrize(("code", "meant"), [(453, False), (454, True), (455, False), (421, True), (450, False)])
@pytest.mark.parametrize("stage", Stage)
def test_without_an_enhanced_code_only_421_and_454_ask_for_less(stage, code, meant):
    assert asks_for_less(judge(stage, code=code, reply="not now")) is meant


@pytest.mark.parametrize("code", ["5.1.1", "5.1.6", "5.1.10"])
def test_each_enhanced_code_of_a_missing_mailbox_is_known(code):
    assert judge(Stage.RCPT, code=550, reply=f"{code} no").no_such_mailbox


@pytest.mark.parametrize(
    ("code", "reply", "ours"),
    [
        (554, "no", True),
        (553, "no", False),
        (555, "no", False),
        (550, "5.7.1 policy", True),
        (550, "5.7.26 unauthenticated", True),
        (554, "5.1.1 unknown", False),
        (550, "5.1.8 bad sender domain", True),
        (550, "5.1.9 something else", False),
    ],
)
def test_a_refusal_of_a_recipient_is_about_us_by_its_code(code, reply, ours):
    assert refuses_us(judge(Stage.RCPT, code=code, reply=reply)) is ours


@pytest.mark.parametrize(
    "outcome",
    [
        Accepted(reply="4.7.0 taken all the same"),
        Unknown(reply="4.7.0 lost"),
        Deferred(stage=Stage.MAIL, code=451, reply="later"),
        Deferred(stage=Stage.RCPT, code=None, reply="lost"),
    ],
)
def test_what_is_no_refusal_refuses_nobody_and_what_is_not_put_off_asks_for_nothing(outcome):
    assert refuses_us(outcome) is False
    assert asks_for_less(outcome) is False


@pytest.mark.parametrize(
    ("outcome", "lost"),
    [
        (Unknown(reply="lost"), True),
        (Deferred(stage=Stage.RCPT, code=None, reply="lost"), True),
        (Deferred(stage=Stage.RCPT, code=451, reply="later"), False),
        (Accepted(reply="ok"), False),
        (Rejected(stage=Stage.RCPT, code=550, reply="no"), False),
    ],
)
def test_only_silence_is_lost(outcome, lost):
    assert is_lost(outcome) is lost
