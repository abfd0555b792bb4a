"""The looks that ship: each passes what mails are checked for, takes a brand's own, and lets own templates be."""

import re
from typing import get_args

import lxml.html
import pytest
from pydantic import ValidationError
from sample_edition import announcement, config, html_of, render, rich_edition

from digest.config import LookName
from digest.render import Renderer
from digest.render.preflight import preflight

LOOKS = get_args(LookName)
LOGO = "https://growers.example.org/logo.png"
DARK_LOGO = "https://growers.example.org/logo-dark.png"


def style_of(html, name):
    return lxml.html.document_fromstring(html).find_class(name)[0].get("style")


def words_of(html):
    return lxml.html.document_fromstring(html).find("body").text_content().split()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("brand", [{}, {"logo": LOGO, "logo_dark": DARK_LOGO, "accent": "#ffe600"}])
def test_preflight_finds_nothing_wrong_with_a_look(look, brand):
    settings, shown = config(brand={"look": look, **brand}), rich_edition()
    assert preflight(render(shown, brand={"look": look, **brand}).whole(), content=shown, config=settings) == ()
    written = announcement(attached=shown)
    mail = Renderer(settings).announcement(written)
    assert [one for one in preflight(mail.whole(), content=written, config=settings) if one.level == "error"] == []


def test_every_look_says_the_same_and_looks_of_its_own():
    mails = {look: html_of(render(rich_edition(), brand={"look": look})) for look in LOOKS}
    assert len({tuple(words_of(html)) for html in mails.values()}) == 1
    assert len({style_of(html, "title") for html in mails.values()}) == len(LOOKS)
    assert mails["bulletin"] == html_of(render(rich_edition()))


def test_a_look_brings_its_fonts_and_the_brand_s_own_come_first():
    def fonts(**brand):
        html = html_of(render(rich_edition(), brand=brand))
        around = lxml.html.document_fromstring(html).find_class("headline")[0].getparent().get("style")
        return re.findall("font-family:([^;,]*)", around)[0], "font-family:Georgia" in style_of(html, "title")

    assert fonts() == ("Helvetica Neue", False)
    assert fonts(look="letter")[0] == "Georgia"
    assert fonts(look="magazine") == ("Helvetica Neue", True)
    assert fonts(look="magazine", font="Verdana") == ("Verdana", True)
    assert fonts(heading_font="Georgia") == ("Helvetica Neue", True)
    assert fonts(look="magazine", font="Verdana", heading_font="Palatino") == ("Verdana", False)


@pytest.mark.parametrize("look", LOOKS)
def test_a_logo_for_the_dark_stands_where_the_other_does_and_is_hidden_until_then(look):
    html = html_of(render(rich_edition(), brand={"look": look, "logo": LOGO, "logo_dark": DARK_LOGO}))
    images = lxml.html.document_fromstring(html).findall(".//img")
    assert [image.get("src") for image in images] == [LOGO, DARK_LOGO]
    hidden = images[1].xpath("ancestor::*[contains(@style, 'display:none')]")
    assert [part.get("class") for part in hidden] == ["logodark"]
    assert "mso-hide:all" in hidden[0].get("style")
    assert not images[0].xpath("ancestor::*[contains(@style, 'display:none')]")


def test_a_logo_for_the_dark_alone_is_refused():
    with pytest.raises(ValidationError, match="logo_dark stands where logo does in the dark scheme: set logo, too"):
        config(brand={"logo_dark": DARK_LOGO})


def test_an_own_style_sheet_of_before_there_were_looks_is_taken_as_it_is(tmp_path):
    own = tmp_path / "email/_partials/styles.css.j2"
    own.parent.mkdir(parents=True)
    own.write_text(".title { color: #123456; }", encoding="utf-8")
    for look in LOOKS:
        html = html_of(render(rich_edition(), brand={"look": look}, paths={"templates": tmp_path}))
        assert style_of(html, "title") == "color:#123456"


def test_an_own_sheet_of_one_look_changes_that_look_alone(tmp_path):
    own = tmp_path / "email/_partials/looks/letter.css.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        "{% macro light(space) %}.title { color: #123456; }{% endmacro %}{% macro dark(ink, ground) %}{% endmacro %}"
    )
    settings = {"paths": {"templates": tmp_path}}
    assert "color:#123456" in style_of(html_of(render(rich_edition(), brand={"look": "letter"}, **settings)), "title")
    for look in ("bulletin", "magazine"):
        mail = html_of(render(rich_edition(), brand={"look": look}, **settings))
        assert mail == html_of(render(rich_edition(), brand={"look": look}))
