"""CSV files as spreadsheets and other programs write them: whatever separates, encodes and quotes; pure."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.config.load import encoding_problem
from digest.errors import ConfigError, Problem
from digest.model import Quoted, Told

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WELL_FORMED = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")  # a letter of more than one byte in UTF-8
_SEPARATORS = ",;\t|"
_ANNOUNCED = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)  # what Excel writes and reads


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line that holds anything; of a value over several lines, the last of them."""

    line: int
    values: tuple[str, ...]  # without spaces around them; as many as the header has, or fewer


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvFile:
    """A whole file."""

    place: str  # as messages name it
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]  # of rows that are not among them

    def where(self, line: int) -> str:
        """The place of a line, for a message."""
        return Told("line_of", name=self.place, number=str(line))


def read_csv(content: bytes, *, place: str) -> CsvFile:
    """Read a file with a header.

    It is UTF-8 or UTF-16, with a byte-order mark or without, or else Windows-1252, which older spreadsheets write.

    Raises:
        ConfigError: when it cannot be read as a table from its first line to its last.
    """
    text = decoded(content, place=place)
    announced = _ANNOUNCED.match(text)
    before = 1 if announced else 0
    text = text[announced.end() :] if announced else text
    delimiter = announced[1] if announced else _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows, problems = [], []
    try:
        header = tuple(column.strip() for column in next(lines, []))
        for values in lines:
            line = lines.line_num + before
            if len(values) > len(header) and any(cell.strip() for cell in values):
                what = Told("table_values", values=len(values), columns=len(header))
                where = Told("line_of", name=place, number=str(line))
                problems.append(Problem(where=where, what=what, fix=Told("table_comma")))
            elif any(stripped := tuple(map(str.strip, values))):
                rows.append(Row(line=line, values=stripped))
    except csv.Error as error:
        where = Told("line_of", name=place, number=str(lines.line_num + before))
        raise ConfigError([*problems, Problem(where=where, what=Quoted(error), fix=Told("check_quotes"))]) from None
    return CsvFile(place=place, header=header, rows=tuple(rows), problems=tuple(problems))


def decoded(content: bytes, *, place: str) -> str:
    """The text of a file in one of the encodings that `read_csv` knows, without a byte-order mark.

    Raises:
        ConfigError: with the first byte that does not fit. A file that is UTF-8 but for some bytes is not taken for
            another encoding: every other letter would be wrong.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", _unmarked(content)))
    try:
        return content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        problem = encoding_problem(place, error)
        if encoding != "utf-8" or mark or _WELL_FORMED.search(content):
            raise ConfigError([problem]) from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise ConfigError([problem]) from None


def plain(header: str) -> str:
    """What two wordings of a header are compared by: ``E-mail Address`` is ``e_mail_address``."""
    return "_".join(re.findall(r"[^\W_]+", header.casefold()))


def one_line(value: str, *, at_most: int) -> str:
    """A value as it may stand in a line of a mail: no control characters, single spaces, shortened."""
    if value.isprintable() and "  " not in value and value == value.strip():
        return value[:at_most]
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", value).split())[:at_most]


def columns_named(header: Sequence[str], wordings: Sequence[str]) -> Iterator[int]:
    """The places of columns that are called by one of these wordings."""
    return (number for number, name in enumerate(header) if plain(name) in wordings)


def _unmarked(content: bytes) -> str:
    """UTF-16 without a mark is told by the zero bytes of its first letters, which are ASCII in every header."""
    if len(content) < 2 or (content[0] and content[1]):
        return "utf-8"
    return "utf-16-le" if content[0] else "utf-16-be"


def _delimiter(text: str) -> str:
    """Spreadsheets of many languages write semicolons; the header tells."""
    header = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(_SEPARATORS, key=header.count)
