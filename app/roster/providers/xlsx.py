"""XLSX, read row by row. Formulas are never evaluated: they arrive as text that begins with = and are refused."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NoReturn

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.limited_child import Failed, TooHard
from app.roster.providers import Facts, SourceRefused, cells_by_column, is_blank
from app.roster.providers.xlsx_child import WorkbookChild, limits_for
from app.roster.workbook.wire import END, REFUSED, ROWS, SHEET

_NO_CHANGE = _l("名册没有任何改动。请只留需要的一张表，另存后再导入。")
_SAVE_ANEW = _l("请在 Excel 里重新另存为 .xlsx 或 .csv。")
_SAVE_IN_EXCEL = _l("名册没有任何改动。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。")
_TABLE_WANTED = _l("名册没有任何改动。请选 .xlsx 或 .csv 文件。")
# code of `workbook.wire.Refused` → what is wrong, and what to do
_SENTENCES: dict[str, tuple[Any, Any]] = {
    "unreadable": (_l("%(name)s 打不开，文件可能不完整。"), _SAVE_ANEW),
    "too_large": (_l("%(name)s 解开以后太大，不像名册。"), _NO_CHANGE),
    "too_hard": (_l("%(name)s 读起来用的时间或内存太多，不像名册，已经停下。"), _NO_CHANGE),
    "long_row": (_l("%(name)s 第 %(line)s 行太长，不像名册。"), _NO_CHANGE),
    "misplaced": (_l("%(name)s 第 %(line)s 行附近的格子排得前后矛盾，不知道哪一格属于谁。"), _SAVE_ANEW),
    "macros": (_l("%(name)s 里有宏。"), _l("名册没有任何改动。请另存为不带宏的 .xlsx 再导入。")),
    "password": (_l("%(name)s 设有密码。"), _l("名册没有任何改动。请另存为没有密码的 .xlsx 再导入。")),
    "xlsb": (_l("%(name)s 是二进制的 Excel 文件（.xlsb）。"), _SAVE_IN_EXCEL),
    "ods": (_l("%(name)s 是 OpenDocument 表格（.ods）。"), _SAVE_IN_EXCEL),
    "numbers": (_l("%(name)s 是苹果 Numbers 的表格。"), _l("名册没有任何改动。请在 Numbers 里导出为 Excel 再导入。")),
    "document": (_l("%(name)s 是文档，不是表格。"), _TABLE_WANTED),
    "archive": (_l("%(name)s 打不开：这是压缩包，不是表格。"), _l("名册没有任何改动。请先解开，再选里面的 .xlsx 或 .csv 文件。")),
    "no_sheet": (_l("%(name)s 里没有看得见的工作表。"), _l("名册没有任何改动。请取消隐藏要导入的工作表，另存后再导入。")),
}


class XlsxSource:
    """The first visible sheet of a workbook; its first row that is not empty holds the column names."""

    def __init__(self, file: BinaryIO, title: str, size: int) -> None:
        """size: of the file, in bytes. Raises SourceRefused."""
        self.title, self.size, self.position = title, 0, 0
        self._file = file
        self._child = WorkbookChild(file, size, limits_for(size))
        try:
            kind, said = self._hear()
            if kind != SHEET:
                self._refuse("unreadable")
            self.size, self.facts = int(said["size"]), Facts(sheet=str(said["name"]), unread_sheets=int(said["others"]))
        except BaseException:
            self.close()
            raise
        self._lines = self._given()
        self._header: list[str] | None = None

    def columns(self) -> list[str]:
        if self._header is None:
            _line, cells = next(self._lines, (1, []))
            self._header = ["" if cell is None or isinstance(cell, dict) else str(cell).strip() for cell in cells]
            if not any(self._header):
                raise SourceRefused(
                    _("%(name)s 的第一行是空的，应当是列名。", name=f"{self.title}（{self.facts.sheet}）"), str(_NO_CHANGE)
                )
        return [cell for cell in self._header if cell]

    def rows(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        self.columns()
        header = self._header or []
        for line, cells in self._lines:
            if not all(map(is_blank, cells)):
                yield line, cells_by_column(header, cells)

    def close(self) -> None:
        self._child.close()
        self._file.close()

    def _given(self) -> Iterator[tuple[int, list[object]]]:
        while True:
            kind, said = self._hear()
            if kind == END:
                self.facts = self.facts.with_hidden_rows(int(said["hidden"]))
                return
            if kind != ROWS:
                self._refuse("unreadable")
            yield from said["rows"]
            self.position = said["at"]

    def _hear(self) -> tuple[bytes, Any]:
        try:
            kind, said = self._child.hear()
        except TooHard:
            self._refuse("too_hard")
        except Failed:
            self._refuse("unreadable")
        if kind == REFUSED:
            self._refuse(str(said["code"]), line=said.get("line", 0))
        return kind, said

    def _refuse(self, code: str, line: int = 0) -> NoReturn:
        what, way_on = _SENTENCES[code]
        raise SourceRefused(str(what) % {"name": self.title, "line": line}, str(way_on))
