"""Reading an answer's body: decompressed as it comes, and never more of it than is allowed."""

import zlib
from collections.abc import AsyncIterable, Iterator
from typing import Protocol

import brotli

from digest.collect.fetch.failures import LastingError
from digest.model import Quoted, Told

ACCEPTED = "gzip, deflate, br"
"""The content codings that are understood (RFC 9110 section 8.4.1)."""

_PIECE = 64 * 1024  # bytes decompressed at a time: what a few bytes may blow up to before they are counted


class _Decompressor(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def finished(self) -> bool: ...


async def read_body(chunks: AsyncIterable[bytes], coding: str, max_bytes: int) -> bytes:
    """The whole body, decompressed.

    Args:
        chunks: as they come from the network.
        coding: the Content-Encoding; "" or "identity" for none.
        max_bytes: limit before and after decompression; reading stops there.

    Raises:
        LastingError: when it is larger, cut off, damaged or compressed in another way.
    """
    decompressor = _decompressor(coding.strip().lower())
    content = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > max_bytes:
            raise too_large(max_bytes)
        for piece in decompressor.pieces(chunk) if decompressor else (chunk,):
            content += piece
            if len(content) > max_bytes:
                raise too_large(max_bytes)
    if decompressor and received and not decompressor.finished:
        raise LastingError(Told("cut_off", coding=coding))
    return bytes(content)


def too_large(max_bytes: int) -> LastingError:
    """What is said of a body that is, or claims to be, larger than allowed."""
    return LastingError(Told("larger", size=size(max_bytes)))


def size(count: int) -> str:
    """A number of bytes as people say it: "10 MB"."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{count} bytes"


def _damaged(error: Exception) -> LastingError:
    return LastingError(Told("damaged", said=Quoted(error)))


def _decompressor(coding: str) -> _Decompressor | None:
    match coding:
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Zlib(16 + zlib.MAX_WBITS)
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "br":
            return _Brotli()
    raise LastingError(Told("compressed", coding=repr(coding[:40]), asked=ACCEPTED))


class _Zlib:
    """Gzip (RFC 1952, one or several members) and deflate (RFC 1950, or RFC 1951 bare as some servers send it)."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflate = zlib.decompressobj(window)
        self._start: bytes | None = b""  # until the two bytes that tell zlib from bare deflate are there

    @property
    def finished(self) -> bool:
        return self._inflate.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._start is not None:
            data = self._start + data
            self._start = data if len(data) < 2 else None
            if self._start is not None:
                return
            if self._window == zlib.MAX_WBITS and not _has_zlib_header(data):
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            yield from self._inflated(data)
        except zlib.error as error:
            raise _damaged(error) from None

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inflate.eof:
                if self._window <= zlib.MAX_WBITS or not data.startswith(b"\x1f\x8b"):
                    return  # padding after the end
                self._inflate = zlib.decompressobj(self._window)
            yield self._inflate.decompress(data, _PIECE)
            data = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail


def _has_zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._decompress = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        return bool(self._decompress.is_finished())

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._decompress.is_finished():  # what stands after the end is padding
                piece = self._decompress.process(data, output_buffer_limit=_PIECE)
                if not piece:
                    return
                yield piece
                data = b""
        except brotli.error as error:
            raise _damaged(error) from None
