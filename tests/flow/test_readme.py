"""What README gives to be copied does what README says."""

from itertools import groupby
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def given(beginning):
    """The indented block of README that begins so."""
    runs = groupby(README.splitlines(), key=lambda line: line.startswith("    "))
    blocks = ("\n".join(line.removeprefix("    ") for line in run) for is_given, run in runs if is_given)
    return next(block for block in blocks if block.startswith(beginning))


def test_the_smallest_whole_configuration_makes_an_edition_of_the_file_beside_it(network):
    for path in network.folder.iterdir():
        path.unlink()
    network.write("config.toml", given("[network]\nname"))
    network.write("diary/pruning.md", given("---\ntitle: Winter"))
    checked = {row["what"]: row["level"] for row in network.json("check", "--at", network.at)["checks"]}
    assert "fail" not in checked.values()
    assert checked["source diary"] == checked["list members"] == checked["smtp"] == "ok"
    (collected,) = network.json("collect", "--at", network.at)["sources"]
    assert (collected["new"], collected["error"]) == (1, None)
    shown = network.json("preview", "weekly", "--at", network.at)
    text = Path(shown["files"]["txt"]).read_text(encoding="utf-8")
    assert text.index("Coming up") < text.index("Winter pruning day")
    (members,) = network.json("lists", "apply")["lists"]
    assert members["added"] == ["ada@example.org", "bo@example.org"]
    assert network.send()["accepted"] == 2
