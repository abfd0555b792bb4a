"""Who did what when: filtered, a page at a time, and exported."""

import csv
import io
import json
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import campaigns, organisers
from digest.core.organisers import Filter, Order
from digest.documents import activity_json
from digest.text.csv_cells import as_text
from digest.web.console.page import Console
from digest.web.console.sorting import sorting_in

_PAGE = 100
_EXPORTED = 100_000
_LENGTH = 200  # characters of what is filtered by


class ActivityPages:
    """``/console/activity``, and the same as CSV and JSON."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def show(self, request: Request) -> Response:
        """What was done, newest first."""
        which, number = _filter(request), _number(request)
        sorting = sorting_in(request, ("what", "who", "-when"), first="-when")
        found = organisers.activity_for(
            self._app,
            request.state.organiser,
            which,
            limit=_PAGE + 1,
            offset=number * _PAGE,
            order=Order(by=sorting.by, descending=sorting.descending),
        )
        asked = {"by": which.by, "verb": which.verb, "about": which.about}
        held = {name: value for name, value in asked.items() if value}
        ordered = held | ({"sort": sorting.written} if "sort" in request.query_params else {})
        return self._console.page(
            request,
            "activity",
            title=self._console.say("console_activity"),
            rows=found[:_PAGE],
            called=campaigns.subjects(self._app, {one.subject for one in found[:_PAGE]}),
            sorting=sorting,
            choices=organisers.activity_choices(self._app, request.state.organiser),
            asked=asked,
            query=urlencode(held),
            newer=urlencode(ordered | {"page": number - 1}) if number else "",
            older=urlencode(ordered | {"page": number + 1}) if len(found) > _PAGE else "",
        )

    def as_csv(self, request: Request) -> Response:
        """For a spreadsheet."""
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(("at", "by", "verb", "subject", "detail"))
        for one in self._documents(request):
            writer.writerow([as_text(value) for value in one.values()])
        return _file("\ufeff" + written.getvalue(), "text/csv; charset=utf-8", "activity.csv")

    def as_json(self, request: Request) -> Response:
        """For a program."""
        document = {"activity": self._documents(request)}
        return _file(json.dumps(document, ensure_ascii=False, indent=1), "application/json", "activity.json")

    def _documents(self, request: Request) -> list[dict[str, str]]:
        found = organisers.activity_for(self._app, request.state.organiser, _filter(request), limit=_EXPORTED)
        return [activity_json(one, self._app.config.network.zone) for one in found]


def _filter(request: Request) -> Filter:
    by, verb, about = (request.query_params.get(name, "").strip()[:_LENGTH] for name in ("by", "verb", "about"))
    return Filter(by=by, verb=verb, about=about)


def _number(request: Request) -> int:
    text = request.query_params.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _file(text: str, media_type: str, name: str) -> Response:
    return Response(text, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
