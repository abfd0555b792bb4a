"""What is fetched, asked for and sent, and what is tried again."""

import asyncio
import base64

import pytest
from hostile_web import Names, Waits, content, local, refusal, reply, serving

from digest.collect import Fetched, NotModified, Validators, Web
from digest.config import Config


@pytest.fixture
def waits():
    return Waits()


@pytest.fixture
def web(waits):
    return Web(sleep=waits, chance=lambda: 1.0)


async def test_servers_are_told_who_asks_and_where_to_complain():
    network = {
        "network": {"name": "Growers", "url": "https://growers.example.org"},
        "sender": {"email": "d@example.org"},
    }
    async with serving(reply("200 OK", b"x")) as site:
        await Web.of(Config.model_validate(network)).get(local(site.url))
        agent = site.header("User-Agent")
    assert agent.startswith("network-digest/")
    assert agent.endswith(" (+https://growers.example.org)")


async def test_a_proxy_of_the_environment_is_not_used(web, monkeypatch):
    async with serving(reply("200 OK", b"right")) as site, serving(reply("200 OK", b"wrong")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await content(web, local(site.url)) == b"right"


async def test_only_changes_are_asked_for_and_nothing_new_is_told(web):
    first = reply("200 OK", b"x", 'ETag: W/"7"', "Last-Modified: Fri, 20 Nov 2026 09:00:00 GMT")
    async with serving(first, reply("304 Not Modified")) as site:
        fetched = await web.get(local(site.url))
        assert isinstance(await web.get(local(site.url), fetched.validators), NotModified)
        assert site.header("If-None-Match") == 'W/"7"'
        assert site.header("If-Modified-Since") == "Fri, 20 Nov 2026 09:00:00 GMT"


async def test_unchanged_is_no_answer_to_a_question_for_everything(web):
    async with serving(reply("304 Not Modified")) as site:
        assert "nothing has changed, though it was asked for everything" in await refusal(web, local(site.url))


async def test_a_validator_that_could_not_be_sent_back_is_not_kept(web):
    async with serving(reply("200 OK", b"x", f"ETag: {'7' * 5000}", "Last-Modified: caf\xe9")) as site:
        assert (await web.get(local(site.url))).validators == Validators()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_followed_and_the_final_address_kept(web, status):
    async with serving(reply(status, b"", "Location: ../new.xml?x=1#top"), reply("200 OK", b"x")) as site:
        fetched = await web.get(local(f"{site.url}/a/b/old.xml"))
        assert fetched.documents[0].url == f"{site.url}/a/new.xml"  # a query may hold a key
        assert fetched.documents[0].name == "new.xml"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("ftp://example.org/", "ftp://example.org/ is no address of a website"),
        ("file:///etc/passwd", "file:///etc/passwd is no address of a website"),
        ("http://[::g]/", "is no address"),
        ("http://example.org:99999/", "is no address of a website"),
    ],
)
async def test_a_redirect_leads_to_a_website_or_nowhere(web, location, message):
    async with serving(reply("302 Found", b"", f"Location: {location}")) as site:
        assert message in await refusal(web, local(site.url))
        assert site.connections == 1


async def test_a_redirect_without_a_place_is_told(web):
    async with serving(reply("302 Found")) as site:
        assert "answered 302 Found without saying where it moved" in await refusal(web, local(site.url))


async def test_a_circle_of_redirects_is_left_at_once(web):
    async with serving(reply("302 Found", b"", "Location: /b"), reply("302 Found", b"", "Location: /a")) as site:
        assert "is redirected in a circle" in await refusal(web, local(f"{site.url}/a"))
        assert site.connections == 2


async def test_an_endless_redirect_is_left_after_five(web):
    async def onwards(request, writer):
        place = int(request.split()[1][1:] or 0)
        writer.write(reply("302 Found", b"", f"Location: /{place + 1}"))

    async with serving(onwards) as site:
        assert "is redirected more than 5 times" in await refusal(web, local(f"{site.url}/0"))
        assert site.connections == 6


async def test_credentials_are_sent_to_their_own_server_and_never_shown(web):
    async with serving(reply("404 Not Found")) as other:
        moved = reply("302 Found", b"", f"Location: http://else:where@127.0.0.1:{other.port}/there")
        async with serving(reply("302 Found", b"", "Location: /here"), moved) as site:
            url = f"http://joan:s3cret%40@127.0.0.1:{site.port}/feed?key=hidden"
            message = await refusal(web, local(url))
            expected = "Basic " + base64.b64encode(b"joan:s3cret@").decode()
            assert [site.header("Authorization", number) for number in (0, 1)] == [expected, expected]
            assert other.header("Authorization") is None
    assert not any(secret in message for secret in ("joan", "s3cret", "hidden", "else", "where@"))


