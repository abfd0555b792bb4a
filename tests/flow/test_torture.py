"""What members write reaches the inbox as they wrote it, from every kind of source, through files, store and SMTP."""

import email
import json
import re
from email.header import decode_header, make_header
from email.utils import parseaddr
from html import escape
from string import printable
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import lxml.html
import pytest
from drawn import photo

WORD = "Pflanzenschutzmittelverordnungsänderungsgesetz" * 5
TEXTS = {
    "quotes": """She said "don't" & 'do' <b>not</b> &amp; </mj-text> -->""",
    "joined emoji": "Family 👨‍👩‍👧‍👦, farmer 👩🏽‍🌾, flag 🏴󠁧󠁢󠁷󠁬󠁳󠁿, heart ❤️",
    "Hindi": "नमस्ते, क्षेत्र में श्रीमती की बगिया",
    "Thai": "สวัสดีชาวสวน น้ำดื่มที่นี่",
    "Arabic": "حديقة المجتمع تفتح 3 أبواب (للجميع)",
    "combining marks": "Cafe\u0301 A\u030a naı\u0308ve",
    "template": "{{ 7 * 7 }} {% if x %} {# no #} ${y} %s \\n \\u{200d}",
    "encoded word": "=?utf-8?q?not_me?= =3D",
    "long word": WORD,
    "almost 300 characters": ("Leaves and water " * 17).strip(),
}
LINKS = (
    "https://growers.example.org/a?x=1&y=%22q%22&amp;z='2'#top",
    f"https://growers.example.org/{'plots/' * 150}?q={'x' * 900}",
    "https://growers.example.org/बगिया?q=नमस्ते",
)
NAMES = [
    *(TEXTS[name] for name in ("quotes", "joined emoji", "Arabic", "encoded word", "long word")),
    "Smith, J. (Joe)",
]
NOTICE = f"""---
subject: {json.dumps(TEXTS["joined emoji"] + TEXTS["quotes"], ensure_ascii=False)}
---

.starts with a dot

From the plot next door

[map]({LINKS[1]} "{TEXTS["Arabic"]}") and ![{TEXTS["Hindi"]}](a.png 'say "cheese"
twice')

    {TEXTS["template"]}
    .
    second  line
"""


def of_source(kind):
    """Every text, told apart by its source."""
    return [f"{text} – {kind}" for text in TEXTS.values()]


def on_two_lines(text):
    """As a careless website publishes it; a title shows a space there."""
    return text.replace(" – ", "\n– ")


def export_page():
    posts = [f"{text}\n\nAdded by {TEXTS['quotes']}\n\n{text}\n" for text in of_source("export")]
    return "\n".join([*posts, "Nothing more to say\n\nAdded by Una\n"])


def feed():
    entries = "".join(
        f"<entry><id>urn:{number}</id><title>{escape(on_two_lines(text))}</title><author><name>{escape(TEXTS['Arabic'])}</name></author>"
        f"<link href={quoteattr(link)} /><updated>2026-11-20T08:00:00Z</updated>"
        f'<content type="html">{escape(f"<p>{escape(text)}</p>")}</content></entry>'
        for number, (text, link) in enumerate(zip(of_source("feed"), LINKS * 4, strict=False))
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title>{entries}</feed>'


def calendar():
    def told(value):  # RFC 5545 section 3.3.11
        return re.sub(r"([\\;,])", r"\\\1", value).replace("\n", r"\n")

    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}@example.org\r\nDTSTAMP:20261101T090000Z\r\nDTSTART:20270110T120000Z\r\n"
        f"SUMMARY:{told(on_two_lines(text))}\r\nLOCATION:{told(text)}\r\nEND:VEVENT\r\n"
        for number, text in enumerate(of_source("calendar"))
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{events}END:VCALENDAR\r\n"


def vacancy(text):
    values = {"title": text, "employer": f"For {text}", "location": f"In {text}", "salary": f"£9: {text}"}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["---", "closes: 2026-12-14", *lines, "---", "Apply.", ""])


@pytest.fixture
def hard(network):
    """The network with a source of each kind that publishes every text."""
    sources = "".join(
        f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\npath = "{path}"\n'
        for kind, path in (("feed", "feed.xml"), ("calendar", "events.ics"), ("folder", "jobs"))
    )
    network.change("config.toml", '[[lists]]\nname = "members"', sources + '[[lists]]\nname = "members"')
    network.change("config.toml", 'name = "Growers"\n[smtp]', f"name = {json.dumps(TEXTS['quotes'])}\n[smtp]")
    network.change("config.toml", '"Weekly digest"', f"{json.dumps(TEXTS['joined emoji'], ensure_ascii=False)}")
    network.write("posts.txt", export_page())
    (network.folder / "a.png").write_bytes(photo(200, 150, "PNG"))
    network.write("feed.xml", feed())
    network.write("events.ics", calendar())
    for number, text in enumerate(of_source("folder")):
        network.write(f"jobs/{number}.md", vacancy(text))
    rows = ['"{}",m{}@example.org'.format(name.replace('"', '""'), number) for number, name in enumerate(NAMES)]
    network.write("members.csv", "\n".join(["name,email", *rows]) + "\n")
    return network


