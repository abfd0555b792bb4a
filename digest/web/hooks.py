"""What providers post of mail that came back: known by the secret in the address, verified, then taken in."""

from collections.abc import Callable
from hmac import compare_digest

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.app import App
from digest.config import Hook as HookConfig
from digest.core import campaigns
from digest.errors import UnverifiedError
from digest.model import By, Via
from digest.returns import sns
from digest.returns.providers import PROVIDERS, Heard, Hook, Post
from digest.web.answers import message

log = structlog.get_logger("digest.web.hooks")

LARGEST = 2_000_000
"""Bytes of a post: a mail that came back may be quoted in it, and some providers post hundreds of events at once."""


class HookPosts:
    """``/hooks/PROVIDER/SECRET``."""

    def __init__(self, app: App, *, certificate: Callable[[str], bytes], confirm: Callable[[str], object]) -> None:
        self._app = app
        self._certificate = certificate  # of SNS, by its address
        self._confirm = confirm

    async def take(self, request: Request) -> Response:
        """Take a post in, or refuse it; whatever fails here is answered with 500, and posted again."""
        provider, secret = request.path_params["provider"], request.path_params["secret"]
        found = self._found(provider, secret)
        if found is None:
            return message(self._app, "not_found", status=404)
        headers = {name.lower(): value for name, value in request.headers.items()}
        post = Post(headers=headers, body=await request.body(), path_secret=secret)
        return await run_in_threadpool(self._take, found, post)

    def _found(self, provider: str, secret: str) -> HookConfig | None:
        """The hook of this address. All are compared, so that the time tells nothing."""
        hooks = [one for one in self._app.config.returns.hooks if one.provider == provider and one.secret]
        right = [one for one in hooks if one.secret and compare_digest(one.secret.reveal().encode(), secret.encode())]
        return right[0] if right else None

    def _take(self, hook: HookConfig, post: Post) -> Response:
        try:
            heard = self._read(hook, post)
        except UnverifiedError as error:
            log.warning("a provider's post is refused", provider=hook.provider, reason=str(error))
            return PlainTextResponse("Refused\n", 403)
        if heard.to_confirm is not None:
            self._confirm(heard.to_confirm)
            log.info("subscription confirmed", provider=hook.provider)
        by = By(via=Via.PROVIDER, name=hook.provider)
        taken = campaigns.take_returns(self._app, heard.returns, self._app.now, by=by, source=hook.provider)
        tell = log.warning if taken.held else log.info
        tell(
            "a provider's post is taken in",
            provider=hook.provider,
            kinds=dict(taken.kinds),
            known=taken.known,
            unmatched=taken.unmatched,
            suppressed=len(taken.suppressed),
            held=list(taken.held),
            ignored=dict(heard.ignored),
        )
        return PlainTextResponse("ok\n")

    def _read(self, hook: HookConfig, post: Post) -> Heard:
        """What it says, with our marks as they were made by any of our secrets.

        Raises:
            UnverifiedError: when it cannot be shown to be the provider's.
        """
        agreed = hook.key or hook.secret
        readings = [
            PROVIDERS[hook.provider](
                post,
                Hook(
                    secret=agreed.reveal() if agreed else "",
                    marks=marks,
                    topics=frozenset(hook.topics),
                    fetch=self._certificate,
                ),
                now=self._app.now,
            )
            for marks in campaigns.secrets_of_marks(self._app)
        ]
        found = zip(*(one.returns for one in readings), strict=True)
        first = readings[0]
        return Heard(
            returns=tuple(map(campaigns.first_with_hints, found)), ignored=first.ignored, to_confirm=first.to_confirm
        )


def hook_posts(app: App) -> HookPosts:
    """With Amazon itself asked for what SES needs."""
    return HookPosts(app, certificate=sns.certificate, confirm=sns.fetch)
