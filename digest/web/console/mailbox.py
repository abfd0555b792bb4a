"""The pages of the embedded mailbox: its mails as a reader sees them, new ones as they come."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core.mail import mailbox
from digest.core.mail.mailbox import Opened
from digest.web.console.page import Console, sandboxed, sandboxed_text

_ON_A_PAGE = 50
VIEWS = ("html", "text", "headers", "source")


class MailboxPages:
    """``/console/mailbox`` and what lies below."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def index(self, request: Request) -> Response:
        """The newest mails; those in which something is found."""
        search, first = request.query_params.get("q", ""), _offset(request.query_params.get("from", ""))
        mails, more = mailbox.mails(self._app, limit=_ON_A_PAGE, search=search, offset=first)
        return self._console.page(
            request,
            "mailbox",
            title=self._console.say("console_mailbox"),
            mails=mails,
            search=search,
            first=first,
            next=first + _ON_A_PAGE if more else None,
        )

    def rows(self, request: Request) -> Response:
        """The first page of the list alone, for the script that looks for new ones; 204 where there are none."""
        search = request.query_params.get("q", "")
        mails, _ = mailbox.mails(self._app, limit=_ON_A_PAGE, search=search)
        if (mails[0].id if mails else "") == request.query_params.get("newest"):
            return Response(status_code=204)
        return self._console.part(request, "_mails", mails=mails)

    def show(self, request: Request) -> Response:
        """One mail."""
        found = self._mail(request)
        view = request.query_params.get("view", "")
        usual = "html" if found.html else "text"
        return self._console.page(
            request,
            "mail",
            title=found.listed.subject,
            mail=found,
            view=view if view in VIEWS else usual,
            views=[one for one in VIEWS if one != "html" or found.html],
        )

    def body(self, request: Request) -> Response:
        """The mail's HTML, for a frame."""
        return sandboxed(self._mail(request).html)

    def source(self, request: Request) -> Response:
        """The whole mail as it was filed, as plain text."""
        return sandboxed_text(self._mail(request).source)

    def attachment(self, request: Request) -> Response:
        """What comes with a mail, to be kept, and never shown by the browser."""
        found, number = self._mail(request), request.path_params["number"]
        if not 0 <= number < len(found.attachments):
            raise HTTPException(404)
        kept = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return Response(found.attachments[number].content, media_type="application/octet-stream", headers=kept)

    def _mail(self, request: Request) -> Opened:
        found = mailbox.opened(self._app, request.path_params["mail"])
        if found is None:
            raise HTTPException(404)
        return found


def _offset(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 9 else 0
