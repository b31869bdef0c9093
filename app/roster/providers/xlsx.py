"""XLSX, row by row. Formulas are never evaluated: they arrive as text beginning with = and are refused as such."""

import os
import tempfile
import warnings
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError, iterparse
from zipfile import BadZipFile

from flask_babel import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from app.roster.providers import SourceRefused, cells_by_column

_UNREADABLE = (BadZipFile, ParseError, InvalidFileException, LookupError, ValueError, OSError, EOFError, TypeError)
_ITEM, _TEXT, _PHONETIC = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "t", "rPh"))


class XlsxSource:
    """The first sheet of a workbook; its first row holds the column names."""

    def __init__(self, path: Path) -> None:
        self.title = path.name
        self.position = 0
        self._reader: _Reader | None = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._reader = _Reader(str(path), read_only=True, data_only=False, keep_links=False)
                self._reader.read()
                self._sheet: Any = self._reader.wb.worksheets[0]
        except _UNREADABLE:
            self.close()
            raise self._unreadable() from None
        self.size = self._sheet.max_row or 0
        self._sheet.reset_dimensions()  # some programs write a wrong one, and cells beyond it would be lost
        self._lines = self._guarded()
        self._header: list[str] | None = None

    def columns(self) -> list[str]:
        if self._header is None:
            _line, cells = next(self._lines, (1, ()))
            self._header = ["" if cell is None else str(cell).strip() for cell in cells]
            if not any(self._header):
                raise SourceRefused(_("%(name)s 的第一行是空的，应当是列名。", name=self.title))
        return [cell for cell in self._header if cell]

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        self.columns()
        header = self._header or []
        for line, cells in self._lines:
            if any(cell not in (None, "") for cell in cells):
                yield line, cells_by_column(header, cells)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.archive.close()
            self._reader.strings.close()

    def _guarded(self) -> Iterator[tuple[int, tuple[object, ...]]]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for cells in self._sheet.iter_rows(values_only=True):
                    self.position += 1
                    yield self.position, cells
        except _UNREADABLE:
            raise self._unreadable() from None

    def _unreadable(self) -> SourceRefused:
        return SourceRefused(_("%(name)s 打不开，文件可能不完整。", name=self.title), _("请在 Excel 里重新另存为 .xlsx 或 .csv。"))


class _Reader(ExcelReader):
    """As openpyxl's, with the table of strings on disk: in memory, a million people's would take half a gigabyte."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.strings = _StringsOnDisk()

    def read_strings(self) -> None:
        self.shared_strings: Any = self.strings
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as file:
                self.strings.fill(file)


class _StringsOnDisk:
    """A read-only sequence of strings, as openpyxl asks for them."""

    def __init__(self) -> None:
        self._ends = array("Q", [0])
        self._file = tempfile.TemporaryFile()  # noqa: SIM115

    def fill(self, file: Any) -> None:
        end = 0
        parts: list[str] = []
        phonetic = 0
        events = iterparse(file, ("start", "end"))  # noqa: S314  # expat itself refuses entity bombs
        _start, table = next(events)
        for event, node in events:
            if node.tag == _PHONETIC:
                phonetic += 1 if event == "start" else -1
            elif event == "end" and node.tag == _TEXT and not phonetic:
                parts.append(node.text or "")
            elif event == "end" and node.tag == _ITEM:
                end += self._file.write("".join(parts).encode())
                self._ends.append(end)
                parts.clear()
                table.clear()
        self._file.flush()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        start, end = self._ends[index], self._ends[index + 1]
        return os.pread(self._file.fileno(), end - start, start).decode()

    def close(self) -> None:
        self._file.close()
