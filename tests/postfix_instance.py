"""A private Postfix: its own configuration, queue, log and port; nothing of the system's is touched."""

import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relay.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
default_transport = discard:
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/recipients
smtpd_error_sleep_time = 0
{settings}
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
discard unix - - n - - discard
smtp unix - - n - - smtp
virtual unix - n n - - virtual
local unix - n n - - local
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Log:
    """What Postfix says of itself."""

    message_ids: tuple[str, ...]  # of the messages it took
    recipients: tuple[str, ...]  # to whom it delivered them


@dataclass(frozen=True)
class Postfix:
    folder: Path
    port: int

    def log(self, messages: int) -> Log:
        """Follow it until so many messages are delivered and out of the queue, for at most a minute."""
        follow = ["timeout", "60", "tail", "-n", "+1", "-F", "-s", "0.1", str(self.folder / "log")]
        taken, delivered, removed = [], [], 0
        with subprocess.Popen(follow, stdout=subprocess.PIPE, text=True) as tail:
            while removed < messages and (line := tail.stdout.readline()):
                taken += re.findall(r"cleanup\[\d+\]: \w+: message-id=<(.+)>", line)
                delivered += re.findall(r"to=<(.+?)>, relay=.*status=sent", line)
                removed += line.endswith(": removed\n")
            tail.terminate()
        return Log(message_ids=tuple(taken), recipients=tuple(delivered))

    def call(self, *words: str) -> None:
        subprocess.run(["postfix", "-c", self.folder / "etc", *words], check=True, capture_output=True)


@contextmanager
def postfix(recipients: dict[str, str], **settings: object) -> Iterator[Postfix]:
    """Run it; `recipients` says what is answered to whom instead of taking the mail (access(5))."""
    folder = Path(tempfile.mkdtemp(prefix="digest-postfix-"))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
    (folder / "etc/main.cf").write_text(_MAIN.format(folder=folder, settings=lines))
    (folder / "etc/master.cf").write_text(_MASTER.format(port=port))
    (folder / "recipients").write_text("".join(f"{address} {answer}\n" for address, answer in recipients.items()))
    started = Postfix(folder, port)
    try:
        started.call("start")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as greeted:
            assert greeted.recv(4) == b"220 "
        yield started
    finally:
        with suppress(subprocess.CalledProcessError):
            started.call("stop")
        shutil.rmtree(folder, ignore_errors=True)
