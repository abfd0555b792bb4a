import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TokenError
from digest.tokens import Scope, make_caseless_token, make_token, read_caseless_token, read_token

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


@given(numbers, st.sampled_from(Scope), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_a_caseless_token_is_lower_case_and_read_whatever_the_way_made_of_it(values, scope, recased):
    token = make_caseless_token("secret", scope, *values)
    assert token == token.lower()
    assert token.isalnum()
    assert read_caseless_token("secret", scope, recased(token)) == tuple(values)


@given(st.text())
def test_no_text_is_taken_for_a_caseless_token(text):
    with pytest.raises(TokenError, match="not ours"):
        read_caseless_token("secret", Scope.BOUNCE, text)


@pytest.mark.parametrize("cut", [1, 2, 8])
def test_a_caseless_token_that_was_cut_is_refused(cut):
    with pytest.raises(TokenError):
        read_caseless_token("secret", Scope.BOUNCE, make_caseless_token("secret", Scope.BOUNCE, 1, 2)[:-cut])


@pytest.mark.parametrize(
    ("scope", "token", "caseless"),
    [
        (Scope.UNSUBSCRIBE, "an6xAXNPRMsZ4qmseetda9HUXC9S", "nj7lcaltj5cmwgpcvgwht225npi5ixbpki"),
        (Scope.VIEW, "4DnwX5hFGo12u344Junv3AJfwem2", "4a47ax4yiuni25v3py4cn2pp3qbf7qpjwy"),
        (Scope.ITEM, "XJGt8MUWZ8t8NY-yZdC0zqL8KLwT", "lsi234gfczt4w7bvr6zglufuz2rpykf4cm"),
        (Scope.BOUNCE, "yuYpZltn7_tuQRDIR2Tz6_sA9-ay", "zltcszs3m7x7w3sbcdeeozht5p5qb57gwi"),
    ],
)
def test_the_links_in_mails_that_are_long_sent_are_read_as_ever(scope, token, caseless):
    numbers = (127, 128, 4711)
    assert read_token("a secret", scope, token) == read_caseless_token("a secret", scope, caseless) == numbers
    assert make_token("a secret", scope, *numbers) == token
