from datetime import timedelta
from enum import StrEnum

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import audit, clock
from app.core.audit.seal import head_path
from app.core.db import db, transaction


class Tag(StrEnum):
    tried = "test:tried"


def _write(n: int) -> list[int]:
    with transaction():
        return [audit.record(Tag.tried, actor="system", subject=f"thing:{i}", person_id=i, note="㛃") for i in range(n)]


def _by_hand(statement: str, **values: object) -> None:
    with transaction():
        db.session.execute(text(statement), values)


def test_a_row_needs_a_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        audit.record(Tag.tried, actor="system")


def test_what_is_sealed_holds(app: Flask) -> None:
    _write(2500)

    assert audit.seal_pending() == 2500
    _write(3)

    report = audit.verify()
    assert (report.holds, report.rows, report.seals, report.unsealed) == (True, 2503, 3, 3)
    assert audit.seal_pending() == 3
    assert audit.seal_pending() == 0


def test_a_row_that_commits_late_is_still_sealed(app: Flask) -> None:
    first = _write(1)[0]
    row = db.session.execute(text("SELECT * FROM audit WHERE id = :id"), {"id": first}).mappings().one()
    _by_hand("DELETE FROM audit WHERE id = :id", id=first)
    _write(5)
    audit.seal_pending()

    columns = ", ".join(row)
    _by_hand(f"INSERT INTO audit ({columns}) VALUES ({', '.join(':' + c for c in row)})", **row)

    assert audit.seal_pending() == 1
    assert audit.verify().holds


@pytest.mark.parametrize("sealed", [True, False])
def test_a_changed_row_is_named(app: Flask, sealed: bool) -> None:
    victim = _write(10)[4]
    if sealed:
        audit.seal_pending()

    _by_hand("UPDATE audit SET outcome = 'refused' WHERE id = :id", id=victim)

    assert [(f.kind, f.where) for f in audit.verify().findings] == [("altered", f"row {victim}")]


def test_a_missing_row_is_named(app: Flask) -> None:
    victim = _write(10)[4]
    audit.seal_pending()

    _by_hand("DELETE FROM audit WHERE id = :id", id=victim)

    assert [(f.kind, f.where) for f in audit.verify().findings] == [("missing", f"row {victim}")]


def test_an_inserted_row_is_named(app: Flask) -> None:
    source = _write(3)[0]
    _by_hand(
        "INSERT INTO audit (id, created_at, tag, outcome, actor, subject, person_id, place, detail, row_mac) "
        "SELECT id + 7, created_at, tag, outcome, actor, subject, person_id, place, detail, row_mac FROM audit WHERE id = :id",
        id=source,
    )
    audit.seal_pending()

    assert [(f.kind, f.where) for f in audit.verify().findings] == [("altered", f"row {source + 7}")]


def test_a_seal_changed_or_removed_is_named(app: Flask) -> None:
    for _ in range(3):
        _write(2)
        audit.seal_pending()

    _by_hand("DELETE FROM audit_seal WHERE number = 2")

    kinds = {f.kind for f in audit.verify().findings}
    assert "seal_missing" in kinds


def test_cutting_the_end_of_the_chain_is_seen_by_its_published_head(app: Flask) -> None:
    for _ in range(2):
        _write(2)
        audit.seal_pending()

    _by_hand("DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id DESC LIMIT 2)")
    _by_hand("DELETE FROM audit_seal WHERE number = 2")

    assert [(f.kind, f.where) for f in audit.verify().findings] == [("chain_cut", "seal 2 to 2")]
    head_path().unlink()
    assert [f.kind for f in audit.verify().findings] == ["head_missing"]


def test_rows_swapped_between_two_acts_are_named(app: Flask) -> None:
    one, two = _write(2)
    audit.seal_pending()

    _by_hand("UPDATE audit SET subject = CASE id WHEN :one THEN 'thing:1' ELSE 'thing:0' END", one=one)

    assert {f.where for f in audit.verify().findings} == {f"row {one}", f"row {two}"}


def test_the_clock_may_move_between_seals(app: Flask) -> None:
    _write(1)
    audit.seal_pending()
    clock.move(timedelta(days=40))
    _write(1)
    audit.seal_pending()

    assert audit.verify().holds


def test_the_command_ends_with_an_error_when_the_log_does_not_hold(app: Flask) -> None:
    victim = _write(2)[0]
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0

    _by_hand("UPDATE audit SET actor = 'nobody' WHERE id = :id", id=victim)

    ended = runner.invoke(args=["audit", "verify"])
    assert ended.exit_code == 1
    assert f"altered: row {victim}" in ended.output
