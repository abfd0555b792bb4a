"""A rolling upgrade to try: workers of an earlier commit at a campaign, replaced by those of this one.

`python benchmarks/upgrade.py COMMIT` takes the earlier program out of the history of this repository, has it make the
tables, plan the campaign and begin to send it with two workers; then, by how much has arrived:

    20 %  a scheduler of this version begins, and brings the tables up to date
    50 %  the first worker is replaced by one of this version
    75 %  so is the second, if it has not ended by itself

What arrived is counted at the sink, as `cluster.py` does. The earlier program runs with the libraries of this one.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import psycopg
from cluster import CONFIG, LOST_AFTER, Event, Trial, show, tell
from postgresql import PostgreSQL, postgresql
from processes import Processes, processes

_HERE = Path(__file__).resolve().parent.parent
_FILL = """\
import sys
from pathlib import Path
from network import fill, mail_of
from digest.app import open_app
from digest.config import load_config
from digest.model import CampaignStatus
from digest.store import outbox
with open_app(load_config(Path("config.toml"), environ={})) as app:
    campaign = fill(app, int(sys.argv[1]), mail_of(int(sys.argv[2])), status=CampaignStatus.PAUSED)
    with app.store.write() as connection:
        outbox.plan_deliveries(connection, campaign, app.now)
"""


class Upgrade(Trial):
    """One campaign that an earlier version began and this one ends."""

    def __init__(
        self, folder: Path, database: PostgreSQL, run: Processes, options: argparse.Namespace, earlier: Path
    ) -> None:
        super().__init__(folder, database, run, options)
        self._before = earlier

    def prepare(self) -> None:
        """The sink, and a campaign that two workers of the earlier version have begun."""
        port = self.open_sink()
        config = CONFIG.format(port=port, connections=self.connections, url=self._database.url, lost_after=LOST_AFTER)
        (self._folder / "config.toml").write_text(config, encoding="utf-8")
        fill = (sys.executable, "-c", _FILL, str(self.mails), str(self._size))
        subprocess.run([*self._as_before(), *fill], cwd=self._folder, check=True)
        tell(f"{self.mails:,} planned, tables {self._tables()}")
        for name in ("worker-1", "worker-2"):
            self._run.begin(name, *self._as_before(), sys.executable, "-m", "digest", "worker")
        resume = (sys.executable, "-m", "digest", "resume", "bench")
        subprocess.run([*self._as_before(), *resume], cwd=self._folder, check=True)

    def timetable(self) -> tuple[Event, ...]:
        """What becomes of it."""

        def upgrade() -> None:
            self._run.digest("scheduler", "run")
            began = time.monotonic()
            before = self._tables()
            while self._tables() == before:
                time.sleep(0.05)
            tell(f"tables {self._tables()} after {time.monotonic() - began:.1f} s")

        def replaced(name: str) -> None:
            tell("still up: " + (", ".join(sorted({"worker-1", "worker-2"} - set(self._run.ended()))) or "nobody"))
            self._run.end(name)
            self._run.digest(name, "worker")

        return (
            Event(share=0.20, what="a scheduler of this version brings the tables up to date", do=upgrade),
            Event(share=0.50, what="the first worker is replaced", do=lambda: replaced("worker-1")),
            Event(share=0.75, what="the second worker is replaced", do=lambda: replaced("worker-2")),
        )

    def _as_before(self) -> tuple[str, ...]:
        return "/usr/bin/env", f"PYTHONPATH={self._before}:{self._before / 'benchmarks'}"

    def _tables(self) -> str:
        with psycopg.connect(self._database.url) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else ""


def earlier_version(commit: str, folder: Path) -> Path:
    """The program as it was at a commit of this repository's history."""
    packed = subprocess.run(
        ["git", "-C", str(_HERE), "archive", commit, "digest", "templates", "jobs", "benchmarks"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="of this repository: the earlier version")
    parser.add_argument("--mails", type=int, default=20_000, help="that are sent (%(default)s)")
    parser.add_argument("--size", type=int, default=3_000, help="bytes of each (%(default)s)")
    parser.add_argument("--connections", type=int, default=20, help="of all workers together (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="digest-upgrade-") as place:
        folder = Path(place)
        earlier = earlier_version(options.commit, folder / "earlier")
        with postgresql(folder / "postgresql") as database, processes(folder) as run:
            trial = Upgrade(folder, database, run, options, earlier)
            trial.prepare()
            seconds = trial.send()
            counted = trial.counted()
            show(trial, counted, seconds, run.memory)
            print(run.said(), file=sys.stderr)
    return int(bool(counted["twice"] or counted["lost"] or counted["doubt"] > trial.bound))


if __name__ == "__main__":
    sys.exit(main())
