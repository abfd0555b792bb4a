"""What SNS, by which SES posts, has to be asked: its certificate, and to confirm a topic. Nobody else is asked."""

from functools import lru_cache

import httpx2

from digest.errors import ReturnsError, UnverifiedError
from digest.returns.providers.ses import is_of_sns

_LONGEST = 10.0  # seconds, for each step
_LARGEST = 100_000  # bytes of an answer


def fetch(url: str, transport: httpx2.BaseTransport | None = None) -> bytes:
    """What SNS answers; nothing redirects elsewhere, and no proxy of the environment is asked. It blocks.

    Args:
        url: of one of its hosts.
        transport: by which it is asked; TLS that verifies unless given.

    Raises:
        UnverifiedError: when the address is not one of SNS; nothing is asked then.
        ReturnsError: when there is no answer, or another one than is wanted.
    """
    if not is_of_sns(url):
        raise UnverifiedError("the address is not one of SNS")
    host = httpx2.URL(url).host
    try:
        with (
            httpx2.Client(transport=transport, trust_env=False, follow_redirects=False, timeout=_LONGEST) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != httpx2.codes.OK:
                raise ReturnsError(f"{host} answers {answer.status_code}")
            content = b""
            for piece in answer.iter_bytes(_LARGEST):
                content += piece
                if len(content) > _LARGEST:
                    raise ReturnsError(f"{host} answers more than {_LARGEST} bytes")
            return content
    except httpx2.HTTPError as error:
        raise ReturnsError(f"{host} cannot be asked: {type(error).__name__}") from None


@lru_cache(maxsize=8)
def certificate(url: str) -> bytes:
    """A certificate by its address, asked for once; raises as `fetch`."""
    return fetch(url)
