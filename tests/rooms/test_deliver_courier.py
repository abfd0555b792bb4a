"""The SMTP courier against real servers: one fault at one stage, the outcome, and the state after it."""

import asyncio
import contextlib
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from certificates import server_context, write_certificate
from scripted_smtp import Fault, scripted_server

from digest.config import Smtp
from digest.config.values import Secret
from digest.deliver import Envelope, SmtpCourier
from digest.deliver.dialling import security
from digest.errors import DeliveryError, UnreachableError
from digest.model import Accepted, Deferred, Rejected, Stage, Unknown

MESSAGE = b"Subject: News\r\n\r\n" + b"All is well in the gardens.\r\n" * 100
ENVELOPE = Envelope(sender="post@example.org", recipient="ann@example.org", message=MESSAGE)
NEXT = Envelope(sender="post@example.org", recipient="bob@example.org", message=MESSAGE)
HUGE = Envelope(sender="post@example.org", recipient="ann@example.org", message=b"x" * 70 + b"\r\n" + MESSAGE * 16_000)
STAGE = {"MAIL": Stage.MAIL, "RCPT": Stage.RCPT, "DATA": Stage.DATA, "body": Stage.BODY, "dot": Stage.DOT}


def smtp_to(server, *, seconds=5.0, **settings):
    return Smtp(host=server.host, port=server.port, timeout=timedelta(seconds=seconds), **settings)


@pytest.fixture(params=["250 ENHANCEDSTATUSCODES", "250-PIPELINING\r\n250 ENHANCEDSTATUSCODES"], ids=["", "pipelining"])
def offers(request):
    """What the server says to EHLO."""
    return Fault("EHLO", f"250-scripted.test\r\n{request.param}")


async def after_fault(*faults, envelope=ENVELOPE, seconds=5.0):
    """The outcome of a delivery that meets the faults, and the server after the next one came through."""
    async with scripted_server(faults) as server:
        courier = await SmtpCourier.connect(smtp_to(server, seconds=seconds))
        outcome = await courier.send(envelope)
        assert isinstance(await courier.send(NEXT), Accepted)
        await courier.close()
    assert server.accepted[-1].recipient == "bob@example.org"
    assert server.accepted[-1].message == MESSAGE
    assert not server.faults
    return outcome, server


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("reply", ["450 4.2.0 greylisted", "451 4.3.0 local error", "452 4.2.2 full"])
async def test_a_4xx_defers_and_the_connection_lives_on(offers, stage, reply):
    outcome, server = await after_fault(offers, Fault(stage, reply))
    assert outcome == Deferred(stage=STAGE[stage], code=int(reply[:3]), reply=reply[4:])
    assert server.connections == 1
    assert [received.recipient for received in server.accepted] == ["bob@example.org"]


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "dot"])
@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "552 5.2.2 mailbox full", "554 5.7.1 policy"])
async def test_a_5xx_rejects_and_the_connection_lives_on(offers, stage, reply):
    outcome, server = await after_fault(offers, Fault(stage, reply))
    missing = stage == "RCPT" and reply.startswith("550")
    assert outcome == Rejected(stage=STAGE[stage], code=int(reply[:3]), reply=reply[4:], no_such_mailbox=missing)
    assert server.connections == 1
    assert [received.recipient for received in server.accepted] == ["bob@example.org"]


@pytest.mark.parametrize("reply", ["550 5.7.1 not your address", "552 5.2.2 full", "554 5.7.1 policy"])
async def test_a_refused_sender_stops_the_sending_instead_of_rejecting_people(offers, reply):
    async with scripted_server([offers, Fault("MAIL", reply)]) as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        told = rf"port {server.port} takes no mail from post@example.org \({reply}\); check \[sender\] email"
        with pytest.raises(DeliveryError, match=told) as raised:
            await courier.send(ENVELOPE)
        assert not isinstance(raised.value, UnreachableError)
        assert not courier.in_doubt
        assert isinstance(await courier.send(NEXT), Accepted)
        await courier.close()
    assert server.connections == 2


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
async def test_a_421_defers_with_its_code_and_the_next_goes_over_a_new_connection(offers, stage):
    outcome, server = await after_fault(offers, Fault(stage, "421 4.3.2 closing"))
    assert outcome == Deferred(stage=STAGE[stage], code=421, reply="4.3.2 closing")
    assert server.connections == 2


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("action", ["drop", "stall", "half", "well, hello"])
async def test_silence_or_garbage_before_the_body_defers(offers, stage, action):
    outcome, server = await after_fault(offers, Fault(stage, action), seconds=0.25)
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.code) == (STAGE[stage], None)
    assert outcome.reply
    assert server.connections == 2


