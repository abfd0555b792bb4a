"""Which parts of a module's syntax tree are tried, and where each stands in the text; pure."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

_CONSTANT = re.compile(r"[A-Z][A-Z_]+\Z")
_CLASS = re.compile(r"[A-Z]\w*[a-z]\w*\Z")
_UNTRIED = (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Raise, ast.Assert)  # messages, and what fails at once


class Tree:
    """A module's tree, with the text of each node."""

    def __init__(self, source: str) -> None:
        self.root = ast.parse(source)
        self.raw = source.encode()
        self.lines = source.splitlines()
        self._starts = [0]
        for line in self.raw.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def nodes(self) -> Iterator[ast.AST]:
        """What is tried: no annotations, decorators, docstrings and messages."""
        return _within(self.root)

    def members(self) -> dict[str, list[str]]:
        """The members of each enumeration that the module names, in the order in which it first does."""
        found: dict[str, list[str]] = {}
        for node in ast.walk(self.root):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and is_member(node):
                known = found.setdefault(node.value.id, [])
                known += [node.attr] if node.attr not in known else []
        return found

    def text(self, node: ast.AST) -> str:
        """What a node is in the source."""
        return self.raw[self.start(node) : self.end(node)].decode()

    def start(self, node: ast.AST) -> int:
        """Where a node begins, in bytes."""
        return self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node has ended, in bytes."""
        return self._place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _place(self, line: int | None, column: int | None) -> int:
        return self._starts[(line or 1) - 1] + (column or 0)


def is_member(node: ast.Attribute) -> bool:
    """Whether it looks like a member of an enumeration: `Kind.POST`."""
    owner = node.value
    return isinstance(owner, ast.Name) and bool(_CLASS.match(owner.id) and _CONSTANT.match(node.attr))


def _within(node: ast.AST) -> Iterator[ast.AST]:
    for child in _children(node):
        yield child
        yield from _within(child)


def _children(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, _UNTRIED) or _is_declaration(node):
        return ()
    match node:
        case ast.ClassDef(body=body) | ast.Module(body=body):
            children: Iterable[ast.AST | None] = _without_docstring(body)
        case ast.FunctionDef(body=body, args=args) | ast.AsyncFunctionDef(body=body, args=args):
            children = [*args.defaults, *args.kw_defaults, *_without_docstring(body)]
        case ast.AnnAssign(value=value):
            children = [value]
        case ast.Subscript(value=value, slice=ast.Tuple()):
            children = [value]  # of a type
        case ast.Dict(values=values):
            children = values  # a key that is wrong is an error at once
        case _:
            children = ast.iter_child_nodes(node)
    return [child for child in children if child is not None]


def _is_declaration(node: ast.AST) -> bool:
    """Whether it is there for readers and type checkers only."""
    match node:
        case ast.ClassDef(bases=[ast.Name(id="Protocol")]) | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Expr(value=ast.Constant()):
            return True
    return False


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0] if body else None
    return body[1:] if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else body
