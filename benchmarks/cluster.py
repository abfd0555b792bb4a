"""A cluster to try: PostgreSQL, two workers, a scheduler, a web and a sink on this machine, with parts of it broken.

`make cluster` sends a million mails; `MAILS=20000 make cluster` shows in a minute or two whether it works. Everything
lives in one new folder and ends by its process id, also on Ctrl-C. While it sends, by how much has arrived:

    10 %  kill -9 of the first worker, and another in its place
    25 %  SIGSTOP of the second for twice `lost_after`, then SIGCONT: others have its chunks by then
    40 %  PostgreSQL ends as in a crash, and is started again
    55 %  kill -9 of the scheduler, and another in its place
    70 %  kill -9 of the web, and another in its place
    85 %  SIGTERM of the first worker, and another in its place

What arrived is counted at the sink. Exits 1 when anybody has it twice, is lost, or more is in doubt than may be: two
mails per connection for each of the first four.
"""

import argparse
import signal
import socket
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from network import fill, mail_of
from postgresql import PostgreSQL, postgresql
from processes import Processes, processes
from rich.console import Console
from rich.table import Table

from digest.app import App, open_app
from digest.config import load_config
from digest.core import campaigns
from digest.model import ITSELF, CampaignStatus
from digest.store import outbox
from digest.store.campaigns import Campaign

LOST_AFTER = 5  # seconds
_PATIENCE = 60  # seconds in which nothing arrives: something is wrong
CONFIG = """\
[network]
name = "Cluster"
[sender]
email = "cluster@example.org"
[smtp]
host = "127.0.0.1"
port = {port}
connections = {connections}
[store]
url = "{url}"
[cluster]
heartbeat = "0.5 seconds"
lost_after = "{lost_after} seconds"
[web]
port = 0
[service]
logs = "json"
[[lists]]
name = "all"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What is done to the cluster once so much of the campaign has arrived."""

    share: float
    what: str
    do: Callable[[], None]
    doubts: bool = True  # whether it may leave mails in doubt


