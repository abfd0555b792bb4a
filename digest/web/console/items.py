"""The pages of items: what is stored and in doubt, why it is read so, and what an editor sets on it."""

from dataclasses import replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.app import App
from digest.core import campaigns, content, editions, organisers
from digest.core.content import Outlook, Prospect
from digest.documents import named
from digest.errors import UsageError
from digest.model import Edit, Item, Kind, Newness
from digest.web.console.glance import Glance
from digest.web.console.item_form import edit_in, edited_in_words, pair_in, settled, text_in, typed
from digest.web.console.page import Console

_ON_A_PAGE = 100


class ItemsPages:
    """``/console/items`` and what lies below."""

    def __init__(self, app: App, console: Console) -> None:
        self._app, self._console = app, console
        self._ahead: Glance[Outlook] = Glance()

    def index(self, request: Request) -> Response:
        """What is stored, newest first; of a kind, a source, in doubt, with some words in the title."""
        asked = request.query_params
        words, kind, source = asked.get("q", "").strip(), asked.get("kind", ""), asked.get("source", "")
        doubtful = asked.get("doubtful") == "1"
        stored = content.stored_items(self._app, self._app.now, history=asked.get("all") == "1")
        found = [
            one
            for one in stored
            if (not kind or one.kind == kind)
            and (not source or one.source == source)
            and (not doubtful or one.doubts)
            and words.casefold() in one.title.casefold()
        ]
        first = _offset(asked.get("from", ""))
        shown = found[first : first + _ON_A_PAGE]
        marks = content.marks(self._app, shown)
        return self._console.page(
            request,
            "items",
            title=self._console.say("console_items"),
            items=shown,
            marks={named(one): marks[one.source, one.key] for one in shown},
            kinds={named(one): content.settled_at_once(one) for one in shown if one.doubts},
            count=len(found),
            in_doubt=sum(1 for one in stored if one.doubts),
            older=content.count_items(self._app) - len(stored),
            next=first + _ON_A_PAGE if first + _ON_A_PAGE < len(found) else None,
            asked={"q": words, "kind": kind, "source": source, "doubtful": "1" if doubtful else ""},
            sources=[one.name for one in self._app.config.sources],
        )

    def show(self, request: Request) -> Response:
        """One item: what it says, why it is read so, where it appeared, what was set by hand."""
        try:
            wanted = f"{request.path_params['source']}/{request.path_params['key']}"
            story = content.item_story(self._app, wanted, self._app.now, ahead=self._outlook())
        except UsageError:
            raise HTTPException(404) from None
        item = story.item
        verdict = content.explained(self._app, story)
        reached = self._reached(request)
        appeared = [one for one in story.appeared if self._digest_of(one[0]) in reached]
        called = campaigns.subjects(self._app, {name for name, *_ in appeared})
        zone = self._app.config.network.zone
        return self._console.page(
            request,
            "item",
            title=item.title,
            item=story.item,
            next=[(reached[name], self._next(one)) for name, one in story.next.items() if name in reached],
            appeared=[(name, called[name], Newness(newness).name.lower(), at) for name, newness, at in appeared],
            edited=list(edited_in_words(self._console, story.edit)) if story.edit else [],
            verdict=content.verdict_in_words(verdict, self._console.renderer.phrases).splitlines() if verdict else [],
            kinds=content.settled_at_once(item) if item.doubts else (),
            day=typed(item, zone)[0],
            clock=typed(item, zone)[1],
        )

    def edit(self, request: Request) -> Response:
        """Set something by hand, settle a doubt, or take back what was set."""
        form, by, now = request.state.form, request.state.by, self._app.now
        item = self._item("/".join(pair_in(form)))
        done = "item_edited"
        match text_in(form, "do"):
            case "clear":
                content.clear_edits(self._app, item, now, by=by)
            case "settle" if text_in(form, "kind") in set(Kind):
                content.edit_item(self._app, settled(item, Kind(text_in(form, "kind"))), now, by=by)
                done = "item_settled"
            case "hide" | "unhide" | "pin" | "unpin" as do:
                change, wanted = Edit(source=item.source, key=item.key), not do.startswith("un")
                change = replace(change, hidden=wanted) if do.endswith("hide") else replace(change, pinned=wanted)
                content.edit_item(self._app, change, now, by=by)
            case "edit":
                change = edit_in(form, item, self._app.config.network.zone)
                if change != Edit(source=item.source, key=item.key):
                    content.edit_item(self._app, change, now, by=by)
            case _:
                raise UsageError("This form asks for nothing that can be done")
        if text_in(form, "back") == "list":
            return self._console.done("/console/items", done, doubtful="1")
        return self._console.done(address_of(item), done)

    def _outlook(self) -> Outlook:
        """The next editions, for whoever goes from item to item; made anew once anything was done or collected."""
        app = self._app
        state = (organisers.activity_stamp(app), editions.stock_stamp(app))
        return self._ahead.of(state, app.now, lambda: content.outlook(app, app.now))

    def _reached(self, request: Request) -> dict[str, str]:
        """The digests that whoever asks has to do with: titles by name."""
        organiser = request.state.organiser
        return {
            one.name: one.title or one.name
            for one in self._app.config.digests
            if organisers.reaches(organiser, one.lists)
        }

    def _next(self, prospect: Prospect) -> str:
        """What becomes of an item in the next edition of a digest."""
        say, why = self._console.say, prospect.why
        if why is None:
            return say("next_out")
        kind = "newness" if isinstance(why, Newness) else "skip"
        return say("next_in" if prospect.is_in else "next_out_why", why=say(f"desk_{kind}_{why.name.lower()}"))

    def _digest_of(self, campaign: str) -> str:
        """Of which digest a campaign of this name is."""
        names = (one.name for one in self._app.config.digests if campaign.startswith(f"{one.name}-"))
        return max(names, key=len, default="")

    def _item(self, wanted: str) -> Item:
        try:
            return content.find_item(self._app, wanted)
        except UsageError:
            raise HTTPException(404) from None


def address_of(item: Item) -> str:
    """The page of an item."""
    return f"/console/items/{quote(item.source)}/{quote(item.key)}"


def _offset(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 9 else 0
