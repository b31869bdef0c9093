"""CSV and XLSX, told apart by their first bytes."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.config import Settings
from app.roster.providers import RosterSource, SourceRefused, cells_by_column
from app.roster.providers.xlsx import XlsxSource

_READ_BYTES = 1 << 20
_LINE_CHARS = 1 << 16  # longer lines, and rows over more lines than that, are no roster and would only fill the memory
_ROW_LINES = 1000
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NO_TABLE = {
    b"%PDF": " PDF ",
    b"\x89PNG": _l("图片"),
    b"\xff\xd8\xff": _l("图片"),
    b"GIF8": _l("图片"),
    b"Rar!": _l("压缩包"),
    b"7z\xbc\xaf": _l("压缩包"),
    b"\x1f\x8b": _l("压缩包"),
    b"{\\rt": _l("文档"),
}


def open_file(_settings: Settings, location: str, encoding: str) -> RosterSource:
    """Raises SourceRefused when there is no such file or it is of neither kind."""
    if not location:
        raise SourceRefused(_("没有说要导入哪个文件。"))
    path = Path(location)
    if not path.is_file():
        raise SourceRefused(_("没有找到文件 %(name)s。", name=path.name))
    file = path.open("rb")
    try:
        return open_stream(file, path.name, path.stat().st_size, encoding)
    except BaseException:
        file.close()
        raise


def open_stream(file: BinaryIO, title: str, size: int, encoding: str = "") -> RosterSource:
    """A file that is open already and can be read anywhere; the source closes it. size in bytes. Raises SourceRefused."""
    head = file.read(8)
    file.seek(0)
    if not size:
        raise SourceRefused(_("%(name)s 是空的，里面没有内容。", name=title))
    if head.startswith(b"PK"):
        return XlsxSource(file, title)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise SourceRefused(_("%(name)s 是旧版 Excel 文件，或设有密码。请另存为没有密码的 .xlsx 或 .csv。", name=title))
    for start, kind in _NO_TABLE.items():
        if head.startswith(start):
            what = _("%(name)s 是%(kind)s，不是表格。", name=title, kind=kind)
            raise SourceRefused(what, _("名册没有任何改动。请选 .xlsx 或 .csv 文件。"))
    if head.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        raise SourceRefused(
            _("%(name)s 是网页格式的表格，有的系统把它存成 .xls。", name=title), _("请用 Excel 打开，另存为 .xlsx 或 .csv。")
        )
    return CsvSource(file, title, size, encoding or detect_encoding(file))


def detect_encoding(file: BinaryIO) -> str:
    """By its mark, else UTF-8 when every byte of the file fits, else GB18030, which holds GBK and GB 2312."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = file.read(4)
    file.seek(0)
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return encoding
    try:
        while block := file.read(_READ_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        file.seek(0)
    return "utf-8"


class CsvSource:
    """Commas, tabs or semicolons, by what the first line holds."""

    def __init__(self, raw: BinaryIO, title: str, size: int, encoding: str) -> None:
        self.title, self.size = title, size
        self._raw = raw
        try:
            self._file = io.TextIOWrapper(raw, encoding=encoding, newline="")
        except LookupError:
            raise SourceRefused(_("不认识编码 %(name)s。", name=encoding)) from None
        self._encoding = encoding
        self._header: list[str] | None = None
        self._lines_of_row = 0
        self._lines = csv.reader(self._bounded(), delimiter=self._delimiter())

    @property
    def position(self) -> int:
        return self.size if self._file.closed else self._raw.tell()

    def columns(self) -> list[str]:
        if self._header is None:
            self._header = next(self._guarded(), [])
            if not any(cell.strip() for cell in self._header):
                raise SourceRefused(_("%(name)s 的第一行是空的，应当是列名。", name=self.title))
        return [cell for cell in self._header if cell.strip()]

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        self.columns()
        header = self._header or []
        width, lines = len(header), self._lines
        for cells in self._guarded():
            if len(cells) == width:
                yield lines.line_num, dict(zip(header, cells, strict=True))
            else:
                yield lines.line_num, cells_by_column(header, cells)

    def close(self) -> None:
        self._file.close()

    def _delimiter(self) -> str:
        try:
            first = self._file.readline(_LINE_CHARS)
            self._file.seek(0)
        except UnicodeError:
            self.close()
            raise self._undecodable(1) from None
        return max(",\t;", key=first.count)

    def _bounded(self) -> Iterator[str]:
        """Lines for the reader of rows; it takes several where a quoted cell holds line breaks."""
        while line := self._file.readline(_LINE_CHARS):
            self._lines_of_row += 1
            if self._lines_of_row > _ROW_LINES or (len(line) == _LINE_CHARS and not line.endswith("\n")):
                raise csv.Error
            yield line

    def _guarded(self) -> Iterator[list[str]]:
        """Lines; blank ones are left out."""
        try:
            for cells in self._lines:
                self._lines_of_row = 0
                if any(cells):
                    yield cells
        except UnicodeError:
            raise self._undecodable(self._lines.line_num + 1) from None
        except csv.Error:
            raise SourceRefused(
                _("第 %(line)s 行读不了，可能少了一个引号，或者这一行太长。", line=self._lines.line_num + 1)
            ) from None

    def _undecodable(self, line: int) -> SourceRefused:
        return SourceRefused(
            _("第 %(line)s 行附近有字不是 %(encoding)s 编码。", line=line, encoding=self._encoding),
            _("请把文件另存为 UTF-8 编码的 CSV（命令行可以用 --encoding 说明编码）。"),
        )
