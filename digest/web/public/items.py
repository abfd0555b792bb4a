"""The page of an item that has none of its own, and the calendar file of an event."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import content, mail
from digest.model import Event, Item
from digest.render import event_file_name
from digest.tokens import Scope
from digest.web.answers import message, page
from digest.web.languages import reading


class ItemPages:
    """``/item/TOKEN`` and ``/item/TOKEN.ics``."""

    def __init__(self, app: App) -> None:
        self._app = app

    def item(self, request: Request) -> Response:
        """The whole of an item, but for its author: the archive leads here, which names nobody."""
        read = reading(self._app, request)
        item, address = self._asked_for(request)
        if item is None:
            return message(read.app, "not_kept", status=410)
        calendar = None
        if isinstance(item, Event):
            ics = read.link(mail.ics_link(address))
            calendar = read.app.renderer.calendars.links(item, ics=ics, page=read.link(address))
        shown = replace(item, author=None)
        kept = content.picture_of(self._app, item)
        picture = kept and read.app.renderer.picture(kept, alt=item.image_alt)
        answer = page(read.app, "item", item=shown, picture=picture, calendar=calendar, switch=read.switch(address))
        answer.headers.update(read.headers)
        return answer

    def event_file(self, request: Request) -> Response:
        """An event for a calendar program (RFC 5545), as it stands now."""
        read = reading(self._app, request)
        item, address = self._asked_for(request)
        if item is None:
            return message(read.app, "not_kept", status=410)
        if not isinstance(item, Event):
            return message(read.app, "no_event", status=404)
        told = f'attachment; filename="{event_file_name(item)}"'
        return Response(
            read.app.renderer.calendars.event_file(item, page=read.link(address), stamped_at=self._app.now),
            media_type="text/calendar; charset=utf-8; method=PUBLISH",
            headers={"Content-Disposition": told, **read.headers},
        )

    def _asked_for(self, request: Request) -> tuple[Item | None, str]:
        """The item, and the address of its page."""
        item_ids = self._app.numbers_in(Scope.ITEM, request.path_params["token"])
        return content.shown_item(self._app, item_ids), mail.item_link(self._app, *item_ids)
