"""CSV and XLSX, told apart by their first bytes. For other kinds of file the refusal says what they are."""

from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.config import Settings
from app.core.text_encoding import Undecodable, detect_encoding
from app.roster.providers import RosterSource, SourceRefused
from app.roster.providers.csv_text import CsvSource, undecodable
from app.roster.providers.xlsx import XlsxSource

_TABLE_WANTED = _l("名册没有任何改动。请选 .xlsx 或 .csv 文件。")
_SAVE_IN_EXCEL = _l("请用 Excel 打开，另存为 .xlsx 或 .csv。")
_OLD_EXCEL = _l("%(name)s 是旧版 Excel 文件，或设有密码。请另存为没有密码的 .xlsx 或 .csv。")
_WEB_PAGE = _l("%(name)s 是网页格式的表格，有的系统把它存成 .xls。")
_NO_TABLE: dict[bytes, Any] = {
    b"%PDF": _l("%(name)s 是 PDF，不是表格。"),
    **dict.fromkeys((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), _l("%(name)s 是图片，不是表格。")),
    **dict.fromkeys((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"), _l("%(name)s 是压缩包，不是表格。")),
    b"{\\rt": _l("%(name)s 是文档，不是表格。"),
    **dict.fromkeys((b"SQLite format 3", b"\x00\x01\x00\x00Standard"), _l("%(name)s 是数据库文件，不是表格。")),
}
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")  # Excel before 97, bare
# Files that Excel opens and this program does not.
_FOR_EXCEL: dict[bytes, Any] = {
    **dict.fromkeys((b"\xd0\xcf\x11\xe0", *_BIFF), _OLD_EXCEL),
    **dict.fromkeys((b"MIME-Version:", b"From: ", b"Content-Type:"), _WEB_PAGE),
}  # fmt: skip
_HEAD_BYTES = 1024


def open_file(_settings: Settings, location: str, encoding: str) -> RosterSource:
    """Opens a file as a source. Raises SourceRefused if there is no such file or it is neither CSV nor XLSX."""
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
    """Makes a source of an open, seekable file; the source closes it. size in bytes. Raises SourceRefused."""
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not size:
        raise SourceRefused(_("%(name)s 是空的，里面没有内容。", name=title))
    if head.startswith(b"PK"):
        return XlsxSource(file, title, size)
    _refuse_others(head, title)
    try:
        return CsvSource(file, title, size, encoding or detect_encoding(file))
    except Undecodable as unfit:
        raise undecodable(unfit.line, unfit.encoding) from None


def _refuse_others(head: bytes, title: str) -> None:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for starts, way_on in ((_NO_TABLE, _TABLE_WANTED), (_FOR_EXCEL, _SAVE_IN_EXCEL)):
        for start, what in starts.items():
            if head.startswith(start) or plain.startswith(start):
                raise SourceRefused(str(what) % {"name": title}, str(way_on))
    if plain.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            raise SourceRefused(_("%(name)s 是 Excel 2003 的 XML 表格。", name=title), str(_SAVE_IN_EXCEL))
        if b"urn:oasis:names:tc:opendocument" in head:
            raise SourceRefused(_("%(name)s 是 OpenDocument 表格（.fods）。", name=title), str(_SAVE_IN_EXCEL))
        raise SourceRefused(str(_WEB_PAGE) % {"name": title}, str(_SAVE_IN_EXCEL))