def decoded(value):
    """A header's text (RFC 2047); the policy `default` of Python 3.11 adds a space between encoded words of a name."""
    return str(make_header(decode_header(value)))


def decoded_mailbox(value):
    name, address = parseaddr(value)
    return decoded(name), address


def page_and_text(mail):
    html, plain = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    return lxml.html.document_fromstring(html), plain


def assert_fit_for_the_wire(raw):
    """Lines as RFC 5322 and 2045 have them: CRLF, ASCII, no controls; short where nothing forbids folding."""
    assert not re.search(rb"[^\x20-\x7e\r\n]|\r(?!\n)|(?<!\r)\n", raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert all(len(line) <= 78 or line.startswith(b"List-Unsubscribe:") for line in head.split(b"\r\n"))


def test_every_text_of_every_source_arrives_as_it_was_written(hard, sink):
    assert hard.send()["accepted"] == len(NAMES)
    document, plain = page_and_text(sink.message("m0@example.org"))
    told = " ".join(re.split(r"\s*\n[ *]*", plain))
    written = [text for kind in ("export", "feed", "calendar", "folder") for text in of_source(kind)]
    assert sorted(e.text_content() for e in document.find_class("title")) == sorted([*written, "Nothing more to say"])
    assert [text for text in written if text not in told] == []

    facts = [e.text_content() for e in document.find_class("meta")]
    assert facts.count(f"by {TEXTS['quotes']}") == len(TEXTS)
    assert facts.count(f"by {TEXTS['Arabic']}") == len(TEXTS)
    assert {f"For {text}\u00a0· In {text}\u00a0· £9: {text}" for text in of_source("folder")} < set(facts)
    assert set(of_source("calendar")) < set(facts)

    excerpts = {e.text_content() for e in document.find_class("excerpt")}
    assert {text for kind in ("export", "feed") for text in of_source(kind) if len(text) < 200} < excerpts
    assert "" not in excerpts  # a post without a body has none

    links = {a.get("href") for a in document.xpath("//*[contains(@class, 'title')]/a")}
    assert {quote(link, safe=printable) for link in LINKS} < links
    assert set(LINKS) < set(plain.split())
    assert not list(document.iter("script", "b"))


def test_names_and_subject_decode_to_what_was_written_and_the_mails_are_fit_for_the_wire(hard, sink):
    subject = hard.json("preview", "weekly", "--at", hard.at, "--out", "out")["subject"]
    assert subject.startswith(TEXTS["joined emoji"])
    hard.send()
    for number, name in enumerate(NAMES):
        (raw,) = [content for to, content in sink.taken if to == f"m{number}@example.org"]
        mail = email.message_from_bytes(raw)
        assert decoded_mailbox(mail["To"]) == (name, f"m{number}@example.org")
        assert decoded_mailbox(mail["From"]) == (TEXTS["quotes"], "digest@example.org")
        assert decoded(mail["Subject"]) == subject
        assert_fit_for_the_wire(raw)


def test_an_announcement_arrives_as_it_was_written(hard, sink):
    hard.write("notice.md", NOTICE)
    assert hard.json("announce", "notice.md", "--to", "members")["accepted"] == len(NAMES)
    mail = sink.message("m5@example.org")
    document, plain = page_and_text(mail)
    assert mail["Subject"] == document.findtext(".//h1") == TEXTS["joined emoji"] + TEXTS["quotes"]
    (link,) = document.xpath("//a[@title]")
    assert (link.get("href"), link.get("title")) == (LINKS[1], TEXTS["Arabic"])
    (image,) = document.iter("img")
    assert (image.get("alt"), image.get("title")) == (TEXTS["Hindi"], 'say "cheese"\ntwice')
    assert document.find(".//pre").text_content() == f"{TEXTS['template']}\n.\nsecond  line\n"
    assert {".starts with a dot", "From the plot next door"} < set(plain.splitlines())
    assert_fit_for_the_wire(sink.taken[0][1])


def test_the_lines_of_a_code_block_stay_lines_in_the_plain_text(hard, sink):
    hard.write("notice.md", NOTICE)
    hard.json("announce", "notice.md", "--to", "members")
    _, plain = page_and_text(sink.message("m5@example.org"))
    assert {TEXTS["template"], ".", "second  line"} < {line.strip() for line in plain.splitlines()}
