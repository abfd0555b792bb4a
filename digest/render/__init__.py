"""Jinja to MJML to HTML to inlined HTML, and plain text beside it; once per edition, cut at each person's slots."""

from digest.render.ics import event_file_name
from digest.render.renderer import Renderer
from digest.render.slots import fill_html, fill_text

__all__ = ["Renderer", "event_file_name", "fill_html", "fill_text"]
