import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from app.roster.identity import check_digit
from app.roster.providers import SourceRefused
from app.roster.queries import find_person
from bench.workbook import write_workbook
from tests.kit.roster import Importing

pytestmark = pytest.mark.one_database

HEADER = ["证件类型", "证件号码", "姓名", "参保地", "险种", "出生日期"]
WORKER: list[Any] = ["01", "510600199003070017", "王㛃", "510603", "310", None]


def workbook(path: Path, rows: list[list[Any]], merge: str = "") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADER, *rows]:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The same workbook with one part changed, or left out."""
    made = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content: bytes | None = source.read(name)
            if name == part and content is not None:
                content = change(content)
            if content is not None:
                target.writestr(name, content)
    return made


def test_a_workbook_enters_the_roster(app: Flask, load: Importing, tmp_path: Path) -> None:
    passport = [8, "X1234567", "John Smith", 510603, 310, datetime(1980, 5, 6)]

    result = load.file(workbook(tmp_path / "r.xlsx", [WORKER, [None] * 6, passport]))

    assert (result.rows, result.created) == (2, 2)
    person = find_person("08", "X1234567")
    assert person is not None and person.birthday is not None
    assert (person.insured_region, person.birthday.isoformat()) == ("510603", "1980-05-06")


EXCEL_ROWS = [["证件类型", "证件号码", "姓名", "参保地", "险种"], ["01", "510600199003070017", "刘𬭚", "510603", "310"]]


def test_a_workbook_as_excel_writes_it_is_read_beyond_its_wrong_dimension(load: Importing, tmp_path: Path) -> None:
    write_workbook(tmp_path / "r.xlsx", EXCEL_ROWS)

    assert load.file(tmp_path / "r.xlsx").created == 1
    person = find_person("01", "510600199003070017")
    assert person is not None and person.name == "刘𬭚"


def test_rich_text_is_read_whole_and_phonetic_guides_are_not(load: Importing, tmp_path: Path) -> None:
    write_workbook(tmp_path / "r.xlsx", EXCEL_ROWS)
    rich = "<si><r><t>刘</t></r><r><t>𬭚</t></r><rPh sb='0' eb='1'><t>liu</t></rPh></si>".encode()

    load.file(rewritten(tmp_path / "r.xlsx", "xl/sharedStrings.xml", lambda x: x.replace("<si><t>刘𬭚</t></si>".encode(), rich)))

    person = find_person("01", "510600199003070017")
    assert person is not None and person.name == "刘𬭚"


def test_a_workbook_whose_texts_are_missing_is_refused_whole(load: Importing, tmp_path: Path) -> None:
    write_workbook(tmp_path / "r.xlsx", EXCEL_ROWS)

    with pytest.raises(SourceRefused, match="打不开"):
        load.file(rewritten(tmp_path / "r.xlsx", "xl/sharedStrings.xml", lambda x: x[:60] + b"</sst>"))


def test_formulas_are_refused_and_never_worked_out(load: Importing, tmp_path: Path) -> None:
    formula = ["01", "510600199003070025", "=cmd|'/C calc'!A0", "510603", "=300+10", None]

    result = load.file(workbook(tmp_path / "r.xlsx", [WORKER, formula]))

    assert (result.created, result.refused) == (1, 1)
    assert load.why == [(3, "姓名"), (3, "险种")]
    assert all("公式" in refusal.why for refusal in load.refusals)


def test_a_number_the_spreadsheet_rounded_is_refused_as_such(load: Importing, tmp_path: Path) -> None:
    load.file(workbook(tmp_path / "r.xlsx", [["01", 510600199003070017, "王芳", 510603, 310, None]]))

    assert [(refusal.field, refusal.why[:10]) for refusal in load.refusals] == [("证件号码", "表格把这一格当成了数")]


def test_merged_cells_are_empty_below_their_first_and_said_so(load: Importing, tmp_path: Path) -> None:
    body = "51060019910101001"
    second = ["01", body + check_digit(body), "李四", "510603", "310", None]

    result = load.file(workbook(tmp_path / "r.xlsx", [WORKER, second], merge="D2:D3"))

    assert (result.created, result.refused) == (1, 1)
    assert load.why == [(3, "参保地")]
    assert "合并" in load.refusals[0].why


def test_a_workbook_cut_short_is_refused_whole(subtests: pytest.Subtests, load: Importing, tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", [WORKER] * 50).read_bytes()

    for cut in (200, 2000):
        with subtests.test(cut=cut), pytest.raises(SourceRefused, match="打不开"):
            load(whole[:-cut], name="r.xlsx")


def test_a_zip_that_is_no_workbook_is_refused(load: Importing, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")

    with pytest.raises(SourceRefused, match="打不开"):
        load.file(tmp_path / "r.xlsx")
