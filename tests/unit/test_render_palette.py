from hypothesis import given
from hypothesis import strategies as st

from digest.config import Brand
from digest.config.colours import contrast
from digest.render.palette import palette

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_black_on_white_has_the_contrast_that_the_standard_states():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@given(colours)
def test_whatever_the_brand_links_and_urgency_can_be_read_in_both_schemes(accent):
    shades = palette(Brand(accent=accent))
    for scheme in (shades.light, shades.dark):
        for colour in (scheme.accent, scheme.muted, scheme.urgent):
            assert contrast(colour, scheme.surface) >= 4.5
        assert contrast(scheme.accent, scheme.tint) >= 4.5
        assert contrast(scheme.urgent, scheme.urgent_tint) >= 4.5


@given(colours)
def test_text_on_the_brand_s_own_colour_can_be_read(accent):
    shades = palette(Brand(accent=accent))
    assert contrast(shades.on_band, shades.band) >= 4.3


def test_a_readable_brand_colour_is_used_as_it_is():
    assert palette(Brand(accent="#0b5d4e")).light.accent == "#0b5d4e"
