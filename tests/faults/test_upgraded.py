"""A rolling upgrade: a newer version of the program, with a migration more, comes to a store that this one uses."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults.test_workers import FEWER, PATIENCE, Cluster, made

import digest
from digest.store.tables import SCHEMA_VERSION

pytestmark = pytest.mark.service("postgresql")

LATER = "9999"
MIGRATION = f'''\
"""As a later version may have it."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{LATER}", "{SCHEMA_VERSION}"
def upgrade():
    for name in ("campaigns", "chunks", "deliveries", "workers", "relays"):
        op.add_column(name, sa.Column("later", sa.Integer(), nullable=False, server_default="7"))
    op.create_index("ix_deliveries_later", "deliveries", ["campaign_id", "later"])
'''


@pytest.fixture(scope="module")
def later_version(tmp_path_factory) -> Path:
    """A folder with a program that differs from this one by a migration."""
    root = tmp_path_factory.mktemp("later")
    here = Path(digest.__file__).parent
    shutil.copytree(here, root / "digest", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("templates", "jobs", "examples", "config.toml"):
        (root / name).symlink_to(here.parent / name)
    tables = root / "digest/store/tables/__init__.py"
    before = tables.read_text()
    after = before.replace(f'SCHEMA_VERSION = "{SCHEMA_VERSION}"', f'SCHEMA_VERSION = "{LATER}"')
    assert after != before
    tables.write_text(after)
    (root / f"digest/store/migrations/versions/{LATER}_later.py").write_text(MIGRATION)
    return root


def digest_of(version: Path, cluster: Cluster, *words: str, **options) -> "subprocess.Popen[str]":
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environ = os.environ | {"PYTHONPATH": str(version)}
    command = [sys.executable, "-m", "digest", *words]
    return subprocess.Popen(command, cwd=cluster.network.folder, env=environ, **(pipes | options))


def said(version: Path, cluster: Cluster, *words: str) -> str:
    process = digest_of(version, cluster, *words)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


@contextmanager
def running(version: Path, cluster: Cluster, *words: str) -> Iterator["subprocess.Popen[str]"]:
    process = digest_of(version, cluster, *words)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def cluster(network, sink, shared_url) -> Cluster:
    return made(network, shared_url, port=sink.port)


def test_a_newer_version_takes_over_a_campaign_and_who_does_not_know_its_tables_ends_in_order(
    cluster, sink, later_version
):
    quick = threading.Event()

    def reply(_: str) -> str:
        quick.wait(0.01)  # so that much is left when the newer version comes
        return "250 2.0.0 taken"

    sink.reply = reply
    service_of_before = running(Path(digest.__file__).parent.parent, cluster, "run")
    with cluster.worker() as one, cluster.worker() as other, service_of_before as service:
        cluster.until("the service runs", lambda: cluster.ask("SELECT count(*) FROM job_runs") > [(0,)])
        cluster.begin()
        cluster.until("both send", lambda: cluster.holders() >= {str(one.pid), str(other.pid)} and len(sink.taken) > 20)
        said(later_version, cluster, "status")  # the first to open it makes the new tables
        for process in (one, other, service):
            told = process.communicate(timeout=PATIENCE)[1]
            assert process.returncode == 1, told  # else nobody would start it anew
            assert told.count(f"the tables ({LATER}) are a newer version's by now than this process's") == 1
            assert "upgrade it and start it again" in told
        states = cluster.states()
        assert states["queued"] > 0, "it is over already: nothing is shown"
        assert (states["in_flight"], states["unknown"], states["accepted"]) == (0, 0, len(sink.taken))
        assert (cluster.holders(), cluster.ask("SELECT count(*) FROM workers")) == (set(), [(0,)])
    begun = cluster.network.run("worker")
    assert (begun.code, f"({LATER}) are a newer version's than this one's ({SCHEMA_VERSION})" in begun.err) == (1, True)
    quick.set()
    with running(later_version, cluster, "worker"):
        cluster.until("the newer version ends it", lambda: cluster.status() == "sent")
    assert cluster.states() == {"accepted": FEWER}
    assert (len(sink.recipients), len(set(sink.recipients))) == (FEWER, FEWER)
