"""Bodies and pages made to cost by their markup: microformats, microdata, tables and lists of labels."""

from collections.abc import Callable, Mapping

SIZE = 390_000  # characters: about as many as are read of one body
EVENT = "itemscope itemtype=https://schema.org/Event"


def filled(start: str, part: str, end: str = "") -> str:
    return start + part * ((SIZE - len(start) - len(end)) // len(part)) + end


def nested(tag: str, times: int, within: str) -> str:
    return filled(f"<{tag}>" * times, within, f"</{tag.split(maxsplit=1)[0]}>" * times)


def referring(count: int, all_of: int) -> str:
    """Items that all take properties from one another, and so from themselves."""
    ids = " ".join(f"a{n}" for n in range(all_of))
    return "".join(
        f'<p {EVENT} id="a{n}" itemref="{ids}" itemprop="location"><b itemprop=name>x</b>' for n in range(count)
    )


MARKED: Mapping[str, Callable[[], str]] = {
    "events-within-events": lambda: nested('div class="h-event p-location"', 95, "<b>x</b>"),
    "properties-within-properties": lambda: (
        "<div class=h-event>" + nested('div class="p-name p-location dt-start dt-end"', 90, "<b>x</b>")
    ),
    "deeper-than-can-be-told": lambda: '<div class="h-event p-name">' * 14_000,
    "list-of-events": lambda: filled("", "<p class=h-event><b class=p-name>x</b>"),
    "properties-of-one": lambda: filled("<div class=h-event>", '<b class="p-category dt-start">x</b>'),
    "long-class": lambda: filled('<p class="h-event ', "p-name "),
    "classes": lambda: filled("", '<p class="' + "p-a h-event " * 40 + '">'),
    "pieces-of-a-value": lambda: filled("<div class=h-event><p class=dt-start>", "<b class=value>2026-12-08</b>"),
    "long-start": lambda: filled('<div class=h-event><data class=dt-start value="', "8 Dec "),
    "items-within-items": lambda: nested(f"div {EVENT} itemprop=location", 95, "<b>x</b>"),
    "itemprops": lambda: filled(f"<div {EVENT}>", "<b itemprop=name>x</b>"),
    "itemprops-within-itemprops": lambda: f"<div {EVENT}>" + nested("div itemprop=name", 90, "<b>x</b>"),
    "itemref-of-itself": lambda: filled("", f"<p {EVENT} id=a itemref=a itemprop=location>"),
    "itemref-cycles": lambda: referring(1_000, 60),
    "itemref-of-one-by-all": lambda: filled(
        "<p id=a>" + "<b itemprop=name>x</b>" * 5_000, f"<i {EVENT} itemref=a></i>"
    ),
    "itemtypes": lambda: filled('<p itemscope itemtype="', "https://schema.org/Event "),
    "times": lambda: filled("", "<time datetime=2026-12-08>x</time>"),
    "times-within-times": lambda: nested("time datetime=2026-12-08", 90, "x "),
    "labels": lambda: filled("<dl>", "<dt>When<dd>8 December"),
    "labels-without-values": lambda: filled("<dl>", "<dt>When"),
    "labels-in-cells": lambda: filled("<table>", "<tr><th>When<td>8 December"),
    "tables-within-tables": lambda: nested("table><tr><td>When<td", 45, "x "),
}
