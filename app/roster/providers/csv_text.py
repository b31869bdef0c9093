"""CSV as programs write it: commas, tabs or semicolons, any kind of line end, with or without a line that names the separator."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from flask_babel import gettext as _

from app.core.text_encoding import find_unfit_line, shown
from app.roster.providers import Facts, SourceRefused, cells_by_column, is_blank

_LINE_CHARS = 1 << 16  # a longer line is no roster and would only fill the memory
_ROW_LINES = 1000  # a quoted cell can hold line ends, but a row of more lines has a quote that was never closed
_LOOKED_AT = 50  # so many lines are searched for the first that holds anything
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*\Z', re.IGNORECASE)
_NO_SEPARATORS = "，|、；^~"


class CsvSource:
    """The first line that is not blank holds the names of the columns. The separator is the one most frequent in that line."""

    def __init__(self, raw: BinaryIO, title: str, size: int, encoding: str) -> None:
        self.title, self.size = title, size
        self._raw = raw
        try:
            self._file = io.TextIOWrapper(raw, encoding=encoding, newline="")
        except LookupError:
            raise SourceRefused(_("不认识编码 %(name)s。", name=encoding)) from None
        self._encoding, self.facts = encoding, Facts(encoding=shown(encoding))
        self._header: list[str] | None = None
        self._lines_of_row = self._lines_before = 0
        self._lines = csv.reader(self._bounded(), delimiter=self._separator())

    @property
    def position(self) -> int:
        return self.size if self._file.closed else self._raw.tell()

    def columns(self) -> list[str]:
        if self._header is None:
            self._header = [cell.strip() for cell in next(self._guarded(), [])]
            if not any(self._header):
                raise SourceRefused(_("%(name)s 的第一行是空的，应当是列名。", name=self.title))
            self._refuse_other_separators(self._header)
        return [cell for cell in self._header if cell]

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        self.columns()
        header = self._header or []
        width, lines, before, is_named = len(header), self._lines, self._lines_before, all(header)
        for cells in self._guarded():
            if is_named and len(cells) == width:
                yield lines.line_num + before, dict(zip(header, cells, strict=True))
            else:
                yield lines.line_num + before, cells_by_column(header, cells)

    def close(self) -> None:
        self._file.close()

    def _separator(self) -> str:
        """Finds the separator. Skips Excel's line `sep=;`, which names it."""
        try:
            first = self._file.readline(_LINE_CHARS)
            said = _SEPARATOR_LINE.match(first.lstrip("\ufeff"))
            for _line in range(_LOOKED_AT):
                if not is_blank(first.strip(",;\t\r\n")):
                    break
                first = self._file.readline(_LINE_CHARS)
            self._file.seek(0)
            if said:
                self._file.readline(_LINE_CHARS)
                self._lines_before = 1
        except UnicodeError:
            raise self._close_undecodable() from None
        return said[1] if said else max(",\t;", key=first.count)

    def _refuse_other_separators(self, header: list[str]) -> None:
        found = next((mark for mark in _NO_SEPARATORS if header[0].count(mark) > 1), "")
        if len(header) == 1 and found:
            raise SourceRefused(
                _("%(name)s 的各列之间是“%(mark)s”，应当是半角的逗号。", name=self.title, mark=found),
                _("名册没有任何改动。请用 Excel 打开，另存为 .xlsx 或 .csv。"),
            )

    def _bounded(self) -> Iterator[str]:
        """Lines for the CSV reader, with limits. A row takes several lines if a quoted cell holds line breaks."""
        while line := self._file.readline(_LINE_CHARS):
            self._lines_of_row += 1
            if self._lines_of_row > _ROW_LINES or (len(line) == _LINE_CHARS and not line.endswith("\n")):
                raise csv.Error
            yield line

    def _guarded(self) -> Iterator[list[str]]:
        """The rows that do not look empty."""
        try:
            for cells in self._lines:
                self._lines_of_row = 0
                if cells and (cells[0][:1].isalnum() or not all(map(is_blank, cells))):
                    yield cells
        except UnicodeError:
            raise self._close_undecodable() from None
        except csv.Error:
            line = self._lines.line_num + self._lines_before + 1
            raise SourceRefused(_("第 %(line)s 行读不了，可能少了一个引号，或者这一行太长。", line=line)) from None

    def _close_undecodable(self) -> SourceRefused:
        """The refusal that names the undecodable line. It has to be searched for, because text is decoded some lines ahead."""
        line = find_unfit_line(self._raw, self._encoding)
        self.close()
        return undecodable(line, shown(self._encoding))


def undecodable(line: int, encoding: str) -> SourceRefused:
    """The refusal for a line and an encoding as in `core.text_encoding.Undecodable`."""
    if not line:
        return SourceRefused(
            _("这个文件像是 UTF-16 编码，可是开头没有编码标记。"),
            _("名册没有任何改动。请把文件另存为 UTF-8 编码的 CSV（命令行可以用 --encoding utf-16-le 说明编码）。"),
        )
    return SourceRefused(
        _("第 %(line)s 行有字不是 %(encoding)s 编码，可能被截断了，或者是从别的文件拼进来的。", line=line, encoding=encoding),
        _("名册没有任何改动。请改好这一行，或把文件另存为 UTF-8 编码的 CSV（命令行可以用 --encoding 说明编码）。"),
    )
