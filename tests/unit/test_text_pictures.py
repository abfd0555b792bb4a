"""The pictures of a body: as we serve them, or as their words."""

import pytest

from digest.text.markup import sanitise
from digest.text.pictures import ShownPicture, web_pictures, whole_width, with_ours

GATE = "https://example.org/gate.jpg?a=1&b=2"
OURS = {GATE: ShownPicture("https://ours.example.org/picture/1.jpg", 552, 276)}
SHOWN = 'src="https://ours.example.org/picture/1.jpg"'


def told(html: str) -> str:
    return with_ours(sanitise(html), OURS)


def test_what_we_have_is_loaded_from_us_with_its_own_height():
    html = f'<p><img src="{GATE}" width="276" height="9" alt="A &quot;gate&quot;"></p>'
    assert web_pictures(sanitise(html)) == (GATE,)
    assert told(html) == f'<p><img {SHOWN} width="276" height="138" alt="A &quot;gate&quot;"></p>'
    assert 'width="552" height="276"' in told(f'<img src="{GATE}" width="4000">')
    assert 'width="552" height="276"' in told(f'<img src="{GATE}" width="50%">')


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<p>A <img src="https://x.example/a.jpg?b&c" alt="B & C"></p>',
            '<p>A <a href="https://x.example/a.jpg?b&amp;c">B &amp; C</a></p>',
        ),
        (
            '<a href="https://y.example/"><img src="https://x.example/a.jpg" alt="B"></a>',
            '<a href="https://y.example/">B</a>',
        ),
        ('<p>One</p><p><img src="https://x.example/a.jpg"></p>', "<p>One</p>"),
        ('<p>One <a href="https://y.example/"><img src="https://x.example/a.jpg" alt=" "></a></p>', "<p>One </p>"),
        ('<p>One</p><p></p><a href="https://y.example/">B</a>', '<p>One</p><p></p><a href="https://y.example/">B</a>'),
    ],
)
def test_what_we_have_not_is_its_words_and_nothing_is_loaded(html, expected):
    assert told(html) == expected


def test_what_is_ours_already_stays():
    html = '<img src="https://ours.example.org/picture/1.jpg" alt="A gate">'
    assert told(html) == html


@pytest.mark.parametrize(
    ("size", "shown"), [((1200, 600), (552, 276)), ((300, 200), (300, 200)), ((9000, 1), (552, 1))]
)
def test_a_picture_is_as_wide_as_the_text_and_no_wider_than_it_is(size, shown):
    assert whole_width(*size) == shown
