"""The wheel, installed where nothing of the checkout can be seen, does the main job from any folder."""

import json
import os
import queue
import signal
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """\
[network]
name = "Growers"
[sender]
email = "digest@example.org"
[web]
port = 0
[[sources]]
name = "posts"
kind = "export"
path = "posts.txt"
[[lists]]
name = "members"
subscribers = ["ada@example.org", "bo@example.org"]
[[digests]]
name = "weekly"
lists = ["members"]
"""


def build(out: Path, *options: str) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), *options, str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    build(out, "--wheel")
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def digest(wheel, tmp_path_factory) -> Path:
    """The installed command; its environment shares the tests' libraries, but not the checkout."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin/python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", str(python)]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    # A folder named by a .pth file is searched for modules, but the .pth files in it (the checkout's) are not read.
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = run(python, "-c", "import digest; print(digest.__file__)").stdout
    assert Path(where.strip()).is_relative_to(folder)
    return folder / "bin/digest"


@pytest.fixture
def config(tmp_path) -> Path:
    (tmp_path / "posts.txt").write_text("A thought about hedges\n\nAdded by Una\n\nThey are alive.\n")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DIGEST_CONFIG")}
    return kept | {"PYTHONWARNINGS": "error"}


def run(*command: object) -> "subprocess.CompletedProcess[str]":
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, check=False, timeout=120, env=environment())
    assert done.returncode == 0, done.stderr
    return done


def test_the_wheel_holds_jobs_templates_examples_and_the_sample_configuration(wheel):
    held = set(ZipFile(wheel).namelist())
    for name in ("jobs", "templates", "examples", "config.toml"):
        source = ROOT / name
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        wanted = {f"digest/_bundled/{path.relative_to(ROOT)}" for path in files if "__pycache__" not in path.parts}
        assert wanted
        assert wanted <= held
    assert not any("__pycache__" in name or name.startswith(("tests/", "var/")) for name in held)
    assert any(name.startswith("digest/store/migrations/versions/0001") for name in held)
    assert {"digest/collect/languages/en.toml", "digest/collect/languages/cy.toml"} <= held


def test_a_source_distribution_builds_the_same_wheel(wheel, tmp_path):
    build(tmp_path)  # the source distribution, and from it a wheel
    (again,) = tmp_path.glob("*.whl")
    assert list(tmp_path.glob("*.tar.gz"))
    assert set(ZipFile(again).namelist()) == set(ZipFile(wheel).namelist())


def test_the_demo_runs_from_the_root_folder(digest, tmp_path):
    told = json.loads(run(digest, "demo", "--out", tmp_path / "demo", "--json").stdout)
    weekly, notice = told["sent"]
    assert weekly["status"] == notice["status"] == "sent"
    assert weekly["accepted"] == weekly["recipients"] > 0
    assert len(told["mailbox"]) == weekly["accepted"] + notice["accepted"]
    assert all(Path(path).is_file() for path in (*told["files"].values(), *told["mailbox"]))


def test_the_main_job_runs_from_the_root_folder_beside_its_configuration(digest, config):
    told = json.loads(run(digest, "--config", config, "send", "weekly", "--yes", "--json").stdout)
    assert (told["status"], told["accepted"]) == ("sent", 2)
    assert len(list((config.parent / "var/mailbox/new").iterdir())) == 2


def test_the_service_finds_its_jobs_and_stops_when_told(digest, config):
    process = subprocess.Popen(
        [digest, "--config", config, "run"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stderr:
            lines.put(line)
        lines.put("")

    reader = threading.Thread(target=read)
    reader.start()
    seen = []
    try:
        while '"collected"' not in "".join(seen):  # told by jobs/collect.py
            seen.append(lines.get(timeout=60))
            assert seen[-1], seen
        assert any("digest runs; pages at http://127.0.0.1:" in line for line in seen)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        reader.join()
        process.stderr.close()
