"""A folder of a real IMAP server: read, handed over, and only then marked or moved."""

import os
import socket
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from certificates import server_context, write_certificate
from dovecot_instance import PASSWORD, Dovecot, dovecot

from digest.config import Returns, Secret
from digest.errors import ReturnsError
from digest.returns.mailbox import read_imap

pytestmark = [
    pytest.mark.service("dovecot"),
    pytest.mark.skipif(os.geteuid() != 0, reason="this Dovecot starts only as root"),
]

FIRST = b"Subject: first\n\nbody\n"
SECOND = b"Subject: second\n\nbody\n"


@pytest.fixture
def server():
    with dovecot() as started:
        yield started


def account(server: Dovecot, **changes):
    whole = {
        "host": "localhost",
        "port": server.tls,
        "username": "returns",
        "password": Secret(PASSWORD),
        "ca_file": server.certificate,
    }
    return Returns.model_validate(whole | changes)


def taken(returns):
    kept = []
    assert read_imap(returns, kept.extend) == len(kept)
    return sorted(message.replace(b"\r\n", b"\n") for message in kept)


def test_unseen_messages_are_read_once_and_then_seen(server):
    server.deliver(FIRST, SECOND)
    assert taken(account(server)) == [FIRST, SECOND]
    assert all(name.endswith(":2,S") for name in server.names())
    assert taken(account(server)) == []
    server.deliver(FIRST)
    assert taken(account(server)) == [FIRST]


def test_nothing_is_marked_that_was_not_kept(server):
    def full(messages):
        raise OSError(28, "No space left on device")

    server.deliver(FIRST)
    with pytest.raises(OSError, match="No space"):  # not taken for trouble with the server
        read_imap(account(server), full)
    assert taken(account(server)) == [FIRST]


def test_what_was_read_is_moved_where_that_is_asked_for(server):
    server.make_folder("Gone &AOk-")  # "Gone é", as IMAP writes it
    server.deliver(FIRST)
    assert taken(account(server, moved_to="Gone é")) == [FIRST]
    assert (server.names(), len(server.names("Gone &AOk-"))) == ([], 1)
    assert taken(account(server, moved_to="Gone é")) == []
    assert taken(account(server, folder="Gone é")) == [FIRST]


def test_more_than_a_batch_is_read_in_batches(server):
    server.deliver(*(b"Subject: %d\n\n" % number for number in range(60)))
    sizes = []
    assert read_imap(account(server), lambda batch: sizes.append(len(batch))) == 60
    assert sizes == [50, 10]


def test_of_a_large_message_a_megabyte_is_fetched(server):
    server.deliver(b"Subject: large\n\n" + b"a line of it\n" * 150_000)
    (message,) = taken(account(server))
    assert 900_000 < len(message) <= 1_000_000


def test_starttls_is_spoken_before_the_password(server):
    server.deliver(FIRST)
    assert taken(account(server, port=server.plain, tls="starttls")) == [FIRST]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"password": Secret("wrong")}, "the login is refused; see username and password"),
        ({"username": "nobody"}, "the login is refused"),
        ({"folder": "Elsewhere"}, 'has no folder "Elsewhere"; see folder'),
        ({"ca_file": None}, "certificate is not trusted"),
        ({"host": "127.0.0.1"}, "certificate is not trusted"),  # which names others
    ],
)
def test_what_the_server_refuses_is_told_in_one_line(server, changes, told):
    with pytest.raises(ReturnsError, match=r"\[returns\]") as refused:
        read_imap(account(server, **changes), print)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_messages_that_cannot_be_moved_are_told_and_read_again(server):
    server.deliver(FIRST)
    with pytest.raises(ReturnsError, match="moving messages"):
        read_imap(account(server, moved_to="Nowhere"), lambda _batch: None)
    assert taken(account(server)) == [FIRST]


def answering(listening, certificate, answers):
    """One conversation, spoken by a server that says these lines, whatever it is told."""
    with (
        closing(listening.accept()[0]) as plain,
        server_context(certificate).wrap_socket(plain, server_side=True) as tls,
    ):
        tls.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
        tag = b""
        with tls.makefile("rb") as lines:
            for answer in answers:
                line = lines.readline().strip()
                tag = line.split(b" ")[0] if b" " in line else tag
                tls.sendall(answer.replace(b"TAG", tag).replace(b"SAID", line) + b"\r\n")


def test_a_password_that_a_server_repeats_is_told_to_nobody(tmp_path):
    certificate = write_certificate(tmp_path / "certificate.pem")
    answers = (b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done", b"+ ", b"* BYE no SAID \x1b[2J\r\nTAG NO no")
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        spoken = pool.submit(answering, listening, certificate, answers)
        returns = Returns(
            host="localhost",
            port=listening.getsockname()[1],
            username="returns",
            password=Secret(PASSWORD),
            ca_file=certificate,
        )
        with pytest.raises(ReturnsError) as refused:
            read_imap(returns, print)
        spoken.result(timeout=30)
    assert "no …" in str(refused.value)
    assert b64encode(f"\0returns\0{PASSWORD}".encode()).decode() not in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_a_server_that_is_not_there_is_told(server):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ReturnsError, match=f"localhost:{port}"):
        read_imap(account(server, port=port), print)
