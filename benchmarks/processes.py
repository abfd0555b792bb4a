"""Processes of one folder, by name: begun, killed, stopped, begun again, and ended by their ids whatever happens."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE = 120  # seconds for what is to end in order


@dataclass
class Processes:
    """What runs in a folder; each writes what it has to say into NAME.log there."""

    folder: Path
    memory: dict[str, float] = field(default_factory=dict)  # MB at most, by name, as `look` saw it
    _commands: dict[str, Sequence[str]] = field(default_factory=dict)
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def begin(self, name: str, *command: str) -> None:
        """Begin it; without a command, as before."""
        self._commands[name] = command = command or tuple(self._commands[name])
        with (self.folder / f"{name}.log").open("ab") as log:
            # In a session of its own: a Ctrl-C is for whoever began it, and it ends by its id.
            self._running[name] = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def digest(self, name: str, *words: str) -> None:
        """Begin one of the product's commands."""
        self.begin(name, sys.executable, "-m", "digest", *words)

    def tell(self, name: str, number: signal.Signals) -> None:
        """Send it a signal."""
        self._running[name].send_signal(number)

    def kill(self, name: str) -> None:
        """As kill -9 does."""
        self._running[name].kill()
        self._running.pop(name).wait()

    def end(self, name: str) -> None:
        """In order: SIGTERM, and its time to finish what is under way."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def look(self) -> None:
        """Remember how much memory each has had."""
        for name, process in self._running.items():
            status = Path(f"/proc/{process.pid}/status")
            found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE) if status.exists() else None
            if found:
                self.memory[name] = max(self.memory.get(name, 0.0), 1024 * int(found[1]) / 1e6)

    def said(self) -> str:
        """The last that each wrote, by name."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}: {line}" for log in logs for line in log.read_text().splitlines()[-3:])

    def ended(self) -> list[str]:
        """Who has ended by itself."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def end_all(self) -> None:
        """The last that was begun first."""
        for name in reversed(list(self._running)):
            self.end(name)


@contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    """Processes that do not outlive the block."""
    made = Processes(folder)
    try:
        yield made
    finally:
        made.end_all()
