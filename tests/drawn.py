"""Pictures for tests: sound ones, and those that a hostile source would serve."""

import io
import os
import struct
import zlib
from typing import Any

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><script>alert(1)</script></svg>'


def coded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def photo(width: int = 640, height: int = 480, form: str = "JPEG", seed: int = 0, **options: Any) -> bytes:
    """Something with as many colours as a photograph."""
    image = Image.radial_gradient("L").resize((width, height))
    other = Image.linear_gradient("L").rotate(90).resize((width, height))
    third = Image.new("L", (width, height), seed % 256)
    return coded(Image.merge("RGB", (image, other, third)), form, **options)


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(*extra: bytes, size: tuple[int, int] = (200, 200)) -> bytes:
    """A sound picture with further chunks after its header."""
    whole = coded(Image.new("RGB", size, "#375"), "PNG")
    head = 8 + 25
    return whole[:head] + b"".join(extra) + whole[head:]


def text_bomb(size: int = 60_000_000) -> bytes:
    """A compressed text chunk that would fill the memory."""
    packed = zlib.compress(bytes(size), 9)
    return png_with(*(chunk(b"zTXt", b"k\x00\x00" + packed) for _ in range(20)))


def profile_bomb(size: int = 60_000_000) -> bytes:
    return png_with(chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(size), 9)))


def claimed(width: int, height: int) -> bytes:
    """A picture of a few bytes that says that it is as large as this."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def claimed_gif(width: int, height: int) -> bytes:
    """The same as a GIF: its screen and its first picture say so."""
    small = coded(Image.new("L", (10, 10)), "GIF")
    size, small_size = struct.pack("<HH", width, height), struct.pack("<HH", 10, 10)
    return small[:6] + small[6:].replace(small_size, size, 2)


def whole(width: int, height: int) -> bytes:
    """A sound black picture of any size, of one bit a dot, made without holding it."""
    packing, row = zlib.compressobj(1), bytes(1 + (width + 7) // 8)
    data = b"".join(packing.compress(row) for _ in range(height)) + packing.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def polyglot() -> bytes:
    """A sound JPEG with a page behind its end and a comment that a browser might take for one."""
    return photo(comment=b"<script>alert(1)</script>") + b"<html><script>alert(1)</script></html>"
