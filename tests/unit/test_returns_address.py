"""A return address and a Message-ID are read back, whatever happened to their case, and by us alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TokenError
from digest.returns.address import Returned, bounce_address, copy_id, read_bounce_address, read_copy_id
from digest.tokens import Scope, make_caseless_token, make_token, read_caseless_token

IDS = st.integers(0, 2**35 - 1)
LOCAL = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9.+_-]{0,19}[a-zA-Z0-9])?", fullmatch=True)


@given(IDS, IDS, LOCAL, st.sampled_from("+-=_"), st.sampled_from([str, str.lower, str.upper, str.swapcase]))
def test_a_return_address_names_campaign_and_subscriber_in_any_case(campaign, subscriber, local, delimiter, recase):
    address = bounce_address(
        "secret", f"{local}@example.org", delimiter=delimiter, campaign_id=campaign, subscriber_id=subscriber
    )
    made, _, domain = address.rpartition("@")
    assert (made.startswith(local + delimiter), domain) == (True, "example.org")
    assert len(made) <= 64
    token = made.removeprefix(local + delimiter)
    assert token.isalnum()
    assert token == token.lower()
    back = Returned(campaign_id=campaign, subscriber_id=subscriber)
    assert read_bounce_address("secret", recase(address)) == back
    assert read_bounce_address("secret", f"<{recase(address)}>") == back
    assert read_bounce_address("another secret", address) is None


@given(st.text() | st.from_regex(r"[a-z]{1,9}[+=_-][a-z2-7]{1,50}@[a-z]{1,9}", fullmatch=True))
def test_no_other_address_is_taken_for_ours(address):
    assert read_bounce_address("secret", address) is None


def test_a_token_for_something_else_is_no_return_address():
    token = make_caseless_token("secret", Scope.UNSUBSCRIBE, 1, 2)
    assert read_bounce_address("secret", f"returns+{token}@example.org") is None


@given(st.lists(IDS, min_size=1, max_size=4), st.sampled_from(Scope))
def test_a_caseless_token_is_read_back_only_with_its_scope(numbers, scope):
    token = make_caseless_token("secret", scope, *numbers)
    assert read_caseless_token("secret", scope, token.upper()) == tuple(numbers)
    for other in set(Scope) - {scope}:
        with pytest.raises(TokenError):
            read_caseless_token("secret", other, token)


@given(st.text())
def test_no_text_is_taken_for_a_caseless_token(text):
    with pytest.raises(TokenError, match="not ours"):
        read_caseless_token("secret", Scope.BOUNCE, text)


@given(IDS, IDS, st.sampled_from([str, str.lower, str.upper]))
def test_a_message_id_names_campaign_and_subscriber_always_in_the_same_way(campaign, subscriber, recase):
    made = copy_id("secret", "example.org", campaign_id=campaign, subscriber_id=subscriber)
    assert made == copy_id("secret", "example.org", campaign_id=campaign, subscriber_id=subscriber)
    assert (made[0], made[-13:]) == ("<", "@example.org>")
    back = Returned(campaign_id=campaign, subscriber_id=subscriber)
    assert read_copy_id("secret", recase(made)) == read_copy_id("secret", made.strip("<>")) == back
    assert read_copy_id("another secret", made) is None


@given(IDS, IDS)
def test_a_return_address_and_a_message_id_do_not_serve_for_each_other(campaign, subscriber):
    ids = {"campaign_id": campaign, "subscriber_id": subscriber}
    made = copy_id("secret", "example.org", **ids)
    assert read_bounce_address("secret", f"returns+{made[1:-1]}") is None
    address = bounce_address("secret", "r@example.org", delimiter="+", **ids)
    assert read_copy_id("secret", address.removeprefix("r+")) is None


@given(st.text())
def test_no_other_message_id_is_taken_for_ours(text):
    assert read_copy_id("secret", text) is None
    assert read_copy_id("secret", f"<{text}@example.org>") is None


def test_a_usual_return_address_is_short():
    address = bounce_address("secret", "returns@example.org", delimiter="+", campaign_id=60, subscriber_id=12_345)
    assert len(address.partition("@")[0]) <= 42
    assert make_token("secret", Scope.BOUNCE, 60, 12_345) not in address
