"""A conversation over a real socket whose other end has gone already."""

import asyncio
import socket
import struct
from contextlib import closing

import pytest
from aiosmtplib import SMTPServerDisconnected

from digest.deliver.conversation import Conversation

AT_ONCE = struct.pack("ii", 1, 0)  # closing resets the connection


async def test_what_is_said_after_the_server_reset_the_connection_is_known_not_to_have_left():
    with socket.create_server(("127.0.0.1", 0)) as server:
        _, writer = await asyncio.open_connection(*server.getsockname())
        with closing(server.accept()[0]) as peer:
            conversation = Conversation(writer.transport)
            conversation.say(b"DATA\r\n")
            peer.send(b"354 go on\r\n")
            assert (await conversation.reply(30)).code == 354
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        with pytest.raises(SMTPServerDisconnected):
            conversation.say(b"hello\r\n.\r\n")
        assert not conversation.is_open
        conversation.abort()
