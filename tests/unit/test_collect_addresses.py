from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.fetch.addresses import is_metadata, not_public
from digest.collect.fetch.failures import LastingError
from digest.collect.fetch.urls import basic_credentials, parse_url, without_secrets


@pytest.mark.parametrize(
    "address",
    [
        *("93.184.215.14", "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0"),
        *("2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"),
    ],
)
def test_the_public_internet_is_public(address):
    assert not_public(address) is None


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        ("this machine", ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]),
        ("this machine", ["2002:7f00:1::", "2001:0:7f00:1::808:808", "2001:0:808:808::80ff:fffe"]),
        ("the unspecified address", ["0.0.0.0", "::", "::ffff:0.0.0.0"]),
        ("a private address", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1"]),
        ("a private address", ["0.1.2.3", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"]),
        ("a private address", ["::ffff:10.0.0.1", "2002:a00:1::", "2002:c0a8:101::1", "64:ff9b::a00:1"]),
        ("a link-local address", ["169.254.1.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.0.9"]),
        ("a carrier's shared address", ["100.64.0.1", "100.127.255.255", "::ffff:100.64.0.1", "64:ff9b::6440:1"]),
        ("a multicast address", ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"]),
        ("a reserved address", ["192.0.0.192", "192.88.99.1", "::7f00:1", "64:ff9b:1::a00:1", "5f00::1", "3fff::1"]),
        ("a cloud machine's metadata service", ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"]),
        ("a cloud machine's metadata service", ["100.100.100.200", "168.63.129.16", "64:ff9b::a9fe:a9fe"]),
    ],
)
def test_what_is_not_public_is_known_by_its_kind(kind, addresses):
    assert {address: not_public(address) for address in addresses} == dict.fromkeys(addresses, kind)


def test_broadcast_and_the_last_block_are_not_public():
    assert not_public("255.255.255.255")
    assert not_public("240.0.0.1")


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_judged_as_it_is_alone(inner: IPv4Address):
    number = int(inner)
    forms = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    for form in forms:
        assert not_public(str(IPv6Address(form))) == not_public(str(inner))
        assert is_metadata(str(IPv6Address(form))) == is_metadata(str(inner))


@given(st.ip_addresses(v=4))
def test_nothing_passes_that_python_calls_special(address):
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local
    assert not special or not_public(str(address))


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_global_unicast_and_what_carries_ipv4_passes(address):
    carries = int(address) >> 32 in {0xFFFF, 0x64FF9B << 64}
    assert address in IPv6Network("2000::/3") or carries or not_public(str(address))


def test_what_is_no_address_is_not_judged():
    with pytest.raises(ValueError, match="does not appear"):
        not_public("example.org")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/feed", "https://example.org/feed"),
        ("https://joan:s3cret@example.org/feed", "https://example.org/feed"),
        ("https://joan@a@b:c@example.org/feed", "https://example.org/feed"),
        ("https://example.org/feed?key=s3cret&x=1#part", "https://example.org/feed?…"),
        ("//joan:s3cret@example.org", "//example.org"),
        ("https://example.org/@joan", "https://example.org/@joan"),
        ("https://example.org/\x1b[31m", "https://example.org/ [31m"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address, shown):
    assert without_secrets(address) == shown


@pytest.mark.parametrize(
    "address", ["", "/x", "mailto:a@b", "http://", "http:///x", "http://h:0/", "http://h:x/", "http://\x00/"]
)
def test_what_no_website_answers_to_is_refused(address):
    with pytest.raises(LastingError, match="check the address"):
        parse_url(address)


@pytest.mark.parametrize(
    ("other", "sent"),
    [
        ("http://h.test/b", True),
        ("http://h.test:80/b", True),
        ("https://h.test/b", True),
        ("http://h.test:8080/b", False),
        ("https://h.test:8443/b", False),
        ("http://www.h.test/b", False),
    ],
)
def test_credentials_go_to_their_own_server_or_to_its_secure_side(other, sent):
    configured = parse_url("http://joan:s3cret@h.test/a")
    assert (basic_credentials(configured, parse_url(other)) is not None) == sent


def test_credentials_never_step_down_from_https():
    configured = parse_url("https://joan:s3cret@h.test/a")
    assert basic_credentials(configured, parse_url("http://h.test/a")) is None


def test_every_metadata_service_is_known_within_any_form():
    for address in ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"):
        assert is_metadata(address)
    assert is_metadata("2001:0:a9fe:a9fe::f7f7:f7f7")  # Teredo: the server is one, the client is 8.8.8.8
    assert not is_metadata("8.8.8.8")


def test_the_block_for_discarding_is_private_before_it_is_reserved():
    assert not_public("100::1") == "a private address"
