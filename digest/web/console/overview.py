"""The overview: what goes next and how it stands, what is being sent, the last weeks, and what needs somebody."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from digest.app import App
from digest.core import campaigns, editions, health, organisers
from digest.core.health import Trouble, Week
from digest.core.organisers import reaches
from digest.model import CampaignStatus, DeliveryState, Organiser, Role
from digest.web.console.campaigns import kinds
from digest.web.console.glance import Glance
from digest.web.console.mending import told_trouble
from digest.web.console.page import Console
from digest.web.console.reasons import reason_for
from digest.web.console.senders import senders

_SHOWN = ("delivered", "bounced", "left", "complained")
_UNDER_WAY = (CampaignStatus.SENDING, CampaignStatus.PAUSED)
_LATEST = 8
_BARS, _HEIGHT = 20, 64  # of the plot, in its own units: from bar to bar, and the highest


class OverviewPage:
    """``/console``."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console
        self._listings = campaigns.Listings(app)
        self._glances: dict[tuple[str, ...], Glance[tuple[tuple[Week, ...], tuple[Trouble, ...]]]] = {}

    def show(self, request: Request) -> Response:
        """How everything stands, as far as it concerns the lists of who is signed in."""
        organiser: Organiser = request.state.organiser
        mine = partial(reaches, organiser)
        weeks, troubles = self._lately(organiser)
        listed = self._listings.newest(organiser, limit=_LATEST)
        under_way = [one.campaign for one in listed if one.campaign.status in _UNDER_WAY]
        words = editions.standings(self._app, [one.campaign for one in listed])
        coming = [one for one in health.coming(self._app, self._app.now) if mine(one.digest.lists)]
        return self._console.page(
            request,
            "overview",
            title=self._console.say("console_overview"),
            coming=[self._coming(request, one) for one in coming],
            sending=[self._sending(request, one) for one in under_way],
            latest=[self._listed(request, one, words[one.campaign.name]) for one in listed],
            weeks=weeks,
            plots=_plots(weeks),
            troubles=[told_trouble(self._console, one) for one in troubles],
            **senders(self._app if organiser.role is Role.ADMIN else None),
            no_lists=organiser.role is Role.ORGANISER and not organisers.reach(self._app, organiser),
        )

    def _lately(self, organiser: Organiser) -> tuple[tuple[Week, ...], tuple[Trouble, ...]]:
        """What is not counted again until something was done, or a minute is over.

        Troubles are for who can mend them, on the machine itself.
        """
        app, now = self._app, self._app.now

        def make() -> tuple[tuple[Week, ...], tuple[Trouble, ...]]:
            weeks = health.weeks(app, now, reaches=partial(reaches, organiser))
            return weeks, health.troubles(app, now) if organiser.role is Role.ADMIN else ()

        glance = self._glances.setdefault((organiser.role.value, *organiser.lists), Glance())
        return glance.of(organisers.activity_stamp(app), now, make)

    def _coming(self, request: Request, one: health.Coming) -> dict[str, Any]:
        """A digest with a sentence that says how it stands, and where it is mended."""
        say, waiting = self._console.say, one.waiting
        told: dict[str, Any] = {
            "title": one.digest.title or one.digest.name,
            "at": one.at,
            "reason": "",
            "button": "",
            "draft": "",
        }
        told["lists"] = self._titles(one.digest.lists)
        if waiting is None:
            how = "console_next_waits" if one.digest.approval != "none" else "console_next_itself"
            told |= {"says": say(how), "badge": "ok", "badge_says": say("console_next_fine")}
            may = organisers.role_allows(request.state.organiser, "prepare")
            return told | {"href": "", "draft": one.digest.name if may else ""}
        word = editions.standings(self._app, [waiting])[waiting.name]
        if word == editions.AGREED:
            told |= {"says": say(f"console_status_{word}"), "badge": "ok", "badge_says": say("console_next_fine")}
            return told | {"href": self._place(request, f"/console/editions/{waiting.name}")}
        held = waiting.status is CampaignStatus.HELD
        how = "held" if held else "review" if word == editions.READY else "prepared"
        says = say(f"console_next_{how}", one.recipients)
        told |= {
            "says": says,
            "reason": reason_for(self._console, request, waiting) if held else "",
            "badge": "bad" if held else "ok" if word == editions.READY else "warn",
        }
        told |= {"badge_says": say(f"console_status_{word}"), "name": waiting.name}
        return told | {
            "href": self._place(request, f"/console/editions/{waiting.name}"),
            "button": say("console_look_and_approve"),
        }

    def _sending(self, request: Request, one: campaigns.Outline) -> dict[str, Any]:
        report = campaigns.standing(self._app, one)
        still = sum(report.states.get(state, 0) for state in _STILL)
        return {
            **self._told(request, one, one.status.value),
            "recipients": report.recipients,
            "done": report.recipients - still,
            "in_doubt": report.in_doubt,
            "reason": reason_for(self._console, request, one, quoted_to=Role.ORGANISER),
        }

    def _listed(self, request: Request, one: campaigns.Listed, word: str) -> dict[str, Any]:
        return {
            **self._told(request, one.campaign, word),
            "recipients": one.recipients,
            "accepted": one.count(DeliveryState.ACCEPTED),
            "bounced": one.bounced,
        }

    def _told(self, request: Request, one: campaigns.Outline, word: str) -> dict[str, Any]:
        """What a campaign is called, and how it stands."""
        return {
            "name": one.name,
            "title": one.subject or one.name,
            "kind": kinds(self._console).get(one.digest, ""),
            "at": one.created_at,
            "status": word,
            "href": self._place(request, f"/console/campaigns/{one.name}"),
        }

    def _titles(self, names: Sequence[str]) -> str:
        titles = {one.name: one.title or one.name for one in self._app.config.lists}
        return self._console.renderer.phrases.listed([titles.get(name, name) for name in names])

    @staticmethod
    def _place(request: Request, path: str) -> str:
        """An address of the console; "" where no route leads there."""
        asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
        found = any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
        return path if found else ""


_STILL = (DeliveryState.QUEUED, DeliveryState.IN_FLIGHT, DeliveryState.DEFERRED)


def _plots(weeks: Sequence[Week]) -> list[dict[str, Any]]:
    """Of each number a plot of its own, since mails are thousands and complaints a few: bars by their height."""
    plots = []
    for name in _SHOWN:
        values = [getattr(week, name) for week in weeks]
        most = max(values, default=0)
        bars = [
            {"x": number * _BARS, "height": max(2, round(value * _HEIGHT / most)) if value else 0, "value": value}
            for number, value in enumerate(values)
        ]
        plots.append({"name": name, "most": most, "total": sum(values), "latest": values[-1], "bars": bars})
    return plots
