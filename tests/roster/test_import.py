import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, schema_changes
from app.roster.models import InsuredStatus, RosterImport
from app.roster.providers import SourceRefused
from app.roster.queries import cert_no_of, find_person, list_imports
from app.roster.service import ImportResult, save_person
from tests.kit.roster import CHILD, HEADER, RETIREE, WORKER, Importing, count_people, many, save


def test_good_rows_enter_with_rare_characters_and_even_typing(load: Importing) -> None:
    result = load(HEADER + WORKER + RETIREE + CHILD)

    assert result == ImportResult(rows=3, created=3, updated=0, unchanged=0, refused=0)
    retiree, child = find_person("01", "51060019580101007X"), find_person("01", "510600201002280012")
    assert retiree is not None and child is not None
    assert (retiree.name, retiree.gender, retiree.birthday, retiree.nationality) == ("刘𬭚", "1", date(1958, 1, 1), "01")
    assert cert_no_of(retiree) == "51060019580101007X"
    assert (child.name, child.insutype, child.status) == ("买买提·阿不都", "390", InsuredStatus.normal)
    assert not child.is_specimen


def test_importing_again_rewrites_nothing(load: Importing) -> None:
    load(HEADER + WORKER + RETIREE)
    before = find_person("01", "510600199003070017")
    assert before is not None
    kept = (before.id, before.cert_no_encrypted, before.updated_at)
    clock.move(timedelta(days=1))

    result = load(HEADER + WORKER + RETIREE)

    assert (result.created, result.updated, result.unchanged) == (0, 0, 2)
    after = find_person("01", "510600199003070017")
    assert after is not None
    assert (after.id, after.cert_no_encrypted, after.updated_at) == kept


def test_a_changed_row_is_updated_and_an_absent_one_is_left_alone(load: Importing) -> None:
    load(HEADER + WORKER + RETIREE)

    result = load(HEADER + WORKER.replace("310,1", "310,2") + CHILD)

    assert (result.created, result.updated, result.unchanged) == (1, 1, 0)
    worker = find_person("01", "510600199003070017")
    assert worker is not None and worker.status is InsuredStatus.suspended
    assert find_person("01", "51060019580101007X") is not None


def test_columns_a_file_does_not_have_stay_untouched(load: Importing) -> None:
    save(psn_no="51060000000001", psn_type="1101", status=InsuredStatus.suspended)

    result = load("cert_no,name,insured_region,insutype\n510600199003070017,王㛃㛃,510603,310\n")

    assert (result.created, result.updated) == (0, 1)
    person = find_person("01", "510600199003070017")
    assert person is not None
    assert (person.name, person.psn_no, person.psn_type, person.status) == (
        "王㛃㛃",
        "51060000000001",
        "1101",
        InsuredStatus.suspended,
    )


def test_each_bad_row_is_reported_with_line_field_and_reason(load: Importing) -> None:
    bad = [
        "01,510600199003070018,王芳,510603,310,1",  # check digit
        "01,510600197002290019,王芳,510603,310,1",  # no such day
        "01,510600209901010013,王芳,510603,310,1",  # not born yet, or the check digit: refused either way
        "01,610104620927690,王芳,510603,310,1",  # fifteen digits
        "01,510600199003070025,王3,510603,310,1",
        "01,510600199003070025," + "阿" * 61 + ",510603,310,1",
        "01,510600199003070025,王芳,旌阳区,310,1",
        "77,510600199003070025,王芳,510603,310,1",
        "01,510600199003070025,王芳,510603,310,在职",
        "01,5.10600199003070E+17,王芳,510603,310,1",
        "01,510600199003070025,=cmd|' /C calc'!A0,510603,310,1",
        ",,,,,1",
        "01,510600199003070025,王芳,510603,310,1,多,出",
    ]

    result = load(HEADER + WORKER + "\n".join(bad) + "\n" + CHILD)

    assert (result.rows, result.created, result.refused) == (15, 2, 13)
    assert [line for line, _field in dict.fromkeys(load.why)] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, *[14] * 4, 15]
    fields = dict(reversed(load.why))
    assert (fields[3], fields[7], fields[9], fields[10], fields[11], fields[13], fields[15]) == (
        *("证件号码", "姓名", "参保地", "证件类型", "参保状态", "姓名", ""),
    )
    said = {refusal.line: refusal.why for refusal in load.refusals}
    assert "最后一位对不上" in said[3]
    assert "日期不存在" in said[4]
    assert "15 位" in said[6]
    assert "后几位已经丢失" in said[12]
    assert "公式" in said[13]
    assert len(set(said.values())) >= 9


