"""The running service: until it is told to stop, and anew with another configuration when that is asked for."""

import asyncio
import signal
from contextlib import ExitStack
from functools import partial

import structlog

from digest.app import App, open_app
from digest.cli.answers import note
from digest.cli.session import LogForm, Session, run
from digest.config import Config
from digest.core import health
from digest.errors import DigestError
from digest.resources import bundled
from digest.service.scheduler import running, the_only_one
from digest.service.ticks import load_jobs
from digest.web import serving

log = structlog.get_logger("digest.service")


def serve_until_stopped(session: Session, *, logs: LogForm | None) -> None:
    """Run scheduler, sender and web until SIGINT or SIGTERM.

    On SIGHUP config.toml is read again. Where it is sound, what is in flight is finished, and all begins anew by it;
    else the old one stays, and a line says so. One that cannot be begun with, such as a port that is taken, is left for
    the old one too.

    Raises:
        DigestError: when it cannot begin, or another process is the service of this store.
    """
    # Until there is a loop to take it, a SIGHUP waits; the default would end the process.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    config = session.config()
    before: Config | None = None
    while True:
        service = _Service(session)
        try:
            with session.app(config=config, logs=logs) as app, the_only_one(app):
                run(app, service.serve(app))
        except DigestError as error:
            if before is None or service.begun:
                raise
            log.error("the new configuration cannot be begun with; the old one goes on", error=str(error))  # noqa: TRY400
            config, before = before, None
            continue
        if service.next is None:
            return
        before, config = config, service.next


class _Service:
    """One turn of the service, by one configuration."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.begun = False
        self.next: Config | None = None  # what it is to begin anew by

    async def serve(self, app: App) -> None:
        """Until it is stopped."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._reload, app)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        try:
            hand = partial(health.hand, app) if app.store.shared else None
            jobs = load_jobs(bundled("jobs"))
            async with serving(app) as address, running(app, jobs, hand=hand):
                self.begun = True
                note(f"digest runs; pages at {address}; Ctrl-C stops it after what is in flight")
                await app.stopping.wait()
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})

    def _reload(self, app: App) -> None:
        if app.stopping.is_set():
            return
        try:
            config = self._session.config()
            with ExitStack() as opened:  # what only opening finds out, such as a language that cannot be read
                opened.enter_context(open_app(config))
        except DigestError as error:
            log.error("the configuration is not reloaded; the old one stays", error=str(error))  # noqa: TRY400
            return
        log.info("the configuration is reloaded", hash=config.hash)
        self.next = config
        app.stopping.set()
