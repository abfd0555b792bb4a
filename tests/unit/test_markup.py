import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.markup import (
    MAX_DEPTH,
    FrontMatterError,
    excerpt,
    html_to_text,
    markdown_to_html,
    one_line,
    plain_text,
    plain_to_html,
    sanitise,
    split_front_matter,
)

FAMILY = "👨‍👩‍👧"


def test_front_matter_and_body_are_divided_and_values_stay_as_written():
    values, body = split_front_matter(
        "\ufeff---\r\ntitle: Beans\r\ndate: 2026-12-05\r\nyes: no\r\ntags: [a, b]\r\n---\r\n\r\nBody"
    )
    assert values == {"title": "Beans", "date": "2026-12-05", "yes": "no", "tags": ["a", "b"]}
    assert body == "Body\n"


def test_a_file_without_front_matter_is_all_body():
    assert split_front_matter("Only words\n---\n") == ({}, "Only words\n---\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: a\nno end", 1),
        ("---\ntitle: a\n- b\n---\n", 3),
        ("---\ntitle: a\ntags: [b\n---\n", 3),
        ("---\ntitle: a\nother: \x07\n---\n", 3),
        ("---\njust words\n---\n", 2),
        ("---\n" + "[" * 3000 + "\n---\n", 2),
    ],
)
def test_a_mistake_in_front_matter_names_its_line(text, line):
    with pytest.raises(FrontMatterError) as caught:
        split_front_matter(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "title", ["CANCELLED: Fair", "[Cancelled] Fair", "*New* fair: it's on", "Fair: again: and again", "@home # one"]
)
def test_a_line_of_text_needs_no_quotes_where_that_is_told(title):
    values, _ = split_front_matter(f"---\nauthor: Ivo\ntitle: {title}\ntags: [a, b]\n---\nBody", texts=("title",))
    assert values == {"author": "Ivo", "title": title, "tags": ["a", "b"]}
    with pytest.raises(FrontMatterError):
        split_front_matter(f"---\nauthor: Ivo\ntitle: {title}\n---\nBody", texts=("author",))


@pytest.mark.parametrize("title", ['"Fair', "[a, b", "{a: b", "'Fair"])
def test_a_value_that_opens_what_it_never_closes_is_refused(title):
    with pytest.raises(FrontMatterError):
        split_front_matter(f"---\ntitle: {title}\n---\nBody", texts=("title",))


@given(st.text())
def test_front_matter_is_read_or_refused_but_never_fails(text):
    line = 1
    try:
        split_front_matter(f"---\n{text}\n---\n")
    except FrontMatterError as error:
        line = error.line
    assert 1 <= line <= text.count("\n") + 3


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<svg><script>alert(1)</script></svg>",
        "<style>p{background:url(javascript:alert(1))}</style>",
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    ],
)
def test_nothing_that_runs_survives(html):
    assert "alert" not in sanitise(html)


def test_relative_links_become_absolute_or_lose_their_target():
    html = '<a href="/plots?a=1">plots</a>'
    assert sanitise(html, base_url="https://hedgerow.example.org/blog/x") == (
        '<a href="https://hedgerow.example.org/plots?a=1">plots</a>'
    )
    assert sanitise(html) == "<a>plots</a>"
    assert sanitise(html, base_url="http://[") == "<a>plots</a>"


