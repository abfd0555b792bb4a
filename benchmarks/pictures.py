"""What collecting the pictures of a feed takes: `python benchmarks/pictures.py [--pictures 500] [--hostile]`.

A server on this machine answers with photographs of twelve megapixels, or with what a hostile source would serve.
"""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from drawn import SVG, claimed, coded, noise, photo, polyglot, profile_bomb, text_bomb
from hostile_web import reply, serving

from digest.app import open_app
from digest.config import Config
from digest.core.content import collect
from digest.model import BY_SCHEDULE
from digest.store.content.pictures import pictures_at

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def feed(url: str, count: int) -> bytes:
    """So many entries, each with a picture."""
    entries = "".join(
        f"<item><guid>{n}</guid><title>Post {n}</title>"
        f'<enclosure type="image/jpeg" length="1" url="{url}/{n}.jpg"/></item>'
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>t</title>{entries}</channel></rss>'.encode()


def sound() -> list[bytes]:
    """A few photographs as telephones make them; each is followed by other bytes, so that none is the same."""
    return [photo(4000, 3000, seed=40 * n) for n in range(4)] + [coded(noise(1600, 1200), "JPEG", quality=80)]


def hostile() -> list[bytes]:
    """What costs a source its pictures, and one that is sound behind what hides in it."""
    return [SVG, claimed(20_000, 20_000), text_bomb(), profile_bomb(), photo(4000, 3000)[:5000], polyglot(), b"<html>"]


async def measured(count: int, contents: list[bytes]) -> str:
    """In a line what one collection took."""

    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ")[1]
        if path == "/feed":
            writer.write(reply("200 OK", feed(site.url, count)))
        else:
            number = int(path.strip("/").partition(".")[0])
            writer.write(reply("200 OK", contents[number % len(contents)] + number.to_bytes(4, "big")))
        await writer.drain()

    with tempfile.TemporaryDirectory() as folder:
        async with serving(answer) as site:
            source = {"name": "blog", "kind": "feed", "url": f"{site.url}/feed", "allow_private": True}
            config = Config.model_validate(
                {"network": {"name": "G"}, "sender": {"email": "d@example.org"}, "sources": [source]}
            ).model_copy(update={"base": Path(folder)})
            with open_app(config) as app:
                began, cpu = perf_counter(), process_time()
                (result,) = await collect(app, NOW, by=BY_SCHEDULE)
                seconds, own = perf_counter() - began, process_time() - cpu
                with app.store.read() as connection:
                    had = len(pictures_at(connection, [f"{site.url}/{n}.jpg" for n in range(count)]))
                files = [one.stat().st_size for one in (Path(folder) / "var" / "pictures").glob("*")]
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return (
        f"{count} pictures named: {seconds:.1f} s, {own:.1f} s of processor here and {children.ru_utime:.1f} s in the "
        f"processes that read; at most {peak:.0f} MB here and {children.ru_maxrss / 1000:.0f} MB in one of those; "
        f"{had} had, {len(files)} files of {sum(files) / 1e6:.1f} MB, "
        f"{len(result.pictures)} not to be had; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pictures", type=int, default=500)
    asked.add_argument("--hostile", action="store_true")
    told = asked.parse_args()
    print(asyncio.run(measured(told.pictures, hostile() if told.hostile else sound())))
