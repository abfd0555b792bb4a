"""Pictures made anew from strangers' bytes: smaller, upright, without anything that was written into them; pure.

Only pixels pass from what was given to what is kept. Runs in the process that reads, whose memory and time are bounded.
"""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from digest.collect.pictures import (
    LARGE,
    LARGE_BYTES,
    SMALL,
    SMALL_BYTES,
    SMALLEST,
    Made,
    MadeFile,
    PictureError,
)
from digest.model import Quoted, Told

_READ = ("JPEG", "PNG", "GIF", "WEBP")
_MOST_PIXELS = {"JPEG": 60_000_000, "MPO": 60_000_000}  # which are made smaller while they are decoded
_MOST_PIXELS_ELSE = 25_000_000  # 100 MB of memory, and as much again to work in
_QUALITIES = (85, 75, 65, 55)
_SHRINK = 0.8  # of its width, where no quality is small enough
_FEWEST = 0.5  # of its width, below which transparency is given up
_PNG_SOURCES = ("PNG", "GIF")


def make_anew(content: bytes) -> Made:
    """Decode a picture and make it anew; of an animation its first frame.

    Raises:
        PictureError: when it is none, is broken, or is too small or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in it nothing is kept
            return _made(content)
    except (PictureError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  (decoders raise whatever the bytes drive them to)
        raise PictureError(Told("picture_damaged", said=Quoted(type(error).__name__))) from None


def _made(content: bytes) -> Made:
    Image.MAX_IMAGE_PIXELS = None  # looked at below, before anything is decoded
    try:
        image = Image.open(io.BytesIO(content), formats=_READ)
    except UnidentifiedImageError:
        raise PictureError(Told("picture_none")) from None
    form = image.format or ""
    width, height = image.size
    if min(width, height) < SMALLEST:
        raise PictureError(Told("picture_small", width=str(width), height=str(height), least=str(SMALLEST)))
    most = _MOST_PIXELS.get(form, _MOST_PIXELS_ELSE)
    if width * height > most:
        raise PictureError(Told("picture_large", width=f"{width:,}", height=f"{height:,}", most=str(most // 1_000_000)))
    image.draft("RGB", (max(LARGE), max(LARGE)))
    image.load()
    upright = _upright(image)
    if min(upright.size) < SMALLEST:
        raise PictureError(Told("picture_strip"))
    may_be_drawn = form in _PNG_SOURCES
    large = _file(upright, LARGE, LARGE_BYTES, may_be_drawn=may_be_drawn)
    if large.width <= SMALL[0] and large.height <= SMALL[1] and len(large.content) <= SMALL_BYTES:
        return Made(large=large, small=large)
    return Made(large=large, small=_file(upright, SMALL, SMALL_BYTES, may_be_drawn=may_be_drawn))


def _upright(image: Image.Image) -> Image.Image:
    """Its pixels in RGB or RGBA, no larger than is needed, turned as its camera was held; and nothing else of it."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001  (what is written beside the pixels may be anything)
        orientation = 1
    turned = _TURNS.get(orientation) if isinstance(orientation, int) else None
    plain = _plain(image)
    lies = turned is not None and orientation >= _FIRST_THAT_LIES
    plain.thumbnail(LARGE[::-1] if lies else LARGE, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turned is not None:
        plain = plain.transpose(turned)
    plain.info = {}
    return plain


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the orientation that a camera noted (Exif 2.3, tag 0x0112)."""


_FIRST_THAT_LIES = 5  # of them: what was across is down


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        seen_through = image.convert("RGBA")
        lowest, _ = seen_through.getchannel("A").getextrema()
        return seen_through if lowest != 255 else seen_through.convert("RGB")
    return image.convert("RGB") if image.mode != "RGB" else image


def _file(image: Image.Image, box: tuple[int, int], most: int, *, may_be_drawn: bool) -> MadeFile:
    """The picture within a box and so many bytes."""
    fitted = _fitted(image, box)
    if fitted.mode == "RGBA":
        if (drawn := _with_transparency(fitted, most)) is not None:
            return drawn
        fitted = _on_white(fitted)
    photo = _photo(fitted, most)
    if may_be_drawn:
        drawn = _png(fitted)
        if len(drawn.content) <= min(most, len(photo.content)):
            return drawn  # few colours and sharp edges, which JPEG blurs
    return photo


def _fitted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    if image.width <= box[0] and image.height <= box[1]:
        return image
    fitted = image.copy()
    fitted.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return fitted


def _photo(image: Image.Image, most: int) -> MadeFile:
    while True:
        for quality in _QUALITIES:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
            if buffer.tell() <= most:
                return MadeFile(content=buffer.getvalue(), suffix="jpg", width=image.width, height=image.height)
        image = _smaller(image)


def _with_transparency(image: Image.Image, most: int) -> MadeFile | None:
    """None where it would have to become too small."""
    fewest = image.width * _FEWEST
    while image.width >= fewest:
        for one in (image, image.quantize(256, Image.Quantize.FASTOCTREE)):
            made = _png(one)
            if len(made.content) <= most:
                return made
        image = _smaller(image)
    return None


def _png(image: Image.Image) -> MadeFile:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return MadeFile(content=buffer.getvalue(), suffix="png", width=image.width, height=image.height)


def _smaller(image: Image.Image) -> Image.Image:
    size = (max(1, round(image.width * _SHRINK)), max(1, round(image.height * _SHRINK)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "#ffffff")
    white.paste(image, mask=image.getchannel("A"))
    return white
