"""Rosters as the field writes them (`tests/roster/cases`), with what is right beside them: the same list for every door.

`in`: so many people enter, and `refused` so many rows do not; `in_or_refused`: every row one or the other. `says`: what the refusal
of the file, or of its rows, names. `people`: number → name, exactly. `birthday`: of everybody who entered. `sheet`, `remark`: what
is said before anything is applied. c: CSV, d: days, w: workbooks of other programs, x: workbooks made for one property.
"""

import json
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.crypto import vault
from app.core.db import db
from app.roster.models import InsuredPerson
from app.roster.queries import CERT_PURPOSE

FOLDER = Path(__file__).parents[1] / "roster" / "cases"
_AT_ONCE = 7  # a test of the ordinary gate takes no longer than some seconds


@dataclass(frozen=True)
class Case:
    path: Path
    people_in: int = 0
    refused: int = 0
    in_or_refused: int = 0
    says: str = ""
    people: dict[str, str] = field(default_factory=dict)
    birthday: str = ""
    sheet: str = ""
    remark: str = ""

    @property
    def is_refused_whole(self) -> bool:
        return not (self.people_in or self.refused or self.in_or_refused)


def groups() -> list[list[Case]]:
    """All of them, some at a time."""
    cases = cases_of("")
    return [cases[at : at + _AT_ONCE] for at in range(0, len(cases), _AT_ONCE)]


def name_of(group: object) -> str | None:
    """How a test calls it: c10…c16."""
    return "…".join(case.path.name.partition("-")[0] for case in (group[0], group[-1])) if isinstance(group, list) else None


def cases_of(group: str) -> list[Case]:
    listed: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return [Case(FOLDER / name, people_in=right.pop("in", 0), **right) for name, right in listed.items() if name.startswith(group)]


def newest_people(after: int) -> list[tuple[str, str, date | None]]:
    """(number, name, birthday) of everybody whose row is younger than this one."""
    db.session.rollback()
    rows = db.session.scalars(select(InsuredPerson).where(InsuredPerson.id > after).order_by(InsuredPerson.id))
    return [
        (vault.decrypt(CERT_PURPOSE, row.cert_no_encrypted, bound_to=row.cert_no_hash).decode(), row.name, row.birthday)
        for row in rows
    ]


def last_id() -> int:
    db.session.rollback()
    return db.session.scalar(select(InsuredPerson.id).order_by(InsuredPerson.id.desc()).limit(1)) or 0


def require(case: Case, found: list[tuple[str, str, date | None]]) -> None:
    """That exactly the right people entered."""
    if case.in_or_refused:
        assert len(found) <= case.in_or_refused
        return
    assert len(found) == case.people_in
    if case.people:
        assert {number: name for number, name, _day in found} == case.people
    if case.birthday:
        assert {day.isoformat() if day else "" for _number, _name, day in found} == {case.birthday}


def repacked(path: Path, made: Path, **parts: bytes) -> Path:
    """The workbook with parts changed or added, by their names' last words: `sheet1=b"…"`."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            word = name.rpartition("/")[2].partition(".")[0]
            target.writestr(name, parts.get(word, source.read(name)) if not name.endswith(".rels") else source.read(name))
    return made