@pytest.mark.parametrize(("stage", "reply"), [("MAIL", "354 go on"), ("DATA", "250 ok"), ("dot", "354 go on")])
async def test_a_server_out_of_step_is_left_and_believed_nothing(offers, stage, reply):
    outcome, server = await after_fault(offers, Fault(stage, reply))
    in_doubt = Unknown(reply=reply[4:])
    assert outcome == (
        in_doubt if stage == "dot" else Deferred(stage=STAGE[stage], code=int(reply[:3]), reply=reply[4:])
    )
    assert server.connections == 2


@pytest.mark.parametrize("action", ["drop", "stall"])
async def test_a_connection_lost_in_the_body_defers(offers, action):
    outcome, server = await after_fault(offers, Fault("body", action), envelope=HUGE, seconds=0.5)
    assert isinstance(outcome, Deferred)
    assert (outcome.stage, outcome.code) == (Stage.BODY, None)
    assert server.connections == 2


@pytest.mark.parametrize("reply", ["452 4.3.1 disk full", "552 5.3.4 too big"])
async def test_an_answer_that_comes_before_the_body_has_left_counts_and_the_rest_never_leaves(reply):
    outcome, server = await after_fault(Fault("body", reply), envelope=HUGE)
    assert (outcome.stage, outcome.code, outcome.reply) == (Stage.BODY, int(reply[:3]), reply[4:])
    assert server.connections == 2
    assert [received.recipient for received in server.accepted] == ["bob@example.org"]


async def test_of_a_body_that_was_given_up_the_rest_does_not_leave_after_all():
    async with scripted_server([Fault("body", "wait")]) as server:
        courier = await SmtpCourier.connect(smtp_to(server, seconds=0.3))
        outcome = await courier.send(HUGE)
        assert isinstance(outcome, Deferred)
        server.go_on.set()  # it reads whatever comes
        await server.left.wait()
        await courier.close()
    assert server.accepted == []


async def test_a_new_connection_is_made_after_so_many_messages_and_the_old_one_is_left_politely():
    async with scripted_server() as server:
        courier = await SmtpCourier.connect(smtp_to(server, max_messages_per_connection=2))
        for _ in range(5):
            assert isinstance(await courier.send(ENVELOPE), Accepted)
        await courier.close()
    assert server.connections == 3
    assert [command for command in server.commands if command in {"QUIT", "RSET"}] == ["QUIT"] * 3
    assert len(server.accepted) == 5


@pytest.mark.parametrize("action", ["drop", "stall", "half", "well, hello"])
async def test_silence_or_garbage_after_the_final_dot_leaves_a_doubt(offers, action):
    outcome, server = await after_fault(offers, Fault("dot", action), seconds=0.25)
    assert isinstance(outcome, Unknown)
    assert outcome.reply
    assert server.connections == 2


@pytest.mark.parametrize("answer", ["354 go ahead", "250 ok"])
async def test_a_server_that_wants_a_body_after_refusing_the_recipient_gets_none(answer):
    pipelining = Fault("EHLO", "250-scripted.test\r\n250 PIPELINING")
    outcome, server = await after_fault(pipelining, Fault("RCPT", "550 5.7.1 not you"), Fault("DATA", answer))
    assert outcome == Rejected(stage=Stage.RCPT, code=550, reply="5.7.1 not you")
    assert server.connections == 2
    assert [received.recipient for received in server.accepted] == ["bob@example.org"]


