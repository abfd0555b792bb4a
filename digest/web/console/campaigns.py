"""The pages of campaigns: how each goes, what a move would mean, and whom it was for."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from digest.app import App
from digest.core import campaigns, editions
from digest.documents import csv_rows
from digest.errors import NotAllowedError
from digest.model import By, CampaignStatus, DeliveryState, Organiser, Report, Role
from digest.web.console.page import Console, sandboxed
from digest.web.console.pieces import Pieces
from digest.web.console.reasons import reason_for
from digest.web.console.sorting import sorting_in
from digest.web.console.written_form import line_of

_ON_PAGE = 20  # campaigns
_PEOPLE = 50
_DOUBTS = 20

_WAITS = (CampaignStatus.PREPARED, CampaignStatus.HELD)
_MOVES: Mapping[str, tuple[CampaignStatus, ...]] = {
    "pause": (CampaignStatus.SENDING,),
    "release": (CampaignStatus.HELD,),
    "resume": (CampaignStatus.PAUSED,),
    "cancel": (CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.HELD, CampaignStatus.PREPARED),
}


class CampaignPages:
    """``/console/campaigns`` and all below it."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console, self._pieces = app, console, Pieces()
        self._listings = campaigns.Listings(app)

    def index(self, request: Request) -> Response:
        """The newest, and how each stands."""
        page = max(_number(request.query_params.get("page")), 1)
        sorting = sorting_in(request, ("subject", "kind", "status", "-began"), first="-began")
        found = self._listings.newest(
            request.state.organiser,
            limit=_ON_PAGE + 1,
            offset=(page - 1) * _ON_PAGE,
            by=sorting.by,
            descending=sorting.descending,
        )
        words = editions.standings(self._app, [one.campaign for one in found])
        return self._console.page(
            request,
            "campaigns",
            title=self._console.say("console_campaigns"),
            found=[_in_numbers(one, words[one.campaign.name]) for one in found[:_ON_PAGE]],
            kinds=kinds(self._console),
            sorting=sorting,
            before=page - 1 if page > 1 else None,
            after=page + 1 if len(found) > _ON_PAGE else None,
        )

    def show(self, request: Request) -> Response:
        """One campaign; an editor sees its numbers, and no people."""
        found = self._campaign(request)
        sees_people = request.state.organiser.role.includes(Role.ORGANISER)
        told = campaigns.report(self._app, found.name)
        query = request.query_params
        part, state = line_of(query.get("q")), _state(query.get("state"))
        searched = sees_people and ("q" in query or state is not None)
        people = campaigns.people_of(self._app, found, part=part, state=state, limit=_PEOPLE) if searched else None
        return self._console.page(
            request,
            "campaign",
            title=found.subject or found.name,
            kind=kinds(self._console).get(found.digest, ""),
            **self._progress(request, found, told.report),
            sees_people=sees_people,
            told=told if sees_people else replace(told, replies=(), returns=()),  # servers name addresses in them
            doubts=campaigns.in_doubt(self._app, found, limit=_DOUBTS) if sees_people else (),
            states=[one for one in DeliveryState if told.report.states.get(one)],
            part=part,
            state=state,
            people=people,
            more=people is not None and len(people) == _PEOPLE,
        )

    def progress(self, request: Request) -> Response:
        """How it stands: the piece of its page that is fetched again, by everybody who watches it at once."""
        found, is_editor = self._campaign(request), request.state.organiser.role is Role.EDITOR

        def make() -> bytes:
            now = self._campaign(request)  # read after its version, so that what is kept is never older than that
            values = self._progress(request, now, campaigns.standing(self._app, now))
            return bytes(self._console.part(request, "campaign_progress", **values).body)

        version = campaigns.pulses(self._app, [found.id]).get(found.id)
        language = str(self._console.renderer.phrases.locale)
        return HTMLResponse(self._pieces.of((found.id, is_editor, language), version, make))

    def mail(self, request: Request) -> Response:
        """The mail as everybody got it: the inside of a frame."""
        html = campaigns.view(self._app, self._campaign(request).id)
        return sandboxed(html or "")

    def csv(self, request: Request) -> Response:
        """Who got it and who did not, a row each."""
        found = self._campaign(request)
        rows = campaigns.recipients(self._app, found.name)
        disposition = {"Content-Disposition": f'attachment; filename="{found.name}.csv"'}
        return StreamingResponse(self._rows(rows), media_type="text/csv; charset=utf-8", headers=disposition)

    def move(self, request: Request) -> Response:
        """Pause, go on, or cancel."""
        name, what = request.path_params["name"], request.path_params["move"]
        verbs: Mapping[str, Callable[..., object]] = {
            "pause": campaigns.pause,
            "release": _release,
            "resume": campaigns.resume,
            "cancel": campaigns.cancel,
        }
        if what not in verbs:
            raise NotAllowedError("There is no such move.")
        state = request.state
        self._campaign(request, verb=what)
        verbs[what](self._app, name, by=state.by, now=self._app.now, organiser=state.organiser)
        return self._console.done(f"/console/campaigns/{name}", f"campaign_{what}")

    def settle(self, request: Request) -> Response:
        """Close the doubts as they are, or send to them again."""
        name, state, how = request.path_params["name"], request.state, request.state.form.get("how")
        self._campaign(request, verb="settle")
        campaigns.settle(
            self._app,
            name,
            self._app.now,
            by=state.by,
            organiser=state.organiser,
            resend=how == "resend",
            leave=how == "leave",
        )
        return self._console.done(f"/console/campaigns/{name}", "campaign_settled")

    def retry(self, request: Request) -> Response:
        """Try those again whom servers refused."""
        name, state = request.path_params["name"], request.state
        self._campaign(request, verb="retry")
        campaigns.retry(
            self._app, name, self._app.now, by=state.by, failed=True, deferred=False, organiser=state.organiser
        )
        return self._console.done(f"/console/campaigns/{name}", "campaign_retried")

    def _campaign(self, request: Request, verb: str = "see") -> Any:
        return campaigns.campaign_for(self._app, request.path_params["name"], request.state.organiser, verb)

    def _progress(self, request: Request, found: Any, told: Report) -> dict[str, Any]:
        titles = {one.name: one.title or one.name for one in self._app.config.lists}
        # Who sees the people of a campaign may see what servers said of them.
        reason = reason_for(self._console, request, found, quoted_to=Role.ORGANISER)
        found = replace(found, reason=reason)
        return {
            "campaign": found,
            "standing": editions.standings(self._app, [found])[found.name],
            "whom": ", ".join(titles.get(name, name) for name in found.list_names),
            "waits": found.digest != campaigns.ANNOUNCEMENT and found.status in _WAITS,
            "begun": told.recipients > told.states.get(DeliveryState.QUEUED, 0),
            "moves": [one for one, states in _MOVES.items() if found.status in states and _fits(one, found)],
            "again": campaigns.next_attempt(self._app, found),
            **figures(told),
        }

    def _rows(self, rows: Any) -> Iterator[str]:
        zone = self._app.config.network.zone
        for cells in csv_rows(rows, zone):
            line = io.StringIO()
            csv.writer(line).writerow(cells)
            yield line.getvalue()


