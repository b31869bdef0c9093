"""Reads the rows of a sheet. Each cell is placed by its coordinate, in whatever order the cells are written."""

import re
from collections.abc import Iterator, Mapping
from typing import IO

from .days import day_of
from .streaming import read_xml
from .texts import MOST_CHARS, Texts, exact
from .wire import Refused

Cell = str | int | float | bool | dict[str, str] | None
Row = tuple[int, list[Cell]]

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # fixed: what a sheet can hold (ECMA-376)
FORMULA = "="  # instead of the stored result, which may be out of date: formulas are refused, never evaluated
EMPTY_FORMULA = "= "  # a formula that shows nothing, as templates have them down to the last row
_MOST_ROW_CHARS = 1 << 20  # fixed: of one row, so that memory stays small
_EXACT_DIGITS = 15
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]*)?(?:[Ee][+-]?[0-9]{1,4})?\Z")


def _shows(cell: Cell) -> bool:
    return cell is not None and cell != EMPTY_FORMULA and not (type(cell) is str and (not cell or cell.isspace()))


def _letters(column: int) -> str:
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


_LETTERS = [_letters(column) for column in range(MOST_COLUMNS)]
_COLUMNS = {letters: column for column, letters in enumerate(_LETTERS)}


class SheetRows:
    """Reads one sheet once. `hidden`: how many of the rows it returned are hidden in the sheet, for instance by a filter."""

    def __init__(self, part: IO[bytes], texts: Texts, date_styles: Mapping[int, str], has_1904_dates: bool) -> None:
        self.hidden, self.read_bytes = 0, 0
        self._part, self._texts, self._dates, self._has_1904 = part, texts, date_styles, has_1904_dates
        self._ready: list[Row] = []
        self._first = 0
        self._seen = bytearray(MOST_ROWS // 8 + 1)
        self._row, self._row_text, self._is_hidden = 0, "", False
        self._cells: list[Cell] = []
        # State of the cell being read. phonetic: the depth inside phonetic guides, which are skipped.
        self._column, self._next_column, self._phonetic, self._row_chars = 0, 0, 0, 0
        self._type, self._style, self._is_formula, self._is_text = "", "", False, False
        self._pieces: list[str] = []

    def blocks(self) -> Iterator[list[Row]]:
        """Yields lists of the rows that are not empty, one list per block of some kilobytes. Raises Refused."""
        self.is_in_data = False
        for read_bytes in read_xml(self._part, self._start, self._end, self._text):
            self.read_bytes = read_bytes
            if self._ready:
                yield self._ready
                self._ready = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or name == "t":
            self._is_text = not self._phonetic
        elif name == "row":
            self._begin(attributes)
        elif name == "f":
            self._is_formula = True
        elif name == "rPh":
            self._phonetic += 1
        elif name == "sheetData":
            self.is_in_data = True

    def _end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._is_text = False
        elif name == "c":
            self._finish_cell()
        elif name == "row":
            self._finish()
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "sheetData":
            self.is_in_data = False

    def _text(self, data: str) -> None:
        if self._is_text and self.is_in_data:
            self._pieces.append(data)
            self._row_chars += len(data) + 1
            if self._row_chars > _MOST_ROW_CHARS:
                raise Refused("long_row", line=self._row)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference, following = attributes.get("r"), self._next_column
        if reference is None or (following < MOST_COLUMNS and reference == _LETTERS[following] + self._row_text):
            self._column = following
        else:
            self._column = self._column_of(reference)
        self._next_column = self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._is_formula = False

    def _finish_cell(self) -> None:
        pieces = self._pieces
        if self._is_formula:
            self._put(EMPTY_FORMULA if self._type == "str" and not pieces else FORMULA)
        elif pieces:
            self._put(self._value("".join(pieces)))
        pieces.clear()

    def _begin(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        if number is None:
            self._row += 1
        elif number.isascii() and number.isdigit() and len(number) < 8:
            self._row = int(number)
        else:
            raise Refused("unreadable")
        if not 0 < self._row <= MOST_ROWS:
            raise Refused("too_large")
        self._row_text = str(self._row)
        self._is_hidden = attributes.get("hidden", "") in {"1", "true"}
        self._next_column = self._row_chars = 0

    def _column_of(self, reference: str) -> int:
        found = _REFERENCE.match(reference)
        column = _COLUMNS.get(found[1].upper()) if found else None
        if found is None or column is None or int(found[2]) != self._row:
            raise Refused("misplaced", line=self._row)
        return column

    def _put(self, value: Cell) -> None:
        column = self._column
        if column >= MOST_COLUMNS:
            raise Refused("misplaced", line=self._row)
        if value is None:
            return
        cells = self._cells
        if column == len(cells):
            cells.append(value)
        elif column > len(cells):
            cells.extend([None] * (column - len(cells)))
            cells.append(value)
        elif cells[column] is None:
            cells[column] = value
        else:
            raise Refused("misplaced", line=self._row)

    def _value(self, text: str) -> Cell:
        type_ = self._type
        if type_ == "s":
            try:
                return self._texts[int(text)]
            except (ValueError, LookupError):
                raise Refused("unreadable") from None
        if type_ == "inlineStr" or type_ == "str":
            if len(text) > MOST_CHARS:
                raise Refused("long_row", line=self._row)
            return exact(text)
        if type_ == "n" or type_ == "":
            return self._number(text)
        if type_ == "b":
            return True
        if type_ == "e":
            return {"error": text[:20]}
        return text if type_ == "d" else {"error": ""}

    def _number(self, text: str) -> Cell:
        """The number as written, or a day if its style shows one. `cells.as_text` refuses numbers of more than fifteen digits."""
        text, style = text.strip(), self._style
        if not _NUMBER.match(text):
            return {"error": ""} if text else None
        kind = self._dates.get(int(style), "") if self._dates and style.isascii() and style.isdigit() and len(style) < 9 else ""
        if kind:
            day = day_of(float(text), kind, self._has_1904) if len(text) < 25 else None
            return day or {"error": text[:20]}
        if len(text) <= _EXACT_DIGITS and text.isdigit():
            return int(text)
        number = float(text)
        if number in (float("inf"), float("-inf")):
            return {"error": ""}
        return int(number) if number.is_integer() else number

    def _finish(self) -> None:
        cells, self._cells = self._cells, []
        if not self.is_in_data or not any(map(_shows, cells)):
            return
        place, bit = divmod(self._row, 8)
        if self._seen[place] >> bit & 1:
            raise Refused("misplaced", line=self._row)
        self._seen[place] |= 1 << bit
        self._first = self._first or self._row
        if self._row < self._first:
            raise Refused("misplaced", line=self._row)  # the first row holds the names of the columns
        self.hidden += self._is_hidden
        self._ready.append((self._row, cells))