@pytest.mark.parametrize("action", ["drop", "stall", "half", "well, hello"])
async def test_a_refusal_stands_though_the_connection_is_lost_right_after_it(action):
    pipelining = Fault("EHLO", "250-scripted.test\r\n250 PIPELINING")
    refusal = Fault("RCPT", "450 4.2.0 greylisted")
    outcome, server = await after_fault(pipelining, refusal, Fault("DATA", action), seconds=0.25)
    assert outcome == Deferred(stage=Stage.RCPT, code=450, reply="4.2.0 greylisted")
    assert server.connections == 2


async def test_a_reply_of_several_lines_is_one_text_and_in_no_known_script_one_that_a_database_can_keep():
    outcome, _ = await after_fault(Fault("RCPT", "550-5.7.1 first\r\n550 5.7.1 second"))
    assert outcome.reply == "5.7.1 first\n5.7.1 second"
    async with scripted_server() as server:
        server.faults.append(Fault("RCPT", "550 5.1.1 Empf\udce4nger\0 unbekannt"))
        courier = await SmtpCourier.connect(smtp_to(server))
        outcome = await courier.send(ENVELOPE)
        await courier.close()
    assert outcome.reply == "5.1.1 Empf\N{REPLACEMENT CHARACTER}nger\N{REPLACEMENT CHARACTER} unbekannt"


async def test_a_reply_without_end_is_not_read_to_its_end():
    outcome, server = await after_fault(Fault("RCPT", f"550-{'more' * 20}\r\n" * 1_000 + "550 done"))
    assert isinstance(outcome, Deferred)
    assert server.connections == 2


@pytest.mark.parametrize("recipient", ["ann@example.org\r\nRCPT TO:<bob@example.org>", "ann\0@example.org"])
async def test_an_address_that_would_end_its_line_is_not_sent(recipient):
    async with scripted_server() as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        with pytest.raises(ValueError, match="cannot stand in a command"):
            await courier.send(Envelope(sender="post@example.org", recipient=recipient, message=MESSAGE))
        await courier.close()
    assert not any(command.startswith(("MAIL", "RCPT")) for command in server.commands)


@pytest.mark.parametrize("stage", ["banner", "EHLO"])
@pytest.mark.parametrize("action", ["drop", "stall", "421 4.3.2 too many", "554 5.3.2 not here", "SSH-2.0 hello"])
async def test_a_server_that_does_not_greet_is_an_error_of_sending_as_a_whole(stage, action):
    async with scripted_server([Fault(stage, action)]) as server:
        smtp = smtp_to(server, seconds=0.25)
        with pytest.raises(DeliveryError, match=rf"127\.0\.0\.1 port {server.port}: .+; check \[smtp\]"):
            await SmtpCourier.connect(smtp)
        courier = await SmtpCourier.connect(smtp)
        assert isinstance(await courier.send(ENVELOPE), Accepted)
        await courier.close()


async def test_a_refused_connection_is_an_error_that_names_place_cause_and_way_out():
    async with scripted_server() as server:
        smtp = smtp_to(server)
    with pytest.raises(DeliveryError) as raised:
        await SmtpCourier.connect(smtp)
    assert f"cannot send through 127.0.0.1 port {server.port}: " in str(raised.value)
    assert "check [smtp] host and port" in str(raised.value)


async def test_a_server_that_went_away_between_two_messages_is_an_error_and_not_an_outcome():
    async with scripted_server([Fault("dot", "421 4.3.2 closing for good")]) as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        assert isinstance(await courier.send(ENVELOPE), Deferred)
    with pytest.raises(DeliveryError, match=r"check \[smtp\] host and port"):
        await courier.send(NEXT)
    await courier.close()


async def test_many_messages_go_over_one_connection_and_arrive_as_they_were():
    async with scripted_server() as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        for _ in range(5):
            assert await courier.send(ENVELOPE) == Accepted(reply="2.0.0 taken")
        await courier.close()
    assert server.connections == 1
    assert [received.message for received in server.accepted] == [MESSAGE] * 5
    assert "RSET" not in server.commands
    assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("530 5.7.0 Authentication required", r"give \[smtp\] username and password"),
        ("530 5.7.0 Must issue a STARTTLS command first", r'takes no mail without TLS .*set \[smtp\] tls = "starttls"'),
    ],
)
async def test_a_server_that_wants_something_first_stops_the_sending_and_says_which_setting_is_missing(reply, told):
    async with scripted_server([Fault("MAIL", reply)]) as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        with pytest.raises(DeliveryError, match=told):
            await courier.send(ENVELOPE)
        assert isinstance(await courier.send(NEXT), Accepted)
        await courier.close()


