"""Fetching one address: the only network input of this room."""

import asyncio

import httpx2

from digest.collect.found import Document, Fetched, NotModified, Validators
from digest.errors import SourceError

MAX_BYTES = 10 * 1024 * 1024  # of one document, decompressed
TIME_LIMIT = 60.0  # seconds for the whole answer
_STALL_LIMIT = httpx2.Timeout(20.0)  # seconds without a byte


async def get(source: str, url: str, validators: Validators | None = None) -> Fetched | NotModified:
    """Fetch an address, asking only for what has changed (RFC 9110 section 13.1).

    Raises:
        SourceError: when there is no usable answer; the message names the source, the address and the cause.
    """
    try:
        async with asyncio.timeout(TIME_LIMIT):
            return await _get(source, url, validators or Validators())
    except TimeoutError:
        raise SourceError(f"source {source}: {url} did not answer in full within {TIME_LIMIT:.0f} s") from None
    except httpx2.TimeoutException:
        raise SourceError(f"source {source}: {url} stopped answering; is the site up?") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SourceError(f"source {source}: {url} cannot be fetched: {str(error) or type(error).__name__}") from None


async def _get(source: str, url: str, validators: Validators) -> Fetched | NotModified:
    headers = {"User-Agent": "network-digest", "Accept": "*/*"}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    async with (
        httpx2.AsyncClient(follow_redirects=True, max_redirects=5, timeout=_STALL_LIMIT) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code == httpx2.codes.NOT_MODIFIED:
            return NotModified()
        if response.status_code != httpx2.codes.OK:
            answer = f"{response.status_code} {response.reason_phrase}".strip()
            raise SourceError(f"source {source}: {url} answered {answer}; open it in a browser and check the address")
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > MAX_BYTES:
                raise SourceError(f"source {source}: {url} is larger than {MAX_BYTES // 1024 // 1024} MB")
        document = Document(
            name=response.url.path.rsplit("/", 1)[-1] or response.url.host,
            content=bytes(content),
            url=str(response.url),
            content_type=response.headers.get("Content-Type"),
        )
        found = Validators(etag=response.headers.get("ETag"), last_modified=response.headers.get("Last-Modified"))
        return Fetched(documents=(document,), validators=found)
