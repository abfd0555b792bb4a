from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.text.links import canonical_url, without_tracking

_PIECES = st.lists(
    st.sampled_from(
        [*"ab/?#&=@:% \t\n;", "http://", "HTTPS://", "h.test", "H.TEST", ":80", ":443", ":8080", "utm_a=1", "fbclid=2",
         "UTM_B", "%75tm_c=3", "[::1]", "//", "ü", "x=1", "ref=2"]
    ),
    max_size=10,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://e.test/a?utm_source=x&utm_medium=y", "https://e.test/a"),
        ("https://e.test/a?b=2&utm_source=x&a=1&fbclid=z#top", "https://e.test/a?b=2&a=1#top"),
        ("/a?gclid=1&id=7", "/a?id=7"),
        ("?mc_cid=1&mc_eid=2", ""),
        ("https://e.test/a?MKT_TOK=1&_hsenc=2&_hsmi=3&igshid=4&x", "https://e.test/a?x"),
        ("https://e.test/a?%75tm_source=x&b=1", "https://e.test/a?b=1"),
        ("https://e.test/a?reference=utm_source", "https://e.test/a?reference=utm_source"),
        ("https://e.test/?a=&b&&c=%20", "https://e.test/?a=&b&&c=%20"),
        ("https://e.test/a?", "https://e.test/a?"),
        ("mailto:joan@example.org?subject=utm_source", "mailto:joan@example.org?subject=utm_source"),
    ],
)
def test_only_parameters_that_follow_readers_are_dropped_and_the_rest_keeps_its_order(url, kept):
    assert without_tracking(url) == kept


@given(st.text() | _PIECES)
def test_dropping_them_twice_changes_nothing_more(url):
    once = without_tracking(url)
    assert without_tracking(once) == once


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/posts",
        "HTTPS://Example.ORG/posts",
        "http://example.org/posts",
        "http://www.example.org:80/posts",
        "https://example.org:443/posts/",
        "https://example.org/posts//",
        " https://example.org/posts#comments",
        "https://example.org/posts?utm_source=x&fbclid=y",
        "https://joan:s3cret@example.org/posts?",
    ],
)
def test_one_page_has_one_form(url):
    assert canonical_url(url) == "https://example.org/posts"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/?a=1&b=2", "https://example.org/?b=2&a=1"),
        ("https://example.org/a", "https://example.org:8443/a"),
    ],
)
def test_what_may_be_two_pages_stays_two(one, other):
    assert canonical_url(one) != canonical_url(other)


def test_the_root_is_a_slash_and_an_ipv6_host_keeps_its_brackets():
    assert canonical_url("http://example.org") == canonical_url("http://EXAMPLE.org:80/") == "https://example.org/"
    assert canonical_url("http://[2A00::1]:8080/a/") == "https://[2a00::1]:8080/a"


@pytest.mark.parametrize(
    "url", ["", "mailto:Joan@example.org", "urn:uuid:1", "/posts/", "http://[", "http://h:x/", "http:///a"]
)
def test_what_is_no_web_address_stays_as_it_is(url):
    assert canonical_url(url) == url


@given(st.text() | _PIECES | _PIECES.map("http://h.test".__add__))
@example("http://h.test/a/ #b")
@example("http://h.test/?utm\n_source=1")
def test_the_form_of_the_form_is_the_form(url):
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(_PIECES.map("http://h.test/".__add__))
def test_the_form_has_no_fragment_and_no_credentials(url):
    parts = urlsplit(canonical_url(url))
    assert (parts.fragment, parts.username, parts.password) == ("", None, None)