class Trial:
    """One campaign over a cluster in a folder."""

    def __init__(self, folder: Path, database: PostgreSQL, run: Processes, options: argparse.Namespace) -> None:
        self.mails: int = options.mails
        self.connections: int = options.connections
        self.happened: list[str] = []
        self.bound = 0
        self._folder, self._database, self._run = folder, database, run
        self._taken = folder / "taken"
        self._size: int = options.size

    @contextmanager
    def planned(self) -> Iterator[tuple[App, Campaign]]:
        """The sink, a list of so many people, and a campaign to them that is paused."""
        port = self.open_sink()
        config = CONFIG.format(port=port, connections=self.connections, url=self._database.url, lost_after=LOST_AFTER)
        path = self._folder / "config.toml"
        path.write_text(config, encoding="utf-8")
        with open_app(load_config(path, environ={})) as app:
            campaign = fill(app, self.mails, mail_of(self._size), status=CampaignStatus.PAUSED)
            began = time.monotonic()
            with app.store.write() as connection:
                outbox.plan_deliveries(connection, campaign, app.now)
            tell(f"{self.mails:,} planned in {time.monotonic() - began:.1f} s")
            yield app, campaign

    def prepare(self) -> None:
        """What is planned, and all who take part, before anything is sent."""
        with self.planned() as (app, campaign):
            for name in ("worker-1", "worker-2"):
                self._run.digest(name, "worker")
            self._run.digest("scheduler", "run")
            self._run.digest("web", "web")
            campaigns.resume(app, campaign.name, by=ITSELF, now=app.now)

    def open_sink(self, host: str = "127.0.0.1") -> int:
        """Begin the server that counts; its port."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        self._taken.touch()
        sink = Path(__file__).with_name("counting_sink.py")
        self._run.begin("sink", sys.executable, str(sink), str(port), str(self._taken), host)
        return port

    def send(self) -> float:
        """Until the campaign is over, breaking things on the way; the seconds it took."""
        left = list(self.timetable())
        began, count, changed = time.monotonic(), 0, time.monotonic()
        while self._ask("SELECT status FROM campaigns", "sending") == "sending":
            time.sleep(0.2)
            self._run.look()
            arrived = self._taken.stat().st_size // 4
            if arrived != count:
                count, changed = arrived, time.monotonic()
            elif time.monotonic() - changed > _PATIENCE:
                raise SystemExit(f"nothing arrives any more, after {count:,}\n{self._run.said()}")
            while left and count >= left[0].share * self.mails:
                event = left.pop(0)
                tell(f"{count:,} have arrived: {event.what}")
                event.do()
                self.bound += 2 * self.connections if event.doubts else 0
                self.happened.append(event.what)
            for name in self._run.ended():  # as a supervisor does; a worker ends where the queue has forgotten it
                tell(f"{name} has ended by itself, and is begun again")
                self._run.begin(name)
        for event in left:
            tell(f"it was over before: {event.what}")
        return time.monotonic() - began

    def counted(self) -> dict[str, int]:
        """How many arrived, twice or more, and are neither there nor in doubt; and what the outbox says."""
        numbers = array("I")
        numbers.frombytes(self._taken.read_bytes())
        taken = Counter(numbers)
        with psycopg.connect(self._database.url) as connection:
            query = "SELECT address_key, state FROM deliveries"
            rows = {int(key[6:].partition("@")[0]): state for key, state in connection.execute(query)}
        return {
            "delivered": len(taken),
            "twice": sum(times > 1 for times in taken.values()),
            "lost": sum(number not in taken and state != "unknown" for number, state in rows.items()),
            "doubt": sum(state == "unknown" for state in rows.values()),
            "of these not there": sum(number not in taken and state == "unknown" for number, state in rows.items()),
        }

    def timetable(self) -> Sequence[Event]:
        """What is done to it, in order."""
        run, database = self._run, self._database

        def replaced(name: str) -> Callable[[], None]:
            def replace() -> None:
                run.kill(name)
                run.begin(name)

            return replace

        def stand_still() -> None:
            run.tell("worker-2", signal.SIGSTOP)
            try:
                time.sleep(2 * LOST_AFTER)
            finally:
                run.tell("worker-2", signal.SIGCONT)

        def crash() -> None:
            database.stop("immediate")
            database.start()

        def drain() -> None:
            run.end("worker-1")
            run.begin("worker-1")

        return (
            Event(share=0.10, what="kill -9 of the first worker", do=replaced("worker-1")),
            Event(share=0.25, what="SIGSTOP of the second worker, SIGCONT when its chunks are others'", do=stand_still),
            Event(share=0.40, what="PostgreSQL crashes and comes back", do=crash),
            Event(share=0.55, what="kill -9 of the scheduler", do=replaced("scheduler")),
            Event(share=0.70, what="kill -9 of the web", do=replaced("web"), doubts=False),
            Event(share=0.85, what="SIGTERM of the first worker", do=drain, doubts=False),
        )

    def _ask(self, query: str, otherwise: str) -> str:
        """What the database says; `otherwise` while it is away."""
        with suppress(psycopg.OperationalError), psycopg.connect(self._database.url) as connection:
            row = connection.execute(query).fetchone()
            return otherwise if row is None else str(row[0])
        return otherwise


def tell(what: str) -> None:
    """To who waits."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def show(trial: Trial, counted: dict[str, int], seconds: float, memory: dict[str, float]) -> None:
    """The one table."""
    table = Table("", "", "may be", title=f"{trial.mails:,} mails, two workers, {len(trial.happened)} mishaps")
    may_be = {"delivered": "", "twice": "0", "lost": "0", "doubt": f"at most {trial.bound}", "of these not there": ""}
    for what, number in counted.items():
        table.add_row(what, f"{number:,}", may_be[what])
    table.add_row("rate, mishaps and all", f"{counted['delivered'] / seconds:,.0f}/s", "")
    for name, megabytes in sorted(memory.items()):
        table.add_row(f"memory of {name} at most", f"{megabytes:.0f} MB", "")
    Console(width=100).print(table)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1_000_000, help="that are sent (%(default)s)")
    parser.add_argument("--size", type=int, default=3_000, help="bytes of each (%(default)s)")
    parser.add_argument("--connections", type=int, default=20, help="of all workers together (%(default)s)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: everything is taken away
    with tempfile.TemporaryDirectory(prefix="digest-cluster-") as place:
        folder = Path(place)
        with postgresql(folder / "postgresql") as database, processes(folder) as run:
            trial = Trial(folder, database, run, options)
            trial.prepare()
            seconds = trial.send()
            counted = trial.counted()
            show(trial, counted, seconds, run.memory)
    return int(bool(counted["twice"] or counted["lost"] or counted["doubt"] > trial.bound))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
