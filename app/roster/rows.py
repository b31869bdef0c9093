"""One row of a roster, from cells to values: pure, and quick enough for millions."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from flask_babel import gettext as _

from app.roster.identity import CERT_TYPES, Cert, InvalidCert, clean_name, nationality_of, parse_cert
from app.roster.models import InsuredStatus
from app.roster.names import InvalidName

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


Value = TypeVar("Value")


class RosterRow(NamedTuple):
    """A row that may enter the roster; birthday as YYYY-MM-DD."""

    cert_type: str
    number: str
    name: str
    gender: str
    birthday: str | None
    nationality: str
    insured_region: str
    insutype: str
    psn_no: str
    psn_type: str
    status: str


class Problem(NamedTuple):
    """Why a row cannot enter: the field's name, and a sentence that holds nothing of the person."""

    field: str
    why: str


class BadCell(ValueError):
    pass


class RowReader:
    """Reads rows of one source. columns: field → key of the cell. today: the day ages are judged on."""

    def __init__(self, columns: Mapping[str, str], today: date, max_age_years: int) -> None:
        self._keys = columns
        self._today, self._max_age = today, max_age_years

    def read(self, cells: Mapping[str, object]) -> RosterRow | list[Problem]:
        """The row, or everything that is wrong with it."""
        problems: list[Problem] = []
        if cells.get(""):
            return [Problem("", _("这一行有内容落在列名之外，可能多了一个逗号或一格。"))]
        texts = {}
        for field, key in self._keys.items():
            value = cells.get(key)
            try:
                texts[field] = value.strip() if type(value) is str and value[:1] != "=" else as_text(value)
            except BadCell as bad:
                problems.append(Problem(field, str(bad)))
        if problems:
            return problems
        get = texts.get
        cert, name = Cert("", ""), ""
        try:
            cert = parse_cert(_cert_type(get("cert_type", "")), texts["cert_no"], today=self._today, max_age_years=self._max_age)
        except InvalidCert as invalid:
            problems.append(
                Problem("cert_type" if invalid.code == "unknown_type" else "cert_no", _why_no_cert(invalid, texts["cert_no"]))
            )
        try:
            name = clean_name(texts["name"])
        except InvalidName as invalid:
            problems.append(Problem("name", invalid.sentence if texts["name"] else _empty()))
        code = _Codes(problems)
        region = code.read("insured_region", _region, texts["insured_region"])
        insutype = code.read("insutype", _insutype, texts["insutype"])
        status = code.read("status", _status, get("status", ""))
        gender = code.read("gender", _gender, get("gender", ""))
        nationality = code.read("nationality", _nationality, get("nationality", ""))
        psn_no = code.read("psn_no", _psn_no, get("psn_no", ""))
        psn_type = code.read("psn_type", _psn_type, get("psn_type", ""))
        birthday = cert.birthday or code.read("birthday", self._birthday, get("birthday", ""))
        if problems:
            return problems
        return RosterRow(
            cert.cert_type,
            cert.number,
            name,
            cert.gender or gender or "9",
            birthday.isoformat() if birthday else None,
            nationality or nationality_of(cert),
            region or "",
            insutype or "",
            psn_no or "",
            psn_type or "",
            status or "1",
        )

    def _birthday(self, text: str) -> date | None:
        birthday = _day(text) if text else None
        if birthday and birthday > self._today:
            raise BadCell(_("出生日期还没有到。"))
        return birthday


class _Codes:
    """Reads one cell after the other and keeps what was wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def read(self, field: str, reader: Callable[[str], Value], text: str) -> Value | None:
        try:
            return reader(text)
        except BadCell as bad:
            self._problems.append(Problem(field, str(bad)))
            return None


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
            raise BadCell(_rounded())
        return str(int(value))
    raise BadCell(_("这一格读不出来。请改成文字后再导入。"))


def _rounded() -> str:
    return str(_("表格把这一格当成了数字，后几位已经丢失。请把这一列设为文本，重新填写后再导入。"))


def _empty() -> str:
    return str(_("这一格是空的。如果是合并的单元格，请先取消合并。"))


def _why_no_cert(invalid: InvalidCert, text: str) -> str:
    if invalid.code == "empty":
        return _empty()
    return _rounded() if _ROUNDED.match(text.upper()) else invalid.sentence


@lru_cache(maxsize=512)
def _cert_type(text: str) -> str:
    """A code, also with its zero lost (1), or the label; empty means the resident card."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain:
        return "01"
    if plain.isdecimal():
        return plain.zfill(2)
    labels = {unicodedata.normalize("NFKC", label): code for code, label in CERT_TYPES.items()}
    return labels.get(plain) or next((code for label, code in labels.items() if label.split("(")[0] == plain), plain)


@lru_cache(maxsize=4096)
def _region(text: str) -> str:
    code = unicodedata.normalize("NFKC", text)
    if not _REGION.match(code):
        raise BadCell(_("参保地应当是 6 位区划代码，例如 510603。") if code else _empty())
    return code


@lru_cache(maxsize=512)
def _insutype(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).upper()
    code = _INSUTYPES.get(code, code)
    if not _CODE.match(code):
        raise BadCell(_("险种应当是代码，例如 310 或 390。") if code else _empty())
    return code


@lru_cache(maxsize=512)
def _psn_type(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).upper()
    if code and not _CODE.match(code):
        raise BadCell(_("人员类别应当是代码，最多 6 位。"))
    return code


@lru_cache(maxsize=512)
def _status(text: str) -> str:
    try:
        return _STATUSES[unicodedata.normalize("NFKC", text)]
    except KeyError:
        raise BadCell(_("参保状态应当是 1 正常、2 暂停、4 终止、死亡或转出。")) from None


@lru_cache(maxsize=512)
def _gender(text: str) -> str | None:
    try:
        return _GENDERS[unicodedata.normalize("NFKC", text)]
    except KeyError:
        raise BadCell(_("性别应当是 1 男、2 女或 9 未说明。")) from None


@lru_cache(maxsize=512)
def _nationality(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).upper()
    code = _NATIONALITIES.get(code, code)
    if code not in {"", "01"} and not _COUNTRY.match(code):
        raise BadCell(_("国籍应当是 01，或三个字母的国家代码，例如 GBR。"))
    return code


def _psn_no(text: str) -> str:
    if not _PSN_NO.match(text):
        raise BadCell(_("人员编号最多 30 位，只能有字母和数字。"))
    return text


def _day(text: str) -> date:
    match = _DAY.match(unicodedata.normalize("NFKC", text))
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat("")
    except ValueError:
        raise BadCell(_("出生日期不存在或写法不对，请写成 1990-03-07。")) from None
