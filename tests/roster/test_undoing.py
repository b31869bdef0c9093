"""Undoing the newest import, and what it must leave alone."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import Base, db
from app.core.errors import DomainError
from app.core.locks import exclusive
from app.credentials.service import activate_credential
from app.roster import queries
from app.roster.models import InsuredPerson, InsuredStatus, RosterFormer, RosterImport, StatusReason
from app.roster.queries import find_person
from app.roster.service import change_status, forget_formers, on_status_changed, undo_import
from app.roster.service.imports import LOCK
from tests.kit.roster import CHILD, HEADER, RETIREE, WORKER, Importing, count_people, many
from tests.kit.settings import demo_environ

STOPPED = WORKER.replace(",310,1", ",310,2").replace("王㛃", "王芳")


def newest() -> RosterImport:
    db.session.rollback()
    return queries.list_imports()[0]


def person(line: str) -> InsuredPerson:
    db.session.rollback()
    found = find_person("01", line.split(",")[1].upper())
    assert found is not None
    return found


@pytest.fixture
def told(app: Flask) -> list[tuple[list[int], InsuredStatus]]:
    heard: list[tuple[list[int], InsuredStatus]] = []
    on_status_changed.listen(app, lambda ids, status: heard.append((ids, status)))
    return heard


@pytest.mark.parametrize("mode", ["all", "good"])
def test_changed_rows_are_as_before_and_new_ones_are_gone(
    load: Importing, mode: str, told: list[tuple[list[int], InsuredStatus]]
) -> None:
    load(HEADER + WORKER)
    was = person(WORKER).updated_at
    clock.move(timedelta(minutes=1))
    load(HEADER + STOPPED + RETIREE, mode)
    assert person(WORKER).status is InsuredStatus.suspended

    undone = undo_import(newest().id, by="staff:1")

    found = person(WORKER)
    assert (undone.restored, undone.removed, undone.left) == (1, 1, 0)
    assert (found.name, found.status, found.updated_at) == ("王㛃", InsuredStatus.normal, was)
    assert count_people() == 1 and db.session.scalar(select(func.count()).select_from(RosterFormer)) == 0
    assert told == [([found.id], InsuredStatus.suspended), ([found.id], InsuredStatus.normal)]


def test_what_somebody_changed_since_is_left_and_named(load: Importing) -> None:
    load(HEADER + WORKER + RETIREE)
    clock.move(timedelta(minutes=1))
    load(HEADER + STOPPED + RETIREE.replace("刘𬭚", "刘芳") + CHILD)
    clock.move(timedelta(minutes=1))
    changed = person(WORKER).id
    change_status(changed, InsuredStatus.died, StatusReason.papers, seen=InsuredStatus.suspended, by="staff:1")
    left: list[tuple[int, str]] = []

    undone = undo_import(newest().id, by="staff:1", on_left=lambda id, why: left.append((id, why)))

    assert (undone.restored, undone.removed, undone.left) == (1, 1, 1)
    assert [found for found, _why in left] == [changed] and "改过" in left[0][1]
    assert person(WORKER).status is InsuredStatus.died and person(RETIREE).name == "刘𬭚"


def test_a_new_person_with_a_credential_stays(load: Importing) -> None:
    load(HEADER + WORKER + RETIREE)
    activated = person(WORKER).id
    activate_credential(activated)
    left: list[tuple[int, str]] = []

    undone = undo_import(newest().id, by="staff:1", on_left=lambda id, why: left.append((id, why)))

    assert (undone.removed, undone.left) == (1, 1) and left[0][0] == activated and "激活" in left[0][1]
    assert newest().left == 1


def test_only_the_newest_import_can_be_undone_once_and_for_a_week(load: Importing) -> None:
    load(HEADER + WORKER)
    first = newest().id
    load(HEADER + RETIREE)
    second = newest().id
    load(HEADER + RETIREE)  # said nothing new

    with pytest.raises(DomainError):
        undo_import(first, by="staff:1")
    undo_import(second, by="staff:1")
    with pytest.raises(DomainError):
        undo_import(second, by="staff:1")

    load(HEADER + CHILD)
    clock.move(timedelta(days=8))
    with pytest.raises(DomainError) as late:
        undo_import(newest().id, by="staff:1")
    assert late.value.code == "undo_impossible"


def test_an_office_does_not_undo_what_touched_another_place(load: Importing) -> None:
    load(HEADER + WORKER + RETIREE)

    with pytest.raises(DomainError) as refused:
        undo_import(newest().id, by="staff:1", regions=frozenset({"510603"}))

    assert refused.value.code == "undo_elsewhere" and count_people() == 2
    undo_import(newest().id, by="staff:1", regions=frozenset({"510603", "510604"}))


def test_former_rows_go_when_nothing_can_be_undone_any_more(load: Importing) -> None:
    load(HEADER + WORKER)
    clock.move(timedelta(minutes=1))
    load(HEADER + STOPPED)
    assert forget_formers() == 0
    clock.move(timedelta(days=9))

    assert forget_formers() == 1


def test_a_second_import_meanwhile_is_refused_with_a_sentence(app: Flask, load: Importing) -> None:
    refused: list[DomainError] = []

    def second() -> None:
        with app.app_context():
            try:
                load(HEADER + WORKER)
            except DomainError as error:
                refused.append(error)
            finally:
                db.session.remove()

    with exclusive(LOCK) as is_alone:
        other = threading.Thread(target=second)
        other.start()
        other.join()

    assert is_alone and refused[0].code == "import_running" and count_people() == 0
    assert load(HEADER + WORKER).created == 1


def test_an_import_that_died_half_way_goes_on_and_is_one(app: Flask, load: Importing) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], roster_batch_rows=3)
    load(HEADER + WORKER)
    clock.move(timedelta(minutes=1))
    file = HEADER + STOPPED + many(9)[len(HEADER) :]

    said: list[int] = []

    def die(position: int) -> None:
        said.append(position)
        if len(said) == 6:  # four batches read, two merged
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(file, report_id=7, on_progress=die)
    half = newest()
    assert half.finished_at is None and 0 < half.created < 9
    clock.move(timedelta(minutes=20))
    result = load(file, report_id=7)

    entry = newest()
    assert (result.rows, result.created, result.updated, result.unchanged) == (10, 9, 1, 0)
    assert entry.id == half.id and entry.finished_at is not None
    undone = undo_import(entry.id, by="staff:1")
    assert (undone.restored, undone.removed, undone.left) == (1, 9, 0)


def test_asked_again_after_it_was_done_it_says_what_was_done(load: Importing) -> None:
    load(HEADER + WORKER, report_id=7)

    again = load(HEADER + RETIREE, report_id=7)

    assert (again.rows, again.created) == (1, 1) and count_people() == 1


@pytest.mark.parametrize("mode", ["all", "good"])
def test_killed_in_the_middle_nothing_is_half_applied_and_nothing_stays_locked(
    app: Flask, load: Importing, database_url: str, tmp_path: Path, mode: str
) -> None:
    file = tmp_path / "many.csv"
    file.write_text(many(40), encoding="utf-8")
    environ = demo_environ(database_url, tmp_path, ROSTER_BATCH_ROWS="10", TEST_WIDE_BOUNDS="1")
    db.session.rollback()

    killed = subprocess.run([sys.executable, "-c", _DIE, str(file), mode], env=environ, capture_output=True, text=True, check=False)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    db.session.remove()
    assert count_people() == (0 if mode == "all" else 20)
    entries = queries.list_imports()
    assert [entry.finished_at for entry in entries] == ([] if mode == "all" else [None])
    with exclusive(LOCK) as is_free:
        assert is_free


_DIE = """
import os, signal, sys
from app import create_app
from app.core.settings import settings
from app.roster.models import InsuredStatus
from app.roster.providers.registry import open_source
from app.roster.service import ImportMode, import_roster
from app.roster.service.staging import Staging

merge, calls = Staging.merge, []

def then_die(self, part, fields, now):
    merged = merge(self, part, fields, now)
    calls.append(part)
    if sys.argv[2] == "all" or len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return merged

Staging.merge = then_die
app = create_app()
with app.app_context():
    import_roster(open_source(settings, sys.argv[1]), ImportMode(sys.argv[2]))
"""


def test_every_column_that_names_a_person_is_found_by_an_index() -> None:
    """Else removing a thousand people would read the whole table a thousand times."""
    person_id = InsuredPerson.__table__.c.id
    bare = set()
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is not person_id:
                continue
            indexes = [i for i in table.indexes if i.dialect_options["postgresql"].get("where") is None]
            leading = [next(iter(i.columns)) for i in indexes] + [
                next(iter(c.columns))
                for c in table.constraints
                if len(getattr(c, "columns", ())) and c.__class__.__name__ == "UniqueConstraint"
            ]
            if not any(column is key.parent for column in leading):
                bare.add(f"{table.name}.{key.parent.name}")

    assert bare == set()
