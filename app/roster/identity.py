"""Identity documents and ages: pure values, no database and no request.

Types are those of psn_cert_type (`data/cert_types.csv`, which a bureau may change); a type's form says how its numbers look.
A refusal is one plain sentence to the person who typed the number, and never contains the number.
"""

import csv
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import mul
from pathlib import Path

from flask_babel import gettext as _

from app.core import clock
from app.core.text import compact, find_strange, named, plain_dashes, unquoted, without_dashes
from app.roster.names import InvalidName as InvalidName
from app.roster.names import clean_name as clean_name
from app.roster.names import is_same_name as is_same_name

MAX_AGE_YEARS = 150  # fixed: nobody has lived longer; for typed numbers (the roster itself has a setting)

with (Path(__file__).parent / "data" / "cert_types.csv").open(encoding="utf-8", newline="") as _file:
    _TABLE = list(csv.DictReader(_file))
CERT_TYPES: dict[str, str] = {row["code"]: row["label"] for row in _TABLE}
_FORMS: dict[str, str] = {row["code"]: row["form"] for row in _TABLE}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, ISO 7064 MOD 11-2
_ZERO_SHARE = sum(_WEIGHTS) * ord("0")
_CHECK_DIGITS = "10X98765432"
_PROVINCES = {
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46"),
    *("50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83"),
}  # Counties are never checked: many people's numbers have county codes that were abolished long ago.
_RESIDENCE_PERMITS = ("810000", "820000", "830000")  # Hong Kong, Macau, Taiwan

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]\Z")
_FIFTEEN = re.compile(r"[0-9]{15}\Z")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}[0-9]{12}\Z")
_HK_MACAU = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?\Z")
_TAIWAN = re.compile(r"(?:[0-9]{8}|[0-9]{10}[A-Z])\Z")
_CHINESE_PASSPORT = re.compile(r"(?:E[A-Z0-9][0-9]{7}|[EGDSPK][0-9]{8})\Z")
_FOREIGN_PASSPORT = re.compile(r"[A-Z0-9]{5,17}\Z")
_LOOSE = re.compile(r"[A-Z0-9\u4e00-\u9fff()-]{4,32}\Z")
_ENDING = re.compile(r"[0-9A-Z]{4}\Z")
_LIKE_X = str.maketrans(dict.fromkeys("×✕✖✗✘╳⨉⨯ХΧ", "X"))  # multiplication signs, and a Cyrillic and a Greek letter in upper case
_LETTERS_AND_DIGITS = string.ascii_uppercase + string.digits


class InvalidCert(ValueError):
    """The number cannot be one of this type. `sentence` says why to the person, `code` to programs:

    empty, unknown_type, characters, length, fifteen_digits, province, impossible_date, check_digit, future_birth, too_old, form.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True, slots=True)
class Cert:
    """An identity document as it is stored: half-width, upper case, no blanks. gender: 1 男, 2 女, None if the number lacks it."""

    cert_type: str
    number: str
    birthday: date | None = None
    gender: str | None = None


def parse_cert(
    cert_type: str, raw: str, *, today: date | None = None, max_age_years: int = MAX_AGE_YEARS, may_be_old: bool = False
) -> Cert:
    """Reads the number a person typed or a file holds. Raises InvalidCert.

    today: the day, in China, on which ages are checked (default: now). may_be_old: a fifteen-digit number of an old card becomes
    one of eighteen digits (19 inserted, check digit added); without it such a number is refused, since it is no longer valid.
    """
    form = _FORMS.get(cert_type)
    if form is None:
        raise InvalidCert("unknown_type", _("没有这种证件类型，请重新选择。"))
    number = raw if raw.isascii() and raw.isdigit() else _normalised(raw, form)
    if not number:
        raise InvalidCert("empty", _("请填写证件号码。"))
    return _READERS[form](cert_type, number, today or clock.today(), max_age_years, may_be_old)


def kindred_types(cert_type: str) -> list[str]:
    """Other types under which a bureau's roster may store the same identity document, since dictionaries vary by province."""
    groups = ({"resident_id", "residence_permit"}, {"hk_macau_permit"})
    mine = next((group for group in groups if _FORMS.get(cert_type) in group), set())
    return [code for code, form in _FORMS.items() if code != cert_type and form in mine]


