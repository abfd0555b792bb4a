"""What a person's returns come to, whatever order they are read in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import BounceClass, Clarity, Evidence, Hint, Return, ReturnKind
from digest.returns.scoring import (
    HALF_LIFE,
    QUIET,
    THRESHOLD,
    Attributed,
    SuppressionReason,
    Verdict,
    clean_since,
    judge_returns,
)

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
VERP = Hint(evidence=Evidence.RETURN_PATH, subscriber_id=77, campaign_id=4)
QUOTED = Hint(evidence=Evidence.MESSAGE_ID, subscriber_id=77, campaign_id=4)
FULL = Return(
    key="mail:1",
    kind=ReturnKind.BOUNCE,
    received_at=NOW,
    bounce_class=BounceClass.MAILBOX,
    clarity=Clarity.COUNTED,
    hints=(VERP, QUOTED),
    status="4.2.2",
)
GONE = replace(FULL, clarity=Clarity.DEFINITE, status="5.1.1")
COMPLAINT = replace(FULL, kind=ReturnKind.COMPLAINT, bounce_class=None, clarity=None, status="")


def attributed(*returns, first_delivery=1):
    """Each about another delivery."""
    return [Attributed(delivery_id=first_delivery + place, returned=one) for place, one in enumerate(returns)]


def judge(*returns, clean=None):
    return judge_returns(attributed(*returns), clean_since=clean, now=NOW)


def weekly(found, weeks):
    return [replace(found, key=f"mail:{week}", received_at=NOW - timedelta(weeks=week)) for week in range(weeks)]


@pytest.mark.parametrize(
    ("found", "reason"), [(GONE, SuppressionReason.BOUNCED), (COMPLAINT, SuppressionReason.COMPLAINED)]
)
def test_no_such_mailbox_and_a_complaint_suppress_at_once(found, reason):
    verdict = judge(found)
    assert (verdict.suppress, verdict.deciding) == (reason, found)


@pytest.mark.parametrize("found", [GONE, COMPLAINT])
def test_a_leaked_return_address_alone_suppresses_nobody_and_never_more_than_counts(found):
    forged = replace(found, hints=(VERP,))
    assert judge(forged).suppress is None
    once = [Attributed(delivery_id=1, returned=replace(forged, key=f"mail:{n}")) for n in range(50)]
    assert judge_returns(once, clean_since=None, now=NOW).suppress is None


@pytest.mark.parametrize("found", [GONE, COMPLAINT])
def test_marks_that_disagree_suppress_nobody(found):
    assert judge(replace(found, hints=(VERP, replace(QUOTED, subscriber_id=78)))).suppress is None


@pytest.mark.parametrize("found", [GONE, COMPLAINT])
def test_what_a_provider_vouches_for_suppresses(found):
    assert judge(replace(found, hints=(), vouched=True)).suppress


@pytest.mark.parametrize(
    "found",
    [
        replace(GONE, bounce_class=BounceClass.POLICY),
        replace(GONE, bounce_class=BounceClass.OURS),
        *(replace(GONE, kind=kind) for kind in set(ReturnKind) - {ReturnKind.BOUNCE, ReturnKind.COMPLAINT}),
    ],
)
def test_what_is_not_about_the_mailbox_never_counts(found):
    assert judge(*weekly(found, 30)).score == 0


def test_a_full_mailbox_is_mailed_four_weeks_and_suppressed_in_the_fifth():
    assert judge(*weekly(FULL, 4)).suppress is None
    verdict = judge(*weekly(FULL, 5))
    assert verdict.suppress is SuppressionReason.BOUNCED
    assert verdict.deciding is not None
    assert verdict.deciding.received_at == NOW


def test_what_is_said_for_good_suppresses_the_third_time():
    disabled = replace(FULL, status="5.2.1")
    assert judge(*weekly(disabled, 2)).suppress is None
    assert judge(*weekly(disabled, 3)).suppress is SuppressionReason.BOUNCED


def test_a_return_counts_once_for_a_delivery():
    again = [Attributed(delivery_id=1, returned=one) for one in weekly(FULL, 9)]
    assert judge_returns(again, clean_since=None, now=NOW).score == pytest.approx(1)


def test_four_points_are_enough_and_without_returns_there_are_none():
    assert judge(FULL, FULL, FULL, FULL).suppress is SuppressionReason.BOUNCED
    assert judge() == Verdict(suppress=None, score=0.0)


def test_what_is_not_corroborated_counts_as_said_for_good_and_keeps_its_reason():
    (clear, complaint) = (replace(found, hints=(VERP,), status="") for found in (GONE, COMPLAINT))
    assert judge(clear).score == judge(complaint).score == pytest.approx(2)
    assert judge(clear, clear).suppress == "bounced"
    assert judge(complaint, complaint).suppress == "complained"
    assert judge(complaint, complaint).deciding == complaint


def test_half_life_and_quiet_are_what_the_documentation_says():
    assert (HALF_LIFE.days, QUIET.days, THRESHOLD) == (60, 5, 4)


def test_a_bounce_comes_to_count_half():
    assert judge(replace(FULL, received_at=NOW - HALF_LIFE)).score == pytest.approx(0.5)


def test_a_later_mail_that_did_not_come_back_forgives_bounces_but_no_complaint():
    assert judge(*weekly(FULL, 9), clean=NOW).score == 0
    assert judge(GONE, clean=NOW).suppress is None
    assert judge(COMPLAINT, clean=NOW).suppress is SuppressionReason.COMPLAINED
    assert judge(*weekly(FULL, 9), clean=NOW - timedelta(weeks=2)).score == pytest.approx(judge(*weekly(FULL, 2)).score)


def test_a_mail_is_clean_once_it_can_come_back_no_more():
    accepted = {1: NOW - timedelta(weeks=3), 2: NOW - timedelta(weeks=2), 3: NOW - QUIET + timedelta(seconds=1)}
    assert clean_since(accepted, set(), now=NOW) == accepted[2]
    assert clean_since(accepted, {2}, now=NOW) == accepted[1]
    assert clean_since(accepted, {1, 2}, now=NOW) is None
    assert clean_since(accepted, set(), now=NOW + timedelta(seconds=1)) == accepted[3]


RETURNS = st.builds(
    lambda found, days, key: replace(found, received_at=NOW - timedelta(days=days), key=f"mail:{key}"),
    st.sampled_from([FULL, GONE, COMPLAINT, replace(GONE, hints=(VERP,)), replace(FULL, status="5.2.2")]),
    st.integers(-1, 400),
    st.integers(0, 9),
)


@given(st.lists(RETURNS, max_size=12), st.randoms())
def test_the_order_in_which_returns_are_read_changes_nothing(returns, chance):
    known = attributed(*returns)
    shuffled = chance.sample(known, len(known))
    first, second = (judge_returns(one, clean_since=None, now=NOW) for one in (known, shuffled))
    assert first.suppress == second.suppress
    assert first.score == pytest.approx(second.score)
    assert first.suppress is None or first.score >= THRESHOLD


@given(st.lists(RETURNS, max_size=12))
def test_another_return_never_lowers_the_score_and_time_never_raises_it(returns):
    known = attributed(*returns)
    score = judge_returns(known, clean_since=None, now=NOW).score
    more = [*known, *attributed(FULL, first_delivery=100)]
    assert judge_returns(more, clean_since=None, now=NOW).score >= min(score, THRESHOLD)
    assert judge_returns(known, clean_since=None, now=NOW + timedelta(days=9)).score <= max(score, THRESHOLD)
