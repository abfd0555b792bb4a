"""What judges from outside say: SpamAssassin's local rules of mails, HTML Tidy of pages and mails read on the web."""

import re
import subprocess
from dataclasses import replace
from typing import get_args

import pytest
from browser.sights import MAILS, PAGES
from sample_edition import MONDAY, VALUES, announcement, config, render, rich_edition

from digest.config import LookName
from digest.deliver import prepare_message
from digest.model import Recipient, Slot, Values
from digest.render import Renderer, page_of_mail

TOLD = re.compile(r"line \d+ column \d+ - (.*)")
# What a mail needs for classic Outlook, and a browser reads the same: attributes that HTML has given up.
FOR_OUTLOOK = re.compile(
    r'Warning: <(?:table|td|th|body|span|pre|img)> (?:proprietary )?attribute "(?:align|bgcolor|valign|hspace)".*'
    r'|Warning: <table> lacks "summary" attribute'  # asked for of tables of data before HTML 5
    r'|Warning: <a> anchor "(?:posts|events|vacancies)(?:-\d+)?" already defined'  # some programs jump to names alone
    r'|Warning: <img> attribute "height" has invalid value "auto"'
)


def complaints(html):
    options = ("-q", "-e", "-utf8", "--drop-empty-elements", "no")
    ran = subprocess.run(["tidy", *options], input=html.encode(), capture_output=True, check=False)
    return TOLD.findall(ran.stderr.decode())


@pytest.mark.service("tidy")
def test_a_page_is_html_that_a_validator_takes():
    found = {name: complaints(page()) for name, page in PAGES.items()}
    known = 'Warning: <input> proprietary attribute "autocapitalize"'  # of HTML, and younger than Tidy
    assert {name: told for name, told in found.items() if set(told) - {known}} == {}


@pytest.mark.service("tidy")
def test_a_mail_on_the_web_is_html_that_a_validator_takes_but_for_what_outlook_needs():
    found = {name: complaints(page_of_mail(mail())) for name, mail in MAILS.items()}
    odd = {name: [one for one in told if not FOR_OUTLOOK.fullmatch(one)] for name, told in found.items()}
    assert {name: told for name, told in odd.items() if told} == {}


@pytest.mark.service("tidy")
def test_what_is_no_html_is_told():
    assert complaints("<!doctype html><title>A</title><p>one<b>two</p><div></b></div>")


def raw_mail(name, rendered):
    prepared = prepare_message(rendered, sender=config().sender, date=MONDAY, list_id="weekly.growers.example.org")
    raw = prepared.for_recipient(
        Recipient(address="ann@example.org", name="Ann"),
        values=Values(VALUES.__getitem__, {}),
        message_id=f"<{name}@growers.example.org>",
        unsubscribe_url=VALUES[Slot.UNSUBSCRIBE_URL],
    )
    return b"From - Mon Nov 23 08:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n"


def with_white_on_white(rendered):
    """As the hidden line stood once."""
    hidden = "font-size:1px;"
    assert any(hidden in piece for piece in rendered.html if isinstance(piece, str))
    html = (
        piece.replace(hidden, f"{hidden}color:#ffffff;") if isinstance(piece, str) else piece for piece in rendered.html
    )
    return replace(rendered, html=tuple(html))


@pytest.mark.service("spamassassin")
def test_spamassassin_finds_nothing_against_a_mail_in_any_look(tmp_path):
    """Of its own rules alone: nothing is asked of anybody, so that it says the same tomorrow."""
    mails = {look: render(rich_edition(), brand={"look": look}).whole() for look in get_args(LookName)}
    mails["notice"] = Renderer(config()).announcement(announcement(attached=rich_edition())).whole()
    mails["white-on-white"] = with_white_on_white(mails["bulletin"])
    box = tmp_path / "mbox"
    box.write_bytes(b"".join(raw_mail(*one) for one in mails.items()))
    command = ["spamassassin", "--local", "--test-mode", "--mbox", str(box)]
    ran = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)
    against: dict[str, list[str]] = {}
    name = ""
    for line in ran.stdout.decode("utf-8", "replace").splitlines():
        if found := re.match(r"Message-ID: <([\w-]+)@", line):
            against[name := found[1]] = []
        if found := re.match(r" *(?!0\.0)\d+\.\d (\w+)", line):
            against[name].append(found[1])
    assert against == {name: [] for name in mails} | {"white-on-white": ["HTML_FONT_LOW_CONTRAST"]}