def nationality_of(cert: Cert) -> str:
    """`01` for Chinese documents; the ISO 3166 alpha-3 code if a foreigner's number contains it; otherwise empty."""
    if _FORMS[cert.cert_type] not in {"permanent_resident", "foreign_passport"}:
        return "01"
    return cert.number[:3] if _OLD_PERMANENT.match(cert.number) else ""


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character, computed from the first seventeen digits (GB 11643-1999)."""
    return _CHECK_DIGITS[(sum(map(mul, _WEIGHTS, first_seventeen.encode())) - _ZERO_SHARE) % 11]


def upgrade_fifteen(number: str) -> str:
    """610104620927690 → 610104196209276908."""
    longer = number[:6] + "19" + number[6:]
    return longer + check_digit(longer)


def full_age(birthday: date, on: date) -> int:
    """Age in whole years (周岁), complete on the birthday itself. Someone born on 29 February ages on 1 March in a common year."""
    return on.year - birthday.year - ((on.month, on.day) < (birthday.month, birthday.day))


def ending_of(typed: str) -> str | None:
    """The last four characters of a number, normalised like those of a parsed number; None if `typed` is no such ending."""
    ending = without_dashes(compact(unquoted(typed))).upper()
    ending = ending[:3] + ending[3:].translate(_LIKE_X)
    return ending if _ENDING.match(ending) else None


def _normalised(raw: str, form: str) -> str:
    """The number half-width, in upper case, without blanks, invisible characters, surrounding quotes and hyphens; only the form
    `loose` (military and other documents) keeps hyphens. A character that looks like X becomes X at the eighteenth place."""
    number = compact(unquoted(raw)).upper()
    if form == "loose":
        return plain_dashes(number)
    number = without_dashes(number)
    return number[:17] + number[17].translate(_LIKE_X) if len(number) == 18 else number


def _id_noun() -> str:
    return str(_("身份证号"))


def _permit_noun() -> str:
    return str(_("居住证号码"))


def _permanent_noun() -> str:
    return str(_("永久居留身份证号码"))


def _read_resident_id(cert_type: str, number: str, today: date, max_age: int, may_be_old: bool) -> Cert:
    if _FIFTEEN.match(number):
        if not may_be_old:
            raise InvalidCert("fifteen_digits", _("这是 15 位的旧身份证号，已经停用。请填写现在的身份证上的 18 位号码。"))
        number = upgrade_fifteen(number)
    _require_eighteen(number, _id_noun)
    if number[:2] not in _PROVINCES:
        if number[0] == "9":
            raise InvalidCert("province", _("这像是外国人永久居留身份证的号码，请在证件类型里改选它。"))
        raise InvalidCert("province", _("身份证号开头两位不对，请核对一遍。"))
    return _dated(cert_type, number, 6, today, max_age, _id_noun)


def _read_residence_permit(cert_type: str, number: str, today: date, max_age: int, _may_be_old: bool) -> Cert:
    _require_eighteen(number, _permit_noun)
    if not number.startswith(_RESIDENCE_PERMITS):
        raise InvalidCert("province", _("港澳台居民居住证的号码以 810000、820000 或 830000 开头，请核对一遍。"))
    return _dated(cert_type, number, 6, today, max_age, _permit_noun)


def _read_permanent_resident(cert_type: str, number: str, today: date, max_age: int, _may_be_old: bool) -> Cert:
    """Cards since 2023-12-01: 9, province, numeric country, birthday, sequence, check digit. Older: three letters, 12 digits."""
    if _OLD_PERMANENT.match(number):
        return Cert(cert_type, number)
    if number[:1].isalpha():
        raise InvalidCert("form", _("旧版永久居留证的号码是 3 个字母加 12 位数字，请核对一遍。"))
    _require_eighteen(number, _permanent_noun)
    if number[0] != "9":
        raise InvalidCert("form", _("永久居留身份证的 18 位号码以 9 开头，请核对一遍。"))
    return _dated(cert_type, number, 6, today, max_age, _permanent_noun)


def _pattern(
    pattern: re.Pattern[str], sentence: Callable[[], str], known: str = _LETTERS_AND_DIGITS
) -> Callable[[str, str, date, int, bool], Cert]:
    def read(cert_type: str, number: str, _today: date, _max_age: int, _may_be_old: bool) -> Cert:
        if pattern.match(number):
            return Cert(cert_type, number)
        strange = find_strange(number, known)
        if strange and not "\u4e00" <= strange <= "\u9fff":
            raise InvalidCert("form", _("号码里不能有%(character)s。%(form)s", character=named(strange), form=sentence()))
        raise InvalidCert("form", sentence())

    return read


_READERS: dict[str, Callable[[str, str, date, int, bool], Cert]] = {
    "resident_id": _read_resident_id,
    "residence_permit": _read_residence_permit,
    "permanent_resident": _read_permanent_resident,
    "hk_macau_permit": _pattern(_HK_MACAU, lambda: _("通行证号码是字母 H 或 M 加 8 位或 10 位数字，请核对一遍。")),
    "taiwan_permit": _pattern(_TAIWAN, lambda: _("通行证号码是 8 位数字，旧证是 10 位数字加 1 个字母，请核对一遍。")),
    "chinese_passport": _pattern(_CHINESE_PASSPORT, lambda: _("护照号码是字母开头的 9 位，例如 E 加 8 位数字，请核对一遍。")),
    "foreign_passport": _pattern(_FOREIGN_PASSPORT, lambda: _("护照号码是 5 到 17 位字母或数字，请核对一遍。")),
    "loose": _pattern(_LOOSE, lambda: _("证件号码是 4 到 32 位字母、数字或汉字，请核对一遍。"), _LETTERS_AND_DIGITS + "()-"),
}


def _require_eighteen(number: str, noun: Callable[[], str]) -> None:
    if _EIGHTEEN.match(number):
        return
    if strange := find_strange(number.removesuffix("X"), string.digits):
        raise InvalidCert(
            "characters",
            _(
                "%(noun)s里只能有数字，最后一位可以是 X；您填的第 %(place)s 位是%(character)s，请核对一遍。",
                noun=noun(),
                place=number.index(strange) + 1,
                character=named(strange),
            ),
        )
    raise InvalidCert("length", _("%(noun)s应当是 18 位，您填了 %(count)s 位，请核对一遍。", noun=noun(), count=len(number)))


def _dated(cert_type: str, number: str, at: int, today: date, max_age: int, noun: Callable[[], str]) -> Cert:
    try:
        birthday = date(int(number[at : at + 4]), int(number[at + 4 : at + 6]), int(number[at + 6 : at + 8]))
    except ValueError:
        raise InvalidCert("impossible_date", _("%(noun)s里的出生日期不存在，请核对第 7 到 14 位。", noun=noun())) from None
    if number[17] != _CHECK_DIGITS[(sum(map(mul, _WEIGHTS, number.encode())) - _ZERO_SHARE) % 11]:
        raise InvalidCert("check_digit", _("%(noun)s最后一位对不上，请核对一遍。", noun=noun()))
    if birthday > today:
        raise InvalidCert("future_birth", _("%(noun)s里的出生日期还没有到，请核对第 7 到 14 位。", noun=noun()))
    if full_age(birthday, today) > max_age:
        raise InvalidCert("too_old", _("%(noun)s里的出生日期超过 %(years)s 年，请核对第 7 到 14 位。", noun=noun(), years=max_age))
    return Cert(cert_type, number, birthday, "1" if int(number[16]) % 2 else "2")
