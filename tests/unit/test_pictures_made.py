"""What a picture becomes when it is made anew."""

import pytest
from drawn import SVG, chunk, claimed, coded, noise, opened, photo, png_with, polyglot, profile_bomb, text_bomb, whole
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from digest.collect.pictures import LARGE, LARGE_BYTES, SMALL, SMALL_BYTES, PictureError
from digest.collect.redrawing import make_anew


def refusal(content: bytes) -> str:
    with pytest.raises(PictureError) as told:
        make_anew(content)
    return str(told.value)


@pytest.mark.parametrize("content", [photo(3000, 2000), photo(900, 3000), coded(noise(2400, 1600), "JPEG", quality=95)])
def test_a_photograph_becomes_small_enough_for_a_mail(content):
    made = make_anew(content)
    for one, box, most in ((made.large, LARGE, LARGE_BYTES), (made.small, SMALL, SMALL_BYTES)):
        shown = opened(one.content)
        assert (shown.format, shown.size) == ("JPEG", (one.width, one.height))
        assert (one.width <= box[0], one.height <= box[1]) == (True, True)
        assert len(one.content) <= most


def test_a_small_picture_is_one_file_and_is_not_blown_up():
    made = make_anew(photo(300, 200))
    assert made.large == made.small
    assert (made.large.width, made.large.height) == (300, 200)


def test_the_same_bytes_always_make_the_same_file():
    assert make_anew(photo(1600, 900)) == make_anew(photo(1600, 900))


def test_what_can_be_seen_through_stays_so():
    drawn = Image.new("RGBA", (400, 300), (200, 30, 30, 0))
    drawn.paste((20, 90, 40, 255), (100, 100, 300, 200))
    made = make_anew(coded(drawn, "PNG"))
    assert made.large.suffix == "png"
    assert opened(made.large.content).convert("RGBA").getpixel((5, 5))[3] == 0


def test_what_is_nowhere_seen_through_is_a_photograph():
    assert make_anew(coded(noise(400, 300).convert("RGBA"), "PNG")).large.suffix == "jpg"


def test_a_photograph_that_is_seen_through_is_put_on_white_where_it_would_become_too_small():
    faded = noise(1000, 750)
    faded.putalpha(Image.linear_gradient("L").resize(faded.size))
    made = make_anew(coded(faded, "PNG"))
    assert (made.large.suffix, len(made.large.content) <= LARGE_BYTES) == ("jpg", True)


def test_a_drawing_of_few_colours_keeps_its_edges():
    drawn = Image.new("P", (300, 300), 0)
    drawn.putpalette([255, 255, 255, 10, 90, 70])
    drawn.paste(1, (50, 50, 250, 250))
    made = make_anew(coded(drawn, "GIF"))
    assert made.large.suffix == "png"
    assert {colour for _, colour in opened(made.large.content).convert("RGB").getcolors()} == {
        (255, 255, 255),
        (10, 90, 70),
    }


def test_a_picture_stands_upright_and_tells_neither_place_nor_camera():
    exif = Image.Exif()
    exif[0x0112] = 6  # its camera was turned
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    left = Image.new("RGB", (400, 200), "#fff")
    left.paste((200, 0, 0), (0, 0, 200, 200))
    made = make_anew(coded(left, "JPEG", exif=exif, comment=b"at home", icc_profile=b"a profile", quality=95))
    shown = opened(made.large.content)
    assert shown.size == (200, 400)
    assert shown.getpixel((100, 50))[0] > 150 > shown.getpixel((100, 50))[1]  # its left is above now
    assert not dict(shown.getexif())
    assert {"exif", "icc_profile", "comment"}.isdisjoint(shown.info)
    assert all(word not in made.large.content for word in (b"somebody", b"at home"))


def test_nothing_that_is_written_into_a_drawing_is_kept():
    info = PngInfo()
    info.add_text("Author", "somebody")
    drawn = Image.new("RGBA", (200, 200), (10, 20, 30, 40))
    made = make_anew(coded(drawn, "PNG", pnginfo=info, icc_profile=b"a profile"))
    kinds = made.large.content
    assert all(kind not in kinds for kind in (b"tEXt", b"iCCP", b"eXIf", b"somebody"))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_understood(mode):
    size = (160, 140)
    image = Image.frombytes(mode, size, b"\x80" * 160 * 140 * 2) if mode == "I;16" else Image.new(mode, size)
    assert (make_anew(coded(image, "PNG")).large.width) == 160


def test_inks_become_light():
    made = make_anew(coded(Image.new("CMYK", (200, 200), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = opened(made.large.content).getpixel((100, 100))
    assert (red > 200, max(green, blue) < 60) == (True, True)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_what_moves_the_first_picture_is_kept(form):
    frames = [Image.new("RGB", (200, 150), colour) for colour in ("#a00000", "#0000a0")]
    made = make_anew(coded(frames[0], form, save_all=True, append_images=frames[1:]))
    shown = opened(made.large.content)
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((50, 50))[0] > 120


def test_a_polyglot_is_only_a_picture_afterwards():
    assert b"script" not in make_anew(polyglot()).large.content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SVG, "is no picture"),
        (b"<html></html>", "is no picture"),
        (b"", "is no picture"),
        (photo(640, 480, "BMP"), "is no picture"),
        (photo(640, 480, "TIFF"), "is no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n", "is no picture"),
        (photo(2000, 1500)[:9000], "cannot be decoded"),
        (claimed(400, 300), "cannot be decoded"),
        (claimed(20_000, 20_000), "20,000 x 20,000 pixels"),
        (whole(20_000, 20_000), "20,000 x 20,000 pixels"),
        (photo(100, 100), "only 100 x 100"),
        (coded(Image.new("RGBA", (1, 1)), "GIF"), "only 1 x 1"),
        (coded(Image.new("RGB", (20_000, 125)), "PNG"), "only a strip"),
    ],
)
def test_what_is_no_picture_to_show_is_refused_with_the_reason(content, why):
    assert why in refusal(content)


@pytest.mark.parametrize("bomb", [text_bomb, profile_bomb])
def test_what_is_packed_into_a_picture_is_not_unpacked(bomb):
    content = bomb()
    assert len(content) < 2_000_000
    try:
        made = make_anew(content)
    except PictureError:
        return
    assert len(made.large.content) < 5_000


def test_a_broken_note_of_the_camera_costs_nothing():
    broken = photo(300, 200, exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert make_anew(broken).large.width == 300


def test_odd_chunks_cost_nothing():
    assert make_anew(png_with(chunk(b"prIv", b"x" * 9))).large.width == 200
