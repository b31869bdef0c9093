"""For tests of the roster: persons on code 510600, which is not issued to people, and files of them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.roster.identity import check_digit, parse_cert
from app.roster.models import InsuredPerson
from app.roster.providers.registry import open_source
from app.roster.service import ImportMode, ImportResult, Refusal, import_roster, save_person

HEADER = "证件类型,证件号码,姓名,参保地,险种,参保状态\n"
WORKER = "01,510600199003070017,王㛃,510603,310,1\n"
RETIREE = "01,51060019580101007x,刘𬭚,510604,310,正常参保\n"
CHILD = "01,510600201002280012,买买提.阿不都,510699,390,\n"


class Importing:
    """Writes a file, imports it, keeps what was refused."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._app, self._folder = app, folder
        self.refusals: list[Refusal] = []

    def __call__(self, text: str | bytes, mode: str = "good", name: str = "r.csv", encoding: str = "", **more: Any) -> ImportResult:
        path = self._folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.file(path, mode, encoding, **more)

    def file(self, path: Path, mode: str = "good", encoding: str = "", **more: Any) -> ImportResult:
        self.refusals.clear()
        source = open_source(self._app.config["SETTINGS"], str(path), encoding)
        try:
            return import_roster(source, ImportMode(mode), on_refusal=self.refusals.append, **more)
        finally:
            source.close()

    def people(self) -> list[tuple[str, str]]:
        """(birthday or nothing, name) of everybody in the roster, in the order they came."""
        db.session.rollback()
        rows = db.session.scalars(select(InsuredPerson).order_by(InsuredPerson.id))
        return [(row.birthday.isoformat() if row.birthday else "", row.name) for row in rows]

    @property
    def why(self) -> list[tuple[int, str]]:
        return [(refusal.line, refusal.field) for refusal in self.refusals]


def save(number: str = "510600199003070017", name: str = "王㛃", cert_type: str = "01", **values: Any) -> InsuredPerson:
    fields: dict[str, Any] = {"insured_region": "510603", "insutype": "310"} | values
    return save_person(cert=parse_cert(cert_type, number), name=name, **fields)


def count_people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(InsuredPerson)) or 0


def many(count: int, region: str = "510603") -> str:
    lines = []
    for i in range(count):
        body = f"510600{date(1940, 1, 1) + timedelta(days=i):%Y%m%d}001"
        lines.append(f"01,{body}{check_digit(body)},王芳,{region},310,1\n")
    return HEADER + "".join(lines)