def test_reasons_hold_nothing_of_the_person(load: Importing) -> None:
    load(HEADER + "01,510600199003070018,王3丽,510603,310,1\n")

    for refusal in load.refusals:
        assert "51060019" not in refusal.why
        assert "王" not in refusal.why


def test_full_width_and_blanks_are_read_as_meant(load: Importing) -> None:
    load(HEADER + "０１, ５１０６００１９９００３０７００１７ ,王 㛃,５１０６０３,３１０, 正常 \n")

    person = find_person("01", "510600199003070017")
    assert person is not None
    assert (person.name, person.insured_region, person.insutype) == ("王㛃", "510603", "310")


def test_one_bad_row_stops_everything_in_mode_all(load: Importing) -> None:
    result = load(HEADER + WORKER + WORKER.replace("0017", "0018") + CHILD, mode="all")

    assert not result.is_applied
    assert (result.rows, result.created, result.refused) == (3, 0, 1)
    assert count_people() == 0
    assert list_imports()[0].refused == 1


def test_a_failure_in_the_middle_of_merging_undoes_all_of_it(load: Importing) -> None:
    with schema_changes(), db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "CREATE TRIGGER stop BEFORE INSERT ON insured_person WHEN NEW.insured_region = '999999' "
                "BEGIN SELECT RAISE(ABORT, 'stop'); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER stop BEFORE INSERT ON insured_person FOR EACH ROW WHEN (NEW.insured_region = '999999') "
                "EXECUTE FUNCTION stop()"
            )
    save(status=InsuredStatus.suspended)

    with pytest.raises(DBAPIError):
        load(many(20) + WORKER + RETIREE.replace("510604", "999999"), mode="all")

    assert count_people() == 1
    person = find_person("01", "510600199003070017")
    assert person is not None and person.status is InsuredStatus.suspended
    assert list_imports() == []


def test_a_second_line_with_the_same_document_is_refused(load: Importing) -> None:
    result = load(HEADER + WORKER + CHILD + WORKER.replace("王㛃", "李四") + WORKER)

    assert (result.created, result.refused) == (2, 2)
    assert [(refusal.line, refusal.why) for refusal in load.refusals] == [
        (4, "与第 2 行是同一个证件。"),
        (5, "与第 2 行是同一个证件。"),
    ]
    person = find_person("01", "510600199003070017")
    assert person is not None and person.name == "王㛃"


def test_the_same_digits_under_two_types_are_two_people(load: Importing) -> None:
    result = load(HEADER + "06,12345678,陈大文,510603,310,1\n08,12345678,John Smith,510603,310,1\n")

    assert (result.created, result.refused) == (2, 0)


def test_foreigners_come_with_country_gender_and_birthday(load: Importing) -> None:
    header = "证件类型,证件号码,姓名,参保地,险种,性别,出生日期,国籍\n"
    load(header + "外国人护照,x1234567,John Smith,510603,310,男,1980年5月6日,gbr\n" + "7,CAN110103112233,Anne Lee,510603,310,,,\n")

    john, anne = find_person("08", "X1234567"), find_person("07", "CAN110103112233")
    assert john is not None and anne is not None
    assert (john.gender, john.birthday, john.nationality) == ("1", date(1980, 5, 6), "GBR")
    assert (anne.gender, anne.birthday, anne.nationality) == ("9", None, "CAN")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_found_out(load: Importing, encoding: str) -> None:
    result = load((HEADER + WORKER + RETIREE).encode(encoding))

    assert result.created == 2
    person = find_person("01", "51060019580101007X")
    assert person is not None and person.name == "刘𬭚"


