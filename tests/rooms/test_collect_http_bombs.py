"""Feeds that would blow up, fetch or read a file when parsed: they do none of it, in bounded time."""

import resource
import time

import pytest
from hostile_web import local, reply, serving

from digest.collect import Document, Fetched, Web
from digest.collect.feed import parse_feed
from digest.errors import SourceError
from digest.text.markup import html_to_text, sanitise

HEAD = b"<rss version='2.0'><channel><title>Feed</title><item><title>"
TAIL = b"</title><description>&lt;p&gt;Six taps&lt;/p&gt;</description></item></channel></rss>"
LAUGHS = b"<!ENTITY a0 'laugh'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 12)
)
SECRET = "no reader may see this"


def entries(content, content_type="application/xml"):
    page = Document(name="feed", content=content, url="https://example.org/feed", content_type=content_type)
    return parse_feed(local("https://example.org/feed"), Fetched(documents=(page,)))


def told(content, content_type="application/xml"):
    """Everything a feed says, with what it took."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        said = repr(entries(content, content_type))
    except SourceError as error:
        said = str(error)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return said, time.process_time() - start, grown


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0'?><!DOCTYPE rss [" + LAUGHS + b"]>" + HEAD + b"&a11;" + TAIL,
        b"<!DOCTYPE rss [<!ENTITY a '" + b"laugh" * 20_000 + b"'>]>" + HEAD + b"&a;" * 20_000 + TAIL,
        b"<!DOCTYPE rss [<!ENTITY % a '" + b"laugh" * 100 + b"'><!ENTITY % b '%a;%a;%a;'>%b;]>" + HEAD + b"x" + TAIL,
        (b"<!DOCTYPE rss [" + LAUGHS + b"]>" + HEAD + b"&a11;" + TAIL).decode().encode("utf-16"),
    ],
)
def test_entities_are_not_multiplied(content):
    said, seconds, megabytes = told(content)
    assert said.count("laugh") < 10
    assert seconds < 5
    assert megabytes < 100  # the first of them loads what guesses encodings


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE rss [<!ENTITY x SYSTEM '{0}'>]>",
        "<!DOCTYPE rss [<!ENTITY x PUBLIC 'p' '{0}'>]>",
        "<!DOCTYPE rss SYSTEM '{0}'>",
        "<!DOCTYPE rss [<!ENTITY % p SYSTEM '{0}'> %p;]>",
    ],
)
@pytest.mark.parametrize("content_type", ["application/xml", "text/html", None])
async def test_nothing_outside_is_fetched_or_read(tmp_path, doctype, content_type):
    (tmp_path / "secret").write_text(SECRET)
    async with serving(reply("200 OK", b"<!ENTITY x 'fetched'>")) as site:
        for place in (f"{site.url}/x.dtd", (tmp_path / "secret").as_uri(), str(tmp_path / "secret")):
            content = doctype.format(place).encode() + HEAD + b"&x;" + TAIL
            said, *_ = told(content, content_type)
            assert SECRET not in said
            assert "fetched" not in said
        assert site.connections == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD + b"<a>" * 1_000_000, "more than 30,000 tags; give the address of a shorter feed"),
        (HEAD + b"<a/>" * 1_000_000 + TAIL, "more than 30,000 tags"),
        ((HEAD + b"<a>" * 200_000).decode().encode("utf-16"), "more than 30,000 tags"),
        (HEAD + b"<a " + b" ".join(b"a%d='x'" % n for n in range(50_000)) + b"/>", "more than 100 attributes"),
        (b"<?xml version='1.0' encoding='utf-7'?>" + HEAD, 'it calls its encoding "utf-7"'),
        (b"<?xml version='1.0' encoding='punycode'?>" + HEAD, 'it calls its encoding "punycode"'),
        ("<?xml version='1.0'?><rss/>".encode("cp037"), 'it calls its encoding "EBCDIC"'),
    ],
)
def test_what_would_keep_the_parser_busy_is_refused(content, message):
    said, seconds, _ = told(content)
    assert message in said
    assert seconds < 2


def test_deep_nesting_within_the_limit_is_read_or_refused_in_time():
    _, seconds, megabytes = told(HEAD + b"<a>" * 20_000)
    assert seconds < 10
    assert megabytes < 200


def test_an_encoding_that_only_the_header_claims_is_not_used():
    assert entries(HEAD + "Café".encode() + TAIL, "application/xml; charset=punycode")[0].title == "Café"


def test_html_takes_no_entity_from_a_doctype_and_fetches_nothing():
    html = "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/hostname'>" + LAUGHS.decode() + "]><p>a &x; &a11; b</p>"
    assert len(sanitise(html)) < 3000
    assert len(html_to_text(html)) < 3000


async def test_html_where_a_feed_was_promised_is_told():
    async with serving(reply("200 OK", b"<!DOCTYPE html><html><p>Welcome</p></html>")) as site:
        fetched = await Web().get(local(site.url))
    with pytest.raises(SourceError, match="HTML where a feed was promised"):
        parse_feed(local(site.url), fetched)
