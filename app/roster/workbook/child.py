"""The child process: reads the workbook its parent serves in pieces, and sends rows. `core/limited_start` has set its limits."""

import io
import sys
from typing import Any, BinaryIO
from zipfile import BadZipFile
from zlib import error as ZlibError

from .days import read_date_styles
from .package import Package
from .sheet import Row, SheetRows
from .texts import Texts
from .wire import ASKED, DATA, END, PIECE_BYTES, READ, REFUSED, ROWS, SHEET, Refused, read_frame, write_frame, write_json

_BATCH_ROWS = 500
_BATCH_CELLS = 100_000


class Served(io.RawIOBase):
    """The workbook as a file, read from the parent."""

    def __init__(self, size: int, inbox: BinaryIO, out: BinaryIO) -> None:
        super().__init__()
        self._size, self._inbox, self._out, self._at = size, inbox, out, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), PIECE_BYTES, self._size - self._at)
        if wanted <= 0:
            return 0
        write_frame(self._out, READ, ASKED.pack(self._at, wanted))
        kind, content = read_frame(self._inbox.read)
        if kind != DATA or len(content) != wanted:
            raise EOFError
        buffer[:wanted] = content
        self._at += wanted
        return wanted


def main() -> None:
    inbox, out = sys.stdin.buffer, sys.stdout.buffer
    try:
        _give(Package(io.BufferedReader(Served(int(sys.argv[1]), inbox, out), PIECE_BYTES)), out)
    except Refused as refused:
        write_json(out, REFUSED, {"code": refused.code, **refused.facts})
    except MemoryError:
        write_json(out, REFUSED, {"code": "too_large"})
    except (BadZipFile, ZlibError, EOFError, ValueError, LookupError, OSError, RuntimeError, NotImplementedError):
        write_json(out, REFUSED, {"code": "unreadable"})


def _give(package: Package, out: BinaryIO) -> None:
    sheet, texts, dates = package.sheet, Texts(), dict[int, str]()
    if name := package.related("sharedStrings", "xl/sharedStrings.xml"):
        with package.open(name, "texts") as part:
            texts.fill(part)
    if name := package.related("styles", "xl/styles.xml"):
        try:
            with package.open(name, "styles") as part:
                dates = read_date_styles(part)
        except (Refused, BadZipFile, ZlibError, EOFError):
            pass  # a roster can do without styles; a day is then a number and is refused as such
    with package.open(sheet.part, "sheet") as part:
        rows = SheetRows(part, texts, dates, package.has_1904_dates)
        write_json(out, SHEET, {"name": sheet.name, "others": sheet.others, "size": package.size(sheet.part)})
        batch: list[Row] = []
        cells = 0
        for block in rows.blocks():
            for row in block:
                batch.append(row)
                cells += len(row[1])
                if len(batch) == _BATCH_ROWS or cells > _BATCH_CELLS:
                    write_json(out, ROWS, {"at": rows.read_bytes, "rows": batch})
                    batch, cells = [], 0
        write_json(out, ROWS, {"at": rows.read_bytes, "rows": batch})
        write_json(out, END, {"hidden": rows.hidden})