async def test_a_cancelled_message_leaves_no_connection_behind():
    async with scripted_server([Fault("dot", "stall")]) as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        sending = asyncio.create_task(courier.send(ENVELOPE))
        await server.stalling.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not courier._smtp.is_connected
        assert courier.in_doubt
        assert isinstance(await courier.send(NEXT), Accepted)
        assert server.connections == 2
        await courier.close()


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_message_cancelled_before_its_body_is_in_no_doubt(stage):
    async with scripted_server([Fault(stage, "stall")]) as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        sending = asyncio.create_task(courier.send(ENVELOPE))
        await server.stalling.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not courier.in_doubt
        await courier.close()


async def test_an_address_outside_ascii_is_rejected_where_the_server_cannot_take_it():
    envelope = Envelope(sender="post@example.org", recipient="анна@example.org", message=MESSAGE, smtputf8=True)
    async with scripted_server() as server:
        courier = await SmtpCourier.connect(smtp_to(server))
        outcome = await courier.send(envelope)
        await courier.close()
    assert isinstance(outcome, Rejected)
    assert "SMTPUTF8" in outcome.reply
    assert not outcome.no_such_mailbox
    assert not any(command.startswith("MAIL") for command in server.commands)


class Inbox:
    """An aiosmtpd handler that keeps what it is given."""

    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, _server, _session, envelope):
        self.envelopes.append(envelope)
        return "250 2.0.0 ok"


@contextlib.asynccontextmanager
async def aiosmtpd_server(**options):
    """The address of an aiosmtpd server in this loop, and its inbox."""
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    implicit = options.pop("ssl", None)
    protocols = []

    def session():
        protocols.append(SMTP(inbox, hostname="localhost", loop=loop, **options))
        return protocols[-1]

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=implicit)
    try:
        yield server.sockets[0].getsockname()[1], inbox
    finally:
        server.close()
        for protocol in protocols:
            if protocol.transport is not None:
                protocol.transport.close()
        await server.wait_closed()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, with its key, in one file."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def server_tls(certificate):
    return server_context(certificate)


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


async def send_one(port, *, envelope=ENVELOPE, host="localhost", **settings):
    courier = await SmtpCourier.connect(Smtp(host=host, port=port, timeout=timedelta(seconds=5), **settings))
    outcome = await courier.send(envelope)
    await courier.close()
    return outcome


@pytest.mark.usefixtures("trusted")
async def test_a_long_message_goes_over_starttls_with_a_login(server_tls):
    def authenticate(_server, _session, _envelope, _mechanism, login):
        return AuthResult(success=login == LoginPassword(b"post", b"sesame"), handled=False)

    big = Envelope(sender="post@example.org", recipient="ann@example.org", message=MESSAGE * 700)
    secured = {"tls_context": server_tls, "require_starttls": True, "auth_required": True}
    async with aiosmtpd_server(**secured, authenticator=authenticate) as (port, inbox):
        login = {"tls": "starttls", "username": "post"}
        assert isinstance(await send_one(port, envelope=big, **login, password=Secret("sesame")), Accepted)
        assert inbox.envelopes[0].content == MESSAGE * 700
        with pytest.raises(
            DeliveryError, match=r"refuses the login of post: 535 .*; check \[smtp\] username"
        ) as raised:
            await send_one(port, **login, password=Secret("wrong word"))
        assert "wrong word" not in str(raised.value)


