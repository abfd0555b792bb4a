"""One person: how each digest stands to them, what they were sent, what they agreed to, and what can be done."""

import json
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import campaigns, organisers, people
from digest.core.organisers import reaches, role_allows
from digest.core.people import PersonStory
from digest.documents import subscriber_json
from digest.errors import DigestError
from digest.model import BY_HAND, SECTIONS, DeliveryState, Organiser, PersonSkip, Preferences, Recipient
from digest.web.console.page import Console, allowed
from digest.web.console.people import fields_in_reach, invited, lists_in_reach, title_of

_SENT = 20  # of what they were sent
_REASON = 60
_BADGES = {
    DeliveryState.ACCEPTED: "ok",
    DeliveryState.REJECTED: "bad",
    DeliveryState.UNKNOWN: "warn",
    DeliveryState.DEFERRED: "warn",
}


class PersonPage:
    """``/console/people/ID`` and what stands below it."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console

    def show(self, request: Request) -> Response:
        """All that is held about somebody, as far as it concerns the lists of who is signed in."""
        organiser, say = request.state.organiser, self._console.say
        person, story = self._found(request)
        lists = {name: stands for name, stands in story.lists.items() if reaches(organiser, (name,))}
        of_campaigns = campaigns.lists_of(self._app, {name for name, *_ in story.deliveries})
        sent = [one for one in story.deliveries if reaches(organiser, of_campaigns.get(one[0], ()))]
        returns = [one for one in story.returns if reaches(organiser, of_campaigns.get(one.campaign or "", ()))]
        shown = {name for name, *_ in sent[:_SENT]} | {one.campaign for one in returns if one.campaign}
        called = campaigns.subjects(self._app, shown)
        on = [name for name, (status, _) in lists.items() if status.value == "active"]
        fields = fields_in_reach(self._app, request)
        offered = [name for name in organisers.reach(self._app, organiser) if name not in on]
        return self._console.page(
            request,
            "person",
            title=person.name or person.address,
            person=person,
            fields={name: value for name, value in person.fields.items() if fields is None or name in fields},
            here=f"/console/people/{request.path_params['person']}",
            suppression=story.suppression,
            standing=[self._standing(one, story) for one in self._app.config.digests if reaches(organiser, one.lists)],
            lists=[(title_of(self._app, name), name, status.value, since) for name, (status, since) in lists.items()],
            offered=[(name, title_of(self._app, name)) for name in offered],
            sent=[self._sent(one, called[one[0]]) for one in sent[:_SENT]],
            sent_more=max(0, len(sent) - _SENT),
            returns=returns,
            called=called,
            journal=[one for one in reversed(story.journal) if _concerns(organiser, one.list_name)],
            titles={one.name: one.title or one.name for one in self._app.config.lists},
            preferences=[
                (self._called(name) if name else say("console_all_mail"), self._in_words(one))
                for name, one in story.preferences.items()
                if not name or reaches(organiser, self._lists_of(name))
            ],
            may={verb: role_allows(organiser, verb) for verb in ("suppress", "lift", "export", "forget")},
        )

    def unsubscribe(self, request: Request) -> Response:
        """Take them off one list, as if they had left it."""
        person, story = self._found(request)
        name = str(request.state.form.get("list", ""))
        allowed(request, "unsubscribe", name)
        if name not in story.lists:
            raise HTTPException(404)
        people.leave(self._app, person.address, self._app.now, by=request.state.by, name=name)
        return self._done(request, "unsubscribed")

    async def invite(self, request: Request) -> Response:
        """Ask them by mail whether they want to be on a list."""
        person, _ = await run_in_threadpool(self._found, request)
        name = str(request.state.form.get("list", ""))
        allowed(request, "invite", name)
        return self._done(request, await invited(self._app, person, request, name))

    def suppress(self, request: Request) -> Response:
        """Mail the address no more."""
        allowed(request, "suppress")
        reason = str(request.state.form.get("reason", "")).strip()[:_REASON] or BY_HAND
        person, _ = self._found(request)
        people.suppress(self._app, person.address, self._app.now, by=request.state.by, reason=reason)
        return self._done(request, "suppressed")

    def lift(self, request: Request) -> Response:
        """Let the address be mailed again."""
        allowed(request, "lift")
        person, _ = self._found(request)
        people.lift(self._app, person.address, self._app.now, by=request.state.by)
        return self._done(request, "lifted")

    async def resend(self, request: Request) -> Response:
        """Send them the very mail of a campaign once more."""
        person, _ = await run_in_threadpool(self._found, request)
        name = str(request.state.form.get("campaign", ""))
        lists = await run_in_threadpool(campaigns.lists_of, self._app, {name})
        allowed(request, "resend", *lists.get(name, ()))
        await campaigns.resend(self._app, name, person.address, self._app.now, by=request.state.by)
        return self._done(request, "resent")

    def export(self, request: Request) -> Response:
        """All that is held about them, as they get it who ask for their data."""
        allowed(request, "export")
        _, story = self._found(request)
        document = subscriber_json(story, self._app.config.network.zone)
        text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
        headers = {"Content-Disposition": 'attachment; filename="person.json"'}
        return Response(text, media_type="application/json", headers=headers)

    def forget(self, request: Request) -> Response:
        """Erase them; the address has to be typed for it."""
        allowed(request, "forget")
        person, _ = self._found(request)
        if str(request.state.form.get("typed", "")).strip() != person.address:
            raise DigestError(self._console.say("console_forget_typed_wrong"))
        done = people.forget(self._app, person.address, self._app.now, by=request.state.by)
        return self._console.done("/console/people", "forgotten_listed" if done.listed else "forgotten")

    def _found(self, request: Request) -> tuple[Recipient, PersonStory]:
        """Whom the address is about; a person of other lists is not there for who is signed in."""
        person = people.person_numbered(self._app, request.path_params["person"])
        story = None if person is None else people.person_story(self._app, person.address, self._app.now)
        reach = lists_in_reach(self._app, request)
        if person is None or story is None or (reach is not None and not set(reach) & set(story.lists)):
            raise HTTPException(404)
        return person, story

    def _in_words(self, one: Preferences) -> Preferences:
        """The same, with what is muted and chosen as pages call it."""
        called = {category.name.casefold(): category.title or category.name for category in self._app.config.categories}
        called |= {name: self._console.say(f"part_{name}") for name in SECTIONS.values()}
        muted = tuple(called.get(name, name) for name in one.muted)
        return replace(one, muted=muted, chosen=one.chosen and self._called(one.chosen))

    def _called(self, digest: str) -> str:
        return next((one.title or digest for one in self._app.config.digests if one.name == digest), digest)

    def _lists_of(self, digest: str) -> tuple[str, ...]:
        return next((one.lists for one in self._app.config.digests if one.name == digest), ())

    def _standing(self, digest: Any, story: PersonStory) -> dict[str, Any]:
        """Whether a digest reaches them now, in a sentence."""
        why = story.digests.get(digest.name)
        name = "console_stands" if why is None else f"console_stands_{PersonSkip(why).name.lower()}"
        return {"title": digest.title or digest.name, "says": self._console.say(name), "reaches": why is None}

    def _sent(self, one: tuple[str, str, str, Any], called: str) -> dict[str, Any]:
        campaign, state, why, at = one
        return {
            "campaign": campaign,
            "called": called,
            "state": self._console.say(f"console_state_{state}"),
            "badge": _BADGES.get(DeliveryState(state), ""),
            "why": why,
            "meaning": campaigns.meaning(state, why),
            "at": at,
            "again": DeliveryState(state) not in (*_UNDER_WAY, DeliveryState.SKIPPED),
        }

    def _done(self, request: Request, what: str) -> Response:
        return self._console.done(f"/console/people/{request.path_params['person']}", what)


def _concerns(organiser: Organiser, list_name: str) -> bool:
    return not list_name or reaches(organiser, (list_name,))


_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.IN_FLIGHT, DeliveryState.DEFERRED)
