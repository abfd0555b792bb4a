"""Small changes to a module, each of which some test ought to notice; pure.

Each is one replacement in the text, so that lines keep their numbers and a survivor is found where it is told.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from tree import Tree, is_member

_SWAPS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.FloorDiv: ("//", "*"),
    ast.Div: ("/", "*"),
}
_NAMES = {"max": "min", "min": "max", "any": "all", "all": "any"}
_LEFT_OUT = frozenset({"where", "order_by", "distinct", "limit", "astimezone", "casefold", "strip", "lower"})
_ARGUMENTS = frozenset({"where", "key", "default"})  # keyword arguments that can be left out
_WORD = re.compile(r"[a-z][a-z_]*\Z")  # a state or a name, as against a sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One replacement in a module's text."""

    start: int  # bytes of UTF-8
    end: int
    new: str
    line: int  # from 1
    text: str  # the line, without what surrounds it
    what: str  # for a person, and to know it again

    def applied(self, source: str) -> str:
        """The module's text with the change."""
        raw = source.encode()
        return (raw[: self.start] + self.new.encode() + raw[self.end :]).decode()


def changes(source: str) -> tuple[Change, ...]:
    """Every change of a module that is tried, in the order of its lines; each parses."""
    finder = _Finder(Tree(source))
    found = {(change.start, change.end, change.new): change for change in finder.found()}
    ordered = sorted(found.values(), key=lambda change: (change.start, change.end, change.new))
    return tuple(change for change in ordered if _parses(change.applied(source)))


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder:
    """Looks for changes through a module."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._members = tree.members()

    def found(self) -> Iterator[Change]:
        kinds = (self._operators, self._conditions, self._calls, self._values, self._statements)
        for node in self._tree.nodes():
            yield from chain.from_iterable(kind(node) for kind in kinds)

    def _operators(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for one, op, other in zip([left, *comparators], ops, comparators, strict=False):
                    yield from self._swapped(one, op, other)
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right) if not _is_number(right):
                for kept, gone in ((right, left), (left, right)):
                    yield self._replaced(node, f"({self._text(kept)})", f"left out: {self._text(gone)}")
            case ast.BinOp(left=left, op=op, right=right) | ast.AugAssign(target=left, op=op, value=right):
                yield from self._swapped(left, op, right)

    def _conditions(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.BoolOp(op=op, values=values):
                joint = " and " if isinstance(op, ast.And) else " or "
                for gone in values:
                    kept = joint.join(f"({self._text(value)})" for value in values if value is not gone)
                    yield self._replaced(node, f"({kept})", f"left out: {self._text(gone)}")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._replaced(node, f"({self._text(operand)})", f"left out: not, before {self._text(operand)}")
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                yield from self._turned(test)
            case ast.comprehension(ifs=tests):
                yield from chain.from_iterable(self._turned(test) for test in tests)

    def _turned(self, test: ast.expr) -> Iterator[Change]:
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield self._replaced(test, f"not ({self._text(test)})", f"not: {self._text(test)}")

    def _calls(self, node: ast.AST) -> Iterator[Change]:
        if not isinstance(node, ast.Call):
            return
        match node.func:
            case ast.Name(id=name) if name in _NAMES:
                yield self._replaced(node.func, _NAMES[name], f"{name} -> {_NAMES[name]}")
            case ast.Attribute(value=value, attr=name) if name in _LEFT_OUT:
                given = ", ".join(self._text(argument) for argument in (*node.args, *node.keywords))
                yield self._replaced(node, self._text(value), f"left out: .{name}({given})")
                if name == "where":
                    yield from self._shorter(node.args, node)
        for argument in node.args:
            if isinstance(argument, ast.Tuple):
                yield from self._shorter(argument.elts, argument)
        for keyword in node.keywords:
            if keyword.arg in _ARGUMENTS:
                comma = re.match(rb"\s*,", self._tree.raw[self._tree.end(keyword) :])
                end = self._tree.end(keyword) + (comma.end() if comma else 0)
                yield self._at(self._tree.start(keyword), end, "", f"left out: {self._text(keyword)}", keyword)

    def _values(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.Constant(value=bool() as value):
                yield self._replaced(node, str(not value), f"{value} -> {not value}")
            case ast.Constant(value=int() | float() as value):
                yield self._replaced(node, repr(value + 1), f"{value} -> {value + 1}")
            case ast.Constant(value=str() as value) if _WORD.match(value):
                yield self._replaced(node, repr(f"not {value}"), f"{value!r} -> 'not {value}'")
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if is_member(node):
                members = self._members[owner]
                other = members[(members.index(name) + 1) % len(members)]
                if other != name:
                    yield self._replaced(node, f"{owner}.{other}", f"{owner}.{name} -> {owner}.{other}")
            case ast.Set(elts=elements):
                yield from self._shorter(elements, node)

    def _statements(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case (
                ast.Expr(value=ast.Call() | ast.Await())
                | ast.AugAssign()
                | ast.Raise()
                | ast.Continue()
                | ast.Return(value=None)
                | ast.Assign(targets=[ast.Attribute() | ast.Subscript()])
            ):
                yield self._replaced(node, "pass", f"left out: {self._text(node)}")

    def _swapped(self, one: ast.expr, op: ast.AST, other: ast.expr) -> Iterator[Change]:
        """An operator, which has no place of its own in the tree."""
        if type(op) not in _SWAPS:
            return
        old, new = _SWAPS[type(op)]
        start, end = self._tree.end(one), self._tree.start(other)
        found = re.search(r"\s+".join(map(re.escape, old.split())).encode(), self._tree.raw[start:end])
        if found is not None:
            told = f"{old} -> {new}, before {self._text(other)}"
            yield self._at(start + found.start(), start + found.end(), new, told, one)

    def _shorter(self, elements: Sequence[ast.expr], within: ast.expr) -> Iterator[Change]:
        """Each of several elements left out."""
        if len(elements) == 1:
            return
        for index, element in enumerate(elements):
            if index + 1 < len(elements):
                start, end = self._tree.start(element), self._tree.start(elements[index + 1])
            else:
                start, end = self._tree.end(elements[index - 1]), self._tree.end(element)
            comma = "," if isinstance(within, ast.Tuple) and len(elements) == 2 and index == 1 else ""
            yield self._at(start, end, comma, f"left out: {self._text(element)}", element)

    def _replaced(self, node: ast.AST, new: str, what: str) -> Change:
        return self._at(self._tree.start(node), self._tree.end(node), new, what, node)

    def _at(self, start: int, end: int, new: str, what: str, node: ast.AST) -> Change:
        line: int = node.lineno  # type: ignore[attr-defined]
        text = self._tree.lines[line - 1].strip()
        return Change(start=start, end=end, new=new, line=line, text=text, what=" ".join(what.split()))

    def _text(self, node: ast.AST) -> str:
        return self._tree.text(node)


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)
