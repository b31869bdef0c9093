"""Reads a list that was made in a spreadsheet and saved as text, in whatever encoding the spreadsheet chose."""

from typing import BinaryIO

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.text_encoding import Undecodable, detect_encoding

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_text(file: BinaryIO, name: str) -> str:
    """The whole text of a file of at most some megabytes. Raises DomainError `not_csv`, `encoding`, field `file`."""
    head = file.read(4)
    way_on = _("请另存为 UTF-8 编码的 CSV。")
    if head in _WORKBOOKS:
        raise DomainError("not_csv", _("%(name)s 是 Excel 文件。", name=name), way_on, field="file")
    try:
        encoding = detect_encoding(file)
        return file.read().decode(encoding).removesuffix("\x1a")
    except Undecodable as unfit:
        if unfit.line:
            what = _("第 %(line)s 行有字不是 %(encoding)s 编码。", line=unfit.line, encoding=unfit.encoding)
        else:
            what = _("这个文件像是 UTF-16 编码，可是开头没有编码标记。")
    except UnicodeDecodeError:
        what = _("%(name)s 里有字读不出来。", name=name)
    raise DomainError("encoding", what, way_on, field="file")
