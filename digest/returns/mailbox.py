"""Where messages that came back lie: a Maildir, an mbox, files, a pipe, a folder reached by IMAP.

Everywhere the order is the same: read some, hand them over, and only when they are kept mark them as read. What breaks
off in between is read once more, and known again by its key. This is the only module of its room that reads anything.
"""

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeVar

from digest.config import Returns
from digest.config.redaction import login_secrets, redacted
from digest.errors import ReturnsError, UsageError
from digest.returns.mime import LARGEST, one_line

T = TypeVar("T")
Take = Callable[[Sequence[bytes]], None]
"""Keeps messages, all of them or, by raising, none."""

_BATCH = 50  # messages that are handed over together
_BATCH_BYTES = 8_000_000
_LINE = 100_000  # bytes that are read at once
_SEEN = "S"  # of Maildir's flags
_BEYOND_ASCII = re.compile(r"&|[^\x20-\x7e&]+")
_BEGINS = re.compile(rb"From \S{1,400} .{0,100}\d\d:\d\d")


def read_path(path: Path, take: Take) -> int:
    """Hand over what a Maildir, an mbox, a file or a folder of files holds; returns how many messages.

    Messages of a Maildir that were handed over are marked as seen there, and not read again. Files stay as they are.

    Raises:
        UsageError: when there is nothing of that name, or it may not be read.
    """
    return _hand_over(_at(path), take)


def read_stream(stream: BinaryIO, take: Take) -> int:
    """Hand over what comes through a pipe: one message, or an mbox; returns how many."""
    return _hand_over(_batches(_messages(stream)), take)


def read_imap(returns: Returns, take: Take) -> int:
    """Hand over what is unseen in the folder of ``[returns]``; returns how many messages.

    They are marked as seen, or moved where `moved_to` says, once they are kept. It blocks: run it in a thread.

    Raises:
        ReturnsError: when the server cannot be reached, refuses the login, or has no such folder.
    """
    return _hand_over(_unseen_by_imap(returns), take)


def count_unseen(returns: Returns) -> int:
    """How many messages wait in the folder of ``[returns]``; raises as `read_imap`, and blocks as that does."""
    with _connected(returns) as imap:
        return len(_waiting(imap))


def _hand_over(batches: Generator[list[bytes], None, None], take: Take) -> int:
    """What follows a batch's `yield`, marking it, is reached only once it is kept."""
    count = 0
    with closing(batches):
        for batch in batches:
            take(batch)
            count += len(batch)
    return count


