"""Small changes to a module, each of which some test ought to notice; pure.

Each is one replacement in the text, so that lines keep their numbers and a survivor is found where it is told.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_SWAPS: dict[type[ast.AST], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.FloorDiv: "*",
    ast.Div: "*",
}
_NAMES = {"max": "min", "min": "max", "any": "all", "all": "any"}
_LEFT_OUT = frozenset({"where", "order_by", "distinct", "limit", "astimezone", "casefold", "strip", "lower"})
_ARGUMENTS = frozenset({"where", "key", "default"})  # keyword arguments that can be left out
_WORD = re.compile(r"[a-z][a-z_]*\Z")  # a state or a name, as against a sentence
_CONSTANT = re.compile(r"[A-Z][A-Z_]+\Z")
_CLASS = re.compile(r"[A-Z]\w*[a-z]\w*\Z")


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
    found = {(change.start, change.end, change.new): change for change in _Finder(source).found()}
    ordered = sorted(found.values(), key=lambda change: (change.start, change.end, change.new))
    return tuple(change for change in ordered if _parses(change.applied(source)))


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder:
    """Looks for changes through a module, leaving out annotations, decorators, docstrings and messages."""

    def __init__(self, source: str) -> None:
        self._tree = ast.parse(source)
        self._raw = source.encode()
        self._lines = source.splitlines()
        self._starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._members: dict[str, list[str]] = {}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and _is_member(node):
                members = self._members.setdefault(node.value.id, [])
                members += [node.attr] if node.attr not in members else []

    def found(self) -> Iterator[Change]:
        for node in self._visited(self._tree):
            yield from self._of(node)

    def _visited(self, node: ast.AST) -> Iterator[ast.AST]:
        for child in self._children(node):
            yield child
            yield from self._visited(child)

    def _children(self, node: ast.AST) -> Iterable[ast.AST]:
        match node:
            case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.Raise() | ast.Assert():
                return ()
            case ast.ClassDef(bases=bases) if any(
                isinstance(base, ast.Name) and base.id == "Protocol" for base in bases
            ):
                return ()
            case ast.ClassDef(body=body):
                return _without_docstring(body)
            case ast.FunctionDef(body=body, args=args) | ast.AsyncFunctionDef(body=body, args=args):
                defaults = [value for value in (*args.defaults, *args.kw_defaults) if value is not None]
                return [*defaults, *_without_docstring(body)]
            case ast.Module(body=body):
                return [child for child in _without_docstring(body) if not _names_exports(child)]
            case ast.AnnAssign(value=value):
                return [value] if value is not None else []
            case ast.Subscript(value=value, slice=inside):
                return [value] if isinstance(inside, ast.Tuple) else [value, inside]
            case ast.Dict(values=values):
                return values  # a key that is wrong is an error at once
            case ast.Expr(value=ast.Constant()):
                return ()
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return ()
        return ast.iter_child_nodes(node)

    def _of(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for one, op, other in zip([left, *comparators], ops, comparators, strict=False):
                    yield from self._operator(one, op, other)
            case ast.BoolOp(values=values):
                for index, value in enumerate(values):
                    rest = [self._text(other) for place, other in enumerate(values) if place != index]
                    joined = (" and " if isinstance(node.op, ast.And) else " or ").join(f"({one})" for one in rest)
                    yield self._replaced(node, f"({joined})", f"left out: {self._text(value)}")
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right) if not _is_number(right):
                yield self._replaced(node, f"({self._text(right)})", f"left out: {self._text(left)}")
                yield self._replaced(node, f"({self._text(left)})", f"left out: {self._text(right)}")
            case ast.BinOp(left=left, op=op, right=right):
                yield from self._operator(left, op, right)
            case ast.AugAssign(op=op) if type(op) in _SWAPS:
                end = self._place(node.target.end_lineno, node.target.end_col_offset)
                yield from self._between(end, self._start(node.value), f"{_symbol(op)}=", f"{_SWAPS[type(op)]}=", node)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._replaced(node, f"({self._text(operand)})", f"left out: not, before {self._text(operand)}")
            case ast.Call():
                yield from self._call(node)
            case ast.Constant():
                yield from self._constant(node)
            case ast.Attribute(value=ast.Name(id=owner)) if _is_member(node):
                members = self._members[owner]
                other = members[(members.index(node.attr) + 1) % len(members)]
                if other != node.attr:
                    yield self._replaced(node, f"{owner}.{other}", f"{owner}.{node.attr} -> {owner}.{other}")
            case ast.Set(elts=elements) if len(elements) > 1:
                yield from self._shorter(elements, node)
        yield from self._condition(node)
        yield from self._statement(node)

    def _call(self, node: ast.Call) -> Iterator[Change]:
        match node.func:
            case ast.Name(id=name) if name in _NAMES:
                yield self._replaced(node.func, _NAMES[name], f"{name} -> {_NAMES[name]}")
            case ast.Attribute(value=value, attr=name) if name in _LEFT_OUT:
                yield self._replaced(node, self._text(value), f"left out: .{name}({self._arguments(node)})")
                if name == "where" and len(node.args) > 1:
                    yield from self._shorter(node.args, node)
        for argument in node.args:
            if isinstance(argument, ast.Tuple) and len(argument.elts) > 1:
                yield from self._shorter(argument.elts, argument)
        for keyword in node.keywords:
            if keyword.arg in _ARGUMENTS:
                text = self._text(keyword)
                end = self._end(keyword)
                after = self._raw[end:].split(b",", 1)
                gone = end + len(after[0]) + 1 if len(after) > 1 and not after[0].strip() else end
                yield self._at(self._start(keyword), gone, "", f"left out: {text}", keyword)

    def _constant(self, node: ast.Constant) -> Iterator[Change]:
        match node.value:
            case bool():
                yield self._replaced(node, str(not node.value), f"{node.value} -> {not node.value}")
            case int() | float():
                yield self._replaced(node, repr(node.value + 1), f"{node.value} -> {node.value + 1}")
            case str() if _WORD.match(node.value):
                yield self._replaced(node, repr(f"not {node.value}"), f"{node.value!r} -> 'not {node.value}'")

    def _condition(self, node: ast.AST) -> Iterator[Change]:
        tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp) else []
        tests += node.ifs if isinstance(node, ast.comprehension) else []
        for test in tests:
            if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                yield self._replaced(test, f"not ({self._text(test)})", f"not: {self._text(test)}")

    def _statement(self, node: ast.AST) -> Iterator[Change]:
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

    def _operator(self, one: ast.expr, op: ast.AST, other: ast.expr) -> Iterator[Change]:
        if type(op) in _SWAPS:
            yield from self._between(self._end(one), self._start(other), _symbol(op), _SWAPS[type(op)], one, other)

    def _between(self, start: int, end: int, old: str, new: str, *nodes: ast.AST) -> Iterator[Change]:
        """An operator, which has no place of its own in the tree."""
        found = re.search(re.escape(old).replace(r"\ ", r"\s+").encode(), self._raw[start:end])
        if found is not None:
            told = " ".join(f"{old} -> {new}, before {self._text(nodes[-1])}".split())
            yield self._at(start + found.start(), start + found.end(), new, told, nodes[0])

    def _shorter(self, elements: Sequence[ast.expr], within: ast.expr) -> Iterator[Change]:
        for index, element in enumerate(elements):
            if index + 1 < len(elements):
                start, end = self._start(element), self._start(elements[index + 1])
            else:
                start, end = self._end(elements[index - 1]), self._end(element)
            comma = "," if isinstance(within, ast.Tuple) and len(elements) == 2 and index == 1 else ""
            yield self._at(start, end, comma, f"left out: {self._text(element)}", element)

    def _arguments(self, node: ast.Call) -> str:
        return ", ".join(self._text(argument) for argument in (*node.args, *node.keywords))

    def _replaced(self, node: ast.AST, new: str, what: str) -> Change:
        return self._at(self._start(node), self._end(node), new, what, node)

    def _at(self, start: int, end: int, new: str, what: str, node: ast.AST) -> Change:
        line: int = node.lineno  # type: ignore[attr-defined]
        return Change(
            start=start, end=end, new=new, line=line, text=self._lines[line - 1].strip(), what=" ".join(what.split())
        )

    def _text(self, node: ast.AST) -> str:
        return self._raw[self._start(node) : self._end(node)].decode()

    def _start(self, node: ast.AST) -> int:
        return self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def _end(self, node: ast.AST) -> int:
        return self._place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _place(self, line: int | None, column: int | None) -> int:
        return self._starts[(line or 1) - 1] + (column or 0)


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0] if body else None
    return body[1:] if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else body


def _names_exports(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets
    )


def _is_member(node: ast.Attribute) -> bool:
    owner = node.value
    return isinstance(owner, ast.Name) and bool(_CLASS.match(owner.id) and _CONSTANT.match(node.attr))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _symbol(op: ast.AST) -> str:
    symbols: dict[type[ast.AST], str] = {
        ast.Eq: "==",
        ast.NotEq: "!=",
        ast.Lt: "<",
        ast.LtE: "<=",
        ast.Gt: ">",
        ast.GtE: ">=",
        ast.Is: "is",
        ast.IsNot: "is not",
        ast.In: "in",
        ast.NotIn: "not in",
        ast.Add: "+",
        ast.Sub: "-",
        ast.Mult: "*",
        ast.FloorDiv: "//",
        ast.Div: "/",
    }
    return symbols[type(op)]
