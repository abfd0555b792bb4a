"""A network that speaks Welsh of itself, in which much is wrong and much has happened; and what is English on a page.

Whatever its own people wrote is in Welsh, so that every English word on its pages is ours, or another program's.
"""

import asyncio
import re
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from functools import cache

from babel import Locale
from console_visit import HOST
from desk_visit import prepare
from lxml import html
from returned_mail import returned
from sqlalchemy import update

from digest.app import open_app
from digest.config import load_config
from digest.core import announcements, campaigns, content, people
from digest.core.people import apply_lists
from digest.model import BY_LINK, BY_SCHEDULE, ITSELF, By, Edit, Kind, Recipient, ReturnKind, Via
from digest.render.catalogs import catalog_folders, load_phrases
from digest.render.phrases import IN_ENGLISH, PHRASES
from digest.resources import bundled
from digest.store.campaigns import by_name
from digest.store.people import sign_ups
from digest.store.tables import deliveries

CONFIG = f"""\
[network]
name = "Tyfwyr Cymru"
timezone = "Europe/London"
language = "cy"
[sender]
email = "crynodeb@example.org"
[smtp]
host = "embedded"
[web]
port = 0
url = "{HOST}"
archive = true
[[lists]]
name = "aelodau"
title = "Yr aelodau"
signup = "open"
subscribers = ["bo@example.org", "cy@example.org", "ed@example.org", "fi@example.org"]
[[lists]]
name = "bwrdd"
title = "Y bwrdd"
file = "bwrdd.csv"
signup = "open"
[[categories]]
name = "Tyfu"
[[sources]]
name = "hysbysfwrdd"
kind = "export"
path = "posts.txt"
[[sources]]
name = "ffolder"
kind = "folder"
path = "ffolder"
[[sources]]
name = "tabl"
kind = "table"
url = "sqlite:///data.sqlite"
query = 'SELECT title FROM "<b>nowhere"'
[[sources]]
name = "tabl-arall"
kind = "table"
url = "sqlite:///data.sqlite"
query = "DELETE FROM items"
[[sources]]
name = "taenlen"
kind = "table"
path = "rows.csv"
[[sources]]
name = "calendr"
kind = "calendar"
path = "events.ics"
[[sources]]
name = "porthiant"
kind = "feed"
url = "http://127.0.0.1:9/feed"
[[digests]]
name = "weekly"
title = "Y crynodeb wythnosol"
lists = ["aelodau"]
approval = "required"
[[digests]]
name = "misol"
title = "Y crynodeb misol"
every = "month"
lists = ["aelodau"]
instead_of = "weekly"
[[organisers]]
email = "ada@example.org"
name = "Ada"
role = "admin"
"""
POSTS = "".join(
    f"{title}\n\nAdded by Una under Tyfu\n\n{text}\n\n"
    for title, text in (
        ("Danadl poethion", "Geiriau amdanynt."),
        ("Gofalwr", "Mae angen gofalwr ar y neuadd. Gofynnwch i Ada cyn 15 Ionawr."),
        ("Mentoriaid", "Mae angen mentoriaid. Dyddiad cau: dydd Mawrth 20 Ionawr."),
        ("Cyfarfod", "Dewch i'r neuadd ddydd Sadwrn 5 Rhagfyr am 10."),
    )
)
FILES = {
    "dau.md": "---\ntitle: [heb ei gau\n---\nGeiriau.\n",
    "tri.md": "---\ntitle: Heb ddiwedd\n",
    "pedwar.md": "---\ntitle: Da\nstarts: rywbryd\nlliw: coch\n---\nGeiriau.\n",
    "pump.md": "---\ntitle: Taith gerdded\nstarts: 2026-12-05 10:00\nends: 2026-12-05 12:00\n---\nGeiriau.\n",
}


