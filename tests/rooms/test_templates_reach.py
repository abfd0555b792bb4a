"""What templates can reach, walked from every template of every kind: plain values, and no secret among them."""

import re
from datetime import timedelta
from pathlib import Path
from types import FunctionType, MethodType
from typing import get_args

import jinja2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jinja2.runtime import Macro
from jinja2.sandbox import safe_range
from jinja2.utils import Cycler, Joiner, Namespace
from sample_archive import archive_page, archived_page
from sample_edition import PICTURE, announcement, config, event, ics_of, page_of, rich_edition, with_pictures

from digest.config import LookName, Secret
from digest.errors import TemplateError
from digest.render import Confirm, EditionWaits, Renderer, SignIn, offered
from digest.render.cutting import Cutter
from digest.render.own_templates import copy_templates
from digest.render.phrases import Phrases

ROOT = Path(__file__).parents[2]
PLAIN = (str, int, float, type(None))
OURS = {
    *("OfferedNetwork", "OfferedBrand", "OfferedSender", "OfferedAnnouncement", "OfferedItem", "Palette", "Shades"),
    *("EditionView", "SectionView", "RowGroup", "Row", "PictureView", "DateBlock", "CalendarLinks", "Cutter"),
    *("LetterView", "Button", "Enumeration"),
    *("ArchivedView", "ArchivedSection", "Teaser"),
}
FUNCTIONS = {Phrases.say, offered.facts_of, offered.note_of, Cutter.block, Cutter.row, Cutter.detail, Cutter.link}
FUNCTIONS |= {Cutter.more, Cutter.count, Cutter.left_out}
JINJA = (Macro, Cycler, Joiner, Namespace, jinja2.Undefined)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SECRETS = ("swordfish", "sesame", "opensource", "feedtoken")


def secretive(tmp_path, **tables):
    """A configuration with a secret wherever one may stand, and every shipped template copied as its own."""
    return config(
        paths={"templates": tmp_path / "own"},
        smtp={"host": "smtp.example.org", "username": "digest", "password": Secret("swordfish")},
        web={"secret": Secret("sesame, of which there are thirty-two")},
        store={"url": "postgresql://digest:opensource@localhost/digest"},
        sources=[{"name": "feed", "kind": "feed", "url": "https://example.org/feedtoken", "secret_url": True}],
        sender={"email": "digest@growers.example.org", "dkim": {"selector": "autumn", "key": KEY}},
        **tables,
    )


class Walk:
    """Follows whatever a template could: attributes without an underscore, and items; it calls nothing."""

    def __init__(self):
        self.kinds, self.functions, self.words, self.seen, self.kept, self.templates = (
            set(),
            set(),
            [],
            set(),
            [],
            set(),
        )

    @jinja2.pass_context
    def __call__(self, context):
        self.templates.add(context.name)
        for name, value in context.get_all().items():
            if name != "walk":
                self.follow(value)
        return ""

    def follow(self, value):
        if id(value) in self.seen:
            return
        self.seen.add(id(value))
        self.kept.append(value)  # so that no other object gets its id
        if isinstance(value, PLAIN):
            self.words.append(str(value))
        elif isinstance(value, (tuple, list, frozenset)):
            for inner in value:
                self.follow(inner)
        elif isinstance(value, dict):
            self.follow([*value.keys(), *value.values()])
        elif isinstance(value, (FunctionType, MethodType)):
            self.functions.add(getattr(value, "__func__", value))
        elif not isinstance(value, (JINJA, type)):
            self.kinds.add(type(value))
            self.words.append(repr(value))
            for name in dir(value):
                if not name.startswith("_"):
                    self.follow(getattr(value, name))


WISHES = {"digest": "", "title": "", "paused_until": "", "earliest": "2026-11-24", "latest": "2028-11-23"}
WISHES["parts"] = [{"name": "posts", "title": "Posts", "wanted": True}]
PREFERENCES = {
    **dict.fromkeys(("address", "action", "notice", "back", "unmailed_since"), "x"),
    "lists": [{"name": "a", "title": "A", "description": "", "on": on} for on in (True, False)],
    "everything": WISHES,
    "digests": [WISHES],
    "choices": [{"head": "a", "chosen": "a", "chosen_title": "A", "options": [{"name": "a", "title": "A"}]}],
    "languages": [{"tag": "en", "name": "English", "chosen": True}, {"tag": "cy", "name": "Cymraeg", "chosen": False}],
}


