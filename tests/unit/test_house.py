"""The rules of the house that no import contract can hold."""

import ast
import re
from pathlib import Path

import digest

ROOT = Path(digest.__path__[0])


def callers(*names):
    """The files in which a function of one of these names is called."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                yield path.relative_to(ROOT).as_posix(), ast.unparse(node.func)


def test_only_the_moves_set_a_campaigns_status():
    writers = {file for file, called in callers("set_status", "create") if called.startswith("campaigns.")}
    assert writers == {"core/campaigns/moves.py"}


def test_no_decision_reads_the_prose_of_a_reason():
    reads = re.compile(r"reason\.(startswith|endswith)|reason (==|!=|in) |told (==|!=) ")
    read = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "core").rglob("*.py"))
        for line in path.read_text().splitlines()
        if reads.search(line)
    }
    assert read == set()


def test_everything_that_changes_something_says_who_does_it():
    """A verb that writes takes `by`, or is handed one by the verb that calls it."""
    for path in sorted((ROOT / "core").rglob("*.py")):
        tree = ast.parse(path.read_text())
        recording = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "activity.record"
        ]
        assert all("by" in {keyword.arg for keyword in node.keywords} for node in recording), path