def _at(path: Path) -> Generator[list[bytes], None, None]:
    try:
        if (path / "new").is_dir() and (path / "cur").is_dir():
            yield from _of_maildir(path)
        elif path.is_dir():
            files = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
            yield from _batches(chain.from_iterable(_of_file(one) for one in files))
        else:
            yield from _batches(_of_file(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None


def _unseen_by_imap(returns: Returns) -> Generator[list[bytes], None, None]:
    with _connected(returns) as imap:
        waiting = _waiting(imap)
        for start in range(0, len(waiting), _BATCH):
            fetched = [(uid, message) for uid in waiting[start : start + _BATCH] if (message := _fetch(imap, uid))]
            if fetched:
                yield [message for _, message in fetched]
                _mark(imap, b",".join(uid for uid, _ in fetched).decode("ascii"), returns.moved_to)


def _waiting(imap: imaplib.IMAP4) -> list[bytes]:
    return _answered(imap.uid("SEARCH", "UNSEEN"), "the search for new messages").split()


def _batches(messages: Iterable[bytes]) -> Generator[list[bytes], None, None]:
    yield from _sized(messages, len)


def _sized(things: Iterable[T], size_of: Callable[[T], int]) -> Generator[list[T], None, None]:
    """Things in lists of at most `_BATCH`, and of few bytes more than `_BATCH_BYTES`."""
    batch: list[T] = []
    size = 0
    for thing in things:
        batch.append(thing)
        size += size_of(thing)
        if len(batch) == _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _of_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from _messages(stream)


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """The messages of an mbox (RFC 4155), or the one that a file is; of each the first million bytes."""
    first = stream.readline(_LINE)
    many = first.startswith(b"From ")
    kept = [] if many else [first]
    size, after_empty, at_start = len(first), False, first.endswith(b"\n")
    while line := stream.readline(_LINE):
        if many and after_empty and at_start and _BEGINS.match(line):
            if kept:
                yield b"".join(kept)
            kept, size = [], 0
        elif size < LARGEST:
            kept.append(line[1:] if many and at_start and line.startswith(b">From ") else line)
            size += len(line)
        after_empty, at_start = at_start and line in (b"\n", b"\r\n"), line.endswith(b"\n")
    if b"".join(kept).strip():
        yield b"".join(kept)


def _of_maildir(path: Path) -> Generator[list[bytes], None, None]:
    for batch in _sized(_with_content(_unseen(path)), lambda one: len(one[1])):
        yield [message for _, message in batch]
        for file, _ in batch:
            with suppress(FileNotFoundError):  # somebody else moved it: it is kept all the same
                file.rename(path / "cur" / _as_seen(file.name))


def _unseen(path: Path) -> list[Path]:
    new = [one for one in (path / "new").iterdir() if not one.name.startswith(".")]
    old = [one for one in (path / "cur").iterdir() if _SEEN not in one.name.partition(":2,")[2]]
    return sorted((one for one in (*new, *old) if one.is_file()), key=lambda one: one.name)


def _with_content(files: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    for file in files:
        with suppress(FileNotFoundError), file.open("rb") as stream:
            yield file, stream.read(LARGEST)


def _as_seen(name: str) -> str:
    unique, _, flags = name.partition(":2,")
    return f"{unique}:2,{''.join(sorted({*flags, _SEEN}))}"


@contextmanager
def _connected(returns: Returns) -> Iterator[imaplib.IMAP4]:
    """The folder, opened; whatever goes wrong with the server becomes one clear error."""
    where = f"[returns] {returns.host}:{returns.port}"
    try:
        imap = _opened(returns)
        try:
            _sign_in(imap, returns, where)
            if imap.select(_quoted(returns.folder))[0] != "OK":
                raise ReturnsError(f'{where}: has no folder "{returns.folder}"; see folder')
            if returns.moved_to and b"MOVE" not in _answered(imap.capability(), "what it can do").split():
                raise ReturnsError(f"{where}: cannot move messages; leave out moved_to, and they are marked as seen")
            yield imap
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                imap.logout()
            with suppress(OSError):  # logging out closes the connection only where the server still speaks
                imap.shutdown()
    except ssl.SSLCertVerificationError as error:
        raise ReturnsError(f"{where}: its certificate is not trusted: {error.verify_message}; see ca_file") from None
    except (imaplib.IMAP4.error, OSError) as error:
        password = returns.password.reveal() if returns.password else ""
        told = redacted(one_line(str(error)), login_secrets(password, returns.username or ""))
        raise ReturnsError(f"{where}: {told[:300] or type(error).__name__}") from None


def _opened(returns: Returns) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if returns.ca_file is not None:
        context.load_verify_locations(cafile=returns.ca_file)
    host, timeout = returns.host or "", returns.timeout.total_seconds()
    if returns.tls == "implicit":
        return imaplib.IMAP4_SSL(host, returns.port, ssl_context=context, timeout=timeout)
    imap = imaplib.IMAP4(host, returns.port, timeout=timeout)
    try:
        imap.starttls(context)
    except BaseException:
        imap.shutdown()
        raise
    return imap


def _sign_in(imap: imaplib.IMAP4, returns: Returns, where: str) -> None:
    login = f"\0{returns.username}\0{returns.password.reveal() if returns.password else ''}".encode()
    try:
        imap.authenticate("PLAIN", lambda _challenge: login)  # LOGIN takes no password beyond ASCII
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise ReturnsError(f"{where}: the login is refused; see username and password") from None


def _fetch(imap: imaplib.IMAP4, uid: bytes) -> bytes:
    """A message without marking it; empty where it is gone by now."""
    _, answer = imap.uid("FETCH", uid.decode("ascii"), f"(BODY.PEEK[]<0.{LARGEST}>)")
    return next((bytes(piece[1]) for piece in answer if isinstance(piece, tuple)), b"")


def _mark(imap: imaplib.IMAP4, uids: str, moved_to: str | None) -> None:
    if moved_to is None:
        _answered(imap.uid("STORE", uids, "+FLAGS.SILENT", r"(\Seen)"), "marking messages as seen")
    else:
        _answered(imap.uid("MOVE", uids, _quoted(moved_to)), f'moving messages to "{moved_to}"')


def _answered(answer: tuple[str, list[bytes | None]], what: str) -> bytes:
    if answer[0] != "OK":
        told = (answer[1][0] or b"").decode("utf-8", "replace") if answer[1] else ""
        raise imaplib.IMAP4.error(f"{what} is refused: {told}")
    return b" ".join(one for one in answer[1] if one)


def _quoted(folder: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501 section 5.1.3)."""
    return '"' + _BEYOND_ASCII.sub(_base64, folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(found: re.Match[str]) -> str:
    coded = b64encode(found[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",").decode("ascii")
    return "&-" if found[0] == "&" else f"&{coded}-"