@pytest.fixture
def walk(tmp_path):
    """Everything met by every template, each of which began with a walk through what it is given."""
    subject = {"subject": "{{ walk() }}Subject", "preheader": "{{ walk() }}Line"}
    everything = secretive(tmp_path, digests=[{"name": "weekly", "lists": ["members"], **subject}])
    for path in copy_templates(everything, ["*"]):
        path.write_text("{{ walk() }}" + path.read_text(), newline="")
    walk = Walk()
    for renderer in (Renderer(everything), Renderer(everything.model_copy(update={"digests": ()}))):
        renderer._environment.globals["walk"] = walk
        renderer.edition(rich_edition(), item_url=page_of, event_ics=ics_of)
        renderer.edition(with_pictures(rich_edition(), pinned="e"), item_url=page_of, event_ics=ics_of)
        renderer.announcement(announcement(attached=rich_edition()), item_url=page_of, event_ics=ics_of)
        renderer.announcement(announcement(html='<p><a class="button" href="https://example.org">Go</a></p>'))
        valid = timedelta(days=1)
        renderer.letter(Confirm(lists=("Members",), url="https://example.org/c", valid=valid))
        renderer.letter(SignIn(url="https://example.org/s", valid=valid))
        urls = {name: f"https://example.org/{name}" for name in ("preview_url", "approve_url", "hold_url")}
        renderer.letter(EditionWaits(edition=rich_edition(), reasons=("A flood.",), **urls))
        renderer.page("message", title="a", text="b")
        renderer.page("unsubscribe", lists=["a", "b"], address="ann@example.org")
        renderer.page("unsubscribed", lists=("a",))
        form = {"form": "a", "work": "b", "preferences": "https://example.org/p"}
        renderer.page("subscribe", lists=[("a", "b", "c"), ("d", "e", "")], problem="f", **form)
        renderer.page("subscribe_again", form="a", work="b")
        renderer.page("subscribed", valid="a", preferences="https://example.org/p")
        renderer.page("confirm", wording="a")
        renderer.page("confirmed", lists=("a",))
        renderer.page("draft", what="approve", subject="a", people=2, due="b")
        renderer.page("preferences_ask")
        for fresh in (False, True):
            renderer.page("preferences", fresh=fresh, **PREFERENCES)
        for entry in rich_edition().entries:
            renderer.page("item", item=entry.item)
        archive_page(renderer)
        archived_page(renderer)
        renderer.archive.in_short(rich_edition(), item_url=page_of)
        links = renderer.calendars.links(event(), ics="https://example.org/x.ics", page=None)
        renderer.page("item", item=event(), calendar=links, picture=renderer.picture(PICTURE, alt="a"))
    for look in get_args(LookName):
        looking = everything.model_copy(update={"brand": everything.brand.model_copy(update={"look": look})})
        renderer = Renderer(looking)
        renderer._environment.globals["walk"] = walk
        renderer.edition(rich_edition(), item_url=page_of)
    return walk


def test_every_template_was_walked_through(walk, tmp_path):
    own = tmp_path / "own"
    shipped = {path.relative_to(own).as_posix() for path in own.rglob("*.j2")}
    # Walked under the names of those that extend them.
    assert shipped - walk.templates == {"web/_page.html.j2", "web/_archive.html.j2"}
    assert None in walk.templates  # a digest's own subject and preheader have no name


def test_templates_meet_only_the_types_and_functions_that_are_offered(walk):
    cutting = {Cutter.cut, Cutter.refuse, Cutter.line, Cutter.fallback, Cutter.preheader}  # the sandbox refuses them
    assert {kind.__name__ for kind in walk.kinds} <= OURS
    assert walk.functions <= {safe_range, *FUNCTIONS, *cutting}
    assert {"OfferedNetwork", "OfferedItem", "Row", "LetterView", "CalendarLinks"} <= {k.__name__ for k in walk.kinds}


def test_no_secret_of_the_configuration_stands_in_what_templates_meet(walk):
    key = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()[1]
    numbers = (*SECRETS, key, "PrivateKey", "autumn")
    assert len(walk.words) > 300
    assert [secret for secret in numbers for words in walk.words if secret in words] == []


@pytest.mark.parametrize(
    "reach",
    [
        "sender.dkim.key",
        "sender.dkim.key.private_bytes_raw()",
        "sender.dkim.parse_raw('x', proto='pickle', allow_pickle=True)",
        "sender.dkim.model_dump()",
        "sender.model_fields",
        "network.zone",
        "brand.copy()",
    ],
)
@pytest.mark.parametrize("place", ["subject", "preheader"])
def test_a_line_of_the_configuration_reaches_no_key_and_no_model(tmp_path, place, reach):
    (tmp_path / "own").mkdir()
    digest = {"name": "weekly", "lists": ["members"], "subject": "Hello"}
    shown = secretive(tmp_path, digests=[{**digest, place: f"{{{{ {reach} }}}}"}])
    with pytest.raises(TemplateError, match=rf"digests\.{place}, line 1: .*no attribute '|unsafe"):
        Renderer(shown).edition(rich_edition(), item_url=page_of)


@pytest.mark.parametrize("thing", [Secret("sesame"), object(), KEY, [Secret("sesame")], {"a": Secret("sesame")}])
def test_a_page_takes_nothing_but_plain_values(thing):
    with pytest.raises(TypeError, match="templates take what"):
        Renderer(config()).page("message", title="a", text="b", more=thing)


def test_even_a_model_in_the_hands_of_a_template_is_closed_to_it(tmp_path):
    """The second wall: what should never be handed over opens nothing where it is."""
    (tmp_path / "own").mkdir()
    shown = secretive(tmp_path, digests=[{"name": "weekly", "lists": ["members"], "subject": "{{ leak.email }}"}])
    renderer = Renderer(shown)
    renderer._environment.globals["leak"] = shown.sender
    with pytest.raises(TemplateError, match="access to attribute 'email' of 'Sender' object is unsafe"):
        renderer.edition(rich_edition(), item_url=page_of)


def test_the_documentation_names_every_value_that_is_offered():
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", (ROOT / "docs/own-templates.md").read_text()))))
    assert {name for names in offered.REACHABLE.values() for name in names} - told == set()
