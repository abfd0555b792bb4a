"""Signatures are verified by another implementation (dkimpy), and whatever is changed breaks them."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from email import message_from_bytes, policy

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.config import Dkim, Sender
from digest.deliver import contradiction, prepare_message, public_record
from digest.deliver.dkim import relaxed
from digest.model import Field, Recipient, Rendered, Slot

DATE = datetime(2024, 11, 25, 8, 0, tzinfo=UTC)  # long past: a verifier refuses signatures of the future
RSA = generate_private_key(65_537, 2048)
KEYS = {"rsa": RSA, "ed25519": Ed25519PrivateKey.from_private_bytes(bytes(range(32)))}
LINK = "https://growers.example.org/unsubscribe/" + "t" * 60
REGION = Field("region", "here")
PLACES = (*Slot, REGION)
NO_VALUES = dict.fromkeys(PLACES, "")
HARD = st.sampled_from(
    ["\r\n", "\n.\n", " \n", "\t ", "=", "  ", "é", "я" * 90, "w" * 200, "\n\n\n", ":", ";", '"', "\\"]
)
TEXT = st.lists(HARD | st.text(max_size=40), max_size=5).map("".join)
SLICED = st.lists(TEXT | st.sampled_from(PLACES), max_size=5).map(tuple)
VALUES = st.fixed_dictionaries(dict.fromkeys(PLACES, TEXT))
PARTS = {
    "subject": TEXT,
    "own_subject": SLICED,
    "html": SLICED,
    "text": SLICED,
    "values": VALUES,
    "name": TEXT,
    "sender_name": TEXT,
}


SIGNED = (
    b"From To Subject Date Message-ID Reply-To MIME-Version Content-Type List-Id List-Unsubscribe"
    b" List-Unsubscribe-Post List-Help Feedback-ID Auto-Submitted"
).split()


def signed(
    key="rsa",
    *,
    subject="News",
    own_subject=(),
    html=("<p>Hello ", Slot.NAME, "</p>\n"),
    text=("All the news.\n", Slot.NAME, "\n"),
    values=NO_VALUES,
    name="Ann",
    sender_name="Growing Network",
    address="ann@example.org",
    url=LINK,
    domain=None,
):
    prepared = prepare_message(
        Rendered(subject=subject, own_subject=own_subject, html=html, text=text),
        sender=Sender(
            email="post@growers.example.org",
            name=sender_name,
            reply_to="office@growers.example.org",
            dkim=Dkim(selector="autumn", domain=domain, key=KEYS[key]),
        ),
        date=DATE,
        list_id="weekly.growers.example.org",
        list_name="Weekly",
        help_url="https://growers.example.org/",
        feedback=("2024-W48", "weekly", "members"),
    )
    return prepared.for_recipient(
        Recipient(address=address, name=name), values=values, message_id="<m@example.org>", unsubscribe_url=url
    )


def verified(raw: bytes, key="rsa") -> bool:
    asked = []

    def published(name, timeout=5):
        asked.append(name)
        return public_record(KEYS[key]).encode()

    try:
        return dkim.verify(raw, dnsfunc=published)
    finally:
        assert set(asked) <= {b"autumn._domainkey.growers.example.org."}


def field(raw: bytes, name: bytes) -> bytes:
    """A whole header field as it stands, with its folds."""
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    (found,) = re.findall(rb"^" + name + rb":.*\r\n(?:[ \t].*\r\n)*", head, re.IGNORECASE | re.MULTILINE)
    return found


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=60)
@given(parts=st.fixed_dictionaries({}, optional=PARTS))
@example(parts=dict.fromkeys(("subject", "name", "sender_name"), "") | dict.fromkeys(("html", "text"), ("",)))
@example(parts={"text": ("я" * 57, Slot.NAME), "html": (Slot.NAME,)})
@example(parts={"text": ("я" * 57,)})
def test_every_copy_is_signed_whatever_its_names_subject_and_bodies(key, parts):
    assert verified(signed(key, **parts), key)


@pytest.mark.parametrize("key", KEYS)
def test_an_address_outside_ascii_and_a_copy_without_unsubscribing_are_signed_too(key):
    assert verified(signed(key, address="анна@bücher.example.org"), key)
    assert verified(signed(key, url=None), key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", SIGNED, ids=bytes.decode)
def test_a_signed_header_can_be_neither_changed_nor_removed_nor_added(key, name):
    raw = signed(key)
    found = field(raw, name)
    assert not verified(raw.replace(found, found.removesuffix(b"\r\n") + b"x\r\n"), key)
    assert not verified(raw.replace(found, b""), key)
    assert not verified(found + raw, key)
    assert verified(raw, key)


def test_both_headers_of_unsubscribing_cannot_be_added_where_there_were_none():
    raw = signed(url=None)
    assert not verified(b"List-Unsubscribe: <https://elsewhere.example/>\r\n" + raw)
    assert not verified(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + raw)


def test_a_header_that_servers_add_or_change_is_not_signed():
    raw = signed()
    assert verified(b"Received: from somewhere\r\n" + raw.replace(b"Precedence: bulk", b"Precedence: list"))


def test_a_subject_of_ones_own_can_be_neither_changed_nor_added_to():
    raw = signed(own_subject=("News of ", REGION), values={**NO_VALUES, REGION: "Fife\r\nBcc: eve@example.org"})
    assert field(raw, b"Subject") == b"Subject: News of Fife Bcc: eve@example.org\r\n"
    assert verified(raw)
    assert not verified(raw.replace(b"of Fife", b"of Perth"))
    assert not verified(b"Subject: News\r\n" + raw)


def test_headers_may_be_folded_anew_on_the_way():
    raw = signed(subject="A line of words " * 4)
    assert b"Subject: A line of words" in raw
    assert verified(raw.replace(b"Subject: A line of words", b"SUBJECT:  A line\r\n\tof words "))


@pytest.mark.parametrize("key", KEYS)
@given(place=st.integers(min_value=0))
@settings(max_examples=40)
def test_no_byte_of_the_body_can_be_changed(key, place):
    raw = signed(key)
    start = raw.index(b"\r\n\r\n") + 4
    place = start + place % (len(raw) - 2 - start)  # simple takes further line ends at the very end as none
    changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
    assert not verified(changed, key)


def test_all_copies_of_one_mail_are_signed_each_for_itself():
    prepared = prepare_message(
        Rendered(subject="News", html=("<p>Hello</p>",), text=("All the news.\n", Slot.NAME)),
        sender=Sender(email="post@growers.example.org", dkim=Dkim(selector="autumn", key=RSA)),
        date=DATE,
        list_id="weekly.growers.example.org",
    )
    for name in ("Ann", "Bo", "Ann"):
        raw = prepared.for_recipient(
            Recipient(address=f"{name}@example.org", name=name),
            values=dict.fromkeys(Slot, name),
            message_id=f"<{name}@example.org>",
            unsubscribe_url=LINK,
        )
        assert verified(raw)


def test_one_persons_signature_is_not_anothers():
    ann, bo = signed(), signed(name="Bo", address="bo@example.org")
    assert field(ann, b"DKIM-Signature") != field(bo, b"DKIM-Signature")
    assert not verified(bo.replace(field(bo, b"DKIM-Signature"), field(ann, b"DKIM-Signature")))


@pytest.mark.parametrize("key", KEYS)
def test_the_signature_stands_first_in_short_lines_and_names_each_header_once_more_than_it_stands(key):
    raw = signed(key)
    own = field(raw, b"DKIM-Signature")
    assert raw.startswith(own)
    assert own.isascii()
    assert b"=?" not in own
    assert all(len(line) <= 78 for line in own.split(b"\r\n"))
    tags = dict(re.findall(r"(\w+)=([^;]*)", re.sub(r"\s+", "", own.decode())))
    assert (tags["a"], tags["c"]) == (f"{key}-sha256", "relaxed/simple")
    assert (tags["d"], tags["s"], tags["t"]) == ("growers.example.org", "autumn", str(int(DATE.timestamp())))
    assert sorted(tags["h"].split(":")) == sorted(name.decode().lower() for name in SIGNED * 2)


def test_the_domain_may_be_another_and_is_written_in_ascii():
    own = message_from_bytes(signed(domain="bücher.example.org"), policy=policy.compat32)["DKIM-Signature"]
    assert "d=xn--bcher-kva.example.org;" in own


def test_a_header_is_relaxed_as_the_rfc_shows():  # section 3.4.5
    assert relaxed(b"A: X\r\n") == b"a:X\r\n"
    assert relaxed(b"B : Y\t\r\n\tZ  \r\n") == b"b:Y Z\r\n"


def test_the_record_of_our_key_is_the_one_that_receivers_want():
    for key in KEYS.values():
        assert contradiction(public_record(key), key) == ""
    old_form = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    spaced = public_record(RSA).replace("; ", " ;\t").replace("p=MII", "p=MI I") + ";"
    assert contradiction(spaced, RSA) == ""
    assert contradiction("p=" + b64encode(old_form).decode(), RSA) == ""


OTHER = generate_private_key(65_537, 1024)


@pytest.mark.parametrize(
    ("record", "key", "told"),
    [
        (public_record(OTHER), "rsa", "another key"),
        (public_record(Ed25519PrivateKey.from_private_bytes(bytes(32))), "ed25519", "another key"),
        (public_record(RSA), "ed25519", "a key of kind rsa, ours is ed25519"),
        (public_record(RSA).partition("p=")[0] + "p=", "rsa", "withdrawn"),
        ("v=spf1 -all", "rsa", "not a DKIM record"),
        ("v=DKIM1; p=not base64", "rsa", "another key"),
        (public_record(RSA) + "; h=sha1", "rsa", "sha256"),
        (public_record(RSA) + "; s=tlsrpt", "rsa", "not meant for mail"),
    ],
)
def test_a_record_that_receivers_would_not_believe_is_told(record, key, told):
    assert told in contradiction(record, KEYS[key])