def test_gbk_may_be_said_and_tabs_are_seen(load: Importing) -> None:
    text = (HEADER + WORKER.replace("王㛃", "王芳")).replace(",", "\t").replace("\n", "\r\n")

    assert load(text.encode("gbk"), encoding="gbk").created == 1


def test_a_source_that_cannot_be_read_is_refused_whole(subtests: pytest.Subtests, load: Importing) -> None:
    for content, said in (
        ("姓名,参保地\n王芳,510603\n", "缺少这些列：证件号码、险种"),
        (HEADER.replace("参保状态", "参保状况") + WORKER, "不认识这些列：参保状况"),
        ("", "里面没有内容"),
        ("\n\n", "第一行是空的"),
        ("%PDF-1.7", "不是表格"),
        ("<html><table>", "网页格式"),
        (HEADER + "," * 70_000, "太长"),
        ("\x00\x01\x02", "缺少这些列"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        (b"PK\x03\x04not a workbook", "打不开"),
        ((HEADER + WORKER).encode() + b"\xff\xff\xff", "编码"),
        (HEADER + '01,"510600' + "9" * 200_000, "少了一个引号"),
    ):
        with subtests.test(content=content, said=said):
            with pytest.raises(SourceRefused) as caught:
                load(content)

            assert said in caught.value.what
            assert "没有任何改动" in caught.value.next or "另存为" in caught.value.next
            assert count_people() == 0


def test_a_file_that_is_not_there_is_refused(load: Importing, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="没有找到文件"):
        load.file(tmp_path / "nowhere.csv")


def test_an_import_is_kept_in_the_list_and_in_the_audit_log(load: Importing) -> None:
    load(HEADER + WORKER + WORKER.replace("0017", "0018"))

    entry = list_imports()[0]
    assert (entry.source, entry.mode, entry.rows, entry.created, entry.refused) == ("r.csv", "good", 2, 1, 1)
    assert entry.finished_at is not None
    audited = db.session.scalars(select(AuditRow).where(AuditRow.tag == "roster:imported")).all()
    assert [(row.outcome, row.subject) for row in audited] == [("ok", f"roster_import:{entry.id}")]


def test_many_batches_come_to_the_same(app: Flask, load: Importing) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], roster_batch_rows=7)

    first, second = load(many(50)), load(many(60, region="510604"))

    assert (first.created, first.rows) == (50, 50)
    assert (second.created, second.updated) == (10, 50)
    assert count_people() == 60
    assert db.session.scalars(select(RosterImport.created).order_by(RosterImport.id)).all() == [50, 10]
    outcomes = db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "roster:imported").order_by(AuditRow.id)).all()
    assert outcomes == ["started", "ok", "started", "ok"]


def test_readers_and_writers_are_not_held_up_while_an_import_reads(app: Flask, load: Importing, tmp_path: Path) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], roster_batch_rows=2)
    others: list[int] = []

    def other_writer(_position: int) -> None:
        def write() -> None:
            with app.app_context():
                number = ("510600199602290011", "510600199003070025")[len(others) % 2]
                others.append(save(number, name="李" + "一二三四五六七八九十"[len(others)]).id)
                db.session.remove()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()

    load(many(8), mode="all", on_progress=other_writer)

    assert len(others) == 4
    assert count_people() == 10


def test_somebody_added_between_comparing_and_merging_is_updated(load: Importing, app: Flask) -> None:
    """The last progress report comes after reading, before comparing; a save from another connection is then met, not doubled."""

    def meanwhile(_position: int) -> None:
        def write() -> None:
            with app.app_context():
                save(name="旧名")
                db.session.remove()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)

    result = load(HEADER + WORKER, on_progress=meanwhile)

    assert result.created + result.updated == 1
    person = find_person("01", "510600199003070017")
    assert person is not None and person.name == "王㛃"


def test_the_callers_session_goes_on_afterwards(load: Importing) -> None:
    person = save()

    load(HEADER + WORKER.replace("王㛃", "王芳"))

    assert person.name == "王芳"
    assert save_person.__name__ == "save_person"
