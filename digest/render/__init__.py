"""Jinja to MJML to HTML to inlined HTML, and plain text beside it; once per edition, cut at each person's slots."""

from digest.render.feeds import Feed, FeedEntry, atom, json_feed
from digest.render.frozen import compiled_from_json, compiled_to_json
from digest.render.html import page_of_mail
from digest.render.ics import CalendarEntry, event_file_name
from digest.render.letters import Confirm, EditionWaits, Letter, PreferencesLink, SignIn, Troubles, Welcome, WelcomeBack
from digest.render.renderer import Renderer
from digest.render.review_bar import DraftBar
from digest.render.rhythms import rhythm_in_english
from digest.render.slices import BUDGET, Compiled
from digest.render.slots import fill_html, fill_text

__all__ = [
    "BUDGET",
    "CalendarEntry",
    "Compiled",
    "Confirm",
    "DraftBar",
    "EditionWaits",
    "Feed",
    "FeedEntry",
    "Letter",
    "PreferencesLink",
    "Renderer",
    "SignIn",
    "Troubles",
    "Welcome",
    "WelcomeBack",
    "atom",
    "compiled_from_json",
    "compiled_to_json",
    "event_file_name",
    "fill_html",
    "fill_text",
    "json_feed",
    "page_of_mail",
    "rhythm_in_english",
]
