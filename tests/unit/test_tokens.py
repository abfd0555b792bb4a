import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TokenError
from digest.tokens import Scope, make_token, read_token

numbers = st.lists(st.integers(min_value=0, max_value=2**63), min_size=1, max_size=6)


@given(numbers, st.sampled_from(Scope), st.text())
def test_a_token_is_read_back_only_with_its_secret_and_scope(values, scope, secret):
    token = make_token(secret, scope, *values)
    assert read_token(secret, scope, token) == tuple(values)
    assert make_token(secret, scope, *values) == token
    for other in set(Scope) - {scope}:
        with pytest.raises(TokenError):
            read_token(secret, other, token)
    with pytest.raises(TokenError):
        read_token(secret + "x", scope, token)


@given(st.text())
def test_no_text_is_taken_for_a_token(text):
    with pytest.raises(TokenError):
        read_token("secret", Scope.UNSUBSCRIBE, text)


@given(numbers, st.data())
def test_a_token_with_one_character_changed_is_refused(values, data):
    token = make_token("secret", Scope.VIEW, *values)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHabcdefgh01234567-_"))
    changed = token[:place] + letter + token[place + 1 :]
    try:
        assert read_token("secret", Scope.VIEW, changed) == tuple(values)
    except TokenError:
        assert changed != token


def test_a_token_says_nothing_in_clear_and_stays_short():
    token = make_token("secret", Scope.UNSUBSCRIBE, 4711, 1, 2)
    assert len(token) < 40
    assert token.isascii()
    assert token.replace("-", "").replace("_", "").isalnum()
