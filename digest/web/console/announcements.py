"""The pages on which announcements are written, looked at, tested, scheduled and sent."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from digest.app import App
from digest.compose import Written
from digest.core import announcements, content, organisers
from digest.core.announcements import Look, OutdatedError
from digest.core.people.audience import check_condition, known_fields
from digest.errors import DigestError, NotAllowedError, UsageError
from digest.model import Draft, DraftState, Told
from digest.web.console.list_plans import ListPlans
from digest.web.console.page import Console, sandboxed, sandboxed_text
from digest.web.console.people import fields_in_reach
from digest.web.console.pictures import picture_in
from digest.web.console.written_form import by_itself, line_of, moment_in, number_in, text_of, written_in

_FOUND = 8  # items that a search shows


class AnnouncementPages:
    """``/console/announcements`` and all below it."""

    def __init__(self, app: App, console: Console, plans: ListPlans) -> None:
        self._app, self._console, self._plans = app, console, plans

    def index(self, request: Request) -> Response:
        """What is being written, what goes when, and what went."""
        kept = announcements.kept_drafts(self._app, organiser=request.state.organiser)
        parts = {state.value: [self._shown(one) for one in kept if one.state is state] for state in DraftState}
        parts[DraftState.SCHEDULED].sort(key=lambda one: one["draft"].send_at)
        return self._console.page(request, "announcements", title=self._say("console_announcements"), parts=parts)

    def _shown(self, draft: Draft) -> dict[str, Any]:
        return {"draft": draft, "subject": announcements.written_of(draft).subject, "to": self._whom(draft)}

    def new(self, request: Request) -> Response:
        """An empty form; `?correcting=CAMPAIGN`: for those who got that."""
        correcting = line_of(request.query_params.get("correcting")) or None
        lists = organisers.reach(self._app, request.state.organiser)
        written = Written(to=lists if len(lists) == 1 and correcting is None else ())
        return self._form(request, written, draft=None, correcting=correcting)

    def create(self, request: Request) -> Response:
        """Keep what was written."""
        form, state = request.state.form, request.state
        made = announcements.create_draft(
            self._app,
            self._text(request, self._picture(request)),
            correcting=line_of(form.get("correcting")) or None,
            by=state.by,
            now=self._app.now,
            organiser=state.organiser,
        )
        self._have_pictures(request, made)
        return self._next(request, made, "draft_kept")

    def edit(self, request: Request) -> Response:
        """A draft in its form; of one that was sent, what it said."""
        draft = self._draft(request)
        if draft.campaign is not None:
            return self._console.done(f"/console/campaigns/{draft.campaign}")
        return self._form(request, announcements.written_of(draft), draft=draft, correcting=draft.correcting)

    def save(self, request: Request) -> Response:
        """Put what is in the form in the place of what was there."""
        form, state = request.state.form, request.state
        try:
            kept = announcements.change_draft(
                self._app,
                self._id(request),
                self._text(request, self._picture(request)),
                version=number_in(form, "version") or 0,
                by=state.by,
                now=self._app.now,
                organiser=state.organiser,
            )
        except OutdatedError as error:
            return Response(status_code=409) if by_itself(form) else self._outdated(request, error)
        self._have_pictures(request, kept)
        return self._next(request, kept, "draft_kept")

    def preview(self, request: Request) -> Response:
        """What is in the form, as it would arrive: the inside of a frame."""
        found = self._look(request)
        if found.mail is None:
            return sandboxed(self._console.renderer.console.page("announcement_no_mail", {"look": found, "now": 0}))
        if request.state.form.get("part") == "text":
            return sandboxed_text(found.mail.text)
        return sandboxed(found.mail.html)

    def facts(self, request: Request) -> Response:
        """Who gets what is in the form, and what is wrong with it: a piece of its page."""
        return self._console.part(request, "announcement_facts", look=self._look(request))

    def mail(self, request: Request) -> Response:
        """A draft as it is kept, as it would arrive."""
        found = asyncio.run(announcements.shown(self._app, self._draft(request), self._app.now))
        if found.mail is None:
            return sandboxed(self._console.renderer.console.page("announcement_no_mail", {"look": found, "now": 0}))
        return sandboxed(found.mail.html)

    def items(self, request: Request) -> Response:
        """What a search for something to attach finds: a piece of the page."""
        return self._console.part(request, "announcement_found", found=self._found(request.query_params.get("q")))

    def file(self, request: Request) -> Response:
        """A draft as a file."""
        draft = self._draft(request)
        name = f'attachment; filename="{announcements.file_name(draft).encode("ascii", "ignore").decode()}"'
        return PlainTextResponse(
            announcements.exported(draft), media_type="text/markdown", headers={"Content-Disposition": name}
        )

    def confirm(self, request: Request) -> Response:
        """Who will get it: asked before it goes."""
        return self._confirm(request, self._draft(request, verb="send"))

    def send(self, request: Request) -> Response:
        """Let a draft go; the running service sends it."""
        return self._go(request, at_once=True)

    def schedule(self, request: Request) -> Response:
        """Have a draft go at a time."""
        return self._go(request, at_once=False)

    def unschedule(self, request: Request) -> Response:
        """Keep a scheduled draft back."""
        self._changed(request, announcements.unschedule_draft)
        return self._console.done(f"/console/announcements/{self._id(request)}", "draft_unscheduled")

    def discard(self, request: Request) -> Response:
        """Throw a draft away."""
        self._changed(request, announcements.discard_draft)
        return self._console.done("/console/announcements", "draft_discarded")

    def _go(self, request: Request, *, at_once: bool) -> Response:
        form, draft_id = request.state.form, self._id(request)
        common: dict[str, Any] = {
            "version": number_in(form, "version") or 0,
            "typed": number_in(form, "typed"),
            "by": request.state.by,
            "now": self._app.now,
            "organiser": request.state.organiser,
        }
        try:
            if at_once:
                campaign = asyncio.run(announcements.release_draft(self._app, draft_id, **common))
                return self._console.done(f"/console/campaigns/{campaign.name}", "draft_sent")
            moment = moment_in(form, "at", self._app.config.network.zone)
            if moment is None:
                raise UsageError(self._say("console_draft_when_missing"))
            asyncio.run(announcements.schedule_draft(self._app, draft_id, moment, **common))
        except OutdatedError as error:
            return self._outdated(request, error)
        except NotAllowedError:
            raise
        except DigestError as error:
            return self._confirm(request, self._draft(request, verb="send"), trouble=self._console.why(request, error))
        return self._console.done(f"/console/announcements/{draft_id}", "draft_scheduled")

    def _changed(self, request: Request, verb: Any) -> None:
        version = number_in(request.state.form, "version") or 0
        state = request.state
        verb(self._app, self._id(request), version=version, by=state.by, now=self._app.now, organiser=state.organiser)

    def _confirm(self, request: Request, draft: Draft, *, trouble: str = "") -> Response:
        found = asyncio.run(announcements.look(self._app, draft, self._app.now, plans=self._plans.now()))
        zone = self._app.config.network.zone
        wanted = draft.send_at and draft.send_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        return self._console.page(
            request,
            "announcement_send",
            title=self._say("console_draft_send_title"),
            status=422 if trouble else 200,
            draft=draft,
            written=announcements.written_of(draft),
            look=found,
            trouble=trouble,
            zone=zone.key,
            whom=self._whom(draft),
            wanted=line_of(getattr(request.state, "form", {}).get("at"))
            or wanted
            or announcements.written_of(draft).at,
        )

    def _form(
        self,
        request: Request,
        written: Written,
        *,
        draft: Draft | None,
        correcting: str | None,
        current: Draft | None = None,
    ) -> Response:
        """The form.

        Args:
            request: what is answered.
            written: what stands in it.
            draft: what is kept; None before that.
            correcting: the campaign whose readers get it.
            current: where somebody else changed it meanwhile: what it says now.
        """
        fields = fields_in_reach(self._app, request)
        lists = [
            {"name": one.name, "title": one.title}
            for one in self._app.config.lists
            if one.name in organisers.reach(self._app, request.state.organiser)
        ]
        text = text_of(request.state.form, []) if current is not None else None
        kept_as = announcements.written_of(draft) if draft else None
        look = self._look(request) if text is not None else self._look_at(draft)
        return self._console.page(
            request,
            "announcement",
            title=written.subject or self._say("console_draft_new"),
            status=200 if current is None else 409,
            draft=draft,
            written=written,
            kept_as=kept_as,
            correcting=correcting,
            current=current,
            lists=lists,
            fields=sorted(known_fields(self._app) if fields is None else fields),
            look=look,
            searched=line_of(request.query_params.get("q")),
            found=self._found(request.query_params.get("q")),
        )

    def _outdated(self, request: Request, error: OutdatedError) -> Response:
        """What somebody else wrote beside what is in the form, which stays as it is there."""
        if error.current.campaign is not None or "body" not in request.state.form:
            return self._console.problem(request, Told.by(error), status=409)
        return self._form(
            request,
            self._written(request),
            draft=error.current,
            correcting=error.current.correcting,
            current=error.current,
        )

    def _next(self, request: Request, draft: Draft, what: str) -> Response:
        form, place = request.state.form, f"/console/announcements/{draft.id}"
        if by_itself(form):
            return JSONResponse({"version": draft.version, "place": place})
        match form.get("do"):
            case "test":
                organiser = request.state.organiser
                testing = announcements.send_draft_test(
                    self._app, draft.id, organiser.email, self._app.now, organiser=organiser
                )
                asyncio.run(testing)
                return self._console.done(place, "draft_tested")
            case "go":
                return self._console.done(f"{place}/send")
            case "picture":
                return self._console.done(place, "draft_picture")
            case "search":
                return self._console.done(place, q=line_of(form.get("q")))
            case _:
                return self._console.done(place, what)

    def _look(self, request: Request) -> Look:
        """What is in the form."""
        correcting = line_of(request.state.form.get("correcting")) or None
        try:
            text = self._text(request)
        except UsageError as error:
            return Look(problems=(Told.by(error),))
        looking = announcements.look_at_text(
            self._app, text, self._app.now, correcting=correcting, organiser=request.state.organiser
        )
        return asyncio.run(looking)

    def _look_at(self, draft: Draft | None) -> Look | None:
        return (
            None if draft is None else asyncio.run(announcements.look(self._app, draft, self._app.now, pending=False))
        )

    def _found(self, wanted: object) -> list[dict[str, Any]] | None:
        """The newest items with all these words in their titles; None where nothing is searched."""
        words = line_of(wanted).casefold().split()
        if not words:
            return None
        held = content.stored_items(self._app, self._app.now)
        return [
            {"key": f"{one.source}/{one.key}", "title": one.title, "kind": one.kind.value}
            for one in held
            if all(word in one.title.casefold() for word in words)
        ][:_FOUND]

    def _whom(self, draft: Draft) -> str:
        titles = {one.name: one.title or one.name for one in self._app.config.lists}
        return ", ".join(titles.get(name, name) for name in announcements.written_of(draft).to)

    def _written(self, request: Request) -> Written:
        return written_in(request.state.form, organisers.reach(self._app, request.state.organiser))

    def _picture(self, request: Request) -> str:
        """The picture that the form brings, as the text names it; "" where it brings none. Raises as `picture_in`."""
        return picture_in(self._console, request) if request.state.form.get("do") == "picture" else ""

    def _have_pictures(self, request: Request, draft: Draft) -> None:
        """Fetch what the text names by an address, once somebody presses a button: not while it is half typed."""
        if not by_itself(request.state.form):
            name = announcements.file_name(draft)
            asyncio.run(announcements.have_pictures(self._app, draft.text, self._app.now, name=name))

    def _text(self, request: Request, further: str = "") -> str:
        """What is in the form, and `further` below it; its condition asks for no field that is none of their lists'."""
        where, fields = line_of(request.state.form.get("where")), fields_in_reach(self._app, request)
        if where and fields is not None:
            check_condition(self._app, where, fields)
        return text_of(request.state.form, organisers.reach(self._app, request.state.organiser), further)

    def _draft(self, request: Request, *, verb: str = "write") -> Draft:
        return announcements.kept_draft(self._app, self._id(request), organiser=request.state.organiser, verb=verb)

    def _id(self, request: Request) -> int:
        return int(request.path_params["id"])

    def _say(self, name: str) -> str:
        return self._console.say(name)