DRAFTS = (
    "---\nsubject: Heb destun\nto: [aelodau]\n---\n",
    "---\nto: [aelodau]\n---\nHeb bwnc.\n",
    "---\nsubject: Yn ddiddorol\nto: [aelodau]\nwhere: rhanbarth = (\n---\nGeiriau.\n",
    "---\nsubject: Yn ddiddorol\nto: [aelodau]\nwhere: lliw = coch\n---\nGeiriau.\n",
    "---\nsubject: Llun\nto: [aelodau]\nfrom: pawb@arall.example\n---\n![Y drws](drws.jpg)\n",
    "---\nsubject: Maes\nto: [aelodau]\nattach: [dim-byd]\n---\nI {{ member.lliw }}.\n",
    "---\nsubject: Amser\nto: [aelodau]\nat: rywbryd\nreply_to: neb\nurgent: efallai\nlliw: coch\n---\nGeiriau.\n",
)


@contextmanager
def troubled(folder, now):
    """The network, with something to tell on every page; its pages, by address."""
    (folder / "posts.txt").write_text(POSTS, encoding="utf-8")
    (folder / "bwrdd.csv").write_text("email,name\ndee@example.org,Dee\n", encoding="utf-8")
    (folder / "ffolder").mkdir()
    for name, text in FILES.items():
        (folder / "ffolder" / name).write_text(text, encoding="utf-8")
    with sqlite3.connect(folder / "data.sqlite") as data:
        data.execute("CREATE TABLE items (title TEXT)")
    (folder / "rows.csv").write_text('title\n"heb ei gau\n', encoding="utf-8")
    (folder / "events.ics").write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:rywbryd\nEND:VEVENT\n", encoding="utf-8")
    path = folder / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with open_app(load_config(path, environ={}), at=now) as app:
        apply_lists(app, now, by=ITSELF, confirmed=True)
        asyncio.run(content.collect(app, now, by=BY_SCHEDULE))
        live(app, now)
        prepare(app)
        send(app, now)
        for text in DRAFTS:
            announcements.create_draft(app, text, by=BY_SCHEDULE, now=now)
        (folder / "bwrdd.csv").write_text("email,name\nnid cyfeiriad,Dee\n", encoding="utf-8")
        yield app


def send(app, now):
    """An announcement, of which some did not get it, and some came back."""
    text = "---\nsubject: Allwedd y sied\nto: [aelodau]\npublic: yes\n---\nMae hi wrth y drws.\n"
    draft = asyncio.run(announcements.draft(app, text, name="allwedd.md", list_names=[], now=now, by=ITSELF))
    sent = asyncio.run(announcements.announce(app, draft, now, by=ITSELF))
    with app.store.read() as connection:
        made = by_name(connection, sent.report.campaign)
    bounced = returned(app, made, "bo@example.org", now)
    campaigns.take_returns(app, [bounced], now, by=By(via=Via.PROVIDER, name="ses"), source="mail")
    complained = returned(app, made, "cy@example.org", now, kind=ReturnKind.COMPLAINT)
    campaigns.take_returns(app, [complained], now, by=By(via=Via.PROVIDER, name="ses"), source="mail")
    for address, values in (
        ("bo@example.org", {"state": "rejected", "code": 550, "stage": "RCPT", "reply": "550 5.1.1 no such user here"}),
        ("cy@example.org", {"state": "unknown"}),
    ):
        with app.store.write() as connection:
            one = (deliveries.c.address_key == address) & (deliveries.c.campaign_id == made.id)
            connection.execute(update(deliveries).where(one).values(**values))


