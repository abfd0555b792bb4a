"""What is taken out of addresses and of the words of others before they are told."""

import base64

import pytest

from digest.collect.fetch.urls import without_secrets
from digest.config.redaction import address_secrets, login_secrets, place_of, redacted

TOKEN = "canary-4711"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://joan:canary-4711@example.org/feed", "https://example.org/feed"),
        ("https://joan:canary-4711/x@example.org/feed", "https://example.org/feed"),
        ("https://joan:x/canary-4711#y@example.org:8443/feed", "https://example.org:8443/feed"),
        ("//joan:canary-4711@example.org/feed", "//example.org/feed"),
        ("https://example.org/feed?key=canary-4711#canary-4711", "https://example.org/feed?…"),
        ("https://social.example.org:8443/@ann", "https://social.example.org:8443/@ann"),
        ("https://social.example.org/@ann", "https://social.example.org/@ann"),
        ("https://[2001:db8::1]/@ann", "https://[2001:db8::1]/@ann"),
        ("/feed@home?canary-4711", "/feed@home?…"),
    ],
)
def test_an_address_is_shown_without_its_password_even_one_that_was_not_quoted(address, shown):
    assert without_secrets(address) == shown


@pytest.mark.parametrize(
    "address",
    [
        "https://joan:canary-4711@example.org/feed",
        "https://example.org/canary-4711/feed?x=1",
        "https://example.org/feed?key=canary-4711",
        "https://canary-4711@example.org/",
    ],
)
def test_of_an_address_that_is_secret_as_a_whole_the_host_alone_is_told(address):
    assert place_of(address) == "https://example.org/…"
    assert TOKEN not in redacted(f"404 no {address}; {TOKEN} is not known", address_secrets(address, whole=True))


@pytest.mark.parametrize("relative", ["/canary-4711/feed", "canary-4711", "?canary-4711", "mailto:canary-4711"])
def test_where_a_secret_address_leads_on_its_own_host_is_not_told(relative):
    assert place_of(relative) == "…"


def test_a_login_is_hidden_however_a_server_repeats_it():
    secrets = login_secrets("canary/4711", "joan")
    plain = base64.b64encode(b"\0joan\0canary/4711").decode()
    said = f"535 no: canary/4711, canary%2F4711, {base64.b64encode(b'canary/4711').decode()}, {plain}"
    assert redacted(said, secrets) == "535 no: …, …, …, …"


def test_words_without_a_secret_stay_as_they_are():
    assert redacted("535 5.7.8 no", login_secrets("", "")) == "535 5.7.8 no"
    assert redacted("the feed is private", address_secrets("https://example.org/private/feed?a=feed", whole=True)) == (
        "the feed is private"
    )
