"""XLSX, row by row. Formulas are never evaluated: they arrive as text beginning with = and are refused as such."""

import os
import tempfile
import warnings
from array import array
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask_babel import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from app.roster.providers import SourceRefused, cells_by_column

_UNREADABLE = (BadZipFile, ParseError, InvalidFileException, LookupError, ValueError, OSError, EOFError, TypeError, RuntimeError)
_ITEM, _TEXT, _PHONETIC = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "t", "rPh"))
_SHEET_ROWS = 1_048_576  # what a sheet can hold; a row that says it is a later one lies
_MOST_PARTS = 2000
_MOST_BYTES = 4 << 30  # unpacked, of all parts: a million people's sheet has half a gigabyte
_MOST_OTHER_BYTES = 32 << 20  # of a part that is read as a whole: styles, theme, the list of sheets
_MOST_BETWEEN = 16 << 20  # unpacked, from one row to the next
_PAGE_BYTES = 1 << 16


class XlsxSource:
    """The first sheet of a workbook; its first row holds the column names."""

    def __init__(self, file: BinaryIO, title: str) -> None:
        self.title = title
        self.position = 0
        self._file = file
        self._reader: _Reader | None = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._reader = _Reader(file, read_only=True, data_only=False, keep_links=False)
                self._refuse_unfit(self._reader.archive)
                self._watched = _Watched(self._reader.archive)
                self._reader.archive = self._watched  # type: ignore[assignment]
                self._reader.strings.on_item = self._watched.rest
                self._reader.read()
                self._sheet: Any = self._reader.wb.worksheets[0]
        except _UNREADABLE:
            self.close()
            raise self._unreadable() from None
        except SourceRefused:
            self.close()
            raise
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
        self._file.close()

    def _refuse_unfit(self, archive: ZipFile) -> None:
        """What a packed file says of itself binds it: no part is unpacked beyond the size it names."""
        parts = archive.infolist()
        if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
            raise SourceRefused(_("%(name)s 里有宏。", name=self.title), _("名册没有任何改动。请另存为不带宏的 .xlsx 再导入。"))
        other = [part.file_size for part in parts if not part.filename.lower().startswith(("xl/worksheets/", "xl/sharedstrings"))]
        is_bomb = len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES
        if is_bomb or any(size > _MOST_OTHER_BYTES for size in other):
            raise self._bomb()

    def _guarded(self) -> Iterator[tuple[int, tuple[object, ...]]]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for cells in self._sheet.iter_rows(values_only=True):
                    self.position += 1
                    self._watched.rest()
                    if self.position > _SHEET_ROWS:
                        raise self._bomb()
                    yield self.position, cells
        except _UNREADABLE:
            raise self._unreadable() from None

    def _bomb(self) -> SourceRefused:
        return SourceRefused(
            _("%(name)s 解开以后太大，不像名册。", name=self.title), _("名册没有任何改动。请只留需要的一张表，另存后再导入。")
        )

    def _unreadable(self) -> SourceRefused:
        return SourceRefused(_("%(name)s 打不开，文件可能不完整。", name=self.title), _("请在 Excel 里重新另存为 .xlsx 或 .csv。"))


class _Watched:
    """The packed file as openpyxl uses it, with a limit on what is unpacked from one `rest` to the next."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._since = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def rest(self) -> None:
        self._since = 0

    def open(self, name: str) -> Any:
        self.rest()
        part: Any = self._archive.open(name)
        read = part.read

        def counted(size: int = -1) -> bytes:
            block: bytes = read(size)
            self._since += len(block)
            if self._since > _MOST_BETWEEN:
                raise ValueError("a row that never ends")
            return block

        part.read = counted
        return part


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
    """A read-only sequence of strings, as openpyxl asks for them, in pages sealed under a key that lives as long as this does."""

    def __init__(self) -> None:
        self.on_item: Callable[[], None] = lambda: None
        self._ends = array("Q", [0])
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._pending = bytearray()
        self._pages = 0
        self._read_page = lru_cache(maxsize=16)(self._opened)

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
                text = "".join(parts).encode()
                end += len(text)
                self._pending += text
                while len(self._pending) >= _PAGE_BYTES:
                    self._seal(_PAGE_BYTES)
                self._ends.append(end)
                parts.clear()
                table.clear()
                self.on_item()
        self._seal(len(self._pending))
        self._file.flush()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        start, end = self._ends[index], self._ends[index + 1]
        page, within = divmod(start, _PAGE_BYTES)
        wanted = end - start
        found = self._read_page(page)[within : within + wanted]
        while len(found) < wanted:
            page += 1
            found += self._read_page(page)[: wanted - len(found)]
        return found.decode()

    def close(self) -> None:
        self._file.close()
        self._read_page.cache_clear()

    def _seal(self, size: int) -> None:
        nonce = self._pages.to_bytes(12, "big")  # the key is used for this file alone
        self._file.write(self._cipher.encrypt(nonce, bytes(self._pending[:size]), None))
        del self._pending[:size]
        self._pages += 1

    def _opened(self, page: int) -> bytes:
        stored = _PAGE_BYTES + 16
        sealed = os.pread(self._file.fileno(), stored, page * stored)
        return self._cipher.decrypt(page.to_bytes(12, "big"), sealed, None) if sealed else b""