def live(app, now):
    """What people do, and organisers with them."""
    organiser = By(via=Via.ORGANISER, name="ada@example.org")
    cy = people.number_of(app, "cy@example.org")
    for change in (
        people.Change(mute=["Tyfu", "posts"]),
        people.Change(unmute=["posts"], digest="weekly"),
        people.Change(pause_until=now + timedelta(days=9)),
        people.Change(resume=True),
        people.Change(choose="misol"),
        people.Change(choose="weekly"),
        people.Change(mute=["events"], digest="weekly"),
        people.Change(language="cy"),
    ):
        people.change_preferences(app, "bo@example.org", change, now, by=organiser)
    lists = people.list_ids_of(app, cy, ["aelodau"])
    people.unsubscribe(app, cy, lists, now, by=BY_LINK)
    people.tell_why(app, cy, lists, "gormod", now, by=BY_LINK)
    people.take_back(app, cy, lists, now, by=BY_LINK)
    people.unsubscribe(app, cy, lists, now, by=BY_LINK)
    people.come_back(
        app, cy, ["aelodau"], now, by=BY_LINK, asked=people.Agreement(wording="Geiriau", network="192.0.2.0/24")
    )
    asyncio.run(people.mail_own_link(app, cy, now))
    people.suppress(app, "ed@example.org", now, by=organiser)
    people.suppress(app, "fi@example.org", now, by=organiser, reason="gofynnodd dros y ffôn")
    people.lift(app, "ed@example.org", now, by=organiser)
    people.suppress(app, "ed@example.org", now, by=organiser)
    number = people.invite(app, Recipient(address="gwen@example.org"), now, by=organiser, name="bwrdd")
    with app.store.read() as connection:
        (asked,) = sign_ups.of_address(connection, "gwen@example.org")
    people.confirm(app, (number, int(asked.asked_at.timestamp())), now, by=BY_LINK, network="192.0.2.0/24")
    found = {one.title: one for one in content.stored_items(app, now)}
    for title, changes in (
        ("Gofalwr", {"kind": Kind.VACANCY, "closes_at": now + timedelta(days=9), "all_day": True, "note": "Gair"}),
        ("Cyfarfod", {"starts_at": now + timedelta(days=9), "pinned": True, "hidden": False, "location": "Y neuadd"}),
    ):
        item = found[title]
        content.edit_item(app, Edit(source=item.source, key=item.key, **changes), now, by=organiser)
    people.subscribe(
        app, Recipient(address="huw@example.org"), now, by=organiser, name="bwrdd", consent="ar bapur, 3 Mai"
    )


_NO_WELSH_WORDS = """
the and is are was were has have had not of with from by for it its this that these they them their be been which who
what when where there here so nobody nothing no such but until only more than other cannot must should did will would
could can made given read write mail mute choose expected line
"""
_ENGLISH = frozenset(_NO_WELSH_WORDS.split())
_QUIET = "self::script or self::style or self::code or self::pre or self::textarea"
_SPOKEN = ("aria-label", "title", "placeholder", "alt")
_WORD = re.compile(r"[\w’']+")
_CODE = re.compile(
    r"`[^`]{0,80}`|(?<!\S)\S{0,200}[/@]\S{0,200}|region = \"Fife\"(?: and role != \"baker\")?|\bwhere:?(?= )"
    r"|“(?:and|or)”|\byes nac yn no\b|hysbys: [\w, -]{0,300}|\[\[?\w{1,20}\]?\] \w{1,20}|[\w.-]{1,40}\.(?:md|toml|csv)"
)  # commands, paths and addresses, conditions, settings, and the names of files


def english_on(page):
    """What of a page is said in English and is not marked as such: pieces of text, each once."""
    root = html.fromstring(page)
    heard = root.xpath(f"//text()[not(ancestor::*[{_QUIET}]) and {_UNMARKED.format('ancestor::*')}]")
    for name in _SPOKEN:
        heard += root.xpath(f"//@{name}[{_UNMARKED.format('../ancestor-or-self::*')}]")
    said = dict.fromkeys(" ".join(str(one).split()) for one in heard)
    return [one for one in said if one and is_english(one)]


_UNMARKED = "not({0}[@lang][1][self::span or self::small][starts-with(@lang, 'en')])"  # words, and no paragraph


def is_english(words):
    """Whether a piece of text has words that are English alone, or is a phrase of ours as it reads in English."""
    words = _CODE.sub("", words)
    return not _ENGLISH.isdisjoint(_WORD.findall(words.casefold())) or words in _only_in_english()


@cache
def _only_in_english():
    """The phrases that read otherwise in Welsh, as far as nothing is filled into them."""
    welsh = load_phrases(Locale("cy"), catalog_folders([bundled("templates")]))
    plain = {name: said for name, said in PHRASES.items() if isinstance(said, str) and "{" not in said}
    english = {name: IN_ENGLISH.say(name) for name in plain}
    known = {welsh.say(name) for name in plain}
    return {said for name, said in english.items() if said != welsh.say(name) and said not in known}
