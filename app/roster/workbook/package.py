"""The ZIP file: its parts, however their names are written, and those that make up the first visible sheet."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .streaming import read_xml
from .wire import Refused

MOST_BYTES = {
    "sheet": 3 << 30,
    "texts": 1 << 30,
    "styles": 64 << 20,
    "other": 16 << 20,
}  # unpacked; a million people's sheet: 0.5 GB
_MOST_PARTS = 20_000  # fixed: files in a workbook; a large one has a hundred
_IS_ENCRYPTED = 1  # a flag of ZIP
_VISIBLE = {"", "visible"}


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str
    others: int  # visible sheets that are not read


class Package:
    def __init__(self, file: IO[bytes]) -> None:
        """Raises Refused."""
        try:
            self._archive = ZipFile(file)
        except (BadZipFile, NotImplementedError, ValueError, OverflowError, OSError):
            raise Refused("unreadable") from None
        parts = self._archive.infolist()
        if len(parts) > _MOST_PARTS:
            raise Refused("too_large")
        self._parts: dict[str, ZipInfo] = {}
        self._twice: set[str] = set()
        for part in parts:
            name = _folded(part.filename)
            if name in self._parts:
                self._twice.add(name)  # ambiguous, so it is refused if it is needed
            self._parts[name] = part
        self.workbook = self._find_workbook()
        self._related = self._relations(self.workbook)
        self.has_1904_dates, self.sheet = self._list_sheets()

    def has(self, name: str) -> bool:
        return _folded(name) in self._parts

    def related(self, kind: str, usual: str) -> str:
        """The part of this kind (`sharedStrings`, `styles`), or else the one with the usual name; empty if there is none."""
        found = next((target for type_, target in self._related.values() if type_ == kind.lower()), usual)
        return found if self.has(found) else ""

    def size(self, name: str) -> int:
        return self._parts[_folded(name)].file_size

    def open(self, name: str, most: str = "other") -> IO[bytes]:
        """Opens a part. most: a key of MOST_BYTES. Raises Refused."""
        folded = _folded(name)
        part = self._parts.get(folded)
        if part is None or folded in self._twice:
            raise Refused("unreadable")
        if part.file_size > MOST_BYTES[most]:
            raise Refused("too_large")
        if part.flag_bits & _IS_ENCRYPTED:
            raise Refused("password")
        if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise Refused("unreadable")
        return self._archive.open(part)  # reads no more than the size the archive declares

    def _find_workbook(self) -> str:
        """The name of the workbook part. Raises Refused with what the file is instead."""
        found = next((target for type_, target in self._relations("").values() if type_ == "officedocument"), "xl/workbook.xml")
        folder = _folded(found).partition("/")[0]
        if folder in {"word", "ppt"}:
            raise Refused("document")
        if found.lower().endswith(".bin") or self.has("xl/workbook.bin"):
            raise Refused("xlsb")
        if any(name.endswith("vbaproject.bin") for name in self._parts):
            raise Refused("macros")
        if self.has(found):
            return found
        mimetype = self._mimetype()
        if mimetype.startswith("application/vnd.oasis") and "spreadsheet" not in mimetype:
            raise Refused("document")
        if mimetype or (self.has("content.xml") and self.has("META-INF/manifest.xml")):
            raise Refused("ods" if not mimetype or "spreadsheet" in mimetype else "archive")
        if any((name.startswith("index/") and name.endswith(".iwa")) or name == "index.zip" for name in self._parts):
            raise Refused("numbers")
        raise Refused("unreadable" if any(name.startswith("xl/") for name in self._parts) else "archive")

    def _mimetype(self) -> str:
        if not self.has("mimetype"):
            return ""
        with self.open("mimetype") as part:
            return part.read(100).decode("latin-1")

    def _list_sheets(self) -> tuple[bool, Sheet]:
        """Whether days are counted from 1904, and the first visible sheet. Raises Refused."""
        has_1904_dates, found = False, list[tuple[str, str]]()

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal has_1904_dates
            if name == "workbookPr":
                has_1904_dates = attributes.get("date1904", "") in {"1", "true"}
            elif name == "sheet" and attributes.get("state", "").lower() in _VISIBLE:
                by = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                found.append((attributes.get("name", ""), by))

        self._read(self.workbook, start)
        sheets = [(name, self._related[by][1]) for name, by in found if self._related.get(by, ("",))[0] == "worksheet"]
        if not sheets:
            raise Refused("no_sheet")
        name, part = sheets[0]
        return has_1904_dates, Sheet(name, part, len(sheets) - 1)

    def _relations(self, source: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: id → (last word of the type in lower case, name of the part). Understands strict files too."""
        folder, _slash, name = source.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode", "").lower() != "external":
                type_ = attributes.get("Type", "").rpartition("/")[2].lower()
                target = unquote(attributes.get("Target", "")).replace("\\", "/")
                found.setdefault(attributes.get("Id", ""), (type_, posixpath.normpath(posixpath.join("/", folder, target))[1:]))

        if self.has(path):
            self._read(path, start)
        return found

    def _read(self, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
        with self.open(name) as part:
            drain(read_xml(part, start, lambda _name: None))


def drain(blocks: Iterator[int]) -> None:
    for _fed in blocks:
        pass


def _folded(name: str) -> str:
    """The name in one form: case does not matter (ECMA-376 part 2, 6.2.2.3), and some writers use backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()
