"""Each reader's mail is joined from slices: without what they muted, and no longer than it may be."""

import re
from typing import get_args

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import VALUES, event, long_edition, post, posts_by_category, render, section
from sample_edition import edition as make_edition

from digest.config import LookName
from digest.model import Slot
from digest.render import BUDGET, compiled_from_json, compiled_to_json, fill_html, fill_text
from digest.render.slices import Compiled, Part, Role, Tally, size


def row(*categories, title="t" * 20, excerpt="e" * 30, rest="r" * 10):
    details = (
        Part(role=Role.DETAIL, shortness=1, pieces=(excerpt,)),
        Part(role=Role.DETAIL, shortness=2, pieces=(rest,)),
    )
    return Part(role=Role.ROW, categories=categories, pieces=(title, *details))


def block(name, *pieces):
    words = tuple(f"{n:03} left out" for n in range(100))
    more = Part(role=Role.MORE, block=name, pieces=(Tally(block=name, left_out=True, words=words),))
    return Part(role=Role.BLOCK, block=name, pieces=(f"<{name}>", *pieces, more))


def count(name):
    words = tuple(f"{n} {name}" for n in range(100))
    return Part(role=Role.LINK, block=name, pieces=(Tally(block=name, left_out=False, words=words),))


def html(*pieces, muted=(), budget=BUDGET):
    compiled = Compiled(subject="", html=pieces, text=pieces)
    return "".join(compiled.for_readers(muted, budget=budget).html)


def test_who_muted_nothing_gets_everything_and_its_count():
    assert html(count("a"), block("a", row(), row("Soil"))) == "2 a<a>" + 2 * ("t" * 20 + "e" * 30 + "r" * 10)


def test_a_row_goes_when_all_its_categories_are_muted_and_the_count_says_so():
    rows = (row("Soil", title="S"), row("Soil", "Plots", title="B"), row(title="N"))
    shown = html(count("a"), block("a", *rows), muted=["SOIL"])
    assert shown.startswith("2 a<a>B")
    assert "S" not in shown
    assert "N" in html(block("a", *rows), muted=["soil", "plots"])


def test_a_block_goes_with_its_last_row_and_so_does_the_link_to_it():
    inner = block("soil", row("Soil"))
    assert html(count("all"), block("all", inner), count("b"), block("b", row()), muted=["Soil"]).startswith("1 b<b>")
    assert html(count("all"), block("all", inner), muted=["Soil"]) == ""


@pytest.mark.parametrize(
    ("budget", "shown"),
    [
        (184, ["ter", "ter", "ter"]),
        (183, ["ter", "ter", "tr"]),
        (124, ["ter", "tr", "tr"]),
        (94, ["tr", "tr", "tr"]),
        (93, ["tr", "tr", "t"]),
        (64, ["t", "t", "t"]),
    ],
)
def test_what_is_too_long_loses_details_from_the_last_row_upwards_then_all_but_titles(budget, shown):
    expected = "".join({"t": "t" * 20, "e": "e" * 30, "r": "r" * 10}[letter] for one in shown for letter in one)
    assert html(block("a", row(), row(), row()), budget=budget) == "<a>" + expected


def test_at_last_rows_are_left_out_and_how_many_is_said():
    assert html(block("a", row(), row(), row()), budget=55) == "<a>" + "t" * 20 + "002 left out"
    assert html(block("a", block("b", row()), row()), budget=20) == "<a><b>001 left out002 left out"


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 90), st.sampled_from(["", "x", "y"])), max_size=6)),
    st.integers(0, 900),
    st.sets(st.sampled_from(["x", "y"])),
)
def test_no_mail_is_longer_than_it_may_be_or_shorter_than_it_must_be(blocks, budget, muted):
    pieces = tuple(
        block(
            f"b{number}",
            *(row(*([name] if name else []), title="é" * title, excerpt="é" * rest) for title, rest, name in rows),
        )
        for number, rows in enumerate(blocks)
    )
    whole = html(*pieces, muted=muted)
    short = html(*pieces, muted=muted, budget=budget)
    least = html(*pieces, muted=muted, budget=0)
    assert len(short.encode()) < max(budget, len(least.encode()) + 1)
    if len(whole.encode()) < budget:
        assert short == whole
    assert not re.search("é", least)


