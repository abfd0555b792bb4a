"""Workers on machines of their own, as far as the network goes: each in a namespace whose cables are pulled out.

`python benchmarks/namespaces.py`, as root where network namespaces may be made. Each of two workers has one cable to
the database and one to the mail server. By how much has arrived:

    20 %  the first worker loses the database for twice `lost_after`, and keeps the mail server
    50 %  the second worker loses the mail server for as long, and keeps the database
    75 %  the first worker loses both

Counted at the sink, as `cluster.py` does.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cluster import CONFIG, LOST_AFTER, Event, Trial, show, tell
from network import fill, mail_of
from postgresql import postgresql
from processes import processes

from digest.app import open_app
from digest.config import load_config
from digest.core import campaigns
from digest.model import ITSELF, CampaignStatus
from digest.store import outbox

WORKERS = ("worker-1", "worker-2")
PLACES = ("database", "relay")


def ip(*words: str) -> None:
    """One command of iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def address(worker: str, place: str, end: int) -> str:
    """Of a cable's end: 1 is here, 2 the worker's; from a network that is for trials (RFC 2544)."""
    return f"198.18.{10 * WORKERS.index(worker) + PLACES.index(place)}.{end}"


def cable(worker: str, place: str, end: int) -> str:
    """The name of an end."""
    return f"dg{WORKERS.index(worker)}{place[0]}{end}"


@contextmanager
def namespaces() -> Iterator[None]:
    """A namespace for each worker, with its cables, until the end."""
    try:
        for worker in WORKERS:
            ip("netns", "add", f"digest-{worker}")
            ip("-n", f"digest-{worker}", "link", "set", "lo", "up")
            for place in PLACES:
                here, there = cable(worker, place, 1), cable(worker, place, 2)
                ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", f"digest-{worker}")
                ip("addr", "add", f"{address(worker, place, 1)}/30", "dev", here)
                ip("link", "set", here, "up")
                ip("-n", f"digest-{worker}", "addr", "add", f"{address(worker, place, 2)}/30", "dev", there)
                ip("-n", f"digest-{worker}", "link", "set", there, "up")
        yield
    finally:
        for worker in WORKERS:
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", f"digest-{worker}")


class Apart(Trial):
    """One campaign by two workers, each in a network of its own."""

    def prepare(self) -> None:
        """The sink, a paused campaign, and a worker in each namespace, by a configuration of its own."""
        port = self.open_sink("0.0.0.0")
        for worker in ("here", *WORKERS):
            database, relay = (address(worker, place, 1) if worker in WORKERS else "127.0.0.1" for place in PLACES)
            url = self._database.url.replace("127.0.0.1", database)
            config = CONFIG.format(port=port, connections=self.connections, url=url, lost_after=LOST_AFTER)
            config = config.replace('host = "127.0.0.1"', f'host = "{relay}"')
            # All workers are to agree on what the server is called, by whatever cable they reach it.
            config = config.replace("[smtp]\n", '[[relays]]\nname = "sink"\ntls = "none"\n')
            (self._folder / worker).mkdir()
            (self._folder / worker / "config.toml").write_text(config, encoding="utf-8")
        with open_app(load_config(self._folder / "here" / "config.toml", environ={})) as app:
            campaign = fill(app, self.mails, mail_of(self._size), status=CampaignStatus.PAUSED)
            with app.store.write() as connection:
                outbox.plan_deliveries(connection, campaign, app.now)
            for worker in WORKERS:
                config = str(self._folder / worker / "config.toml")
                inside = ("ip", "netns", "exec", f"digest-{worker}")
                self._run.begin(worker, *inside, sys.executable, "-m", "digest", "--config", config, "worker")
            campaigns.resume(app, campaign.name, by=ITSELF, now=app.now)

    def timetable(self) -> Sequence[Event]:
        """Which cables are pulled out."""

        def pulled(worker: str, *places: str) -> Callable[[], None]:
            def pull() -> None:
                for place in places:
                    ip("link", "set", cable(worker, place, 1), "down")
                try:
                    time.sleep(2 * LOST_AFTER)
                finally:
                    for place in places:
                        ip("link", "set", cable(worker, place, 1), "up")

            return pull

        return (
            Event(share=0.20, what="the first worker loses the database", do=pulled("worker-1", "database")),
            Event(share=0.50, what="the second worker loses the mail server", do=pulled("worker-2", "relay")),
            Event(share=0.75, what="the first worker loses both", do=pulled("worker-1", *PLACES)),
        )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=20_000, help="that are sent (%(default)s)")
    parser.add_argument("--size", type=int, default=3_000, help="bytes of each (%(default)s)")
    parser.add_argument("--connections", type=int, default=20, help="of all workers together (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="digest-namespaces-") as place, namespaces():
        folder = Path(place)
        with postgresql(folder / "postgresql", network="198.18.0.0/15") as database, processes(folder) as run:
            trial = Apart(folder, database, run, options)
            trial.prepare()
            seconds = trial.send()
            counted = trial.counted()
            show(trial, counted, seconds, run.memory)
            tell(run.said())
    return int(bool(counted["twice"] or counted["lost"] or counted["doubt"] > trial.bound))


if __name__ == "__main__":
    sys.exit(main())
