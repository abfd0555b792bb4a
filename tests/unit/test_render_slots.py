import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.model import Slot
from digest.render.slots import SlotMarkers, fill_html, fill_text


@given(st.lists(st.one_of(st.text(), st.sampled_from(Slot))), st.text())
def test_cutting_and_filling_gives_the_text_with_its_values(pieces, content):
    markers = SlotMarkers(content)
    text = "".join(markers.by_name[piece.value] if isinstance(piece, Slot) else piece for piece in pieces)
    values = {slot: f"<{slot.name} & co>" for slot in Slot}
    expected = "".join(values[piece] if isinstance(piece, Slot) else piece for piece in pieces)
    assert fill_text(markers.cut(text, template="t"), values) == expected


def test_a_value_is_harmless_in_html_text_and_in_quoted_attributes():
    sliced = ('<a title="', Slot.NAME, "\" href='", Slot.VIEW_URL, "'>")
    filled = fill_html(sliced, {Slot.NAME: '"><script>', Slot.VIEW_URL: "' onclick='x"})
    assert filled == "<a title=\"&quot;&gt;&lt;script&gt;\" href='&#x27; onclick=&#x27;x'>"


def test_content_cannot_spell_a_slot_of_another_mail():
    other = SlotMarkers("another mail").by_name["address"]
    assert SlotMarkers("this mail").cut(other, template="t") == (other,)


def test_a_marker_that_was_changed_on_its_way_is_reported():
    markers = SlotMarkers("a mail")
    with pytest.raises(TemplateError, match=r"body\.mjml\.j2: a slot stands where"):
        markers.cut(markers.by_name["address"][:-3], template="body.mjml.j2")