def test_a_picture_always_has_an_alternative_text():
    assert sanitise('<img src="https://example.org/a.png">') == '<img alt="" src="https://example.org/a.png">'
    assert sanitise('<img src="https://example.org/a.png" alt="A > B">').count("alt=") == 1


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://example.org/a.gif" width="1" height="1">',
        '<img src="https://example.org/a.gif" height="0">',
        '<img src="https://example.org/a.gif" width=" 1px">',
        '<img src="https://example.org/a.gif" width="0.5">',
        '<img src="https://example.org/a.gif" style="display : none">',
        '<img src="https://example.org/a.gif" style="border:0;WIDTH:1px;height:1px">',
        '<img src="https://example.org/a.gif" style="max-height:0">',
        '<img src="https://example.org/a.gif" style="visibility:hidden">',
        '<img src="https://example.org/a.gif" style="opacity:0">',
        '<img src="https://pixel.example.org/b/count.gif?post=7" alt="A">',
        '<img src="https://example.org/pixel.gif?u=7">',
        '<img src="https://example.org/track/open?u=7">',
        '<img src="https://example.org/wf/open?u=7">',
        '<img src="https://medium.example.org/_/stat?event=post">',
        '<img src="https://www.facebook.com/tr?id=1&amp;ev=PageView">',
        '<img src="https://feeds.feedburner.com/~r/growers/~4/abc">',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        '<img src="cid:logo@example.org">',
        '<img src="mailto:joan@example.org">',
        '<img src="javascript:alert(1)">',
        '<img src="x.gif">',
        '<img src="https:x.gif">',
        "<img alt='no source'>",
        "<img>",
    ],
)
def test_a_picture_that_nobody_is_to_see_or_can_see_is_left_out(picture):
    assert sanitise(f"<p>a{picture}b</p>") == "<p>ab</p>"


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://example.org/pixelated-roses.gif" width="10" height="100" alt="A">',
        '<img src="https://example.org/a.png" width="1%" alt="A">',
        '<img src="https://example.org/open/beds.png" alt="1px &gt; display:none">',
        '<img src="https://example.org/a.png?width=1" alt="A &quot;B&quot;">',
    ],
)
def test_a_picture_to_be_seen_stays_as_it_is(picture):
    assert sanitise(picture) == picture


def test_the_style_of_a_picture_is_looked_at_and_dropped():
    picture = '<img src="https://example.org/a.png" style="max-width:100%;opacity:0.9;line-height:1" alt="">'
    assert sanitise(picture) == '<img src="https://example.org/a.png" alt="">'


def test_a_link_whose_only_content_was_a_pixel_goes_with_it():
    assert sanitise('<p>a <a href="https://e.test/x"><img src="https://e.test/a.gif" width="1"></a></p>') == "<p>a </p>"


def test_links_lose_what_follows_their_readers():
    html = '<a href="/a?utm_source=x&amp;b=1&amp;fbclid=y#c">z</a> <a href="https://e.test/?UTM_Campaign=x">w</a>'
    assert sanitise(html, base_url="https://e.test/feed?utm_medium=rss") == (
        '<a href="https://e.test/a?b=1#c">z</a> <a href="https://e.test/">w</a>'
    )


def test_a_typed_address_loses_what_follows_its_readers():
    html = plain_to_html("See https://example.org/a?utm_source=x&b=1, or ask.")
    assert html == ('<p>See <a href="https://example.org/a?b=1">https://example.org/a?b=1</a>, or ask.</p>')


@pytest.mark.parametrize(
    "scheme", ["javascript", "data", "vbscript", "file", "ftp", "cid", "sms", "JaVaScRiPt", " java\tscript"]
)
def test_a_link_leads_to_the_web_a_mailbox_or_a_telephone(scheme):
    assert "href" not in sanitise(f'<a href="{scheme}:x">y</a>', base_url="https://example.org/")


def test_mail_and_telephone_links_stay_and_read_well():
    html = '<a href="mailto:joan@example.org">Joan</a> or <a href="tel:+441632960000">ring</a>'
    assert sanitise(html) == html
    assert html_to_text(html) == "Joan (joan@example.org) or ring (+441632960000)"


def test_what_only_a_website_can_use_is_dropped():
    html = (
        '<div class="a" id="b" style="color:red" onclick="x()"><form action="/s"><input name="q"><button>Go</button>'
        "<select><option>One</option></select><textarea>t</textarea></form>"
        '<a href="https://e.test/" target="_blank" rel="opener" ping="https://e.test/p" class="c">link</a>'
        '<iframe src="https://e.test/">frame</iframe><video src="https://e.test/v">video</video>'
        '<base href="https://evil.test/"><link rel="stylesheet" href="https://e.test/x.css"><meta http-equiv="refresh">'
        "<!-- comment --><p>text</p></div>"
    )
    assert sanitise(html) == '<a href="https://e.test/">link</a><p>text</p>'


_SOUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>", "</b>", "<a href='/x?utm_a=1'>", "</a>", "<ul>", "<li>", "</ul>", "<br>", "<h2>"),
            *("<img src='/a.gif' width=1>", "<img src='/b.png' alt='>'>", "<img style='display:none' src='/c'>"),
            *("<style>", "</style>", "<script>", "<svg>", "<math>", "<!--", "-->", "<![CDATA[", "]]>", "<title>"),
            *(
                "<img src=x onerror=alert(1)>",
                "<a href=javascript:alert(1)>",
                "'",
                '"',
                "<",
                ">",
                "&lt;",
                "&amp;",
                "x y ",
            ),
        ]
    ),
    max_size=14,
).map("".join)


