"""Answers that lie, drip, flood or blow up: each ends in one SourceError, in bounded time and memory."""

import asyncio
import gzip
import subprocess
import sys
import zlib
from pathlib import Path
from textwrap import dedent

import brotli
import pytest
from hostile_web import Waits, content, local, refusal, reply, serving

from digest.collect import Web

FEED = b"<rss version='2.0'><channel><item><title>Taps</title></item></channel></rss>"


@pytest.fixture
def web():
    return Web(sleep=Waits(), stall_limit=0.2)


def bare_deflate(data):
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


CODINGS = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("GZIP", gzip.compress),
    ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
    ("gzip", lambda data: gzip.compress(data) + b"\0\0\0"),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
    ("identity", bytes),
]


@pytest.mark.parametrize(("coding", "compress"), CODINGS)
async def test_every_compression_that_is_offered_is_read(web, coding, compress):
    body = FEED * 3000  # more than one piece
    async with serving(reply("200 OK", compress(body), f"Content-Encoding: {coding}")) as site:
        assert await content(web, local(site.url)) == body
        assert site.header("Accept-Encoding") == "gzip, deflate, br"


@pytest.mark.parametrize(("coding", "compress"), CODINGS)
async def test_what_comes_byte_by_byte_is_read_the_same(web, coding, compress):
    async def drip(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n\r\n" % coding.encode())
        for byte in compress(FEED):
            writer.write(bytes([byte]))
            await writer.drain()

    async with serving(drip) as site:
        assert await content(web, local(site.url)) == FEED


@pytest.mark.parametrize(
    ("coding", "body", "message"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)[:-9], "was cut off: its gzip data has no end"),
        ("gzip", gzip.compress(FEED, mtime=0)[:1], "was cut off"),
        ("br", brotli.compress(FEED)[:-3], "was cut off: its br data has no end"),
        ("deflate", zlib.compress(FEED)[:-5], "was cut off"),
        ("gzip", FEED, "is damaged: its compressed data cannot be read"),
        ("br", FEED, "is damaged: its compressed data cannot be read"),
        ("deflate", FEED, "is damaged: its compressed data cannot be read"),
        ("gzip", gzip.compress(FEED, mtime=0)[:-8] + bytes(8), "is damaged"),
        ("zstd", FEED, "is compressed as 'zstd', though gzip, deflate, br was asked for"),
        ("gzip, gzip", FEED, "is compressed as 'gzip, gzip'"),
    ],
)
async def test_a_compression_that_lies_is_told(web, coding, body, message):
    async with serving(reply("200 OK", body, f"Content-Encoding: {coding}")) as site:
        assert message in await refusal(web, local(site.url))


async def test_two_compressions_in_two_headers_are_two(web):
    async with serving(reply("200 OK", FEED, "Content-Encoding: gzip", "Content-Encoding: br")) as site:
        assert "is compressed as 'gzip, br'" in await refusal(web, local(site.url))


@pytest.mark.parametrize("extra", [-1, 0, 1])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
async def test_the_limit_on_bytes_holds_to_the_byte_after_decompression(web, coding, extra):
    body = b"x" * (20_000 + extra)
    compress = {"identity": bytes, "gzip": gzip.compress, "br": brotli.compress}[coding]
    async with serving(reply("200 OK", compress(body), f"Content-Encoding: {coding}")) as site:
        source = local(site.url, max_bytes=20_000)
        if extra <= 0:
            assert await content(web, source) == body
        else:
            assert "is larger than 20 kB; raise max_bytes" in await refusal(web, source)


async def test_a_body_that_says_it_is_too_large_is_not_read(web):
    async with serving(reply("200 OK", b"", length=10**12)) as site:
        assert "is larger than 10 MB" in await refusal(web, local(site.url))


