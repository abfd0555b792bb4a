from string import ascii_letters, digits

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from digest import tokens
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


FORMER_SECRET = "a secret of the former days, long"
FORMER = {  # made when one key was for all scopes
    Scope.UNSUBSCRIBE: "yAaX4hovNsTAHViA96A2ynCbFmQ",
    Scope.VIEW: "_nW05pjy8klHbbc5CVFULnMufEA",
    Scope.ITEM: "aHWjrH0P_sdjHXL0wArtGQcS4GE",
    Scope.BOUNCE: "AzxRsqdsKUXVe1W3hhIrYCBcqMc",
}


@pytest.mark.parametrize("scope", FORMER)
def test_a_link_of_a_former_mail_still_opens_what_it_was_made_for_and_nothing_else(scope):
    assert read_token(FORMER_SECRET, scope, FORMER[scope]) == (4711, 1, 2)
    assert make_token(FORMER_SECRET, scope, 4711, 1, 2) != FORMER[scope]
    for other in set(Scope) - {scope}:
        with pytest.raises(TokenError):
            read_token(FORMER_SECRET, other, FORMER[scope])
    with pytest.raises(TokenError):
        read_token(FORMER_SECRET + "x", scope, FORMER[scope])


def test_an_address_that_a_former_mail_returns_to_is_still_known():
    token = "q7dpjbdibm5jt56mxxgu3umc524tdgi"
    assert read_caseless_token(FORMER_SECRET, Scope.BOUNCE, token) == (7, 300)


def test_the_former_key_opens_nothing_of_a_scope_that_came_after_it(monkeypatch):
    monkeypatch.setattr(tokens, "_UNDER_ONE_KEY", frozenset({Scope.VIEW}))
    assert read_token(FORMER_SECRET, Scope.VIEW, FORMER[Scope.VIEW]) == (4711, 1, 2)
    with pytest.raises(TokenError):
        read_token(FORMER_SECRET, Scope.ITEM, FORMER[Scope.ITEM])


@pytest.mark.parametrize(("number", "longest"), [(0, 0x7F), (0x80, 0x3FFF), (0x4000, 0x1FFFFF)])
def test_a_number_takes_a_byte_for_each_seven_bits(number, longest):
    assert tokens._payload((number,))[-1] != 0 or number == 0
    assert len(tokens._payload((number,))) == len(tokens._payload((longest,))) < len(tokens._payload((longest + 1,)))


def test_each_scope_has_a_key_of_its_own():
    ciphers = [tokens._cipher("secret", scope) for scope in Scope]
    sealed = ciphers[0].encrypt(b"\x01", [b"the same"])
    for other in ciphers[1:]:
        with pytest.raises(InvalidTag):
            other.decrypt(sealed, [b"the same"])


def _other_spellings(token, letters):
    yield from (token + "=" * count for count in (1, 2, 3, 4, 6))
    yield from (f"{token[:place]}{stray}{token[place:]}" for place in (0, 5, len(token)) for stray in "\n !.\0%\u2028")
    yield from (token[:-1] + letter for letter in letters if letter != token[-1])
    yield token.translate(str.maketrans("-_", "+/"))


@given(numbers)
def test_a_token_has_one_spelling(values):
    token = make_token("secret", Scope.VIEW, *values)
    for spelling in {*_other_spellings(token, ascii_letters + digits + "-_"), token.swapcase()} - {token}:
        with pytest.raises(TokenError):
            read_token("secret", Scope.VIEW, spelling)


@given(numbers)
def test_a_caseless_token_has_one_spelling_but_for_its_case(values):
    token = make_caseless_token("secret", Scope.BOUNCE, *values)
    assert read_caseless_token("secret", Scope.BOUNCE, token.upper()) == tuple(values)
    for spelling in {*_other_spellings(token, "abcdefghijklmnopqrstuvwxyz234567"), token.replace("k", "\u212a")} - {
        token
    }:
        with pytest.raises(TokenError):
            read_caseless_token("secret", Scope.BOUNCE, spelling)
