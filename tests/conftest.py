"""What every test shares: services that may be missing, sockets kept on this machine, and a small network."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
import pytest_socket
from hypothesis import HealthCheck, settings

from digest import app as digest_app
from digest.store.engine import Store, open_store

ROOT = Path(__file__).parent.parent
MEMORY = Path("/dev/shm")
ROOM = 4_000_000_000  # bytes that must be free there

settings.register_profile("digest", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("digest")


def pytest_configure(config: pytest.Config) -> None:
    """The folders of tests are in memory, where programs may run there: what is flushed has nowhere to go."""
    del config
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        place = os.statvfs(MEMORY)
        if place.f_bavail * place.f_frsize >= ROOM and not place.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _postgresql() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
AXE = Path(os.environ.get("AXE") or CACHE / "digest-tests/node_modules/axe-core/axe.min.js")  # as .ci/services puts it

SERVICES = {
    "axe-core": AXE.is_file,
    "chromium": lambda: Path("/usr/bin/chromium").exists(),
    "dovecot": lambda: Path("/usr/sbin/dovecot").exists() and Path("/usr/lib/dovecot/imap").exists(),
    "pgbouncer": lambda: Path("/usr/sbin/pgbouncer").exists(),
    "postgresql": _postgresql,
    "postfix": lambda: bool(shutil.which("smtp-sink", path=f"/usr/sbin:{os.environ.get('PATH', '')}")),
    "spamassassin": lambda: bool(shutil.which("spamassassin")),
    "tidy": lambda: bool(shutil.which("tidy")),
}

FETCHED = {"axe-core"}  # by npm, which may not reach anything: skipped and counted even where all is required

OF_NO_DURATION = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("max_wal_size=4GB", "checkpoint_timeout=1h", "autovacuum=off"),  # there are hundreds of databases
)
"""How PostgreSQL serves databases that are used once."""

IN_A_LANGUAGE = ("--locale-provider=icu", "--icu-locale=en")
"""As most servers are set up: text is in the order of a dictionary, in which case and punctuation hardly count."""

_MISSING = " is not installed"


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("service"):
        (name,) = mark.args
        if SERVICES[name]():
            continue
        if os.environ.get("DIGEST_REQUIRE_SERVICES") == "1" and name not in FETCHED:
            pytest.fail(f"{name} is not installed, and DIGEST_REQUIRE_SERVICES=1 asks for it")
        pytest.skip(f"{name}{_MISSING}")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line: what was skipped, and why, whatever the cause."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped:
        reasons = Counter(str(report.longrepr[-1]).removeprefix("Skipped: ") for report in skipped)
        told = "; ".join(f"{count} because {reason}" for reason, count in reasons.most_common())
        reporter.write_line(f"{len(skipped)} skipped: {told}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What works on a network that says nothing of its store is shown on both stores."""
    names, place = set(metafunc.fixturenames), metafunc.definition.nodeid.split("/")
    if not {"flow", "rooms"} & set(place) or "store_url" in names or not {"network", "empty_store"} & names:
        return
    if metafunc.definition.get_closest_marker("sqlite") or "shared_url" in names:
        return
    elsewhere = pytest.param("postgresql", marks=pytest.mark.service("postgresql"))
    metafunc.parametrize("_place_of_store", ["sqlite", elsewhere], indirect=True)


@pytest.fixture(autouse=True)
def _place_of_store(request: pytest.FixtureRequest) -> None:
    """Where the store of a network is that says nothing of it, for this process and for commands."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return
    server, like = (request.getfixturevalue(name) for name in ("postgresql_server", "empty_postgresql"))
    patch, url = request.getfixturevalue("monkeypatch"), _database(server, like=like)
    patch.setenv("DIGEST_STORE_URL", url)
    opened = digest_app.open_store

    def elsewhere(given: str, **options: Any) -> Store:
        return opened(url if given.startswith("sqlite") else given, **options)

    patch.setattr(digest_app, "open_store", elsewhere)


@pytest.fixture(autouse=True)
def _only_this_machine(socket_disabled_except_localhost: None) -> None:
    """No test reaches beyond loopback."""


@pytest.fixture
def socket_disabled_except_localhost() -> Iterator[None]:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A cluster of its own in a temporary folder; yields an address without a database."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = Path(tempfile.mkdtemp(prefix="digest-pg-"))
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "postgres"
        shutil.chown(folder, user)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def call(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder)

    data = str(folder / "data")
    options = f"-h 127.0.0.1 -p {port} -k {folder} {' '.join(f'-c {one}' for one in OF_NO_DURATION)}"
    call(str(programs / "initdb"), "-D", data, "-U", "digest", "-A", "trust", "-E", "UTF8", *IN_A_LANGUAGE, "--no-sync")
    call(str(programs / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://digest@127.0.0.1:{port}"
    finally:
        call(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        os.spawnlp(os.P_NOWAIT, "rm", "rm", "-rf", str(folder))  # hundreds of databases: a minute that nobody waits for


def _database(server: str, *, like: str = "template1") -> str:
    """Make a database of its own as a copy of another; its address."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return f"{server}/{name}"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """An empty database of its own."""
    return _database(postgresql_server)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def store_url(request: pytest.FixtureRequest) -> str:
    """SQLite and PostgreSQL in turn; there is nothing yet, but for a test that wants `empty_store`."""
    if request.param == "sqlite":
        return "sqlite:///var/digest.sqlite"
    if "empty_store" not in request.fixturenames:
        return str(request.getfixturevalue("postgresql_url"))
    server = request.getfixturevalue("postgresql_server")
    return _database(server, like=request.getfixturevalue("empty_postgresql"))


@pytest.fixture
def shared_url(postgresql_server: str, empty_postgresql: str) -> str:
    """A database of its own with an empty store, for several workers."""
    return _database(postgresql_server, like=empty_postgresql)


@pytest.fixture(scope="session")
def empty_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with an empty store, of which tests get copies."""
    url, folder = _database(postgresql_server), tmp_path_factory.mktemp("empty-postgresql")
    open_store(url, base=folder, var=folder).close()
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, of which tests get copies: making the tables takes longer than most of them."""
    folder = tmp_path_factory.mktemp("empty-store")
    open_store("sqlite:///digest.sqlite", base=folder, var=folder).close()
    return folder / "digest.sqlite"


@pytest.fixture
def empty_store(tmp_path: Path, empty_sqlite: Path) -> None:
    """Where a store is looked for there is an empty one."""
    (tmp_path / "var").mkdir(mode=0o700)
    shutil.copy(empty_sqlite, tmp_path / "var")


@pytest.fixture
def store(store_url: str, tmp_path: Path, empty_store: None) -> Iterator[Store]:
    opened = open_store(store_url, base=tmp_path, var=tmp_path / "var")
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Europe/London"))
