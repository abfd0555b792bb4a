"""Opening, upgrading and locking the store."""

import sqlite3
import subprocess
import sys
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from digest.errors import DigestError
from digest.store.engine import open_store
from digest.store.migrations import head
from digest.store.tables import SCHEMA_VERSION, metadata


def test_the_migrations_make_the_schema_that_the_code_speaks_of(store):
    with store.read() as connection:
        # The index of people's words and the queue are none of SQLAlchemy's tables, and each on one database alone.
        others = ("people_words", "ix_subscribers_said", "procrastinate", "idx_procrastinate")
        spoken_of = {"include_object": lambda _, name, *__: not (name or "").startswith(others)}
        context = MigrationContext.configure(connection, opts=spoken_of)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA_VERSION == head()


def test_a_store_opened_again_keeps_its_secret(store_url, tmp_path):
    first = open_store(store_url, base=tmp_path, var=tmp_path / "var")
    secret = first.secret()
    first.close()
    second = open_store(store_url, base=tmp_path, var=tmp_path / "var")
    assert second.secret() == secret
    second.close()


def test_two_processes_may_create_the_store_at_once(store_url, tmp_path):
    errors = []

    def create():
        try:
            open_store(store_url, base=tmp_path, var=tmp_path / "var").close()
        except Exception as error:  # noqa: BLE001  (collected for the assertion)
            errors.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_the_lock_is_one_holders_and_free_afterwards(store):
    with store.exclusive("campaign-1") as mine, store.exclusive("campaign-1") as theirs:
        assert (mine, theirs) == (True, False)
        with store.exclusive("campaign-2") as other:
            assert other is True
    with store.exclusive("campaign-1") as again:
        assert again is True


def test_the_death_of_a_process_frees_its_lock(tmp_path):
    program = (
        "import sys, pathlib, digest.store.engine as e; base = pathlib.Path(sys.argv[1])\n"
        "store = e.open_store('sqlite:///var/x.sqlite', base=base, var=base / 'var')\n"
        "with store.exclusive('c') as free:\n    print(free, flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"True\n"
    store = open_store("sqlite:///var/x.sqlite", base=tmp_path, var=tmp_path / "var")
    with store.exclusive("c") as free:
        assert free is False
    child.kill()
    child.communicate()
    with store.exclusive("c") as free:
        assert free is True
    store.close()


def test_sqlite_keeps_what_it_commits(tmp_path):
    store = open_store("sqlite:///var/digest.sqlite", base=tmp_path, var=tmp_path / "var")
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_a_writer_waits_for_another_instead_of_failing(tmp_path):
    store = open_store("sqlite:///var/digest.sqlite", base=tmp_path, var=tmp_path / "var")
    other = sqlite3.connect(tmp_path / "var/digest.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["COMMIT"])
    release.start()
    secret = store.secret()
    release.join()
    other.close()
    assert secret == store.secret()
    store.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://digest:hunter2@127.0.0.1:1/none", "postgresql://digest:***@127.0.0.1:1/none"),
        ("sqlite:////proc/none/digest.sqlite", "sqlite:////proc/none/digest.sqlite"),
    ],
)
def test_a_store_that_cannot_be_opened_is_one_clear_error(tmp_path, url, told):
    with pytest.raises(DigestError) as caught:
        open_store(url, base=tmp_path, var=tmp_path / "var")
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
