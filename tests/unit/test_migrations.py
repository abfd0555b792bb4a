"""What a migration may do: workers of the version before finish their chunks while the tables are newer already."""

import ast
from pathlib import Path

import pytest

from digest.store import migrations

LAST_OF_BEFORE = "0026"  # the newest there was when workers began to look at the tables' version
ADDING = frozenset({"add_column", "create_table", "create_index", "create_foreign_key", "execute", "get_bind", "f"})
LATER = [
    path
    for path in sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
    if path.stem[:4] > LAST_OF_BEFORE
]


def what_it_takes_away(source: str) -> list[str]:
    """What the version before could not write beside: all that does not add, and columns that it would have to fill."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(node.func.value.id, node.func.attr, node) for node in calls if is_of_module(node.func)]
    found = [name for module, name, _ in named if module == "op" and name not in ADDING]
    for module, name, node in named:
        if module == "op" and name == "add_column":
            column = {word.arg: ast.unparse(word.value) for word in node.args[1].keywords}
            if column.get("nullable") == "False" and "server_default" not in column:
                found.append(f"add_column {ast.unparse(node.args[1])}")
    return found


def is_of_module(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)


def test_a_migration_takes_nothing_away_that_the_version_before_writes():
    found = {path.stem: what_it_takes_away(path.read_text(encoding="utf-8")) for path in LATER}
    assert [one for one in found.items() if one[1]] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('op.drop_column("deliveries", "relay")', ["drop_column"]),
        ('op.alter_column("chunks", "fence", nullable=True)', ["alter_column"]),
        ('op.add_column("chunks", sa.Column("n", sa.Integer(), nullable=False))', ["add_column"]),
        ('op.add_column("chunks", sa.Column("n", sa.Integer(), nullable=False, server_default="0"))', []),
        ('op.add_column("chunks", sa.Column("n", sa.Integer()))', []),
        ('op.create_index("i", "chunks", ["n"])', []),
    ],
)
def test_what_takes_something_away_is_seen(line, found):
    assert [one.split()[0] for one in what_it_takes_away(line)] == found
