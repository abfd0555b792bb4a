"""A private Dovecot: its own configuration, folders, log and ports; nothing of the system's is touched."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from mailbox import Maildir
from pathlib import Path

from certificates import write_certificate

NOBODY = 65_534  # the user of no account, who owns the mail
PASSWORD = "a päss wörd"

_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/certificate.pem
disable_plaintext_auth = yes
auth_mechanisms = plain
mail_location = maildir:{folder}/mail
first_valid_uid = {nobody}
first_valid_gid = {nobody}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    folder: Path
    plain: int  # the port that begins in clear and offers STARTTLS
    tls: int

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def deliver(self, *messages: bytes) -> None:
        """Put messages into the inbox, as a mail server does."""
        inbox = Maildir(self.folder / "mail")
        for message in messages:
            inbox.add(message)
        self._hand_over()

    def names(self, folder: str = "") -> list[str]:
        """The files of the messages in a folder, with their flags."""
        within = self.folder / "mail" / (f".{folder}" if folder else "")
        return sorted(file.name for part in ("new", "cur") for file in (within / part).iterdir())

    def make_folder(self, name: str) -> None:
        Maildir(self.folder / "mail").add_folder(name)
        self._hand_over()

    def _hand_over(self) -> None:
        for path in (self.folder / "mail", *(self.folder / "mail").rglob("*")):
            shutil.chown(path, NOBODY, NOBODY)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run it for one user, ``returns``, whose inbox is empty."""
    folder = Path(tempfile.mkdtemp(prefix="digest-dovecot-"))
    folder.chmod(0o755)
    with ExitStack() as free:
        servers = [free.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        plain, tls = (server.getsockname()[1] for server in servers)
    write_certificate(folder / "certificate.pem")
    (folder / "users").write_text(f"returns:{PASSWORD}\n", encoding="utf-8")
    (folder / "conf").write_text(_CONFIG.format(folder=folder, plain=plain, tls=tls, nobody=NOBODY))
    started = Dovecot(folder, plain, tls)
    started.deliver()
    with subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", folder / "conf"], stderr=subprocess.DEVNULL) as process:
        try:
            _await_log(folder / "log")
            yield started
        finally:
            process.terminate()
            process.wait(timeout=30)
            shutil.rmtree(folder, ignore_errors=True)


def _await_log(log: Path) -> None:
    """Until it says that it has started, for at most a minute."""
    follow = ["timeout", "60", "tail", "-n", "+1", "-F", "-s", "0.1", str(log)]
    with subprocess.Popen(follow, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tail:
        assert any("starting up" in line for line in tail.stdout)
        tail.terminate()
