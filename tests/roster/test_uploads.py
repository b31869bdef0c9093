"""Files sent through the web: sealed, checked, bounded."""

import tracemalloc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.core import audit, blobs, clock, sealed_files
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound
from app.roster.identity import parse_cert
from app.roster.models import InsuredStatus, RosterUpload
from app.roster.providers import SourceRefused
from app.roster.service import (
    Receiving,
    check_roster,
    discard_upload,
    expire_uploads,
    import_roster,
    keep_upload,
    note_applied,
    note_checked,
    reading_upload,
    require_applicable,
    save_person,
)
from tests.kit.roster import CHILD, HEADER, RETIREE, WORKER, Importing, count_people, many
from tests.kit.workbooks import packed, parts, workbook


def send(content: str | bytes, title: str = "r.csv") -> RosterUpload:
    data = content if isinstance(content, bytes) else content.encode()
    with Receiving() as file:
        for start in range(0, len(data), 65_536):
            file.write(data[start : start + 65_536])
        return keep_upload(file, title, by="staff:1")


def test_an_upload_is_read_as_it_was_sent_and_lies_nowhere_in_clear(app: Flask, tmp_path: Path) -> None:
    upload = send(HEADER + WORKER)

    with reading_upload(upload) as source:
        assert import_roster(source).created == 1
    number = WORKER.split(",")[1].encode()
    assert not any(number in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_workbook_is_read_sealed_too(app: Flask) -> None:
    with reading_upload(send(workbook(), "r.xlsx")) as source:
        assert check_roster(source).created == 1


def test_a_file_that_was_changed_is_not_read(app: Flask) -> None:
    upload = send(HEADER + WORKER)
    with transaction():
        db.session.get_one(RosterUpload, upload.id).content_hash = "0" * 64

    with pytest.raises(DomainError) as refused, reading_upload(upload):
        pass

    assert refused.value.code == "upload_unreadable"


def test_an_upload_goes_when_it_is_discarded_and_after_a_week(app: Flask) -> None:
    first, second = send(HEADER + WORKER).id, send(HEADER + RETIREE).id

    assert discard_upload(first, by="staff:1") and not discard_upload(first, by="staff:1")
    clock.move(timedelta(days=8))
    expire_uploads()

    assert list(blobs.list_names("roster")) == []
    with pytest.raises(NotFound), reading_upload(db.session.get_one(RosterUpload, second)):
        pass


def test_a_file_that_belongs_to_no_upload_is_deleted_after_a_day(app: Flask) -> None:
    kept = send(HEADER + WORKER).file_name
    with sealed_files.SealedWriter("roster/left-behind") as sealed:
        sealed.write(b"x")
        sealed.finish()

    expire_uploads()
    at_once = {name for name, _written in sealed_files.list_sealed("roster")}
    clock.move(timedelta(days=1, minutes=5))
    expire_uploads()

    assert at_once == {kept, "roster/left-behind"}
    assert {name for name, _written in sealed_files.list_sealed("roster")} == {kept}


def test_what_cannot_be_stored_is_refused_and_leaves_neither_file_nor_row(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_given: object, **_more: object) -> None:
        raise blobs.StoreUnavailable("away")

    with monkeypatch.context() as broken, pytest.raises(DomainError) as refused:
        broken.setattr(blobs, "put", away)
        send(HEADER + WORKER)
    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(audit, "record", lambda *_given, **_more: no_database())
        send(HEADER + WORKER)

    db.session.rollback()
    assert (refused.value.code, refused.value.status) == ("store_unavailable", 503)
    assert list(blobs.list_names("roster")) == [] and db.session.scalars(select(RosterUpload.id)).all() == []


def no_database() -> None:
    raise OperationalError("…", {}, Exception("away"))


def test_a_file_is_applied_once_and_only_after_its_check_and_while_it_is_there(app: Flask) -> None:
    unchecked, gone, applied = (send(HEADER + WORKER) for _ in range(3))
    for upload in (gone, applied):
        note_checked(upload.id)
    discard_upload(gone.id, by="staff:1")
    require_applicable(applied)
    note_applied(applied.id, by="staff:1")
    at = applied.applied_at
    clock.move(timedelta(hours=1))
    note_applied(applied.id, by="staff:1")

    for upload, code in ((unchecked, "not_checked"), (gone, "upload_gone"), (applied, "already_applied")):
        with pytest.raises(DomainError, match=code) as refused:
            require_applicable(upload)
        assert refused.value.status == 409
    assert applied.file_name is None and applied.applied_at == at == clock.now() - timedelta(hours=1)


def test_what_broke_off_leaves_nothing(app: Flask) -> None:
    with Receiving() as file:
        file.write(b"x" * 3_000_000)

    assert list(blobs.list_names("roster")) == []


def test_no_file_and_an_empty_one_are_refused(subtests: pytest.Subtests, app: Flask) -> None:
    for title, content in (("", HEADER), ("r.csv", "")):
        with subtests.test(title=title, content=content):
            with pytest.raises(DomainError) as refused:
                send(content, title)

            assert refused.value.field == "file"


def test_a_dry_run_counts_and_changes_nothing(load: Importing) -> None:
    load(HEADER + WORKER + RETIREE)
    lines: list[int] = []

    with reading_upload(
        send(HEADER + WORKER.replace(",1\n", ",死亡\n") + RETIREE + CHILD + CHILD + "01,1,王芳,510603,310,1\n")
    ) as source:
        found = check_roster(
            source,
            on_refusal=lambda refusal: lines.append(refusal.line),
            count_touched=lambda ids: len(db.session.execute(ids).all()),
        )

    assert (found.rows, found.created, found.changed, found.unchanged, found.refused) == (5, 1, 1, 1, 2)
    assert found.statuses == [(InsuredStatus.normal, InsuredStatus.died, 1)] and found.touched == 1
    assert sorted(lines) == [5, 6] and ("证件号码", "同一个证件在文件里不止一行。", 1) in found.reasons
    assert any("50%" in sentence for sentence in found.warnings) and count_people() == 2


def test_a_file_much_smaller_than_the_last_is_warned_of(load: Importing) -> None:
    load(many(10))

    with reading_upload(send(HEADER + WORKER)) as source:
        found = check_roster(source)

    assert any("只有 1 行" in sentence for sentence in found.warnings)


def test_an_office_brings_in_only_people_of_its_own_places(app: Flask) -> None:
    save_person(cert=parse_cert("01", "51060019580101007X"), name="刘𬭚", insured_region="510604", insutype="310")
    content = HEADER + WORKER + RETIREE + RETIREE.replace("51060019580101007x", "510600199003070033").replace("510604", "510603")
    claimed = content + "01,51060019580101007X,刘𬭚,510603,310,1\n"
    said = []

    with reading_upload(send(claimed.replace(RETIREE, ""))) as source:
        found = check_roster(source, regions=frozenset({"510603"}), on_refusal=lambda refusal: said.append(refusal.why))
    with reading_upload(send(content)) as source:
        other = check_roster(source, regions=frozenset({"510603"}), on_refusal=lambda refusal: said.append(refusal.why))

    assert (found.refused, other.refused) == (1, 1) and all("不归您的机构管" in why for why in said)


def test_formulas_are_refused_and_said(app: Flask) -> None:
    with reading_upload(send(HEADER + WORKER.replace("王㛃", "=cmd|'/c calc'!A1"))) as source:
        found = check_roster(source)

    assert found.refused == 1 and "公式" in found.problems[0].why and "cmd" not in found.problems[0].why


def test_too_many_rows_are_refused_whole(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], roster_max_rows=5)

    with pytest.raises(SourceRefused) as refused, reading_upload(send(many(6))) as source:
        check_roster(source)

    assert "超过 5 行" in refused.value.what


def test_macros_are_refused(app: Flask) -> None:
    packed_with_macros = packed([*parts().items(), ("xl/vbaProject.bin", b"x")])

    with pytest.raises(SourceRefused, match="有宏"), reading_upload(send(packed_with_macros, "r.xlsx")) as source:
        check_roster(source)


def test_memory_does_not_grow_with_the_rows(app: Flask) -> None:
    def peak(rows: int) -> int:
        upload = send(many(rows))
        tracemalloc.start()
        with reading_upload(upload) as source:
            import_roster(source)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    app.config["SETTINGS"] = replace(app.config["SETTINGS"], roster_batch_rows=500)
    peak(500)

    assert peak(12_000) <= peak(2_000) * 1.2 + (2 << 20)  # the gate measures branches, which takes some; the rows would be 4 MB
