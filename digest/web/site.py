"""The web application: every address it answers, in one table."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.app import App
from digest.core.mail.mailbox import in_use as mailbox_in_use
from digest.errors import TokenError
from digest.model import Role
from digest.web.answers import cut_off, failed, message, not_allowed
from digest.web.console.activity import ActivityPages
from digest.web.console.announcements import AnnouncementPages
from digest.web.console.campaigns import CampaignPages
from digest.web.console.editions import EditionPages
from digest.web.console.events import Streams
from digest.web.console.guard import ConsoleRoute, Guard
from digest.web.console.items import ItemsPages
from digest.web.console.list_plans import ListPlans
from digest.web.console.lists import ListPages
from digest.web.console.mailbox import MailboxPages
from digest.web.console.overview import OverviewPage
from digest.web.console.page import Console
from digest.web.console.people import PeoplePages
from digest.web.console.person import PersonPage
from digest.web.console.pictures import WITH_PICTURE
from digest.web.console.sign_in import SignInPages
from digest.web.console.sources import SourcesPages
from digest.web.hooks import LARGEST, HookPosts, hook_posts
from digest.web.languages import reading
from digest.web.middleware import SecurityHeaders, WholeRequest
from digest.web.monitoring import Monitoring
from digest.web.public.archive import ArchivePages
from digest.web.public.drafts import DraftPages
from digest.web.public.items import ItemPages
from digest.web.public.mails import MailPages
from digest.web.public.pictures import PicturePages
from digest.web.public.preferences import PreferencesPages
from digest.web.public.sign_up import SignUpPages
from digest.web.public.unsubscribe import UnsubscribePages

_FORM_BYTES = 4096  # "List-Unsubscribe=One-Click" as a form (RFC 8058 section 3.2) has some hundred at most
_LONG_FORM_BYTES = 65_536  # a preference of each category and list


def create_web(app: App, hooks: HookPosts | None = None) -> Starlette:
    """The web application; each request is one short transaction in a worker thread.

    Args:
        app: what is shown and changed.
        hooks: what takes providers' posts; one that asks Amazon itself unless given.
    """
    hooks = hooks or hook_posts(app)
    preferences, mails, items = PreferencesPages(app), MailPages(app), ItemPages(app)
    unsubscribe, sign_up = UnsubscribePages(app, preferences), SignUpPages(app)
    drafts, monitoring = DraftPages(app), Monitoring(app)
    long_form = [Middleware(RequestBodyLimitMiddleware, max_body_size=_LONG_FORM_BYTES)]
    routes: list[BaseRoute] = [
        Route("/unsubscribe/{token}", unsubscribe.ask),
        Route("/unsubscribe/{token}", unsubscribe.leave, methods=["POST"]),
        Route("/unsubscribe/{token}/instead", unsubscribe.instead, methods=["POST"]),
        Route("/unsubscribe/{token}/back", unsubscribe.take_back, methods=["POST"]),
        Route("/unsubscribe/{token}/why", unsubscribe.why, methods=["POST"]),
        Route("/subscribe", sign_up.form),
        Route("/subscribe", sign_up.ask, methods=["POST"]),
        Route("/subscribe.js", sign_up.script),
        Route("/confirm/{token}", sign_up.question),
        Route("/confirm/{token}", sign_up.confirm, methods=["POST"]),
        Route("/preferences", preferences.ask),
        Route("/preferences", preferences.mail, methods=["POST"]),
        Route("/preferences/{token}", preferences.own),
        Route("/preferences/{token}", preferences.save, methods=["POST"], middleware=long_form),
        Route("/preferences/{token}/link", preferences.link, methods=["POST"]),
        Route("/preferences/{token}/lift", preferences.lift, methods=["POST"]),
        Route("/preferences/{token}/leave", preferences.leave, methods=["POST"]),
        Route("/approve/{token}", drafts.ask_to_approve),
        Route("/approve/{token}", drafts.approve, methods=["POST"]),
        Route("/hold/{token}", drafts.ask_to_hold),
        Route("/hold/{token}", drafts.hold, methods=["POST"]),
        Route("/view/{token}", mails.view),
        Route("/item/{token}.ics", items.event_file),
        Route("/item/{token}", items.item),
        Route("/picture/{name}", PicturePages(app).show),
        Route("/sample", mails.sample, methods=["GET", "POST"]),
        Route("/hooks/{provider}/{secret}", hooks.take, methods=["POST"], max_body_size=LARGEST),
        Route("/health", monitoring.health),
        Route("/metrics", monitoring.metrics),
    ]
    if app.config.web.archive:
        archive = ArchivePages(app)
        routes += [
            Route("/", archive.index),
            Route("/archive", archive.index),
            Route("/archive.atom", archive.atom),
            Route("/archive.json", archive.json_feed),
            Route("/archive/{name}", archive.campaign),
            Route("/calendar.ics", archive.calendar),
            Route("/calendar/{category}.ics", archive.calendar),
        ]

    routes += _console_routes(app)

    def not_found(request: Request, _: Exception) -> Response:
        return message(reading(app, request).app, "not_found", status=404)

    def bad_token(request: Request, _: Exception) -> Response:
        """A link that is cut short, or not ours."""
        return message(reading(app, request).app, "bad_link", status=404)

    handlers: dict[Any, Callable[[Request, Exception], Any]] = {
        404: not_found,
        405: not_allowed,
        TokenError: bad_token,
        ClientDisconnect: cut_off,
        Exception: failed(app),
    }
    web = Starlette(
        routes=routes,
        exception_handlers=handlers,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(RequestBodyLimitMiddleware, max_body_size=_FORM_BYTES),  # a route that takes more says so
            Middleware(WholeRequest),
        ],
    )
    web.state.guard = Guard(app)
    web.state.one_click, web.state.finish = unsubscribe.one_click, unsubscribe.finish
    web.router.redirect_slashes = False  # its redirects are made of the Host that the client names
    return web


def _console_routes(app: App) -> list[BaseRoute]:
    """Every address of the console, with the role it asks for; None: for who is not signed in yet."""
    console, plans = Console(app), ListPlans(app)
    sign_in, activity = SignInPages(app, console), ActivityPages(app, console)
    people, person, lists = PeoplePages(app, console), PersonPage(app, console), ListPages(app, console, plans)
    editions, items, sources = EditionPages(app, console), ItemsPages(app, console), SourcesPages(app, console)
    mailbox = MailboxPages(app, console)
    picture: dict[str, Any] = {"upload": "picture", "max_body_size": WITH_PICTURE}
    editing: list[BaseRoute] = [
        ConsoleRoute("/console/editions", editions.index, role=Role.EDITOR),
        ConsoleRoute("/console/editions", editions.draft, methods=["POST"], role=Role.ORGANISER),
        ConsoleRoute("/console/editions/{name}", editions.show, role=Role.EDITOR),
        ConsoleRoute("/console/editions/{name}/mail", editions.mail, role=Role.EDITOR),
        ConsoleRoute("/console/editions/{name}/people", editions.people, role=Role.EDITOR),
        ConsoleRoute(
            "/console/editions/{name}/arrange", editions.arrange, methods=["POST"], role=Role.EDITOR, **picture
        ),
        ConsoleRoute("/console/editions/{name}/test", editions.test, methods=["POST"], role=Role.EDITOR),
        ConsoleRoute("/console/editions/{name}/approve", editions.approve, methods=["POST"], role=Role.ORGANISER),
        ConsoleRoute("/console/editions/{name}/hold", editions.hold, methods=["POST"], role=Role.ORGANISER),
        ConsoleRoute("/console/items", items.index, role=Role.EDITOR),
        ConsoleRoute("/console/items/{source}/{key:path}", items.show, role=Role.EDITOR),
        ConsoleRoute("/console/item", items.edit, methods=["POST"], role=Role.EDITOR),
        ConsoleRoute("/console/sources", sources.index, role=Role.EDITOR),
        ConsoleRoute("/console/sources/collect", sources.collect, methods=["POST"], role=Role.EDITOR),
    ]
    if mailbox_in_use(app):  # which holds everybody's mails, and links that sign in
        editing += [
            ConsoleRoute("/console/mailbox", mailbox.index, role=Role.ADMIN),
            ConsoleRoute("/console/mailbox-rows", mailbox.rows, role=Role.ADMIN),
            ConsoleRoute("/console/mailbox/{mail}", mailbox.show, role=Role.ADMIN),
            ConsoleRoute("/console/mailbox/{mail}/body", mailbox.body, role=Role.ADMIN),
            ConsoleRoute("/console/mailbox/{mail}/source", mailbox.source, role=Role.ADMIN),
            ConsoleRoute("/console/mailbox/{mail}/attachments/{number:row}", mailbox.attachment, role=Role.ADMIN),
        ]
    announcements, campaigns = AnnouncementPages(app, console, plans), CampaignPages(app, console)
    organiser, editor, post = Role.ORGANISER, Role.EDITOR, ("POST",)
    draft, campaign = "/console/announcements/{id:row}", "/console/campaigns/{name}"
    return [
        *editing,
        Route("/console/static/{name}", console.static),
        ConsoleRoute("/console", OverviewPage(app, console).show, role=Role.EDITOR),
        ConsoleRoute("/console/sign-in", sign_in.ask, role=None),
        ConsoleRoute("/console/sign-in", sign_in.mail, methods=["POST"], role=None),
        ConsoleRoute("/console/sign-in/{token}", sign_in.enter, role=None),
        ConsoleRoute("/console/sign-in/{token}", sign_in.redeem, methods=["POST"], role=None),
        ConsoleRoute("/console/activity", activity.show, role=Role.EDITOR),
        ConsoleRoute("/console/activity.csv", activity.as_csv, role=Role.EDITOR),
        ConsoleRoute("/console/activity.json", activity.as_json, role=Role.EDITOR),
        ConsoleRoute("/console/people", people.search, role=Role.ORGANISER),
        ConsoleRoute("/console/people/invite", people.invite, methods=["POST"], role=Role.ORGANISER),
        ConsoleRoute("/console/people/lists", lists.show, role=Role.ORGANISER),
        ConsoleRoute("/console/people/lists.json", lists.as_json, role=Role.ORGANISER),
        ConsoleRoute("/console/people/lists", lists.apply, methods=["POST"], role=Role.ADMIN),
        ConsoleRoute("/console/people/{person:row}", person.show, role=Role.ORGANISER),
        ConsoleRoute("/console/people/{person:row}/export", person.export, role=Role.ADMIN),
        ConsoleRoute(
            "/console/people/{person:row}/unsubscribe", person.unsubscribe, methods=["POST"], role=Role.ORGANISER
        ),
        ConsoleRoute("/console/people/{person:row}/invite", person.invite, methods=["POST"], role=Role.ORGANISER),
        ConsoleRoute("/console/people/{person:row}/suppress", person.suppress, methods=["POST"], role=Role.ADMIN),
        ConsoleRoute("/console/people/{person:row}/lift", person.lift, methods=["POST"], role=Role.ADMIN),
        ConsoleRoute("/console/people/{person:row}/resend", person.resend, methods=["POST"], role=Role.ORGANISER),
        ConsoleRoute("/console/people/{person:row}/forget", person.forget, methods=["POST"], role=Role.ADMIN),
        ConsoleRoute("/console/sign-out", sign_in.leave, methods=["POST"], role=Role.EDITOR),
        ConsoleRoute("/console/sessions", sign_in.sessions, role=Role.EDITOR),
        ConsoleRoute("/console/sessions/end", sign_in.end_all, methods=["POST"], role=Role.EDITOR),
        ConsoleRoute("/console/sessions/{session:row}/end", sign_in.end, methods=["POST"], role=Role.EDITOR),
        ConsoleRoute("/console/announcements", announcements.index, role=organiser),
        ConsoleRoute("/console/announcements/new", announcements.new, role=organiser),
        ConsoleRoute("/console/announcements/new", announcements.create, methods=post, role=organiser, **picture),
        ConsoleRoute("/console/announcements/preview", announcements.preview, methods=post, role=organiser),
        ConsoleRoute("/console/announcements/facts", announcements.facts, methods=post, role=organiser),
        ConsoleRoute("/console/announcements/items", announcements.items, role=organiser),
        ConsoleRoute(draft, announcements.edit, role=organiser),
        ConsoleRoute(draft, announcements.save, methods=post, role=organiser, **picture),
        ConsoleRoute(f"{draft}/mail", announcements.mail, role=organiser),
        ConsoleRoute(f"{draft}/file", announcements.file, role=organiser),
        ConsoleRoute(f"{draft}/send", announcements.confirm, role=organiser),
        ConsoleRoute(f"{draft}/send", announcements.send, methods=post, role=organiser),
        ConsoleRoute(f"{draft}/schedule", announcements.schedule, methods=post, role=organiser),
        ConsoleRoute(f"{draft}/unschedule", announcements.unschedule, methods=post, role=organiser),
        ConsoleRoute(f"{draft}/discard", announcements.discard, methods=post, role=organiser),
        ConsoleRoute("/console/campaigns", campaigns.index, role=editor),
        ConsoleRoute(campaign, campaigns.show, role=editor),
        ConsoleRoute(f"{campaign}/progress", campaigns.progress, role=editor),
        ConsoleRoute(f"{campaign}/events", Streams(app).campaign, role=editor),
        ConsoleRoute(f"{campaign}/mail", campaigns.mail, role=editor),
        ConsoleRoute(f"{campaign}/people.csv", campaigns.csv, role=organiser),
        ConsoleRoute(f"{campaign}/settle", campaigns.settle, methods=post, role=organiser),
        ConsoleRoute(f"{campaign}/retry", campaigns.retry, methods=post, role=organiser),
        ConsoleRoute(f"{campaign}/{{move}}", campaigns.move, methods=post, role=organiser),
        ConsoleRoute("/console/{rest:path}", console.nowhere, methods=("GET", "POST"), role=editor),
    ]