async def test_a_document_does_not_carry_the_credentials_on(web):
    async with serving(reply("200 OK", b"x")) as site:
        fetched = await web.get(local(f"http://joan:s3cret@127.0.0.1:{site.port}/feed"))
    assert fetched.documents[0].url == f"{site.url}/feed"


@pytest.mark.parametrize("status", ["429 Slow", "500 Oops", "502 Bad", "503 Away", "504 Late"])
async def test_what_may_pass_is_tried_twice_more_with_growing_waits(web, waits, status):
    async with serving(reply(status), reply(status), reply("200 OK", b"at last")) as site:
        assert await content(web, local(site.url)) == b"at last"
    assert waits.seconds == [1.0, 2.0]


async def test_what_does_not_pass_is_told_after_three_times(web):
    async with serving(reply("503 Away")) as site:
        assert "answered 503 Away, 3 times in a row; is the site up?" in await refusal(web, local(site.url))
        assert site.connections == 3


@pytest.mark.parametrize(
    "status", ["400 Bad", "401 Who", "403 No", "404 Not Found", "410 Gone", "501 Never", "204 None"]
)
async def test_what_will_not_pass_is_not_tried_again(web, status):
    async with serving(reply(status)) as site:
        assert f"answered {status}; " in await refusal(web, local(site.url))
        assert site.connections == 1


@pytest.mark.parametrize(
    "headers",
    [("Retry-After: 7",), ("Retry-After: Mon, 23 Nov 2026 08:00:07 GMT", "Date: Mon, 23 Nov 2026 08:00:00 GMT")],
)
async def test_a_server_is_left_alone_as_long_as_it_asks(web, waits, headers):
    async with serving(reply("429 Slow", b"", *headers), reply("200 OK", b"x")) as site:
        assert await content(web, local(site.url)) == b"x"
    assert waits.seconds == [7.0]


@pytest.mark.parametrize("header", ["Retry-After: soon", "Retry-After: -3", "Retry-After: Mon, 99 Foo 2026"])
async def test_a_wait_that_cannot_be_read_is_an_ordinary_one(web, waits, header):
    async with serving(reply("503 Away", b"", header), reply("200 OK", b"x")) as site:
        await web.get(local(site.url))
    assert waits.seconds == [1.0]


async def test_a_wait_beyond_the_deadline_is_told_instead(web, waits):
    async with serving(reply("429 Slow", b"", "Retry-After: 3600")) as site:
        message = await refusal(web, local(site.url))
        assert "answered 429 Slow and asks to be left alone for 3600 s" in message
        assert (site.connections, waits.seconds) == (1, [])


async def test_waits_count_against_the_deadline(web, waits):
    async with serving(reply("429 Slow", b"", "Retry-After: 20")) as site:
        assert "left alone for 20 s" in await refusal(web, local(site.url))
    assert waits.seconds == [20.0]


async def test_nobody_listening_is_tried_again_and_told(web, waits):
    async with serving(reply("200 OK")) as site:
        pass
    assert "cannot be fetched: " in await refusal(web, local(site.url))
    assert len(waits.seconds) == 2


async def test_two_requests_at_once_go_to_one_server_and_four_in_all(web):
    release = asyncio.Event()
    reached = asyncio.Semaphore(0)

    async def later(_request, writer):
        reached.release()
        await release.wait()
        writer.write(reply("200 OK", b"x"))

    async with serving(later) as site:
        names = Names(a_test=[["127.0.0.1"]], b_test=[["127.0.0.1"]], c_test=[["127.0.0.1"]])
        named = Web(resolve=names)
        hosts = [f"http://{letter}.test:{site.port}/" for letter in "aaabbbccc"]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(named.get(local(host))) for host in hosts]
            for _ in range(4):
                await reached.acquire()
            assert sorted(site.header("Host", number)[0] for number in range(4)) == ["a", "a", "b", "b"]
            release.set()
        assert all(isinstance(task.result(), Fetched) for task in tasks)
        assert site.most_open <= 4


async def test_waiting_for_a_turn_is_not_counted(web):
    async def slowly(_request, writer):
        await asyncio.sleep(0.15)
        writer.write(reply("200 OK", b"x"))

    async with serving(slowly) as site:
        source = local(site.url, timeout="0.4s")
        fetched = await asyncio.gather(*(web.get(source) for _ in range(8)))
    assert len(fetched) == 8
