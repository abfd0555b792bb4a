"""Which of two dates stands in the place of the other, in the languages' own words."""

import re

import pytest

from digest.collect.evidence import is_moved, stands_instead

DAY = re.compile(r"\d+ (?:March|April|Mawrth|Ebrill)")


@pytest.mark.parametrize(
    "text",
    [
        "The walk has moved from 14 March to 18 April.",
        "It has been moved from 5pm on 14 March to 5pm on 18 April.",
        "We were to meet on 14 March; that is now on 18 April.",
        "Originally 14 March, postponed to Saturday 18 April.",
        "The deadline of 14 March has been extended to 18 April.",
        "Symudwyd y daith o 14 Mawrth i 18 Ebrill.",
        "Roedd y cyfarfod ar 14 Mawrth; mae bellach ar 18 Ebrill.",
    ],
)
def test_a_date_takes_the_place_of_the_one_before_it(text):
    old, new = (found.span() for found in DAY.finditer(text))
    assert is_moved(text, old, new)
    assert not stands_instead(text, new)


@pytest.mark.parametrize("text", ["Open from 14 March to 18 April.", "On 14 March we sow and on 18 April we plant."])
def test_two_dates_beside_each_other_are_both_meant(text):
    old, new = (found.span() for found in DAY.finditer(text))
    assert not is_moved(text, old, new)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("On 14 March the hall is let. We meet on 18 April instead.", True),
        ("Mae'r neuadd ar gau ar 14 Mawrth. Byddwn yn cwrdd ar 18 Ebrill yn lle hynny.", True),
        ("On 14 March the hall is let. We meet on 18 April.", False),
        ("We walk on 14 March and talk on 18 April instead of sitting.", False),
    ],
)
def test_a_date_is_told_to_stand_instead_of_another(text, instead):
    *_, new = (found.span() for found in DAY.finditer(text))
    assert stands_instead(text, new) is instead
