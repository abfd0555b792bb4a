"""What templates mark is cut there, filled there, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.model import Slot
from digest.render.cutting import Cutter
from digest.render.slices import Compiled, Part, Role, Tally
from digest.render.slots import fill_html, fill_text


def whole(slices):
    return Compiled(subject="", html=slices, text=()).whole().html


@given(st.lists(st.one_of(st.text(), st.sampled_from(Slot))), st.text())
def test_cutting_and_filling_gives_the_text_with_its_values(pieces, content):
    cutter = Cutter(content)
    text = "".join(cutter.slots[piece.value] if isinstance(piece, Slot) else piece for piece in pieces)
    values = {slot: f"<{slot.name} & co>" for slot in Slot}
    expected = "".join(values[piece] if isinstance(piece, Slot) else piece for piece in pieces)
    assert fill_text(whole(cutter.cut(text, template="t")), values) == expected


def test_a_value_is_harmless_in_html_text_and_in_quoted_attributes():
    sliced = ('<a title="', Slot.NAME, "\" href='", Slot.VIEW_URL, "'>")
    filled = fill_html(sliced, {Slot.NAME: '"><script>', Slot.VIEW_URL: "' onclick='x"})
    assert filled == "<a title=\"&quot;&gt;&lt;script&gt;\" href='&#x27; onclick=&#x27;x'>"


def test_content_cannot_spell_a_marker_of_another_mail():
    other = Cutter("another mail")
    text = f"{other.slots['address']}{other.row()}{other.end}"
    assert Cutter("this mail").cut(text, template="t") == (text,)


def test_a_marker_that_was_changed_on_its_way_is_reported():
    cutter = Cutter("a mail")
    with pytest.raises(TemplateError, match=r"body\.mjml\.j2: a slot stands where"):
        cutter.cut(cutter.slots["address"][:-3], template="body.mjml.j2")


def test_brackets_become_parts_and_counts_become_tallies():
    cutter = Cutter("a mail")
    text = f"a{cutter.block('posts')}b{cutter.row(('Soil',))}c{cutter.end}{cutter.count('posts', ['0', '<1>'])}"
    assert cutter.cut(f"{text}{cutter.end}d", template="t", escape=lambda word: word.replace("<", "&lt;")) == (
        "a",
        Part(
            role=Role.BLOCK,
            block="posts",
            pieces=(
                "b",
                Part(role=Role.ROW, categories=("Soil",), pieces=("c",)),
                Tally(block="posts", left_out=False, words=("0", "&lt;1>")),
            ),
        ),
        "d",
    )


def test_a_bracket_on_a_line_of_its_own_takes_the_line_with_it():
    cutter = Cutter("a mail")
    text = f"one\n  {cutter.row()}\ntwo\n{cutter.end}\nthree {cutter.row()}\nfour{cutter.end}\n"
    assert "".join(whole(cutter.cut(text, template="t"))) == "one\ntwo\nthree \nfour\n"


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (lambda cut: cut.row(), "cut.row is never ended"),
        (lambda cut: f"{cut.block('x')}{cut.detail()}{cut.end}", "cut.block is never ended"),
        (lambda cut: cut.end, "cut.end stands where nothing is open"),
    ],
)
def test_brackets_that_do_not_match_are_a_mistake_in_the_template(shape, message):
    cutter = Cutter("a mail")
    with pytest.raises(TemplateError, match=f"body.txt.j2: {message}"):
        cutter.cut(shape(cutter), template="body.txt.j2")
