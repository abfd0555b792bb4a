"""The pages of editions: what is in one and why, arranged by hand, seen as its readers will, approved or held."""

import asyncio
from asyncio import to_thread
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digest.app import App
from digest.config.values import parse_address
from digest.core import campaigns, content, editions, organisers
from digest.core.campaigns.preflight import findings_in
from digest.core.editions import Current, Preview
from digest.core.people.audience import reach_of
from digest.documents import named
from digest.errors import DigestError, NotAllowedError, OutdatedError, UsageError
from digest.model import CampaignStatus, Edit, Step, Told
from digest.web.console.item_form import edit_in, pair_in, read_pair, text_in, typed
from digest.web.console.page import Console, allowed, sandboxed, sandboxed_text
from digest.web.console.people import is_in_reach
from digest.web.console.pictures import picture_in
from digest.web.console.reasons import reason_for
from digest.web.console.written_form import by_itself

_ON_A_PAGE = 40
_SHOWN = 60  # items of a reason that are listed
VIEWS = ("phone", "desktop", "dark", "text")


class EditionPages:
    """``/console/editions`` and what lies below."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console
        self._glances = editions.Glances()

    def index(self, request: Request) -> Response:
        """The latest editions of the digests that somebody has to do with."""
        organiser = request.state.organiser
        reached = [one.name for one in self._app.config.digests if organisers.reaches(organiser, one.lists)]
        found = editions.latest_editions(self._app, limit=_ON_A_PAGE, digests=reached)
        titles = {one.name: one.title or one.name for one in self._app.config.digests}
        words = editions.standings(self._app, found)
        return self._console.page(
            request,
            "editions",
            title=self._console.say("console_editions"),
            editions=[self._listed(request, one, words[one.name]) for one in found],
            titles=titles,
        )

    def _listed(self, request: Request, one: campaigns.Outline, word: str) -> dict[str, Any]:
        """An edition of the list, and what it waits for."""
        reason = "" if word == editions.AGREED else reason_for(self._console, request, one)
        return {"edition": one, "reason": reason, "status": word}

    def show(self, request: Request) -> Response:
        """One edition, with all that can be done to it."""
        found = self._found(request)
        return self._page(request, found)

    def mail(self, request: Request) -> Response:
        """The mail itself, for a frame; as somebody, or as who muted something, sees it."""
        found = self._found(request)
        shown = self._shown(request, found)
        if request.query_params.get("view") == "text":
            return sandboxed_text(shown.text)
        return sandboxed(in_scheme(shown.html, dark=request.query_params.get("view") == "dark"))

    def people(self, request: Request) -> Response:
        """Who will get it, and who will not, by reason."""
        found = self._found(request)
        campaign, now = found.campaign, self._app.now
        told = campaigns.report(self._app, campaign.name).report
        reach = None
        if campaign.status in {CampaignStatus.PREPARED, CampaignStatus.HELD}:
            reach = reach_of(self._app, campaign.audience, now, terms=campaign.terms, pending=False)
        return self._console.page(
            request,
            "edition_people",
            title=campaign.name,
            campaign=campaign,
            reach=reach,
            report=told,
            lists={one.name: one.title or one.name for one in self._app.config.lists},
        )

    def arrange(self, request: Request) -> Response:
        """Whatever the form says to do to it; refused where somebody else changed it meanwhile."""
        found = self._found(request, "arrange")
        form, name = request.state.form, found.campaign.name
        try:
            done = self._arranged(request, name, text_in(form, "do"), version=text_in(form, "version"))
        except OutdatedError as error:
            return Response(status_code=409) if by_itself(form) else self._outdated(request, name, error)
        if by_itself(form):
            return JSONResponse({"version": editions.current_named(self._app, name).version})
        return self._back(request, name, done, at=_place_after(found, text_in(form, "do"), text_in(form, "item")))

    def approve(self, request: Request) -> Response:
        """Let it go as it was seen."""
        found = self._found(request, "approve")
        name = found.campaign.name
        try:
            version = text_in(request.state.form, "version")
            editions.approve(self._app, name, by=request.state.by, now=self._app.now, version=version or "none")
        except OutdatedError as error:
            return self._outdated(request, name, error)
        return self._console.done(f"/console/editions/{name}", "edition_approved")

    def draft(self, request: Request) -> Response:
        """Draft a digest's edition of now, as the schedule would have, or its next where that has gone."""
        name = text_in(request.state.form, "digest")
        digest = next((one for one in self._app.config.digests if one.name == name), None)
        if digest is None:
            raise HTTPException(404)
        allowed(request, "prepare", *digest.lists)
        made = asyncio.run(editions.draft_next(self._app, digest, self._app.now, by=request.state.by))
        return self._console.done(f"/console/editions/{made.campaign.name}", "edition_drafted")

    def hold(self, request: Request) -> Response:
        """Keep it back."""
        name = self._found(request, "hold").campaign.name
        campaigns.hold(self._app, name, by=request.state.by, now=self._app.now)
        return self._console.done(f"/console/editions/{name}", "edition_held")

    async def test(self, request: Request) -> Response:
        """Mail it to who asks, and to nobody else."""
        found = await to_thread(self._found, request)
        name = found.campaign.name
        language = self._app.config.spoken(text_in(request.state.form, "language"))
        await editions.send_campaign_test(self._app, name, request.state.organiser.email, language=language)
        shown = {"language": language} if language else {}
        return self._console.done(f"/console/editions/{name}", "edition_tested", **shown)

    def _found(self, request: Request, verb: str = "review") -> Current:
        """The edition that a request is about, where whoever asks has to do with it."""
        name = request.path_params["name"]
        try:
            if request.method == "GET":
                found = self._glances.current_named(self._app, name)
            else:
                found = editions.current_named(self._app, name)
        except UsageError:
            raise HTTPException(404) from None
        if all(one.name != found.campaign.digest for one in self._app.config.digests):
            raise HTTPException(404)
        allowed(request, verb, *found.campaign.list_names)
        return found

    def _arranged(self, request: Request, name: str, do: str, *, version: str) -> str:
        """Do what a form says; the name of what was done."""
        app, form = self._app, request.state.form
        made: dict[str, Any] = {"by": request.state.by, "now": app.now, "version": version or "none"}
        match do:
            case "drop":
                editions.drop(app, name, pair_in(form), **made)
            case "restore":
                editions.restore(app, name, pair_in(form), **made)
            case "add":
                pairs = [read_pair(one) for one in form.getlist("item") if isinstance(one, str)]
                editions.bring_in(app, name, pairs, **made)
            case "up" | "down" | "first" | "last":
                editions.move(app, name, pair_in(form), Step(do), **made)
            case "pin" | "unpin" | "show":
                source, key = pair_in(form)
                edit = Edit(source=source, key=key)
                edit = replace(edit, hidden=False) if do == "show" else replace(edit, pinned=do == "pin")
                editions.edit_within(app, name, edit, **made)
            case "edit":
                item = content.find_item(app, "/".join(pair_in(form)))
                edit = edit_in(form, item, app.config.network.zone)
                if edit != Edit(source=item.source, key=item.key):
                    editions.edit_within(app, name, edit, **made)
            case "word" | "picture":
                lines = self._wording(request)
                editions.word(app, name, **made | lines)
                if not by_itself(form):  # what is half typed is asked for nowhere
                    asyncio.run(content.have_note_pictures(app, lines.get("note", ""), app.now))
            case _:
                raise UsageError("This form asks for nothing that can be done")
        return "edition_arranged"

    def _wording(self, request: Request) -> dict[str, str]:
        """What the form words, with the picture that it brings."""
        form = request.state.form
        lines = {line: text_in(form, line) for line in ("subject", "preheader", "note") if line in form}
        if text_in(form, "do") == "picture":
            lines["note"] = f"{lines.get('note', '').rstrip()}\n\n{picture_in(self._console, request)}".lstrip()
        return lines

    def _back(self, request: Request, name: str, done: str, *, at: str) -> Response:
        view = text_in(request.state.form, "view")
        query = {"view": view} if view in VIEWS else {}
        return self._console.done(f"/console/editions/{name}", done, at=at, **query)

    def _outdated(self, request: Request, name: str, error: OutdatedError) -> Response:
        """What changed meanwhile, and what was about to be done, to be done once more on what there is now."""
        found = editions.current_named(self._app, name)
        fields = [
            (field, value)
            for field, value in request.state.form.multi_items()
            if isinstance(value, str) and field != "version"
        ]
        return self._console.page(
            request,
            "edition_outdated",
            title=self._console.say("desk_outdated"),
            status=409,
            changes=error.changes,
            fields=fields,
            version=found.version,
            back=f"/console/editions/{name}",
        )

    def _page(self, request: Request, found: Current) -> Response:
        app, campaign, edition = self._app, found.campaign, found.edition
        view = request.query_params.get("view", "phone")
        may = {verb: _may(request, verb, campaign.list_names) for verb in ("arrange", "approve", "hold")}
        waits = editions.may_be_arranged(app, found)
        status = editions.standings(app, [campaign])[campaign.name]
        agreed = status == editions.AGREED
        shown = findings = None
        problem = ""
        try:
            if edition is not None and campaign.rendered is not None:
                shown = self._shown(request, found)
                findings = findings_in(app, shown.rendered, edition, app.now)
        except DigestError as error:
            problem = Told.by(error)
        out = editions.left_out(app, edition, most=_SHOWN) if edition is not None else ()
        reasons: dict[str, list[Any]] = {}
        for one in out:
            reasons.setdefault(one.skip.name.lower(), []).append(one)
        zone = app.config.network.zone
        return self._console.page(
            request,
            "edition",
            title=edition.title if edition else campaign.name,
            campaign=campaign,
            status_word=status,
            reason="" if agreed else reason_for(self._console, request, campaign),
            found=found,
            edition=edition,
            waits=waits,
            may_arrange=waits and may["arrange"],
            agreed=agreed,
            may_approve=may["approve"] and campaign.rendered is not None and _waiting(campaign.status) and not agreed,
            may_hold=may["hold"] and campaign.status is CampaignStatus.PREPARED,
            arrived=editions.arrived(app, campaign, app.now) if waits else (),
            shown=shown,
            findings=findings or (),
            problem=problem,
            reasons=reasons,
            counts=Counter(one.reason.name.lower() for one in edition.skipped) if edition else {},
            typed={named(one.item): typed(one.item, zone) for one in edition.entries} if edition else {},
            view=view if view in VIEWS else "phone",
            views=VIEWS,
            reader=request.query_params.get("as", ""),
            mute=request.query_params.get("mute", ""),
            categories=[one.name for one in app.config.categories],
            languages=self._languages(shown),
            language=self._language(request) or "",
            query=_query(request),
        )

    def _shown(self, request: Request, found: Current) -> Preview:
        """The mail as it is asked for: whose, without what they muted, and in which language."""
        return editions.preview_current(
            self._app,
            found,
            as_email=self._reader(request),
            muted=_muted(request),
            language=self._language(request),
        )

    def _language(self, request: Request) -> str | None:
        return self._app.config.spoken(request.query_params.get("language"))

    def _languages(self, shown: Preview | None) -> Mapping[str, str]:
        """Those that a mail is made in, by tag: all of them are approved together; none where it is one."""
        made = {self._app.config.network.language, *shown.rendered.translations} if shown else set()
        names = self._app.renderer.language_names() if len(made) > 1 else {}
        return {tag: name for tag, name in names.items() if tag in made}

    def _reader(self, request: Request) -> str | None:
        """Whose mail is shown; nobody's in particular where the address is none, or is on no list in reach."""
        try:
            address = parse_address(request.query_params.get("as", "").strip())
        except ValueError:
            return None
        return address if is_in_reach(self._app, request, address) else None


