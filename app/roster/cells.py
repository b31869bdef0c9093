"""Reads single cells of a roster: turns what people and spreadsheets write into codes. A refusal never repeats the cell."""

import re
from datetime import date
from functools import lru_cache

from flask_babel import gettext as _

from app.core.text import half_width, without_ignorable
from app.core.text_encoding import is_utf8_read_as_gbk
from app.roster.days import BadDay, read_day
from app.roster.identity import CERT_TYPES
from app.roster.models import InsuredStatus

EXACT_NUMBERS_BELOW = 10**15  # a spreadsheet keeps only fifteen digits of a number

_REGION = re.compile(r"[0-9]{6}\Z")
_CODE = re.compile(r"[0-9A-Z]{1,6}\Z")
_PSN_NO = re.compile(r"[0-9A-Za-z]{0,30}\Z")
_COUNTRY = re.compile(r"[A-Z]{3}\Z")
_TEXT_FORMULA = re.compile(r'="([0-9A-Za-z\-]*)"\Z')  # some exports write this so that a spreadsheet treats a number as text
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+\Z")

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_BESIDE_HAN_NEVER = re.compile(
    "[\u00a1-\u00b6\u00b8-\u02ff\u0370-\u052f\u2010-\u2026\u2100-\u27bf\u3040-\u30fa\u3105-\u33ff\ue000-\uf8ff\uff61-\uffdc]"
)
_APOSTROPHES = "'’‘`＇"

# fmt: off
_STATUSES = {
    **{status.value: status.value for status in InsuredStatus},
    "": "1", "正常": "1", "正常参保": "1", "参保缴费": "1", "暂停": "2", "暂停参保": "2", "终止": "4", "终止参保": "4",
    "死亡": "died", "转出": "moved", "迁出": "moved",
}
# fmt: on
_GENDERS = {"": None, "1": "1", "2": "2", "9": "9", "0": "9", "男": "1", "女": "2", "男性": "1", "女性": "2", "未说明": "9"}
_INSUTYPES = {
    "职工": "310",
    "职工基本医疗保险": "310",
    "城乡居民": "390",
    "居民": "390",
    "城乡居民基本医疗保险": "390",
    "离休": "340",
}
_NATIONALITIES = {"": "", "01": "01", "1": "01", "中国": "01", "CHN": "01", "156": "01"}


class BadCell(ValueError):
    pass


def as_text(value: object) -> str:
    """The text of a cell as a person would read it. Raises BadCell for formulas, and for numbers a spreadsheet has rounded."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith("="):
            if literal := _TEXT_FORMULA.match(value.strip()):
                return literal[1]
            raise BadCell(_("这一格是公式。请改成文字后再导入。"))
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= EXACT_NUMBERS_BELOW or value != int(value):
            raise BadCell(rounded())
        return str(int(value))
    if isinstance(value, dict):
        raise BadCell(_("这一格在表格里是错误值（#N/A、#REF! 之类）或不是数。请改成文字后再导入。"))
    raise BadCell(_("这一格读不出来。请改成文字后再导入。"))


def typed(text: str) -> str:
    """The number or code meant by a cell: without invisible characters and without the leading apostrophe that marks text in a
    spreadsheet (our own files have it, see `core.spreadsheet`)."""
    if not text.isascii():
        text = without_ignorable(text).strip()
    return text[1:].lstrip() if text[:1] in _APOSTROPHES and text else text


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet wrote the number as 5.1E+17."""
    return _ROUNDED.match(text.upper()) is not None


def rounded() -> str:
    return str(_("表格把这一格当成了数字，后几位已经丢失。请把这一列设为文本，重新填写后再导入。"))


def is_garbled(name: str) -> bool:
    """Whether a name was read in the wrong encoding: 鏉庢槑, or Chinese beside Cyrillic, Greek or kana."""
    return is_utf8_read_as_gbk(name) or (_HAN.search(name) is not None and _BESIDE_HAN_NEVER.search(name) is not None)


def garbled() -> str:
    return str(_("姓名像是乱码，可能是文件的编码不对。请把文件另存为 UTF-8 再导入。"))


def empty() -> str:
    return str(_("这一格是空的。如果是合并的单元格，请先取消合并。"))


@lru_cache(maxsize=512)
def cert_type(text: str) -> str:
    """The code, given as a code, a code that lost its zero (1), or a label; empty means the resident identity card."""
    plain = half_width(text)
    if not plain:
        return "01"
    if plain.isdecimal():
        return plain.zfill(2)
    labels = {half_width(label): code for code, label in CERT_TYPES.items()}
    return labels.get(plain) or next((code for label, code in labels.items() if label.split("(")[0] == plain), plain)


@lru_cache(maxsize=4096)
def region(text: str) -> str:
    code = half_width(text)
    if not _REGION.match(code):
        raise BadCell(_("参保地应当是 6 位区划代码，例如 510603。") if code else empty())
    return code


@lru_cache(maxsize=512)
def insutype(text: str) -> str:
    code = half_width(text).upper()
    code = _INSUTYPES.get(code, code)
    if not _CODE.match(code):
        raise BadCell(_("险种应当是代码，例如 310 或 390。") if code else empty())
    return code


@lru_cache(maxsize=512)
def psn_type(text: str) -> str:
    code = half_width(text).upper()
    if code and not _CODE.match(code):
        raise BadCell(_("人员类别应当是代码，最多 6 位。"))
    return code


@lru_cache(maxsize=512)
def status(text: str) -> str:
    try:
        return _STATUSES[half_width(text)]
    except KeyError:
        raise BadCell(_("参保状态应当是 1 正常、2 暂停、4 终止、死亡或转出。")) from None


@lru_cache(maxsize=512)
def gender(text: str) -> str | None:
    try:
        return _GENDERS[half_width(text)]
    except KeyError:
        raise BadCell(_("性别应当是 1 男、2 女或 9 未说明。")) from None


@lru_cache(maxsize=512)
def nationality(text: str) -> str:
    code = half_width(text).upper()
    code = _NATIONALITIES.get(code, code)
    if code not in {"", "01"} and not _COUNTRY.match(code):
        raise BadCell(_("国籍应当是 01，或三个字母的国家代码，例如 GBR。"))
    return code


def psn_no(text: str) -> str:
    if not _PSN_NO.match(text):
        raise BadCell(_("人员编号最多 30 位，只能有字母和数字。"))
    return text


def day(text: str) -> date:
    try:
        return read_day(text)
    except BadDay as bad:
        raise BadCell(bad.sentence) from None
