"""Which spellings of an address are one person's."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from digest.config.addresses import address_key
from digest.config.values import parse_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann.O'Neil+News@Example.ORG", "ann.o'neil+news@example.org"),
        ("ann@BÜCHER.example", "ann@bücher.example"),
        ("ann@bücher.example", "ann@XN--BCHER-KVA.example"),
        ("Zoë@example.org", "zoë@EXAMPLE.org"),
        ("zoe\u0308@example.org", "zo\u00eb@example.org"),
        ("\u212a@b.example", "k@b.example"),  # the sign for kelvin is the letter K, composed
        ("Морозова@bücher.example", "Морозова@xn--bcher-kva.example"),
    ],
)
def test_two_spellings_of_one_mailbox_have_one_key(one, other):
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ſ@b.example", "s@b.example"),
        ("straße@b.example", "strasse@b.example"),
        ("ann@straße.example", "ann@strasse.example"),
        ("ﬁ@b.example", "fi@b.example"),
        ("İ@b.example", "i@b.example"),
        ("Σ@b.example", "ς@b.example"),
        ("ann@a.example", "ann@b.example"),
    ],
)
def test_letters_that_only_look_or_fold_alike_are_two_peoples(one, other):
    assert address_key(one) != address_key(other)


@given(st.from_regex(r"[!-?A-~]{1,20}@[A-Za-z0-9.-]{1,20}", fullmatch=True))
def test_the_key_of_an_address_in_ascii_is_the_one_of_earlier_versions(address):
    assert address_key(address) == address.casefold()


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_key_is_its_own_key(local, domain):
    key = address_key(f"{local}@{domain}")
    assert address_key(key) == key


def test_a_domain_that_cannot_be_is_compared_as_it_stands():
    assert address_key("Ann@-ü-.Example") == "ann@-ü-.example"


@given(st.from_regex(r"[a-z0-9_+.-]{1,66}@([A-Za-z0-9-]{1,65}\.){1,2}[a-z0-9]{1,5}", fullmatch=True))
def test_an_address_is_taken_the_short_way_only_where_the_long_way_says_the_same(address):
    def of(parse):
        try:
            return parse()
        except ValueError:
            return None

    def by_the_book():
        options = {"check_deliverability": False, "globally_deliverable": False, "test_environment": True}
        return validate_email(address, allow_domain_literal=True, **options).normalized

    assert of(lambda: parse_address(address)) == of(by_the_book)
