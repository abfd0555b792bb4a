"""Conditions over what is known of people: ``region = Tayside and not role in (baker, "head miller")``; pure.

condition   either {"or" either}
either      each {"and" each}
each        "not" each | "(" condition ")" | FIELD ("=" | "!=") VALUE | FIELD ["not"] "in" "(" VALUE {"," VALUE} ")"
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from digest.model import Told
from digest.model.audience import All, Any, Condition, Is, Not

MAX_LENGTH = 1_000  # characters
MAX_DEPTH = 20  # of brackets and "not"

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>!=|=|\(|\)|,)|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<word>[\w.@+/&-]+)|(?P<astray>\S))"
)


class ConditionError(ValueError):
    """A condition cannot be read; the message says where and what would be right."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str  # "sign", "word", "text", or "end"
    place: int


@lru_cache(maxsize=100)
def read_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: with the place of what cannot be read, counted in characters from 1.
    """
    if len(text) > MAX_LENGTH:
        raise ConditionError(Told("condition_long", number=f"{MAX_LENGTH:,}"))
    reader = _Reader(tuple(_tokens(text)))
    found = reader.condition(0)
    reader.expect_end()
    return found


def fields_of(condition: Condition) -> Iterator[str]:
    """The fields that a condition asks for, in its order."""
    match condition:
        case Is():
            yield condition.field
        case Not():
            yield from fields_of(condition.what)
        case All() | Any():
            for one in condition.of:
                yield from fields_of(one)


def _tokens(text: str) -> Iterator[_Token]:
    end = len(text.rstrip())
    place = 0
    while place < end and (found := _TOKEN.match(text, place)):
        at = found.start(found.lastgroup or 0) + 1
        if found["astray"]:
            raise ConditionError(Told("condition_astray", at=str(at), sign=found["astray"]))
        kind = found.lastgroup or ""
        yield _Token(found[kind], kind if kind in {"sign", "word"} else "text", at)
        place = found.end()
    yield _Token("", "end", end + 1)


class _Reader:
    """Reads one token after another."""

    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self._tokens, self._next = tokens, 0

    def condition(self, depth: int) -> Condition:
        found = [self._either(depth)]
        while self._takes("or"):
            found.append(self._either(depth))
        return found[0] if len(found) == 1 else Any(of=tuple(found))

    def expect_end(self) -> None:
        if self._token.kind != "end":
            raise self._wrong(Told("condition_more"))

    def _either(self, depth: int) -> Condition:
        found = [self._each(depth)]
        while self._takes("and"):
            found.append(self._each(depth))
        return found[0] if len(found) == 1 else All(of=tuple(found))

    def _each(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise ConditionError(Told("condition_deep", number=str(MAX_DEPTH)))
        if self._takes("not"):
            return Not(what=self._each(depth + 1))
        if self._sign("("):
            found = self.condition(depth + 1)
            self._expect(")")
            return found
        if self._token.kind != "word":
            raise self._wrong(Told("condition_field"))
        field = self._take().text.casefold()
        if self._sign("="):
            return Is(field=field, values=(self._value(),))
        if self._sign("!="):
            return Not(what=Is(field=field, values=(self._value(),)))
        negated = self._takes("not")
        if not self._takes("in"):
            raise self._wrong(Told("condition_sign"))
        self._expect("(")
        values = [self._value()]
        while self._sign(","):
            values.append(self._value())
        self._expect(")")
        one_of = Is(field=field, values=tuple(values))
        return Not(what=one_of) if negated else one_of

    def _value(self) -> str:
        if self._token.kind not in {"word", "text"}:
            raise self._wrong(Told("condition_value"))
        return " ".join(self._take().text.split())

    def _takes(self, word: str) -> bool:
        return self._token.kind == "word" and self._token.text.casefold() == word and bool(self._take())

    def _sign(self, sign: str) -> bool:
        return self._token.kind == "sign" and self._token.text == sign and bool(self._take())

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise self._wrong(sign)

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _wrong(self, wanted: str) -> ConditionError:
        token = self._token
        there = Told("condition_end") if token.kind == "end" else Told("condition_word", word=token.text)
        return ConditionError(Told("condition_wrong", at=str(token.place), there=there, wanted=wanted))