@pytest.mark.usefixtures("trusted")
async def test_implicit_tls_is_spoken_from_the_first_byte(server_tls):
    async with aiosmtpd_server(ssl=server_tls) as (port, inbox):
        assert isinstance(await send_one(port, tls="implicit"), Accepted)
        assert inbox.envelopes[0].content == MESSAGE


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(server_tls, tls):
    options = {"ssl": server_tls} if tls == "implicit" else {"tls_context": server_tls}
    async with aiosmtpd_server(**options) as (port, inbox):
        told = r"certificate is not valid for localhost: self-signed certificate; .* in \[smtp\] ca_file"
        with pytest.raises(DeliveryError, match=told) as raised:
            await send_one(port, tls=tls)
        assert not isinstance(raised.value, UnreachableError)
        assert inbox.envelopes == []


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_an_authority_named_in_the_configuration_is_trusted(server_tls, certificate, tls):
    options = {"ssl": server_tls} if tls == "implicit" else {"tls_context": server_tls}
    async with aiosmtpd_server(**options) as (port, inbox):
        assert isinstance(await send_one(port, tls=tls, ca_file=certificate), Accepted)
        assert inbox.envelopes[0].content == MESSAGE


@pytest.mark.parametrize(
    ("content", "told"), [(None, "cannot be read"), ("", "holds no certificate"), ("x", "holds no")]
)
def test_an_authority_that_cannot_be_read_is_a_mistake_of_the_configuration(tmp_path, content, told):
    if content is not None:
        (tmp_path / "ours.pem").write_text(content)
    with pytest.raises(ValueError, match=rf"ca_file\n.*{told}"):
        Smtp.model_validate({"ca_file": "ours.pem"}, context={"base": tmp_path})


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_for_another_host_is_refused(server_tls):
    async with aiosmtpd_server(tls_context=server_tls) as (port, _inbox):
        with pytest.raises(DeliveryError, match=r"not valid for 127\.0\.0\.1: .*; give \[smtp\] host as"):
            await send_one(port, host="127.0.0.1", tls="starttls")


@pytest.mark.parametrize(("stage", "reply"), [("STARTTLS", "454 4.7.0 later"), ("AUTH", "454 4.7.0 later")])
async def test_a_server_that_is_not_ready_for_a_secure_login_may_be_soon(server_tls, certificate, stage, reply):
    login = {"username": "post", "password": Secret("sesame"), "tls": "starttls", "ca_file": certificate}
    async with scripted_server([Fault(stage, reply)], starttls=server_tls) as server:
        with pytest.raises(UnreachableError, match=f"it answers {reply}"):
            await send_one(server.port, **login)
        assert isinstance(await send_one(server.port, **login), Accepted)


async def test_a_server_without_starttls_gets_no_mail_in_clear():
    async with aiosmtpd_server() as (port, inbox):
        with pytest.raises(DeliveryError, match=r'does not offer STARTTLS; .*tls = "implicit"'):
            await send_one(port, tls="starttls")
        assert inbox.envelopes == []


async def test_a_server_without_login_is_told_apart_from_a_wrong_password():
    async with aiosmtpd_server() as (port, _inbox):
        with pytest.raises(DeliveryError, match="offers no login"):
            await send_one(port, username="post", password=Secret("sesame"))


async def test_an_address_outside_ascii_goes_where_the_server_takes_it():
    envelope = Envelope(sender="post@example.org", recipient="анна@example.org", message=MESSAGE, smtputf8=True)
    async with aiosmtpd_server(enable_SMTPUTF8=True) as (port, inbox):
        assert isinstance(await send_one(port, envelope=envelope), Accepted)
        assert inbox.envelopes[0].rcpt_tos == ["анна@example.org"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"host": "mail.example.org"}, ("starttls", 587)),
        ({"host": "mail.example.org", "port": 465}, ("implicit", 465)),
        ({"host": "mail.example.org", "port": 25}, ("starttls", 25)),
        ({"host": "mail.example.org", "tls": "implicit"}, ("implicit", 465)),
        ({"host": "mail.example.org", "tls": "none"}, ("none", 25)),
        ({"host": "localhost"}, ("none", 25)),
        ({"host": "127.0.0.1", "port": 1025}, ("none", 1025)),
        ({"host": "::1"}, ("none", 25)),
        ({"host": "localhost", "tls": "starttls"}, ("starttls", 587)),
    ],
)
def test_only_the_loopback_interface_is_spoken_to_in_clear_unasked(settings, expected):
    assert security(Smtp(**settings)) == expected
