"""A PostgreSQL of its own in a folder: started, restarted as after a crash, and taken away by its process."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

_BINARIES = Path("/usr/lib/postgresql")  # where Debian keeps them, by version


def missing_postgresql() -> str:
    """Why none can be started; empty where it can."""
    return "" if any(_BINARIES.glob("*/bin/initdb")) else "install the distribution's postgresql package"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgreSQL:
    """A running server; flushes as it comes, since what is measured is to last."""

    folder: Path
    port: int
    user: str | None  # whose processes they are; it refuses to be root's
    network: str = ""  # besides this machine, who may connect: "198.18.0.0/15"

    @property
    def url(self) -> str:
        """The address of its one database."""
        return f"postgresql://digest@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns once it answers, whatever it has to make good after a crash."""
        hosts = "0.0.0.0" if self.network else "127.0.0.1"
        options = f"-h {hosts} -p {self.port} -k {self.folder} -c max_connections=200 -c max_wal_size=4GB"
        self._call(
            "pg_ctl", "-D", self._data, "-o", options, "-l", str(self.folder / "log"), "-w", "-t", "300", "start"
        )

    def stop(self, mode: str = "fast") -> None:
        """End it: "fast" in order, "immediate" as a crash does."""
        self._call("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def initialise(self) -> None:
        """Make its files."""
        self._call("initdb", "-D", self._data, "-U", "digest", "-A", "trust", "-E", "UTF8", "--no-sync")
        if self.network:
            with (self.folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as rules:
                rules.write(f"host all all {self.network} trust\n")

    @property
    def is_running(self) -> bool:
        """Whether it is up; one that crashed is not."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def standby(self, folder: Path, *, is_synchronous: bool) -> "PostgreSQL":
        """Another that follows this one, in a folder that is made for it; it has caught up.

        Where it is synchronous, this one's commits wait until it has them on disk.
        """
        server = PostgreSQL(folder=_own_folder(folder, self.user), port=_free_port(), user=self.user)
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "digest")
        server._call("pg_basebackup", "-D", server._data, *where, "-X", "stream", "-c", "fast", "-R", "--no-sync")
        server.start()
        with psycopg.connect(self.url, autocommit=True) as connection:
            following = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
            while connection.execute(following).fetchone() == (0,):
                time.sleep(0.1)
            if is_synchronous:
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                connection.execute("SELECT pg_reload_conf()")
        return server

    def promote(self) -> None:
        """From now on it is nobody's standby."""
        self._call("pg_ctl", "-D", self._data, "-w", "-t", "300", "promote")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _call(self, name: str, *arguments: str) -> None:
        program = max(_BINARIES.glob("*/bin")) / name
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL, user=self.user, cwd=self.folder)


@contextmanager
def postgresql(folder: Path, network: str = "") -> Iterator[PostgreSQL]:
    """Run one in a folder that is made for it, until the end.

    Raises:
        SystemExit: when it is not installed.
    """
    if why := missing_postgresql():
        raise SystemExit(why)
    user = "postgres" if os.geteuid() == 0 else None
    server = PostgreSQL(folder=_own_folder(folder, user), port=_free_port(), user=user, network=network)
    server.initialise()
    server.start()
    try:
        yield server
    finally:
        if server.is_running:
            server.stop("immediate")


def _own_folder(folder: Path, user: str | None) -> Path:
    folder.mkdir(mode=0o755)
    if user is not None:
        folder.parent.chmod(0o755)
        shutil.chown(folder, user)
    return folder


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