@given(st.lists(st.sampled_from(["x", "", Slot.NAME, row("a"), block("b", row()), count("b")])))
def test_a_compiled_mail_is_kept_as_json(pieces):
    compiled = Compiled(subject="Zoë", html=tuple(pieces), text=tuple(pieces[:1]))
    assert compiled_from_json(compiled_to_json(compiled)) == compiled


def test_slots_are_counted_at_their_most():
    assert size((Slot.VIEW_URL, "é")) == 302


@pytest.mark.parametrize("look", get_args(LookName))
def test_an_edition_of_200_items_fits_and_the_page_on_the_web_has_it_all(look):
    compiled = render(long_edition(200), brand={"look": look})
    mail = fill_html(compiled.for_readers().html, VALUES)
    assert len(mail.encode()) < BUDGET
    links = [link.get("href", "") for link in lxml.html.document_fromstring(mail).iter("a")]
    assert len([link for link in links if "hot-compost" in link]) == 200
    assert "What hot-compost bay number 199" in mail
    page = fill_html(compiled.whole().html, VALUES)
    assert page.count("We logged temperatures") == 600  # each excerpt has it three times


def test_an_edition_of_a_thousand_items_fits_and_says_how_many_are_left_out():
    mail = fill_html(render(long_edition(1000)).for_readers().html, VALUES)
    assert len(mail.encode()) < BUDGET
    document = lxml.html.document_fromstring(mail)
    shown = sum("hot-compost" in link.get("href", "") for link in document.iter("a"))
    (more,) = [link for link in document.iter("a") if "more on the web" in link.text_content()]
    assert int(more.text_content().split()[0].replace(",", "")) == 1000 - shown
    assert more.get("href") == VALUES[Slot.VIEW_URL]


def test_who_muted_a_category_gets_the_same_mail_without_it():
    compiled = render(
        make_edition(
            section(event("Swap", categories=("Plots",), location="Here")),
            posts_by_category(
                Soil=post("Mould", categories=("Soil",)), Plots=post("Half", "p2", categories=("Plots",))
            ),
        )
    )
    kept = compiled.for_readers({"plots"})
    text = fill_text(kept.text, VALUES)
    assert "Mould" in text
    assert "Half" not in text
    assert "Swap" not in text
    assert "1 post" in text
    assert "event" not in text
    document = lxml.html.document_fromstring(fill_html(kept.html, VALUES))
    assert " ".join(document.find_class("contents")[0].text_content().split()) == "1 post"
    assert [heading.text_content() for heading in document.iter("h2")] == ["New from members"]
    assert [heading.text_content() for heading in document.find_class("category")] == ["Soil & compost"]


def test_no_selection_leaves_holes_in_the_plain_text():
    items = {name: post(name, name, categories=(name,)) for name in ("Soil", "Plots", "Tools")}
    compiled = render(make_edition(section(event(categories=("Soil",))), posts_by_category(**items)))
    for muted in ({"Soil"}, {"Plots"}, {"Tools"}, {"Soil", "Tools"}, set()):
        assert "\n\n\n\n" not in fill_text(compiled.for_readers(muted).text, VALUES)


def test_an_own_template_that_cuts_nothing_gives_one_mail_for_all(tmp_path):
    body = tmp_path / "email/edition/body.txt.j2"
    body.parent.mkdir(parents=True)
    body.write_text("{{ edition.title }} {{ slot.name }}", encoding="utf-8")
    compiled = render(long_edition(2), paths={"templates": str(tmp_path)})
    assert compiled.for_readers({"Soil"}).text == ("Weekly digest ", Slot.NAME, "\n")