@given(_SOUP)
def test_whatever_the_soup_nothing_runs_and_no_hidden_picture_stays(html):
    clean = sanitise(html, base_url="https://example.org/")
    tree = lxml.html.fragment_fromstring(clean, create_parent="div")
    for element in tree.iter(lxml.html.etree.Element):
        assert element.tag not in {"script", "style", "svg", "math", "title", "iframe"}
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert not element.get("href", "").startswith("javascript")
        assert element.tag != "img" or (element.get("src").startswith("https://") and "alt" in element.attrib)


@pytest.mark.parametrize("html", ["<div>" * 20_000 + "seed", "<b>x</i>" * 20_000 + "seed", "<p>" * 20_000 + "seed"])
def test_deep_nesting_is_reduced_and_its_text_kept(html):
    clean = sanitise(html)
    assert "seed" in clean
    assert clean.count("<b>") <= MAX_DEPTH


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    once = sanitise(text)
    assert sanitise(once) == once


def test_markdown_becomes_html_without_what_runs():
    assert markdown_to_html("# Taps\n\nSix **taps**, <script>x</script>\n\n- one\n") == (
        "<h1>Taps</h1>\n<p>Six <strong>taps</strong>, </p>\n<ul>\n<li>one</li>\n</ul>\n"
    )


def test_html_reads_well_as_plain_text():
    html = (
        "<h2>Taps</h2><p>Six  taps,\n<br>see <a href='https://example.org/taps'>the plan</a> or "
        "<a href='https://example.org/'>example.org</a>.</p><ul><li>one</li><li><p>two</p></li></ul>"
        "<ol><li>first</li><li>second</li></ol><p>End &amp; thanks</p>"
    )
    assert html_to_text(html) == (
        "Taps\n\nSix taps,\nsee the plan (https://example.org/taps) or example.org.\n\n"
        "- one\n- two\n1. first\n2. second\n\nEnd & thanks"
    )


@given(st.text())
def test_plain_words_survive_the_way_to_html_and_back(text):
    words = re.findall(r"[a-z]+", plain_text(text))
    assert re.findall(r"[a-z]+", html_to_text(plain_to_html(text))) == words or "@" in text


def test_typed_text_gets_paragraphs_lists_headings_and_links():
    text = (
        "Hello all\n\nLatest news\n\nThe plan is at www.example.org/taps_(new). Write to joan@example.org, or "
        "<shout>.\n\n  • one\n  • two\n\n- three"
    )
    assert plain_to_html(text) == (
        "<p>Hello all</p>\n<h3>Latest news</h3>\n"
        '<p>The plan is at <a href="http://www.example.org/taps_(new)">www.example.org/taps_(new)</a>. Write to '
        '<a href="mailto:joan@example.org">joan@example.org</a>, or &lt;shout&gt;.</p>\n'
        "<ul><li>one</li><li>two</li><li>three</li></ul>"
    )


def test_an_excerpt_ends_with_a_sentence_and_leaves_the_greeting_out():
    text = "Hello everyone,\n\nThe first sentence is here. The second goes on a good deal longer than that."
    assert excerpt(text, 60) == "The first sentence is here."


def test_an_excerpt_does_not_run_a_heading_into_a_sentence():
    text = f"It is hot.\n\nWhat I did differently\n\nNothing clever. {'Layers. ' * 10}"
    assert excerpt(text, 30) == "It is hot. Nothing clever."


def test_an_excerpt_without_a_sentence_end_stops_between_words():
    assert excerpt("one two three four five", 12) == "one two…"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Hours: 30 (over four days)\nPay: £26,000", "Hours: 30 (over four days) · Pay: £26,000"),
        ("Hours: 30\n\nPay: £26,000\n\nWe mend tools.", "Hours: 30 · Pay: £26,000 · We mend tools."),
        (
            f"Hours: 30\n\nPay: £26,000\n\n{'We mend tools. ' * 5}",
            f"Hours: 30 · Pay: £26,000 · {'We mend tools. ' * 5}".strip(),
        ),
        ("Bring:\n- a mug\n- a spoon\nand come.", "Bring: a mug · a spoon · and come."),
        ("Where: the hall.\nWhen: at six!\nDo come", "Where: the hall. When: at six! Do come"),
        ("We meet\nat https://example.org/hall", "We meet at https://example.org/hall"),
        ("Doors at 6.45. All are welcome - bring a mug.", "Doors at 6.45. All are welcome - bring a mug."),
    ],
)
def test_lines_that_are_no_sentences_are_parted_in_an_excerpt(text, short):
    assert excerpt(text) == short


