"""The courier that speaks SMTP (RFC 5321), over one persistent connection that aiosmtplib opens, secures and logs in.

MAIL, RCPT, DATA and the body are driven here: only whoever sends them knows at which stage a connection was lost, and
a lost connection means something else before the final dot than after it. Where the server offers PIPELINING the three
commands leave together (RFC 2920), which spares two round trips; the body waits for all three answers as ever.
"""

import asyncio
import re
from contextlib import suppress
from datetime import timedelta
from typing import Self, cast

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPServerDisconnected

from digest.config import Smtp
from digest.config.redaction import redacted
from digest.deliver.conversation import Conversation
from digest.deliver.courier import Envelope
from digest.deliver.dialling import explained, is_loopback, place, secrets_of, security
from digest.deliver.outcome import judge
from digest.errors import DeliveryError
from digest.model import Outcome, Stage

_GOODBYE = timedelta(seconds=5)  # for the answer to QUIT, which decides nothing
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LOGIN_REQUIRED = 530  # RFC 4954 section 6


class SmtpCourier:
    """A `Courier` for a relay or submission server; made by `connect`."""

    def __init__(self, smtp: Smtp) -> None:
        self._config = smtp
        tls, port = security(smtp)
        self._timeout = smtp.timeout.total_seconds()
        password = smtp.password.reveal() if smtp.password is not None else None
        self._secrets = secrets_of(smtp)
        self._smtp = SMTP(
            hostname=smtp.host,
            port=port,
            username=smtp.username,
            password=password,
            local_hostname="localhost" if is_loopback(smtp.host) else None,
            timeout=self._timeout,
            use_tls=tls == "implicit",
            start_tls=tls == "starttls",
            cert_bundle=str(smtp.ca_file) if smtp.ca_file is not None else None,
        )
        self._conversation: Conversation | None = None
        self._mid_transaction = False  # the server may hold a sender or recipient of the last envelope
        self._messages = 0  # begun over this connection
        self.in_doubt = False

    @classmethod
    async def connect(cls, smtp: Smtp) -> Self:
        """Connect, greet, start TLS and log in as `[smtp]` says.

        Raises:
            DeliveryError: naming host, port, cause and way out; an `UnreachableError` where trying again may do.
        """
        courier = cls(smtp)
        await courier._ready()
        return courier

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand over one message; connects again first where the last connection is gone or in doubt.

        Raises:
            DeliveryError: when no connection can be made, or the server takes no mail from this login or sender.
        """
        self.in_doubt = False
        conversation = await self._ready()
        if envelope.smtputf8 and not self._smtp.supports_extension("smtputf8"):
            refusal = "5.6.7 the server takes no addresses outside ASCII (it does not offer SMTPUTF8, RFC 6531)"
            return judge(Stage.MAIL, code=550, reply=refusal)
        commands = _commands(envelope)
        self._mid_transaction = True
        self._messages += 1
        stage = Stage.MAIL
        try:
            at_once = self._smtp.supports_extension("pipelining")
            if at_once:
                conversation.say(b"".join(line for _, line in commands), replies=len(commands))
            for stage, line in commands:
                if not at_once:
                    conversation.say(line)
                reply = await conversation.reply(self._timeout)
                if reply.code // 100 != (3 if stage is Stage.DATA else 2):
                    return await self._refused(conversation, stage, reply, envelope)
            conversation.say(envelope.message, b".\r\n")
            stage = Stage.BODY  # until the operating system has the last byte: the final dot
            # Twice the patience: RFC 5321 section 4.5.3.2.6 asks for 10 minutes where giving up leaves a doubt.
            reply = await conversation.reply(2 * self._timeout, to_flush=self._timeout)
            stage = Stage.BODY if conversation.answered_early else Stage.DOT
            if reply.code // 100 != 2 or stage is Stage.BODY:
                return await self._refused(conversation, stage, reply, envelope)
        except (SMTPException, OSError) as error:  # lost, timed out (a TimeoutError is an OSError), or unintelligible
            stage = _reached(stage, conversation)
            self._hang_up()
            return judge(stage, code=None, reply=self._told(str(error)) or type(error).__name__)
        except BaseException:
            self.in_doubt = _reached(stage, conversation) is Stage.DOT
            self._hang_up()
            raise
        self._mid_transaction = False
        return judge(stage, code=reply.code, reply=self._told(reply.message))

    async def close(self) -> None:
        """Say QUIT and close the connection."""
        try:
            if self._conversation is not None and self._conversation.is_open:
                with suppress(SMTPException, OSError):  # every outcome is known by now; a lost goodbye changes none
                    self._conversation.say(b"QUIT\r\n")
                    await self._conversation.reply(min(self._timeout, _GOODBYE.total_seconds()))
        finally:
            self._hang_up()

    async def _refused(
        self, conversation: Conversation, stage: Stage, reply: SMTPResponse, envelope: Envelope
    ) -> Outcome:
        if stage is Stage.MAIL and reply.code // 100 == 5 and not envelope.smtputf8:  # it would refuse everybody's
            where = place(self._config)
            if reply.code == _LOGIN_REQUIRED and "STARTTLS" in reply.message.upper():  # RFC 3207 section 4
                cause, way_out = "takes no mail without TLS", 'set [smtp] tls = "starttls"'
            elif reply.code == _LOGIN_REQUIRED:
                cause, way_out = "takes no mail without a login", "give [smtp] username and password"
            else:
                cause = f"takes no mail from {envelope.sender}"
                way_out = "check [sender] email and return_path, and that the login may send as it"
            raise DeliveryError(f"{where} {cause} ({reply.code} {self._told(reply.message)}); {way_out}")
        if stage is Stage.BODY or not await self._is_in_step(conversation, reply):
            self._hang_up()
        return judge(stage, code=reply.code, reply=self._told(reply.message))

    def _told(self, words: str) -> str:
        return redacted(words, self._secrets) if self._secrets else words

    async def _is_in_step(self, conversation: Conversation, reply: SMTPResponse) -> bool:
        """Whether the server, with the rest of a pipelined group answered, can take RSET after this refusal.

        Where it asks for a body in spite of the refusal (RFC 2920 section 3.1), it gets none.
        """
        try:
            while reply.code != 421 and reply.code // 100 in (2, 4, 5):  # 421: closing (RFC 5321 section 3.8)
                if not conversation.awaited:
                    return reply.code // 100 != 2
                reply = await conversation.reply(self._timeout)
        except (SMTPException, OSError):  # lost after the refusal, which stands
            return False
        return False

    async def _ready(self) -> Conversation:
        """A connection in its initial state (RFC 5321 section 4.1.4): the open one after RSET, else a new one."""
        conversation = self._conversation
        if conversation is not None and self._messages == self._config.max_messages_per_connection:
            await self.close()
        elif conversation is not None and conversation.is_open and self._mid_transaction:
            try:
                conversation.say(b"RSET\r\n")
                if (await conversation.reply(self._timeout)).code // 100 != 2:
                    self._hang_up()
            except (SMTPException, OSError):
                self._hang_up()
            except BaseException:
                self._hang_up()
                raise
        if self._conversation is None or not self._conversation.is_open:
            self._hang_up()
            self._conversation = await self._connected()
        self._mid_transaction = False
        return self._conversation

    async def _connected(self) -> Conversation:
        try:
            return await self._dial()
        except (SMTPException, OSError, UnicodeError) as error:  # UnicodeError: a host name that IDNA refuses
            self._hang_up()
            raise explained(error, self._config) from None  # whose words may hold the login
        except BaseException:
            self._hang_up()
            raise

    async def _dial(self) -> Conversation:
        await self._smtp.connect()
        if self._smtp.is_ehlo_or_helo_needed:
            await self._smtp.ehlo()
        if self._smtp.transport is None or self._smtp.transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        return Conversation(cast("asyncio.Transport", self._smtp.transport))

    def _hang_up(self) -> None:
        if self._conversation is not None:
            self._conversation.abort()  # `close` would let what is still buffered of a body leave after all
        self._smtp.close()
        self._conversation = None
        self._mid_transaction = False
        self._messages = 0


def _reached(stage: Stage, conversation: Conversation) -> Stage:
    """The stage by what has left: the operating system may take the final dot while another thing ends the wait."""
    return Stage.DOT if stage is Stage.BODY and conversation.is_flushed else stage


def _commands(envelope: Envelope) -> tuple[tuple[Stage, bytes], ...]:
    """The lines before the body.

    Raises:
        ValueError: for an address that would end its line.
    """
    if _CONTROL.search(envelope.sender) or _CONTROL.search(envelope.recipient):
        raise ValueError(f"{envelope.sender!r} or {envelope.recipient!r} cannot stand in a command")
    parameter = " SMTPUTF8" if envelope.smtputf8 else ""
    encoding = "utf-8" if envelope.smtputf8 else "ascii"
    return (
        (Stage.MAIL, f"MAIL FROM:<{envelope.sender}>{parameter}\r\n".encode(encoding)),
        (Stage.RCPT, f"RCPT TO:<{envelope.recipient}>\r\n".encode(encoding)),
        (Stage.DATA, b"DATA\r\n"),
    )
