"""The database fails in the middle of a campaign: it crashes, or a standby takes its place; counted at the sink.

`python benchmarks/failover.py [crash] [synchronous] [asynchronous]`. Two workers send; at 30 % of the mails

    crash          PostgreSQL ends as in a crash (immediate shutdown), and is started again, twice
    synchronous    it is killed for good, and a streaming standby that confirmed every commit is promoted
    asynchronous   likewise, with a standby that nobody waits for, and half a second behind on purpose

The standby comes up at the address of the one before, as a virtual address or a proxy would have it. With `crash` and
`synchronous` nobody may be lost or have it twice. What an asynchronous standby had not got is forgotten: the promoted
one takes for unsent what was sent meanwhile, so that people may get it twice. That is counted, and no failure.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from cluster import Event, Trial, show, tell
from postgresql import PostgreSQL, postgresql
from processes import Processes, processes

from digest.core import campaigns
from digest.model import ITSELF

KINDS = ("crash", "synchronous", "asynchronous")
_SHARE = 0.30
_BEHIND = 0.5  # seconds that an asynchronous standby is behind


class Failure(Trial):
    """One campaign during which the database fails."""

    def __init__(
        self, folder: Path, database: PostgreSQL, run: Processes, options: argparse.Namespace, kind: str
    ) -> None:
        super().__init__(folder, database, run, options)
        self._kind = kind
        self._standby: PostgreSQL | None = None

    def prepare(self) -> None:
        """The sink, a paused campaign, two workers, and where it is asked for a standby that has caught up."""
        with self.planned() as (app, campaign):
            if self._kind != "crash":
                self._standby = self._database.standby(self._folder / "standby", is_synchronous=self._kind == KINDS[1])
            for name in ("worker-1", "worker-2"):
                self._run.digest(name, "worker")
            campaigns.resume(app, campaign.name, by=ITSELF, now=app.now)

    def timetable(self) -> tuple[Event, ...]:
        """What becomes of the database."""
        if self._kind == "crash":
            what, twice = "PostgreSQL crashes and comes back", (_SHARE, 2 * _SHARE)
            return tuple(Event(share=share, what=what, do=self._crash) for share in twice)
        return (Event(share=_SHARE, what=f"PostgreSQL is lost, its {self._kind} standby promoted", do=self._fail_over),)

    def _crash(self) -> None:
        self._database.stop("immediate")
        self._database.start()

    def _fail_over(self) -> None:
        assert self._standby is not None
        if self._kind == "asynchronous":
            self._standby.stop()
            time.sleep(_BEHIND)
        self._database.stop("immediate")
        if self._standby.is_running:
            self._standby.stop()  # it comes up at the other's address
        self._standby = replace(self._standby, port=self._database.port)
        self._standby.start()
        self._standby.promote()

    def take_away(self) -> None:
        """End the standby; the first server ends by itself."""
        if self._standby is not None and self._standby.is_running:
            self._standby.stop("immediate")


def tried(kind: str, options: argparse.Namespace) -> bool:
    """Whether it went as it may."""
    tell(kind)
    with tempfile.TemporaryDirectory(prefix="digest-failover-") as place:
        folder = Path(place)
        with postgresql(folder / "postgresql") as database, processes(folder) as run:
            trial = Failure(folder, database, run, options, kind)
            try:
                trial.prepare()
                seconds = trial.send()
                counted = trial.counted()
            finally:
                trial.take_away()
            show(trial, counted, seconds, run.memory)
    if kind == "asynchronous":
        return counted["lost"] == 0
    return not counted["twice"] and not counted["lost"] and counted["doubt"] <= trial.bound


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="which; all unless given")
    parser.add_argument("--mails", type=int, default=20_000, help="that are sent (%(default)s)")
    parser.add_argument("--size", type=int, default=3_000, help="bytes of each (%(default)s)")
    parser.add_argument("--connections", type=int, default=20, help="of all workers together (%(default)s)")
    options = parser.parse_args()
    went = [tried(kind, options) for kind in options.kinds or KINDS]
    return int(not all(went))


if __name__ == "__main__":
    sys.exit(main())
