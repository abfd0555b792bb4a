"""Whom a failure is about, and how clearly, by code and words."""

import pytest

from digest.returns.status import LONGEST_EXCERPT, excerpt_of, weigh


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected"),
    [
        ("5.1.1", "550 5.0.0 no", "mailbox definite 5.1.1"),
        ("5.0.0", "550 5.1.1 no", "mailbox definite 5.1.1"),
        ("5.0.0", "550 5.0.0 no", "mailbox counted 5.0.0"),
        ("4.4.7", "550 5.1.1 no", "mailbox definite 5.1.1"),
        ("5.1.1", "450 4.2.2 no", "mailbox definite 5.1.1"),
        ("4.4.1", "451 4.2.2 no", "mailbox counted 4.2.2"),
        ("", "550 5.1.1 no", "mailbox definite 5.1.1"),
        ("2.0.0", "550 mailbox full", "mailbox counted "),
        ("5.1.0", "550 sender rejected", "ours counted 5.1.0"),
        ("5.1.7", "", "ours counted 5.1.7"),
        ("4.1.8", "", "ours counted 4.1.8"),
        ("5.2.0", "550 message too large", "ours counted 5.2.0"),
        ("5.2.1", "550 message too large", "mailbox counted 5.2.1"),
        ("5.3.0", "550 no such user", "mailbox definite 5.3.0"),
        ("5.3.2", "550 no such user", "mailbox counted 5.3.2"),
        ("5.4.1", "550 no such user", "mailbox definite 5.4.1"),
        ("5.4.4", "550 blocked using a block list", "policy counted 5.4.4"),
        ("5.5.2", "", "ours counted 5.5.2"),
        ("5.6.1", "", "ours counted 5.6.1"),
        ("5.1.1", "550 mailbox full", "mailbox counted 5.1.1"),
        ("5.0.0", "550 mailbox full: no such user", "mailbox counted 5.0.0"),
        ("4.0.0", "no such user", "mailbox counted 4.0.0"),
        ("", "450 no such user", "mailbox counted "),
        ("", "550 no such user", "mailbox definite "),
        ("", "host not found: no such user", "mailbox counted "),
        ("5.7.1", "550 no such user", "policy counted 5.7.1"),
        ("", "", "mailbox counted "),
    ],
)
def test_a_failure_is_weighed_by_its_code_and_its_words(status, diagnostic, expected):
    found = weigh(status, diagnostic)
    assert f"{found.bounce_class} {found.clarity} {found.status}" == expected


def test_an_excerpt_is_cut_where_it_is_too_long():
    whole = "a" * LONGEST_EXCERPT
    assert excerpt_of(whole) == whole
    assert excerpt_of(whole + "b") == "a" * (LONGEST_EXCERPT - 1) + "…"
