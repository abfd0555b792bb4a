"""What comes back costs a bounded time, whoever made it."""

from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import pytest
from slowness import cost

from digest.returns.message import read_message

CASES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "cases" / "returns").glob("*.eml"))]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECONDS = 0.5  # of CPU for a message of a megabyte; the dearest takes a tenth of it
SIZE = 1_000_000


def filled(head, piece, tail=b""):
    return head + piece * ((SIZE - len(head)) // len(piece)) + tail


def nested(levels):
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(levels)
    )
    return filled(head + b"\n", b"x\n")


MIXED = b"Content-Type: multipart/mixed; boundary="
HOSTILE = {
    "parts within parts": nested(50),
    "parts within parts without end": nested(20_000),
    "messages within messages": filled(b"", b"Content-Type: message/rfc822\n\n"),
    "a million delimiters": filled(MIXED + b"-\n\n", b"\n---"),
    "almost delimiters": filled(MIXED + b"a\n\n", b"\n--aa"),
    "a delimiter of one sign": filled(MIXED + b"a" * 199 + b"\n\n", b"\n--" + b"a" * 198),
    "thousands of fields": filled(b"", b"A: b\n"),
    "one field in thousands of lines": filled(b"A: b\n", b" c\n"),
    "thousands of return paths": filled(b"", b"Return-Path: <a+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b>\n"),
    "one line": filled(b"", b"a"),
    "one line of a body": filled(b"From: MAILER-DAEMON\n\n", b"5.1.1 550 no such user "),
    "tags that begin": filled(b"Content-Type: text/html\n\n", b"<"),
    "addresses like ours": filled(b"\n", b"a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b "),
    "links like ours": filled(b"\n", b"/unsubscribe/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "),
    "ids like ours": filled(b"\n", b"<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.example>"),
    "encoded words": filled(b"Subject: ", b"=?utf-8?q?a?= "),
    "parameters": filled(MIXED, b'; a="'),
    "base64 that is none": filled(b"Content-Transfer-Encoding: base64\n\n", b"=!"),
    "quoted-printable that is none": filled(b"Content-Transfer-Encoding: quoted-printable\n\n", b"="),
    "a slow charset": filled(b"Content-Type: text/plain; charset=punycode\n\n", b"a"),
    "recipients": filled(b"Content-Type: message/delivery-status\n\n", b"Action: failed\nStatus: 5.1.1\n\n"),
    "a diagnostic": filled(b"Content-Type: message/delivery-status\n\nAction: failed\nDiagnostic-Code: ", b"5.1.1."),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_read_within_the_budget(name):
    seconds = min(cost(lambda: read_message(HOSTILE[name], secret="secret", now=NOW)) for _ in range(3))
    assert seconds <= SECONDS


def test_ten_thousand_bounces_are_read_within_thirty_seconds():
    """A twentieth of them is counted; 10,000 on one core of 2026 take about 12 s."""

    def read():
        for message in islice(cycle(CASES), 500):
            read_message(message, secret="the secret of the cases", now=NOW)

    assert cost(read) <= 30 / 20
