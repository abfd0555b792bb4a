"""Runs the web application on a socket inside the caller's event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.concurrency import run_in_threadpool

from digest.app import App
from digest.core import people
from digest.errors import DigestError
from digest.web.limits import Entrance, Limits
from digest.web.site import create_web

_HEAD_BYTES = 16_384  # of request line and header fields together


class _Server(uvicorn.Server):
    """Leaves signals to the command, which has more to finish than requests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _many_times(listener: socket.socket, times: int) -> list[socket.socket]:
    """The same socket so many times: uvloop takes one connection of each in a turn of the loop, which has more to do.

    Else who asks stands in the system's queue behind every connection that will ask for nothing.
    """
    return [listener, *(listener.dup() for _ in range(1, times))]


@asynccontextmanager
async def serving(app: App, limits: Limits | None = None) -> AsyncIterator[str]:
    """Answer requests while the context is open; yields the address that is listened on.

    Args:
        app: what is asked for.
        limits: of connections and time; those of this process unless given.

    Raises:
        DigestError: when the port is taken.
    """
    web = app.config.web
    await run_in_threadpool(people.carry_out_all_leavings, app)
    try:
        listener = socket.create_server((web.host, web.port))
    except OSError as error:
        raise DigestError(f"Cannot listen on {web.host} port {web.port}: {error.strerror}; see [web] port.") from error
    site = create_web(app)
    entrance = Entrance(limits or Limits.for_this_process(), site.state.one_click)
    settings = uvicorn.Config(
        site,
        http=entrance.protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",  # what a client does wrong is its own trouble
        access_log=False,
        proxy_headers=False,  # nothing here asks where a request comes from
        server_header=False,
        headers=[("Connection", "close")],  # one request each, so that none is read out of the rest of another
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )
    settings.load()
    server = _Server(settings)
    server.server_state.default_headers = settings.encoded_headers  # which it takes later than its first connection
    task = asyncio.create_task(server.serve(sockets=_many_times(listener, entrance.limits.connections // 8)))
    try:
        yield f"http://{web.host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
        await site.state.finish()