def kinds(console: Console) -> Mapping[str, str]:
    """What campaigns are, as readers know it: by the digest of each."""
    titles = {one.name: one.title or one.name for one in console.app.config.digests}
    return {**titles, campaigns.ANNOUNCEMENT: console.say("console_kind_announcement")}


def _in_numbers(one: campaigns.Listed, word: str) -> dict[str, Any]:
    return {
        "campaign": one.campaign,
        "status": word,
        "total": one.recipients,
        "accepted": one.count(DeliveryState.ACCEPTED),
        "rejected": one.count(DeliveryState.REJECTED),
        "bounced": one.bounced,
    }


def figures(report: Report) -> dict[str, Any]:
    """What a campaign's numbers come to, as its pages show them."""
    states = report.states
    waiting = states.get(DeliveryState.QUEUED, 0)
    going = states.get(DeliveryState.IN_FLIGHT, 0)
    deferred = states.get(DeliveryState.DEFERRED, 0)
    total = report.recipients
    return {
        "report": report,
        "accepted": report.accepted,
        "waiting": waiting,
        "going": going,
        "deferred": deferred,
        "rejected": states.get(DeliveryState.REJECTED, 0),
        "to_come": waiting + deferred,
        "skipped": sum(report.skipped.values()),
        "total": total,
        "done_count": total - waiting - going - deferred,
    }


def _release(app: App, name: str, *, by: By, now: datetime, organiser: Organiser) -> None:
    """Let a held announcement go on; an edition is let go where it is looked at."""
    if not _fits("release", campaigns.campaign_for(app, name, organiser, "approve")):
        raise NotAllowedError("There is no such move.")
    editions.approve(app, name, by=by, now=now)


def _fits(move: str, campaign: Any) -> bool:
    return move != "release" or campaign.digest == campaigns.ANNOUNCEMENT


def _state(text: str | None) -> DeliveryState | None:
    return next((one for one in DeliveryState if one.value == text), None)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1
