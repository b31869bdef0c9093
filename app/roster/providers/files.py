"""CSV and XLSX, told apart by their first bytes."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask_babel import gettext as _

from app.config import Settings
from app.roster.providers import RosterSource, SourceRefused, cells_by_column
from app.roster.providers.xlsx import XlsxSource

_READ_BYTES = 1 << 20
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def open_file(_settings: Settings, location: str, encoding: str) -> RosterSource:
    """Raises SourceRefused when there is no such file or it is of neither kind."""
    if not location:
        raise SourceRefused(_("没有说要导入哪个文件。"))
    path = Path(location)
    if not path.is_file():
        raise SourceRefused(_("没有找到文件 %(name)s。", name=path.name))
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return XlsxSource(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise SourceRefused(_("%(name)s 是旧版 Excel 文件，或设有密码。请另存为没有密码的 .xlsx 或 .csv。", name=path.name))
    return CsvSource(path, encoding or detect_encoding(path))


def detect_encoding(path: Path) -> str:
    """By its mark, else UTF-8 when every byte of the file fits, else GB18030, which holds GBK and GB 2312."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(4)
        for mark, encoding in _BOMS.items():
            if head.startswith(mark):
                return encoding
        file.seek(0)
        try:
            while block := file.read(_READ_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8"


class CsvSource:
    """Commas, tabs or semicolons, by what the first line holds."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.title = path.name
        self.size = path.stat().st_size
        self._raw = path.open("rb")
        try:
            self._file = io.TextIOWrapper(self._raw, encoding=encoding, newline="")
        except LookupError:
            self._raw.close()
            raise SourceRefused(_("不认识编码 %(name)s。", name=encoding)) from None
        self._encoding = encoding
        self._header: list[str] | None = None
        self._lines = csv.reader(self._file, delimiter=self._delimiter())

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
            first = self._file.readline()
            self._file.seek(0)
        except UnicodeError:
            self.close()
            raise self._undecodable(1) from None
        return max(",\t;", key=first.count)

    def _guarded(self) -> Iterator[list[str]]:
        """Lines; blank ones are left out."""
        try:
            for cells in self._lines:
                if any(cells):
                    yield cells
        except UnicodeError:
            raise self._undecodable(self._lines.line_num + 1) from None
        except csv.Error:
            raise SourceRefused(_("第 %(line)s 行读不了，可能少了一个引号。", line=self._lines.line_num)) from None

    def _undecodable(self, line: int) -> SourceRefused:
        return SourceRefused(
            _("第 %(line)s 行附近有字不是 %(encoding)s 编码。", line=line, encoding=self._encoding),
            _("请把文件另存为 UTF-8 编码的 CSV，或用 --encoding 说明编码。"),
        )