async def test_an_endless_body_is_left_at_the_limit(web):
    async def forever(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    async with serving(forever) as site:
        assert "is larger than 500 kB" in await refusal(web, local(site.url, max_bytes=500_000))


async def test_endless_compressed_nothing_is_left_at_the_limit(web):
    async def forever(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            writer.write(gzip.compress(b"") * 100)
            await writer.drain()

    async with serving(forever) as site:
        assert "is larger than 500 kB" in await refusal(web, local(site.url, max_bytes=500_000))


async def test_a_body_shorter_than_it_says_is_refused(web):
    async with serving(reply("200 OK", FEED, length=len(FEED) + 10)) as site:
        message = await refusal(web, local(site.url))
        assert (
            "the server closed the connection in the middle of its answer, 3 times in a row; is the site up?" in message
        )


async def test_a_connection_closed_without_an_answer_is_tried_again(web):
    async with serving(b"", reply("200 OK", FEED)) as site:
        assert await content(web, local(site.url)) == FEED


async def test_a_server_that_always_hangs_up_is_told_in_plain_words(web):
    async with serving(b"") as site:
        message = await refusal(web, local(site.url))
        assert "the server closed the connection without an answer, 3 times in a row; is the site up?" in message


async def test_a_body_longer_than_it_says_is_read_as_far_as_it_says(web):
    async with serving(reply("200 OK", FEED + b"HTTP/1.1 200 OK\r\n\r\n", length=len(FEED))) as site:
        assert await content(web, local(site.url)) == FEED


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
async def test_an_empty_page_is_no_answer(web, body):
    async with serving(reply("200 OK", body)) as site:
        assert "answered with an empty page" in await refusal(web, local(site.url))


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nX\0Y: z\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\nhello",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_an_answer_against_the_protocol_is_refused(web, answer):
    async with serving(answer) as site:
        message = await refusal(web, local(site.url))
        assert "cannot be fetched: " in message or "answered 101" in message
        assert len(message) < 400


async def test_what_a_server_says_of_itself_cannot_write_on_the_terminal(web):
    async with serving(b"HTTP/1.1 404 \x1b[31mRed\x07" + b"!" * 5000 + b"\r\nContent-Length: 0\r\n\r\n") as site:
        message = await refusal(web, local(site.url))
    assert message.isprintable()
    assert len(message) < 400


async def test_endless_headers_are_left(web):
    async def forever(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Filler: y\r\n" * 100)
            await writer.drain()

    async with serving(forever) as site:
        assert "cannot be fetched: " in await refusal(web, local(site.url))


async def test_endless_early_hints_are_left_at_the_deadline(web):
    async def forever(_request, writer):
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50)
            await writer.drain()

    async with serving(forever) as site:
        assert "did not answer in full within 0.3 s" in await refusal(web, local(site.url, timeout="0.3s"))


async def test_an_endless_drip_is_left_at_the_deadline(web):
    async def drip(_request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(drip) as site:
        assert "did not answer in full within 0.3 s" in await refusal(web, local(site.url, timeout="0.3s"))
        assert site.connections == 1


async def test_all_redirects_together_have_one_deadline(web):
    async def slowly(request, writer):
        await asyncio.sleep(0.1)
        writer.write(reply("302 Found", b"", f"Location: {request.split()[1]}x"))

    async with serving(slowly) as site:
        assert "did not answer in full within 0.25 s" in await refusal(web, local(f"{site.url}/", timeout="0.25s"))
        assert site.connections == 3


async def test_a_server_that_falls_silent_is_tried_three_times(web):
    async def silent(_request, writer):
        await asyncio.get_running_loop().create_future()

    waits = web.sleep
    async with serving(silent) as site:
        message = await refusal(web, local(site.url))
        assert "stopped answering, 3 times in a row; is the site up?" in message
        assert site.connections == 3
    assert len(waits.seconds) == 2


BOMB = dedent("""
    import asyncio, re, sys, time, zlib
    from pathlib import Path
    import brotli
    from hostile_web import local, serving
    from digest.collect import Web
    from digest.errors import SourceError

    def gigabyte(coding):
        zeros = bytes(1 << 20)
        if coding == "br":
            compressor = brotli.Compressor(quality=5)
            return b"".join([*(compressor.process(zeros) for _ in range(1024)), compressor.finish()])
        compressor = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
        return b"".join([*(compressor.compress(zeros) for _ in range(1024)), compressor.flush()])

    async def main():
        coding = sys.argv[1]
        bomb = gigabyte(coding)
        async def drop(request, writer):
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Encoding: %s\\r\\n\\r\\n" % coding.encode() + bomb)
            await writer.drain()
        async with serving(drop) as site:
            start = time.perf_counter()
            try:
                await Web().get(local(site.url))
            except SourceError as error:
                assert "is larger than 10 MB" in str(error), error
                seconds = time.perf_counter() - start
                peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
                print(seconds, int(peak[1]) / 1024)

    asyncio.run(main())
""")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_gigabyte_in_a_megabyte_takes_neither_memory_nor_time(coding, pytestconfig):
    ran = subprocess.run(
        [sys.executable, "-c", BOMB, coding],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PYTHONPATH": str(pytestconfig.rootpath / "tests")},
        cwd=pytestconfig.rootpath,
    )
    assert ran.returncode == 0, ran.stderr
    seconds, megabytes = map(float, ran.stdout.split())
    assert seconds < 5
    assert megabytes < 150