def in_scheme(html: str, *, dark: bool) -> str:
    """A mail as clients in this colour scheme show it, whatever the browser's own is."""
    wanted, other = ("dark", "light") if dark else ("light", "dark")
    told = html.replace(f"(prefers-color-scheme: {wanted})", "all").replace(f"(prefers-color-scheme:{wanted})", "all")
    never = "not all"
    return told.replace(f"(prefers-color-scheme: {other})", never).replace(f"(prefers-color-scheme:{other})", never)


def _waiting(status: CampaignStatus) -> bool:
    return status in {CampaignStatus.PREPARED, CampaignStatus.HELD}


def _place_after(found: Current, do: str, item: str) -> str:
    """Where whoever did something to an item goes on: at the item, or at the next where it is dropped."""
    order = [named(one.item) for one in found.edition.entries] if found.edition else []
    if do == "drop" and item in order:
        place = order.index(item)
        order.remove(item)
        item = order[min(place, len(order) - 1)] if order else ""
    return f"i-{item}" if item else ""


def _may(request: Request, verb: str, list_names: tuple[str, ...]) -> bool:
    try:
        allowed(request, verb, *list_names)
    except NotAllowedError:
        return False
    return True


def _muted(request: Request) -> list[str]:
    return [name for name in request.query_params.getlist("mute") if name]


def _query(request: Request) -> Mapping[str, str]:
    return {name: value for name in ("as", "mute", "language") if (value := request.query_params.get(name, ""))}
