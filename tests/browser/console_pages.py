"""A network of which every page of the console has something to show, and the addresses of all of them."""

from contextlib import contextmanager

from console_visit import ADMIN
from desk_visit import DOUBTFUL, NAME, POSTS
from sqlalchemy import update

from browser.desk import desk
from digest.compose import Written, as_text
from digest.core import announcements, content, people
from digest.core.mail import mailbox
from digest.model import ITSELF
from digest.store.tables import deliveries

DRAFT, EDITION, CAMPAIGN = "/console/announcements", f"/console/editions/{NAME}", "/console/campaigns"
OUTSIDE = ("/console/sign-in", "/console/sign-in/{token}")
NO_PAGES = frozenset(  # what is within a frame, is fetched by a script or is a file
    {
        "/console/activity.csv",
        "/console/activity.json",
        f"{DRAFT}/items",
        f"{DRAFT}/{{id:row}}/file",
        f"{DRAFT}/{{id:row}}/mail",
        f"{CAMPAIGN}/{{name}}/events",
        f"{CAMPAIGN}/{{name}}/mail",
        f"{CAMPAIGN}/{{name}}/people.csv",
        f"{CAMPAIGN}/{{name}}/progress",
        "/console/editions/{name}/mail",
        "/console/mailbox-rows",
        "/console/mailbox/{mail}/attachments/{number:row}",
        "/console/mailbox/{mail}/body",
        "/console/mailbox/{mail}/source",
        "/console/people/lists.json",
        "/console/{rest:path}",
        "/console/people/{person:row}/export",
    }
)


def _changed(config):
    guild = '[[lists]]\nname = "guild"\ntitle = "The guild"\nfile = "guild.csv"\nmax_removals = 0.1\n'
    return config.replace("[[digests]]", f"[limits]\nask_above = 1\n{guild}[[digests]]", 1)


@contextmanager
def filled(folder, now):
    """The network, served; `pages` of it are the addresses to look at, by their route."""
    guild = folder / "guild.csv"
    guild.write_text("email,name\ngus@example.org,Gus\nhal@example.org,Hal\n", encoding="utf-8")
    with desk(folder, now, change=_changed, embedded=True) as site:
        app, posts = site.app, folder / "posts.txt"
        posts.write_text(POSTS + DOUBTFUL, encoding="utf-8")
        site.collect()
        site.prepare()
        posts.write_text(POSTS + DOUBTFUL + POSTS.replace("Nettles", "Newcomers"), encoding="utf-8")
        site.collect()
        nettles = next(one for one in content.stored_items(app, now) if one.title == "Nettles")
        name = _sent(site, f"{nettles.source}/{nettles.key}", now)
        people.suppress(app, "dee@example.org", now, by=ITSELF, reason="its mailbox is gone")
        _keep(app, now, subject="", id="later")
        guild.write_text("email,name\nida@example.org,Ida\n", encoding="utf-8")
        site.pages = {
            "/console": ["/console"],
            "/console/activity": ["/console/activity"],
            DRAFT: [DRAFT],
            f"{DRAFT}/new": [f"{DRAFT}/new"],
            f"{DRAFT}/{{id:row}}": [f"{DRAFT}/2", f"{DRAFT}/2?q=nettles"],
            f"{DRAFT}/{{id:row}}/send": [f"{DRAFT}/2/send", f"{DRAFT}/3/send"],
            CAMPAIGN: [CAMPAIGN],
            f"{CAMPAIGN}/{{name}}": [f"{CAMPAIGN}/{name}?q=example"],
            "/console/editions": ["/console/editions"],
            "/console/editions/{name}": [EDITION, f"{EDITION}?view=text&as=bo%40example.org"],
            "/console/editions/{name}/people": [f"{EDITION}/people"],
            "/console/items": ["/console/items", "/console/items?q=nothing+like+it"],
            "/console/items/{source}/{key:path}": [f"/console/items/{nettles.source}/{nettles.key}"],
            "/console/mailbox": ["/console/mailbox"],
            "/console/mailbox/{mail}": [f"/console/mailbox/{mailbox.newest(app)}?view={view}" for view in _VIEWS],
            "/console/people": ["/console/people?q=example", "/console/people?q=nobody"],
            "/console/people/lists": ["/console/people/lists"],
            "/console/people/{person:row}": ["/console/people/1", "/console/people/3"],
            "/console/sessions": ["/console/sessions"],
            "/console/sources": ["/console/sources"],
            "/console/sign-in": ["/console/sign-in"],
            "/console/sign-in/{token}": [f"/console/sign-in/{'A' * 43}"],
        }
        yield site


_VIEWS = ("html", "text", "headers")


def _keep(app, now, **values):
    text = as_text(Written(**{"subject": "The taps are off", "body": "Until **Friday**.", "to": ("guild",)} | values))
    return announcements.create_draft(app, text, by=ITSELF, now=now)


def _sent(site, item, now):
    """An announcement that went, of whose people some did not get it, and a second that is scheduled."""
    app = site.app
    for lists in (("members", "board"), ("members",)):
        kept = _keep(app, now, to=lists, attach=(item,), id="-".join(lists))
        if lists == ("members",):
            break
        going = announcements.release_draft(app, kept.id, version=1, typed=3, by=ITSELF, now=now)
        name = site.begin(going).result().name
        site.wake("send").result()
    for address, values in (
        (
            "bo@example.org",
            {"state": "rejected", "code": 550, "stage": "RCPT", "reply": "550 there is no such mailbox"},
        ),
        ("cy@example.org", {"state": "unknown"}),
    ):
        with app.store.write() as connection:
            connection.execute(update(deliveries).where(deliveries.c.address_key == address).values(**values))
    when = now.replace(hour=11)
    site.begin(announcements.schedule_draft(app, kept.id, when, version=1, typed=2, by=ITSELF, now=now)).result()
    return name


__all__ = ["ADMIN", "NO_PAGES", "OUTSIDE", "filled"]
