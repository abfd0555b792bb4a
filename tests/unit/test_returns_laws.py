"""Whatever comes back is read, whoever wrote it, and read again as the same."""

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from digest.model import ReturnKind
from digest.returns.message import read_message
from digest.returns.mime import decoded, fields_of, parts_of, readable
from digest.returns.status import LONGEST_EXCERPT, enhanced_in, weigh
from digest.returns.wording import said_in

CASES = {path.stem: path.read_bytes() for path in (Path(__file__).parents[1] / "cases" / "returns").glob("*.eml")}
SECRET = "the secret of the cases"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\n\n", b"--b", b"--b\n", b"--b--\n", b"; ", b'"', b"=", b"<", b">", b"\x00", b"\xff", b"-"),
        *(b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/delivery-status\n"),
        *(b"Content-Type: message/rfc822\n\n", b"Content-Type: message/feedback-report\n", b"Feedback-Type: abuse\n"),
        *(b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n"),
        *(b"Action: failed\n", b"Action: delayed\n", b"Status: 5.1.1\n", b"Status: 5..\n", b"Status: 2.0.0\n"),
        *(
            b"Final-Recipient: utf-8; \\x{110000}\\x{D800}\n",
            b"From: MAILER-DAEMON\n",
            b"Auto-Submitted: auto-replied\n",
        ),
        *(
            b"Date: Mon, 99 Foo 99999\n",
            b"Date: 1 Jan 0001 00:00:00 +2359\n",
            b"Received: by x; 31 Dec 9999 23:59:59 -2359\n",
        ),
        *(
            b"Subject: =?utf-7?q?+2AA-?= =?x?b?!?=\n",
            b"Content-Type: text/html; charset=idna\n",
            b"550 5.1.1 no such user\n",
        ),
    ]
)
MESSAGES = st.lists(PIECES | st.binary(max_size=30), max_size=40).map(b"".join)


def read(message, now=NOW):
    return read_message(message, secret=SECRET, now=now)


@given(MESSAGES)
@example(b"")
@example(b"From ")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n")
@example(b"From: MAILER-DAEMON\n\nStatus: 5.1.1\n\x80")
def test_nothing_that_comes_back_makes_reading_fail(message):
    found = read(message)
    assert found.received_at <= NOW
    assert len(found.excerpt) <= LONGEST_EXCERPT
    told = (found.excerpt, found.reported_address, found.status, *found.message_ids)
    assert not [char for text in told for char in text if unicodedata.category(char) in ("Cc", "Cs")]
    assert (found.kind is ReturnKind.BOUNCE) == (found.bounce_class is not None) == (found.clarity is not None)
    assert found.hints == ()


@given(st.sampled_from(sorted(CASES)), st.data())
def test_a_message_that_is_cut_off_anywhere_is_read(name, data):
    whole = CASES[name]
    read(whole[: data.draw(st.integers(0, len(whole)))])


@given(st.sampled_from(sorted(CASES)))
def test_a_return_is_known_again_however_it_travelled(name):
    message = CASES[name]
    again = b"Delivered-To: archive@network.example\r\nX-Seen: yes\r\n" + message.replace(b"\n", b"\r\n") + b"\r\n"
    assert read(message).key == read(again).key
    assert read(b"From mailer@orchard.example Mon Nov 23 08:00:00 2026\n" + message).key == read(message).key


def test_different_returns_have_different_keys():
    assert len({read(message).key for message in CASES.values()}) == len(CASES)


@given(st.sampled_from(sorted(CASES)))
def test_nobody_is_named_by_marks_made_with_another_secret(name):
    assert read_message(CASES[name], secret="another secret", now=NOW).hints == ()


def test_a_return_came_when_our_server_had_it_and_never_later_than_now():
    message = b"Received: from a by b; Mon, 23 Nov 2026 08:00:09 +0000\nDate: Mon, 23 Nov 2026 07:00:00 +0000\n\n"
    assert read(message).received_at == datetime(2026, 11, 23, 8, 0, 9, tzinfo=UTC)
    assert read(message.partition(b"\n")[2]).received_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert read(message, NOW - timedelta(days=3)).received_at == NOW - timedelta(days=3)
    assert read(b"Subject: none\n\n").received_at == NOW


@given(st.text(), st.text())
def test_any_status_and_any_words_come_to_something(status, diagnostic):
    weighed = weigh(status, diagnostic)
    assert weighed.status in ("", enhanced_in(status), enhanced_in(diagnostic))
    assert said_in(diagnostic) >= frozenset()


@given(st.binary(), st.text())
def test_bytes_in_any_charset_become_text_that_can_be_kept(content, charset):
    decoded(content, charset).encode("utf-8")  # which halves of characters would not survive


@given(st.text())
def test_any_value_is_readable_as_one_line(value):
    assert not set(readable(value)) & {"\n", "\r", "\0", "\t"}


def test_a_boundary_that_begins_like_another_is_not_taken_for_it():
    inner = b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\nfirst\n--bb\n\nsecond\n--bb--\n"
    parts = parts_of(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + inner + b"--b\n\nthird\n--b--\n\n--b\n\nlate"
    )
    assert [part.body for part in parts if part.body] == [b"first", b"second", b"third"]


def test_header_fields_are_unfolded_and_kept_in_their_order():
    assert fields_of(b"A: one\n two\nb : x\nA: three\nno colon\n\nC: body") == {"a": ("one two", "three"), "b": ("x",)}
