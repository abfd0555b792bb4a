"""Fetching one address from a web that may be hostile: the only network input of `collect`.

Every hop of a redirect is a connection of its own to a checked address (`addresses`), and every body is
read within the source's limits (`body`).
"""

import asyncio
import random
import re
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache, partial

import httpcore2
import httpx2

from digest import __version__
from digest.collect.fetch.addresses import CheckedNetwork, Resolver, system_resolver
from digest.collect.fetch.body import ACCEPTED, read_body, too_large
from digest.collect.fetch.failures import LastingError, TransientError, hung_up, lost_connection
from digest.collect.fetch.retry import Budget, retry_after, wait_before
from digest.collect.fetch.urls import basic_credentials, parse_url, without_secrets
from digest.collect.found import Document, Fetched, NotModified, Validators
from digest.config import Config, SourceConfig
from digest.config.redaction import address_secrets, place_of, redacted
from digest.errors import SourceError
from digest.model import Quoted, Told
from digest.text.markup import one_line

MAX_REDIRECTS = 5
AT_ONCE = 4
AT_ONCE_PER_HOST = 2
STALL_LIMIT = 15.0  # seconds to connect, or without a byte

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_KEPT_VALIDATOR = re.compile(r"[\x20-\x7e]{1,500}")


@dataclass(frozen=True, slots=True)
class _Answer:
    url: httpx2.URL
    status: int
    reason: str
    headers: httpx2.Headers
    content: bytes


@cache
def _verifying() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """The web as one collection of all sources sees it: politely, a few requests at a time.

    What reaches outside is a parameter: the resolver, the connections, the certificates, the waiting and the dice.
    """

    user_agent: str = f"network-digest/{__version__}"
    resolve: Resolver = system_resolver
    network: httpcore2.AsyncNetworkBackend = field(default_factory=httpcore2.AnyIOBackend)
    certificates: Callable[[], ssl.SSLContext] = _verifying
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random  # from 0 to 1
    stall_limit: float = STALL_LIMIT
    _turn: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _turns: dict[str, asyncio.Semaphore] = field(
        init=False, default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_HOST))
    )

    @classmethod
    def of(cls, config: Config) -> "Web":
        """The web for a network's sources; their servers are told whom to ask."""
        told = f" (+{config.network.url})" if config.network.url else ""
        return cls(user_agent=f"network-digest/{__version__}{told}")

    async def get(self, source: SourceConfig, validators: Validators | None = None) -> Fetched | NotModified:
        """Fetch a source's address, asking only for what has changed (RFC 9110 section 13.1).

        Raises:
            SourceError: when there is no usable answer; the message names the source, the address without what is
                secret in it, the cause and the way out.
        """
        configured = str(source.url)
        limit = source.timeout.total_seconds()
        budget = Budget(limit)
        retry = 0
        try:
            start = parse_url(configured, shown=partial(_shown, source))
            while True:
                try:
                    return await self._follow(source, start, validators or Validators(), budget)
                except TransientError as error:
                    wait = wait_before(retry, error, budget, self.chance())
                await self.sleep(wait)
                retry += 1
        except TimeoutError:
            raise _failed(source, Told("not_in_full", seconds=f"{limit:g}")) from None
        except LastingError as error:
            secrets = address_secrets(configured, whole=source.secret_url)
            raise _failed(source, Told.by(error).through(lambda text: redacted(text, secrets))) from None

    async def _follow(
        self, source: SourceConfig, start: httpx2.URL, validators: Validators, budget: Budget
    ) -> Fetched | NotModified:
        url = start.copy_with(userinfo=b"")
        seen: list[httpx2.URL] = []
        while True:
            seen.append(url)
            async with self._turns[url.host], self._turn, budget.spending():
                answer = await self._ask(source, start, url, validators)
            if answer.status not in _REDIRECTS:
                return _accepted(answer, validators)
            url = _redirected(answer, shown=partial(_shown, source))
            if url in seen:
                raise LastingError(Told("in_a_circle", address=_shown(source, str(url))))
            if len(seen) > MAX_REDIRECTS:
                raise LastingError(Told("redirects", number=MAX_REDIRECTS))

    async def _ask(self, source: SourceConfig, start: httpx2.URL, url: httpx2.URL, validators: Validators) -> _Answer:
        headers = {
            b"Host": url.netloc,
            b"User-Agent": self.user_agent.encode(),
            b"Accept": b"*/*",
            b"Accept-Encoding": ACCEPTED.encode(),
            b"Connection": b"close",
        }
        if credentials := basic_credentials(start, url):
            headers[b"Authorization"] = credentials
        if validators.etag and _KEPT_VALIDATOR.fullmatch(validators.etag):
            headers[b"If-None-Match"] = validators.etag.encode()
        if validators.last_modified and _KEPT_VALIDATOR.fullmatch(validators.last_modified):
            headers[b"If-Modified-Since"] = validators.last_modified.encode()
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        context = self.certificates() if url.scheme == "https" else None
        timeout = dict.fromkeys(("connect", "read", "write"), self.stall_limit)
        checked = CheckedNetwork(
            self.network, self.resolve, source_host=start.raw_host.decode("ascii"), allow_private=source.allow_private
        )
        try:
            async with (
                aclosing(checked) as network,
                httpcore2.AsyncHTTPConnection(
                    target.origin, ssl_context=context, network_backend=network
                ) as connection,
                connection.stream(
                    "GET", target, headers=list(headers.items()), extensions={"timeout": timeout}
                ) as response,
            ):
                return await _read(source, url, response)
        except httpcore2.TimeoutException:
            raise TransientError(Told("stopped")) from None
        except httpcore2.NetworkError as error:
            if isinstance(error.__cause__, ssl.SSLError):
                raise LastingError(Told("not_fetched", why=_tls_cause(error.__cause__))) from None
            raise TransientError(Told("not_fetched", why=lost_connection(_text(str(error))))) from None
        except httpcore2.ProtocolError as error:
            cause = _text(str(error)) or Told("breaks_off")
            if said := hung_up(cause):
                raise TransientError(Told("not_fetched", why=said)) from None
            raise LastingError(Told("not_fetched_site", why=cause)) from None