def test_an_excerpt_leaves_out_lines_that_say_no_more_than_what_is_told_elsewhere():
    text = "Hours: 30\nPay: £26,000.\nPlace: Leeds, with some days at home\nLeeds\nIt pays £26,000."
    short = "Hours: 30 · Place: Leeds, with some days at home · Leeds It pays £26,000."
    assert excerpt(text, without=["£26,000", "leeds"]) == short


def test_an_excerpt_never_divides_an_emoji():
    assert excerpt(FAMILY * 20, 20) == FAMILY * 3 + "…"


@given(st.text(), st.integers(20, 300))
def test_an_excerpt_is_one_line_within_its_limit(text, limit):
    short = excerpt(text, limit)
    assert len(short) <= limit
    assert "\n" not in short


@given(st.lists(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=12), min_size=1), st.integers(20, 80))
def test_an_excerpt_never_divides_a_word(words, limit):
    short = excerpt(" ".join(words), limit)
    assert short.rstrip("…").split() == words[: len(short.rstrip("…").split())]


def test_an_excerpt_never_divides_an_entity():
    text = html_to_text("<p>" + "A&nbsp;&amp;&nbsp;B &lt;tag&gt; &#128169; " * 20 + "</p>")
    for limit in range(20, 60):
        short = excerpt(text, limit)
        assert len(short) <= limit
        assert "&" not in short.replace("A & B", "").replace("A &…", "").replace("&…", "")


@given(st.lists(st.sampled_from(["fish", "R&D", "it's", "naïve", "東京", "x" * 40]), min_size=1, max_size=40))
def test_an_excerpt_of_words_is_whole_words(words):
    short = excerpt(" ".join(words), 60)
    kept = short.removesuffix("…").split()
    assert kept == words[: len(kept)]


def test_a_title_is_one_line_without_controls_or_overrides_but_with_joiners():
    assert one_line(f" A\r\nB\tC\x00\u202eD\u2028E\xa0{FAMILY} ") == f"A B C D E {FAMILY}"


@given(st.text())
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize("reference", ["&#1;", "&#x1f;", "&#xfffe;", "&#xffff;", "&#xd800;", "&#127;", "&#0;"])
def test_what_no_xml_can_hold_is_cleaned_away_though_it_comes_as_a_reference(reference):
    clean = sanitise(
        f'<p title="a{reference}b">a{reference}b <a href="https://e.example/{reference}" title="{reference}">c</a></p>'
    )
    paragraph = lxml.html.fragment_fromstring(clean)
    for element in paragraph.iter():
        for name, value in element.items():
            element.set(name, value)  # lxml refuses what XML does not hold
        element.text = element.text
    assert paragraph.text_content().startswith("a")


@given(st.text())
def test_nothing_comes_out_of_cleaning_that_lxml_refuses(text):
    root = lxml.html.fragment_fromstring(sanitise(text), create_parent="div")
    for element in root.iter():
        element.text, element.tail = element.text, element.tail


def test_formatting_that_every_paragraph_would_open_again_is_reduced_to_its_text():
    clean = sanitise("<p>" + "".join(f'<b title="{number}">' for number in range(97)) + "<p>x" * 9_000)
    assert len(clean) < 100_000
    assert clean.count("x") == 9_000
    assert "<b" not in clean


def test_a_tag_of_thousands_of_attributes_is_left_out_and_its_text_kept():
    assert "kept" in html_to_text("<a " + " ".join(f"a{number}" for number in range(20_000)) + ">kept</a>")


def test_the_items_of_lists_are_numbered_each_by_its_own_list():
    told = html_to_text("<ol><li>a</li><li>b<ol><li>c</li></ol></li><li>d</li></ol><ol><li>e</li></ol>")
    assert re.findall(r"(\d)\. (\w)", told) == [("1", "a"), ("2", "b"), ("1", "c"), ("3", "d"), ("1", "e")]
