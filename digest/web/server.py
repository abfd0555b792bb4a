"""Runs the web application on a socket inside the caller's event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from digest.app import App
from digest.errors import DigestError
from digest.web.site import create_web


class _Server(uvicorn.Server):
    """Leaves signals to the command, which has more to finish than requests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    """Answer requests while the context is open; yields the address that is listened on.

    Raises:
        DigestError: when the port is taken.
    """
    web = app.config.web
    try:
        listener = socket.create_server((web.host, web.port))
    except OSError as error:
        raise DigestError(f"Cannot listen on {web.host} port {web.port}: {error.strerror}; see [web] port.") from error
    settings = uvicorn.Config(create_web(app), log_config=None, access_log=False, lifespan="off")
    server = _Server(settings)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{web.host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
