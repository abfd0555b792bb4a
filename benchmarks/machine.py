"""The conditions that numbers were measured under."""

import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

_SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian keeps Postfix's programs
_FLUSHES = 50


def program(name: str) -> str | None:
    """Where a program is; None where it is not installed."""
    return shutil.which(name, path=_SBIN)


def missing_postfix() -> str:
    """Why nothing can be sent to Postfix's sink; empty when it can."""
    missing = [name for name in ("smtp-sink", "smtp-source") if program(name) is None]
    return f"{' and '.join(missing)} missing; install the distribution's postfix package" if missing else ""


def missing_nodemailer() -> str:
    """Why nodemailer cannot be measured; empty when it can."""
    if program("node") is None:
        return "node is missing"
    if _nodemailer() is None:
        return "nodemailer is missing; npm install it, and name its node_modules in NODE_PATH"
    return ""


def conditions() -> dict[str, str]:
    """What the numbers depend on, by name."""
    return {
        "date": f"{datetime.now().astimezone():%Y-%m-%d %H:%M %z}",
        "processor": f"{os.cpu_count()} cores, {_processor()}; load before {os.getloadavg()[0]:.1f}",
        "disk": f"{1e3 * _flush():.2f} ms an fsync of 4 kB in {tempfile.gettempdir()} (TMPDIR names another)",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "libraries": ", ".join(
            [
                f"SQLite {sqlite3.sqlite_version}",
                *(f"{name} {version(name)}" for name in ("SQLAlchemy", "aiosmtplib", "uvloop")),
            ]
        ),
        "beside": ", ".join(
            [
                f"Postfix {_output('postconf', '-d', '-h', 'mail_version') or 'missing'}",
                f"Node {_output('node', '--version') or 'missing'}",
                f"nodemailer {_nodemailer() or 'missing'}",
            ]
        ),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:  # not Linux
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _flush() -> float:
    """Seconds that an fsync takes where the stores are made, the median of several."""
    seconds = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(_FLUSHES):
            file.write(bytes(4096))
            start = time.perf_counter()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _nodemailer() -> str | None:
    return _output("node", "-p", "require('nodemailer/package.json').version")


def _output(name: str, *arguments: str) -> str | None:
    """What a program says; None where it is not installed or fails."""
    found = program(name)
    if found is None:
        return None
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
