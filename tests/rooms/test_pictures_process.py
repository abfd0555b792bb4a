"""A picture that is too much for the process that makes it anew costs that process, and nothing else."""

from contextlib import closing, suppress

import pytest
from drawn import claimed, claimed_gif, coded, photo, polyglot, profile_bomb, text_bomb
from PIL import Image

from digest.collect.pictures import PictureError
from digest.collect.reading.limits import Limits
from digest.collect.reading.reader import Reader
from digest.collect.reading.worker import Worker
from digest.collect.redrawing import make_anew
from digest.errors import StoppedError


def never() -> bool:
    return False


async def refusal(reader: Reader, content: bytes) -> str:
    with pytest.raises(PictureError) as told:
        await reader.make_picture(content, stopping=never)
    return str(told.value)


async def test_what_is_made_there_is_what_would_be_made_here():
    with closing(Reader()) as reader:
        assert await reader.make_picture(polyglot(), stopping=never) == make_anew(polyglot())


async def test_a_picture_that_takes_too_long_ends_its_process_and_the_next_is_made():
    with closing(Reader(Limits(picture_cpu=0.4))) as reader:
        assert "more than 0.4 s of processor time" in await refusal(reader, photo(5000, 5000, "PNG"))
        assert (await reader.make_picture(photo(130, 130), stopping=never)).large.width == 130


async def test_a_picture_that_takes_too_much_memory_ends_its_process_and_the_next_is_made():
    with closing(Reader(Limits(memory=40_000_000))) as reader:
        large = coded(Image.new("RGBA", (5000, 4900), (1, 2, 3, 4)), "PNG")
        assert "memory" in await refusal(reader, large)
        assert (await reader.make_picture(photo(130, 130), stopping=never)).large.width == 130


@pytest.mark.parametrize(
    "bomb",
    [text_bomb, profile_bomb, lambda: claimed(60_000, 60_000), lambda: claimed_gif(65_000, 65_000)],
    ids=["text", "profile", "png", "gif"],
)
async def test_a_bomb_needs_little_and_leaves_the_process_as_it_was(bomb):
    worker = Worker(Limits(memory=120_000_000))
    with closing(worker):
        with suppress(PictureError):
            worker.make_picture(bomb(), never)
        assert worker.usable
        assert not worker.has_ended


async def test_whoever_stops_waits_for_no_picture():
    with closing(Reader()) as reader, pytest.raises(StoppedError):
        await reader.make_picture(photo(), stopping=lambda: True)
