"""Reads one row of a roster, from cells to values. Pure, and fast enough for millions of rows."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from flask_babel import gettext as _

from app.roster import cells as cell
from app.roster.cells import BadCell
from app.roster.identity import Cert, InvalidCert, clean_name, nationality_of, parse_cert
from app.roster.names import InvalidName

KNOWN_CODES_MAX = 10_000  # fixed: remembered of one file, so that memory does not grow with it

Cell = TypeVar("Cell")
Value = TypeVar("Value")


class Problem(NamedTuple):
    """Why a row is refused: the field's name, and a sentence without personal data."""

    field: str
    why: str


class Codes(NamedTuple):
    insured_region: str | None
    insutype: str | None
    status: str | None
    gender: str | None
    nationality: str | None
    psn_type: str | None


class RosterRow(NamedTuple):
    """A valid row, ready for the roster; birthday as YYYY-MM-DD."""

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


_CODES: dict[str, Callable[[str], str | None]] = {
    "insured_region": cell.region,
    "insutype": cell.insutype,
    "status": cell.status,
    "gender": cell.gender,
    "nationality": cell.nationality,
    "psn_type": cell.psn_type,
}


class RowReader:
    """Reads rows of one source. columns: maps a field to the key of its cell. today: the day on which ages are checked.

    regions: the only regions a row may have; None for any.
    """

    def __init__(self, columns: Mapping[str, str], today: date, max_age_years: int, regions: frozenset[str] | None = None) -> None:
        self._regions = regions
        self._keys = columns
        self._today, self._max_age = today, max_age_years
        self._known: dict[tuple[str, ...], Codes] = {}  # a cache: a roster holds few combinations of codes

    def read(self, cells: Mapping[str, object]) -> RosterRow | list[Problem]:
        """The row, or everything that is wrong with it."""
        if cells.get(""):
            return [Problem("", _("这一行有内容落在列名之外，可能多了一个逗号或一格。"))]
        problems: list[Problem] = []
        texts = self._texts(cells, problems)
        if problems:
            return problems
        cert, name, codes = self._cert(texts, problems), _name(texts["name"], problems), self._codes(texts, problems)
        psn_no = _read("psn_no", cell.psn_no, texts.get("psn_no", ""), problems)
        birthday = cert.birthday if cert else None
        if birthday is None:
            birthday = _read("birthday", self._birthday, texts.get("birthday", ""), problems)
        if problems or cert is None:
            return problems
        return RosterRow(
            cert.cert_type,
            cert.number,
            name,
            cert.gender or codes.gender or "9",
            birthday.isoformat() if birthday else None,
            codes.nationality or nationality_of(cert),
            codes.insured_region or "",
            codes.insutype or "",
            psn_no or "",
            codes.psn_type or "",
            codes.status or "1",
        )

    def _texts(self, cells: Mapping[str, object], problems: list[Problem]) -> dict[str, str]:
        texts = {}
        for field, key in self._keys.items():
            value = cells.get(key)
            text = value.strip() if type(value) is str and value[:1] != "=" else _read(field, cell.as_text, value, problems) or ""
            texts[field] = text if field == "name" or (text.isascii() and text[:1] != "'") else cell.typed(text)
        return texts

    def _cert(self, texts: dict[str, str], problems: list[Problem]) -> Cert | None:
        number = texts["cert_no"]
        try:
            return parse_cert(cell.cert_type(texts.get("cert_type", "")), number, today=self._today, max_age_years=self._max_age)
        except InvalidCert as invalid:
            if invalid.code == "unknown_type":
                problems.append(Problem("cert_type", invalid.sentence))
            elif invalid.code == "empty":
                problems.append(Problem("cert_no", cell.empty()))
            else:
                problems.append(Problem("cert_no", cell.rounded() if cell.is_rounded(number) else invalid.sentence))
            return None

    def _codes(self, texts: dict[str, str], problems: list[Problem]) -> Codes:
        key = tuple([texts.get(field, "") for field in _CODES])
        codes = self._known.get(key)
        if codes is None:
            before = len(problems)
            codes = Codes(*[_read(field, read, text, problems) for (field, read), text in zip(_CODES.items(), key, strict=True)])
            if codes.insured_region and self._regions is not None and codes.insured_region not in self._regions:
                problems.append(Problem("insured_region", _("这个参保地不归您的机构管。")))
            if len(problems) == before and len(self._known) < KNOWN_CODES_MAX:
                self._known[key] = codes
        return codes

    def _birthday(self, text: str) -> date | None:
        birthday = cell.day(text) if text else None
        if birthday and birthday > self._today:
            raise BadCell(_("出生日期还没有到。"))
        return birthday


def _name(text: str, problems: list[Problem]) -> str:
    try:
        name = clean_name(text)
        if not name.isascii() and cell.is_garbled(name):
            raise InvalidName("unreadable", cell.garbled())
        return name
    except InvalidName as invalid:
        problems.append(Problem("name", invalid.sentence if text else cell.empty()))
        return ""


def _read(field: str, reader: Callable[[Cell], Value], text: Cell, problems: list[Problem]) -> Value | None:
    try:
        return reader(text)
    except BadCell as bad:
        problems.append(Problem(field, str(bad)))
        return None
