"""Whatever members write arrives as they wrote it, and does nothing."""

import html

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_edition import announcement, config, edition, event, html_of, post, render, section, text_of, vacancy

from digest.render import Renderer
from digest.render.plain import one_line

HOSTILE = [
    "<script>alert(1)</script>",
    "</mj-text></mj-section><mj-raw>x</mj-raw>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "{{ x }} {% y %} {# z #} [[ w ]]",
    "<!--[if mso]> --> ]]> <![CDATA[",
    "&lt;b&gt; &amp;amp; &nbsp; &#34;",
    "family 👨‍👩‍👧‍👦 flag 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "नमस्ते, बगीचा",
    "Сад и огород",
    "حديقة المجتمع",
    "5\u00a0pm · e\u0301 · \u200bzero",
    "back\\slash \\n \\u{200d}",
]
lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=60).map(
    str.strip
)


def parsed(mail):
    return lxml.html.document_fromstring(html_of(mail))


def titles(document):
    return [heading.text_content() for heading in document.iter("h3", "h4") if "title" in heading.get("class", "")]


def attribute_names(document):
    return {name for element in document.iter(lxml.html.etree.Element) for name in element.attrib}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_arrives_whole_everywhere(text):
    shown = edition(
        section(vacancy(text, employer=text, salary=text, summary=text)),
        section(event(text, location=text, doubts=(text,))),
        section(post(text, author=text, summary=text), title=text),
        title=text,
    )
    mail = render(shown, brand={"tagline": text}, network={"name": text})
    document = parsed(mail)
    assert titles(document) == [text] * 3
    assert document.findtext(".//h1") == text
    assert document.find(".//div[@role='article']").get("aria-label").startswith(text)
    assert [p.text_content() for p in document.find_class("excerpt")] == [text] * 2
    assert not list(document.iter("script"))
    assert not {name for name in attribute_names(document) if name.startswith("on")}
    assert text in mail.subject
    assert text in " ".join(text_of(mail).split("\n"))


@settings(max_examples=40, deadline=None)
@given(title=lines, author=lines, summary=lines)
def test_any_text_arrives_whole_and_adds_no_element(title, author, summary):
    mail = render(edition(section(post(title or "x", author=author or "y", summary=summary or "z"))))
    plain = render(edition(section(post("x", author="y", summary="z"))))
    document = parsed(mail)
    assert titles(document) == [one_line(title) or "x"]
    assert document.find_class("meta")[0].text_content() == f"by {one_line(author) or 'y'}"
    assert [e.tag for e in document.iter()] == [e.tag for e in parsed(plain).iter()]
    assert attribute_names(document) == attribute_names(parsed(plain))


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], include_characters="\n\t"), max_size=60))
def test_any_text_in_an_attribute_of_an_announcement_stays_there(text):
    fragment = f'<p><a href="https://e.test/" title="{html.escape(text)}">x</a></p>'
    document = parsed(Renderer(config()).announcement(announcement(html=fragment)))
    assert document.find(".//a[@title]").get("title") == text


def test_what_no_mail_may_carry_is_dropped_from_an_announcement():
    document = parsed(Renderer(config()).announcement(announcement(html="<p title='a\x08\ud800b'>c\x00d\x85e</p>")))
    assert document.find(".//p[@title]").get("title") == "ab"
    assert document.find(".//p[@title]").text.split() == ["cd", "e"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_harmless_on_a_page(text):
    page = lxml.html.document_fromstring(Renderer(config()).page("message", title=text, text=text))
    assert page.findtext(".//h1") == text
    assert not list(page.iter("script"))


def test_line_breaks_in_a_title_become_spaces_in_every_part():
    mail = render(edition(section(post("Water\r\nBcc: all@example.org"))))
    assert mail.subject == "Water Bcc: all@example.org"
    assert titles(parsed(mail)) == ["Water Bcc: all@example.org"]
