"""One-click posts that are read by themselves: exactly those that h11 reads alike, and nothing else."""

import h11
import pytest

from digest.errors import TokenError
from digest.web.one_click import OneClickPosts, token_of

BODY = b"List-Unsubscribe=One-Click"
LINE = b"POST /unsubscribe/abc-DEF_123 HTTP/1.1"
HOST, LENGTH = b"Host: digest.example.org", b"Content-Length: 26"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


def post(*fields, line=LINE, body=BODY):
    return b"\r\n".join((line, *fields, b"", body))


@pytest.mark.parametrize(
    "data",
    [
        post(HOST, LENGTH),
        post(b"content-LENGTH: 26", b"HOST: x"),
        post(HOST, LENGTH, line=LINE.replace(b"1.1", b"1.0")),
        post(HOST, b'User-Agent: (a) b; c=d, "e" {f}', b"Connection: keep-alive", b"X-Forwarded-For: ::1", LENGTH),
        post(
            HOST,
            b"Content-Type: multipart/form-data; boundary=x",
            b"Content-Length: %d" % len(MULTIPART),
            body=MULTIPART,
        ),
    ],
    ids=["plain", "cases", "from a proxy", "more fields", "multipart"],
)
def test_a_whole_post_is_read_as_h11_reads_it(data):
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    request, body = connection.next_event(), connection.next_event()
    assert (request.method, request.target) == (b"POST", b"/unsubscribe/" + token_of(data).encode())
    assert bytes(body.data) == data.partition(b"\r\n\r\n")[2]
    assert isinstance(connection.next_event(), h11.EndOfMessage)
    assert connection.trailing_data == (b"", False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        post(HOST, LENGTH)[:-1],
        post(HOST, LENGTH) + b"x",
        post(HOST, LENGTH) * 2,
        post(HOST, LENGTH, body=b"mute=posts&a=1234567890123"),
        post(HOST, b"Content-Length: +26"),
        post(HOST, b"Content-Length: 026"),
        post(HOST, b"Content-Length: 5", LENGTH),
        post(HOST, LENGTH, LENGTH),
        post(HOST, b"Content-Length : 26"),
        post(HOST, LENGTH, b"Transfer-Encoding: chunked"),
        post(HOST, LENGTH, b"expect: 100-continue"),
        post(HOST, LENGTH, b"Upgrade: websocket"),
        post(LENGTH),
        post(HOST, HOST, LENGTH),
        post(HOST, LENGTH, b"X: a\0b"),
        post(HOST, LENGTH, b"X: a\r b"),
        post(HOST, LENGTH, b"X: a\nb"),
        post(HOST, LENGTH, b" folded"),
        post(HOST, LENGTH, b"X: caf\xe9"),
        post(HOST, LENGTH).replace(b"\r\n", b"\n"),
        post(HOST, LENGTH, *[b"X: %d" % number for number in range(60)]),
        post(HOST, LENGTH, b"X: " + b"a" * 2500),
        post(HOST, LENGTH, *[b"X: " + b"a" * 1500] * 6),
        post(HOST, b"Content-Length: 5026", body=BODY + b"x" * 5000),
        post(HOST, LENGTH, line=LINE.replace(b"POST", b"GET")),
        post(HOST, LENGTH, line=LINE.replace(b" HTTP", b"?a=b HTTP")),
        post(HOST, LENGTH, line=LINE.replace(b" HTTP", b"/back HTTP")),
        post(HOST, LENGTH, line=LINE.replace(b" HTTP", b"%41 HTTP")),
        post(HOST, LENGTH, line=LINE.replace(b"unsubscribe", b"preferences")),
        post(HOST, LENGTH, line=LINE.replace(b"1.1", b"2.0")),
        post(HOST, LENGTH, line=b" " + LINE),
        post(HOST, LENGTH, line=LINE.replace(b"abc", b"a" * 300)),
    ],
)
def test_whatever_is_not_exactly_such_a_post_is_for_others_to_read(data):
    assert token_of(data) is None


def test_a_token_that_is_none_of_ours_is_for_others_to_answer():
    def begin(token):
        raise TokenError(token)

    assert OneClickPosts(begin, answer=str, failed="").take(post(HOST, LENGTH)) is None
