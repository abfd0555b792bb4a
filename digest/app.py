"""The only wiring: a configuration becomes an open application."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

from digest import tokens
from digest.config import Config, DigestConfig, ListConfig, SourceConfig
from digest.errors import TokenError, UsageError
from digest.model import SourceResult
from digest.store.engine import Store, open_store

if TYPE_CHECKING:
    from digest.collect.languages import LanguageFile
    from digest.collect.reading.reader import Reader
    from digest.render import Renderer

_Named = TypeVar("_Named", DigestConfig, SourceConfig, ListConfig)


class Progress(Protocol):
    """Told as work advances."""

    def __call__(self, what: str, done: int, total: int, counts: Mapping[str, int] = MappingProxyType({}), /) -> None:
        """What is done, how much of it, out of how much (0: not known), and how it turned out."""
        ...


def _silent(what: str, done: int, total: int, counts: Mapping[str, int] = MappingProxyType({}), /) -> None:
    """Nobody is watching."""


def _untold(result: SourceResult, /) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """What the verbs work with."""

    config: Config
    store: Store
    make_renderer: "Callable[[], Renderer]"  # at first use: most commands need none, and its imports take their time
    make_reader: "Callable[[], Reader]"  # likewise
    languages: "tuple[LanguageFile, ...]"  # the network's own words of languages, beside those that ship
    secret: str
    clock: Callable[[], datetime]
    progress: Progress = field(default=_silent)
    tell: Callable[[SourceResult], None] = field(default=_untold)  # what came of asking each source, as it comes
    failed: "dict[str, tuple[datetime, str]]" = field(default_factory=dict, compare=False)  # what, when, and why
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  # set: finish what is in flight, begin nothing

    @property
    def now(self) -> datetime:
        """The present as this command sees it."""
        return self.clock()

    @property
    def renderer(self) -> "Renderer":
        """What renders, always the same one."""
        return self.make_renderer()

    @property
    def reader(self) -> "Reader":
        """What reads sources, always the same one."""
        return self.make_reader()

    @property
    def mailbox(self) -> Path:
        """The embedded mailbox's Maildir."""
        return self.config.resolve(self.config.paths.var) / "mailbox"

    def in_language(self, language: str | None) -> "App":
        """The same, saying everything in another language; None is the network's own."""
        if language is None or language == self.config.network.language:
            return self
        return replace(self, make_renderer=lambda: self.renderer.in_language(language))

    def digest(self, name: str) -> DigestConfig:
        """A configured digest by name.

        Raises:
            UsageError: when there is none, naming those there are.
        """
        return _named("digest", self.config.digests, name)

    def source(self, name: str) -> SourceConfig:
        """A configured source by name; raises as `digest`."""
        return _named("source", self.config.sources, name)

    def list_named(self, name: str) -> ListConfig:
        """A configured list by name; raises as `digest`."""
        return _named("list", self.config.lists, name)

    def link(self, scope: tokens.Scope, *numbers: int) -> str:
        """A public address on the web app that only we can have made."""
        return self.links(scope)(*numbers)

    def links(self, scope: tokens.Scope) -> Callable[..., str]:
        """`link` for who makes many of one scope."""
        before, token = f"{self.config.web.base_url}/{scope.value}/", tokens.token_maker(self.secret, scope)
        return lambda *numbers: before + token(*numbers)

    def numbers_in(self, scope: tokens.Scope, token: str) -> tuple[int, ...]:
        """The numbers of a link made with the secret, or with a former one.

        Raises:
            TokenError: when it is not ours, or for something else.
        """
        for former in filter(None, self.config.web.old_secrets):
            with suppress(TokenError):
                return tokens.read_token(former.reveal(), scope, token)
        return tokens.read_token(self.secret, scope, token)


@contextmanager
def open_app(
    config: Config,
    *,
    at: datetime | None = None,
    progress: Progress = _silent,
    tell: Callable[[SourceResult], None] = _untold,
) -> Iterator[App]:
    """Open the store and wire everything up.

    Args:
        config: validated.
        at: the present to assume; the clock then runs on from there.
        progress: told how long work advances.
        tell: told what came of asking each source.

    Raises:
        DigestError: when the store cannot be opened.
        ConfigError: when a file of a language of the network's own is not sound.
    """
    with ExitStack() as opened:
        cluster = config.cluster
        store = opened.enter_context(
            closing(
                open_store(
                    config.store.url,
                    base=config.base,
                    var=config.resolve(config.paths.var),
                    lost_after=cluster.lost_after if cluster else None,
                    pooled=cluster is not None and cluster.pgbouncer,
                )
            )
        )
        secret = config.web.secret.reveal() if config.web.secret else store.secret()
        yield App(
            config=config,
            store=store,
            make_renderer=cache(partial(_renderer, config)),
            make_reader=cache(partial(_reader, opened)),
            languages=_languages(config),
            secret=secret,
            clock=_clock(at),
            progress=progress,
            tell=tell,
        )


def _named(what: str, known: Sequence[_Named], name: str) -> _Named:
    for one in known:
        if one.name == name:
            return one
    told = ", ".join(one.name for one in known) or "none yet"
    raise UsageError(f'There is no {what} "{name}" in config.toml; known: {told}')


def _renderer(config: Config) -> "Renderer":
    from digest.render import Renderer  # noqa: PLC0415

    return Renderer(config)


def _reader(opened: ExitStack) -> "Reader":
    from digest.collect.reading.reader import Reader  # noqa: PLC0415

    return opened.enter_context(closing(Reader()))


def _languages(config: Config) -> "tuple[LanguageFile, ...]":
    if config.paths.languages is None:
        return ()
    from digest.collect.languages.own import own_languages  # noqa: PLC0415

    return own_languages(config)


def _clock(at: datetime | None) -> Callable[[], datetime]:
    if at is None:
        return lambda: datetime.now(UTC)
    start, origin = at, monotonic()
    return lambda: start + timedelta(seconds=monotonic() - origin)
