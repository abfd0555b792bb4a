"""Postfix's `smtp-sink` in a process of its own: fast, and it keeps every message that it took.

What broke off before the final dot leaves nothing; what had it is in the file before the answer is given, also
where nobody is there any more to hear it.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_RECIPIENT = re.compile(rb"\nX-Rcpt-Args: <([^>\n]+)>")  # smtp-sink(1), "Dump file format"


@dataclass
class PostfixSink:
    """A running sink, and the recipients of what it wrote, as far as that was read."""

    port: int
    file: Path
    _taken: "Counter[str]" = field(default_factory=Counter)
    _streams: list[BinaryIO] = field(default_factory=list)

    def taken(self) -> "Counter[str]":
        """How often it has taken a message to whom, up to now; it is the envelope that counts."""
        # It opens the file by name for each message, one at a time: where there is another, the one before is whole.
        with suppress(FileNotFoundError):
            self._streams.append(self.file.open("rb"))
            self.file.unlink()  # what has been read never has to go to the disk
        for stream in self._streams:
            read = stream.read()
            lines = read[: max(read.rfind(b"\n"), 0)]
            stream.seek(len(lines) - len(read), os.SEEK_CUR)
            self._taken.update(address.decode() for address in _RECIPIENT.findall(lines))
        while len(self._streams) > 1:
            self._streams.pop(0).close()
        return self._taken

    def close(self) -> None:
        """Count the last and read no more."""
        self.taken()
        for stream in self._streams:
            stream.close()
        self._streams.clear()


@contextmanager
def postfix_sink() -> Iterator[PostfixSink]:
    """Run one; what it has taken can be asked afterwards too."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = shutil.which("smtp-sink", path=f"/usr/sbin:{os.environ.get('PATH', '')}")
    with tempfile.TemporaryDirectory(prefix="digest-sink-") as folder:
        sink = PostfixSink(port, Path(folder, "taken"))
        user = []
        if os.geteuid() == 0:  # it refuses to run as root
            user = ["-u", "postfix"]
            shutil.chown(folder, "postfix")
        process = subprocess.Popen([program, *user, "-D", sink.file, f"127.0.0.1:{port}", "1000"])
        try:
            while not listens(port):
                assert process.poll() is None
            yield sink
        finally:
            process.terminate()
            process.wait()
            sink.close()


def listens(port: int) -> bool:
    """Whether anybody answers there."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True
