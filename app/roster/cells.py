"""Single cells of a roster: from what people and spreadsheets write to codes. A refusal never repeats the cell."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from flask_babel import gettext as _

from app.roster.identity import CERT_TYPES
from app.roster.models import InsuredStatus

EXACT_NUMBERS_BELOW = 10**15  # a spreadsheet keeps fifteen digits of a number and loses the rest

_REGION = re.compile(r"[0-9]{6}\Z")
_CODE = re.compile(r"[0-9A-Z]{1,6}\Z")
_PSN_NO = re.compile(r"[0-9A-Za-z]{0,30}\Z")
_COUNTRY = re.compile(r"[A-Z]{3}\Z")
_DAY = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?\Z")
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+\Z")

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
    """A cell as a person would read it. Raises BadCell for formulas, and for numbers a spreadsheet has rounded."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith("="):
            raise BadCell(_("这一格是公式。请改成文字后再导入。"))
        return value.strip()
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= EXACT_NUMBERS_BELOW or value != int(value):
            raise BadCell(rounded())
        return str(int(value))
    raise BadCell(_("这一格读不出来。请改成文字后再导入。"))


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet wrote the number as 5.1E+17."""
    return _ROUNDED.match(text.upper()) is not None


def rounded() -> str:
    return str(_("表格把这一格当成了数字，后几位已经丢失。请把这一列设为文本，重新填写后再导入。"))


def empty() -> str:
    return str(_("这一格是空的。如果是合并的单元格，请先取消合并。"))


@lru_cache(maxsize=512)
def cert_type(text: str) -> str:
    """A code, also with its zero lost (1), or the label; empty means the resident card."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain:
        return "01"
    if plain.isdecimal():
        return plain.zfill(2)
    labels = {unicodedata.normalize("NFKC", label): code for code, label in CERT_TYPES.items()}
    return labels.get(plain) or next((code for label, code in labels.items() if label.split("(")[0] == plain), plain)


@lru_cache(maxsize=4096)
def region(text: str) -> str:
    code = unicodedata.normalize("NFKC", text)
    if not _REGION.match(code):
        raise BadCell(_("参保地应当是 6 位区划代码，例如 510603。") if code else empty())
    return code


@lru_cache(maxsize=512)
def insutype(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).upper()
    code = _INSUTYPES.get(code, code)
    if not _CODE.match(code):
        raise BadCell(_("险种应当是代码，例如 310 或 390。") if code else empty())
    return code


@lru_cache(maxsize=512)
def psn_type(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).upper()
    if code and not _CODE.match(code):
        raise BadCell(_("人员类别应当是代码，最多 6 位。"))
    return code


@lru_cache(maxsize=512)
def status(text: str) -> str:
    try:
        return _STATUSES[unicodedata.normalize("NFKC", text)]
    except KeyError:
        raise BadCell(_("参保状态应当是 1 正常、2 暂停、4 终止、死亡或转出。")) from None


@lru_cache(maxsize=512)
def gender(text: str) -> str | None:
    try:
        return _GENDERS[unicodedata.normalize("NFKC", text)]
    except KeyError:
        raise BadCell(_("性别应当是 1 男、2 女或 9 未说明。")) from None


@lru_cache(maxsize=512)
def nationality(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).upper()
    code = _NATIONALITIES.get(code, code)
    if code not in {"", "01"} and not _COUNTRY.match(code):
        raise BadCell(_("国籍应当是 01，或三个字母的国家代码，例如 GBR。"))
    return code


def psn_no(text: str) -> str:
    if not _PSN_NO.match(text):
        raise BadCell(_("人员编号最多 30 位，只能有字母和数字。"))
    return text


def day(text: str) -> date:
    match = _DAY.match(unicodedata.normalize("NFKC", text))
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat("")
    except ValueError:
        raise BadCell(_("出生日期不存在或写法不对，请写成 1990-03-07。")) from None
