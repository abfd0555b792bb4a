"""Announcements as they arrive: buttons, tables and pictures from Markdown, and cards of what is attached."""

import lxml.html
import pytest
from sample_edition import announcement, config, html_of, text_of

from digest.render import Renderer
from digest.render.preflight import preflight
from digest.text.markup import markdown_to_html, text_part

BUTTON = '[Book your place](https://growers.example.org/book?a=1&b=2 "button")'
GRID = "| Site | Taps |\n|---|--:|\n| Canal Walk | 3 |\n"


def written(markdown):
    html = markdown_to_html(markdown)
    return announcement(html=html, text=text_part(html))


def arrived(markdown, **tables):
    rendered = Renderer(config(**tables)).announcement(written(markdown))
    return lxml.html.document_fromstring(html_of(rendered)), text_of(rendered)


def test_a_button_is_a_coloured_cell_that_word_can_draw():
    document, text = arrived(BUTTON)
    (cell,) = document.find_class("filled")
    assert (cell.get("bgcolor"), "mso-padding-alt" in cell.get("style")) == ("#0b5d4e", True)
    assert next(cell.iterancestors("table")).get("role") == "presentation"
    (link,) = cell
    assert (link.text_content(), link.get("href")) == ("Book your place", "https://growers.example.org/book?a=1&b=2")
    assert "Book your place:\nhttps://growers.example.org/book?a=1&b=2\n" in text


def test_a_network_draws_its_own_buttons(tmp_path):
    own = tmp_path / "email" / "_partials" / "button.mjml.j2"
    own.parent.mkdir(parents=True)
    own.write_text('<p class="ours"><a href="{{ url }}">{{ words }}!</a></p>', encoding="utf-8")
    document, _ = arrived(BUTTON, paths={"templates": tmp_path})
    assert document.find_class("ours")[0].text_content() == "Book your place!"


def test_a_table_of_data_is_heard_as_one():
    document, _ = arrived(GRID)
    (table,) = document.find_class("grid")
    assert table.get("role") is None
    assert [cell.get("scope") for cell in table.iter("th")] == ["col", "col"]
    assert [cell.get("align") for cell in table.iter("td")] == ["left", "right"]


@pytest.mark.parametrize("accent", ["#0b5d4e", "#ffcc00"])
def test_everything_that_markdown_offers_passes_preflight(accent):
    picture = '![The taps](https://growers.example.org/taps.png "=400x300")'
    notice = written(f"Water off\n\n{BUTTON}\n\n{GRID}\n\n{picture}\n\n> Bring a flask.\n\n- one\n  1. two\n")
    branded = config(brand={"accent": accent})
    rendered = Renderer(branded).announcement(notice)
    assert preflight(rendered.whole(), content=notice, config=branded) == ()