async def _read(source: SourceConfig, url: httpx2.URL, response: httpcore2.Response) -> _Answer:
    headers = httpx2.Headers(response.headers)
    content = b""
    if response.status == httpx2.codes.OK:
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:15]) > source.max_bytes:
            raise too_large(source.max_bytes)
        content = await read_body(response.aiter_stream(), headers.get("content-encoding", ""), source.max_bytes)
    reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
    return _Answer(url, response.status, _text(reason), headers, content)


def _accepted(answer: _Answer, validators: Validators) -> Fetched | NotModified:
    status = f"{answer.status} {answer.reason}".strip()
    if answer.status == httpx2.codes.NOT_MODIFIED:
        if validators == Validators():
            raise LastingError(Told("unasked_unchanged"))
        return NotModified()
    if answer.status in _TRANSIENT:
        raise TransientError(Told("answered", status=status), retry_after=retry_after(answer.headers))
    if answer.status in {401, 403}:
        raise LastingError(Told("answered_key", status=status))
    if answer.status != httpx2.codes.OK:
        raise LastingError(Told("answered_check", status=status))
    if not answer.content.strip():
        raise LastingError(Told("answered_empty"))
    document = Document(
        name=answer.url.path.rsplit("/", 1)[-1] or answer.url.host,
        content=answer.content,
        url=str(answer.url.copy_with(query=None)),
        has_query=bool(answer.url.query),
        content_type=answer.headers.get("content-type"),
    )
    kept = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
    etag, last_modified = (value if _KEPT_VALIDATOR.fullmatch(value) else None for value in kept.values())
    return Fetched(documents=(document,), validators=Validators(etag=etag, last_modified=last_modified))


def _failed(source: SourceConfig, why: Told) -> SourceError:
    at = Told("at", place=_shown(source, str(source.url)), why=why)
    return SourceError(Told("of_source", source=source.name, why=at))


def _shown(source: SourceConfig, address: str) -> str:
    """An address as it may be told; of one that is secret, and of where that leads, no more than the host."""
    return place_of(address) if source.secret_url else without_secrets(address)


def _redirected(answer: _Answer, *, shown: Callable[[str], str]) -> httpx2.URL:
    location = answer.headers.get("location", "")
    if not location:
        raise LastingError(Told("answered_nowhere", status=f"{answer.status} {answer.reason}"))
    return parse_url(location, answer.url, shown=shown).copy_with(userinfo=b"")


def _tls_cause(error: ssl.SSLError) -> Told:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Told("certificate", said=Quoted(_text(error.verify_message)))
    return Told("no_tls", said=Quoted(_text(error.reason or str(error))))


def _text(text: str) -> str:
    """What a server says, fit to stand in a message."""
    return one_line(text)[:100]
