"""Conditions over what is known of people: read whole or refused with a place, in time that is linear."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slowness import cost

from digest.model.audience import All, Any, Is, Not
from digest.text.conditions import MAX_DEPTH, MAX_LENGTH, ConditionError, fields_of, read_condition


def is_(field, *values):
    return Is(field=field, values=values)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("region = Tayside", is_("region", "Tayside")),
        ("Region=Tayside", is_("region", "Tayside")),
        ('region = "North  East"', is_("region", "North East")),
        ("region = 'a \"b\"'", is_("region", 'a "b"')),
        ('region = ""', is_("region", "")),
        ("region != Fife", Not(what=is_("region", "Fife"))),
        ("region in (Fife, 'The Borders')", is_("region", "Fife", "The Borders")),
        ("region NOT IN (Fife)", Not(what=is_("region", "Fife"))),
        ("not region = Fife", Not(what=is_("region", "Fife"))),
        ("a = 1 and b = 2 or c = 3", Any(of=(All(of=(is_("a", "1"), is_("b", "2"))), is_("c", "3")))),
        ("a = 1 and (b = 2 or c = 3)", All(of=(is_("a", "1"), Any(of=(is_("b", "2"), is_("c", "3")))))),
        ("not (a = 1 or b = 2)", Not(what=Any(of=(is_("a", "1"), is_("b", "2"))))),
        ("town = Inbhir-Nis and role = and", All(of=(is_("town", "Inbhir-Nis"), is_("role", "and")))),
        ("e = ada@example.org", is_("e", "ada@example.org")),
    ],
)
def test_a_condition_is_read_as_it_is_written(text, read):
    assert read_condition(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at character 1 stands the end, where there should be the name of a field"),
        ("region", "at character 7 stands the end, where there should be =, != or in (...)"),
        ("region = ", "at character 9 stands the end, where there should be a value"),
        ("region = North East", 'at character 16 stands "East", where there should be "and", "or" or the end'),
        ("region in Fife", 'at character 11 stands "Fife", where there should be ('),
        ("region in (Fife", "at character 16 stands the end, where there should be )"),
        ("(region = Fife", "at character 15 stands the end, where there should be )"),
        ("region = Fife)", 'at character 14 stands ")"'),
        ("region == Fife", 'at character 9 stands "=", where there should be a value'),
        ("region = 'Fife", "character 10, ', has no meaning here; a value with it needs quotes"),
        ("region = Fife; drop", "character 14, ;, has no meaning here"),
        ("'region' = Fife", "where there should be the name of a field"),
        ("a = 1 and", "where there should be the name of a field"),
        ("(" * (MAX_DEPTH + 2) + "a = 1" + ")" * (MAX_DEPTH + 2), "nested more than 20 deep"),
        ("not " * (MAX_DEPTH + 2) + "a = 1", "nested more than 20 deep"),
        ("a = 1 or " * 200 + "a = 1", "more than 1,000 characters"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text, told):
    with pytest.raises(ConditionError) as caught:
        read_condition(text)
    assert told in str(caught.value)


def test_the_fields_of_a_condition_are_told_in_its_order():
    assert list(fields_of(read_condition("b = 1 and not (a in (1) or c != 2)"))) == ["b", "a", "c"]


@given(st.text(alphabet="ab=!(),'\" inotr", max_size=60))
def test_whatever_is_written_is_read_or_refused(text):
    with suppress(ConditionError):
        assert list(fields_of(read_condition(text)))


@pytest.mark.parametrize("token", ["a", " ", "(", "not ", "a=1 or ", "'", '"', "=", "a in (", "1,", "é"])
def test_the_longest_condition_is_read_at_once(token):
    def read():
        with suppress(ConditionError):
            read_condition((token * MAX_LENGTH)[:MAX_LENGTH])

    assert cost(read) < 0.4
