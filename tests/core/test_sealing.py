"""Every row is sealed within minutes, whoever wrote it: the server, a command, or a server that then went away."""

import json
import subprocess
import sys
import threading
import time
from datetime import timedelta
from enum import StrEnum

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import audit, clock
from app.core.audit import AuditSeal
from app.core.audit.keys import unpack_ids
from app.core.audit.seal import head_path, seal_pending, seal_window
from app.core.audit.sealing import Sealer, seal_before_ending, start_sealing_own
from app.core.audit.unsealed_rows import WINDOW_ROWS, UnsealedRows
from app.core.audit.verify import UNSEALED_NAMED
from app.core.db import db, transaction
from app.core.ids import first_id_at
from app.core.settings import settings
from tests.kit.at_once import at_once
from tests.kit.settings import demo_environ


class Tag(StrEnum):
    tried = "test:tried"


def write(count: int, minutes_ago: float = 0) -> list[int]:
    """Rows whose ids were drawn so long ago: nobody has sealed them since."""
    first = first_id_at(time.time() - minutes_ago * 60)
    with transaction():
        return [audit.record(Tag.tried, actor="system", number=first + n if minutes_ago else None) for n in range(count)]


def findings() -> list[tuple[str, str]]:
    return [(found.kind, found.where) for found in audit.verify().findings]


def sealed_ids() -> list[int]:
    return [number for members in db.session.scalars(select(AuditSeal.members)) for number in unpack_ids(members)]


@pytest.fixture(autouse=True)
def nothing_written_before() -> None:
    audit.log.take_first_written()


def test_the_first_administrators_rows_are_sealed_before_the_command_ends(app: Flask) -> None:
    runner = app.test_cli_runner()
    members = [f"--staff={role},{role},王{role}" for role in ("sysadmin", "secadmin", "auditadmin")]
    office = ["--name", "德阳市医疗保障局", "--city", "510600", "--agency", "deyang,德阳市本级医保,510699,0838-2208900"]

    ended = runner.invoke(args=["bureau", "init", *office, *members])

    assert ended.exit_code == 0, ended.output
    db.session.rollback()
    report = audit.verify()
    assert (report.holds, report.unsealed) == (True, 0) and report.rows >= 7
    victim = db.session.execute(text("SELECT id FROM audit WHERE tag = 'staff:added' ORDER BY id")).scalars().first()
    with transaction():
        db.session.execute(text("DELETE FROM audit WHERE id = :id"), {"id": victim})
    verified = runner.invoke(args=["audit", "verify"])
    assert verified.exit_code == 1 and f"missing: row {victim}" in verified.output


def test_a_command_that_fails_halfway_seals_what_it_has_written(app: Flask) -> None:
    runner = app.test_cli_runner()

    ended = runner.invoke(args=["bureau", "init", "--name", "德阳市医疗保障局", "--city", "999999"])

    assert ended.exit_code == 1
    db.session.rollback()
    assert audit.verify().rows == 1 and audit.verify().unsealed == 0


def test_rows_older_than_five_minutes_that_no_seal_names_are_named(app: Flask) -> None:
    late, _young = write(2, minutes_ago=6), write(3, minutes_ago=4)

    ended = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert ended.exit_code == 1 and "the audit log does not hold" in ended.output
    assert [line for line in ended.output.splitlines() if line.startswith("unsealed")] == [f"unsealed: row {n}" for n in late]
    assert "5 rows, 0 seals, 5 not sealed yet" in ended.output


def test_of_many_unsealed_rows_the_first_are_named_and_the_rest_counted(app: Flask) -> None:
    late = write(UNSEALED_NAMED + 7, minutes_ago=10)

    named = findings()

    assert named[0] == ("unsealed", f"row {late[0]}") and named[-1] == ("unsealed", "7 rows more")
    assert len(named) == UNSEALED_NAMED + 1


def test_doctor_says_that_nobody_seals(app: Flask) -> None:
    app.test_cli_runner().invoke(args=["demo", "start"])
    write(1, minutes_ago=30)

    ended = app.test_cli_runner().invoke(args=["doctor"])

    assert ended.exit_code == 1 and "1 row of the audit log is older than five minutes and not sealed" in ended.output


def test_who_is_elected_seals_all_that_is_old(app: Flask) -> None:
    write(3, minutes_ago=60 * 24 * 400)
    write(2, minutes_ago=30)

    assert Sealer().take_turn() == 5

    assert audit.verify().holds and audit.verify().unsealed == 0


def test_a_row_that_was_committed_late_is_sealed_within_minutes(app: Flask) -> None:
    sealer = Sealer()
    sealer.take_turn(1000)

    write(1, minutes_ago=4)
    sealed = [sealer.take_turn(now) for now in (1002, 1030, 1062)]
    write(1, minutes_ago=60)
    sealed += [sealer.take_turn(now) for now in range(1100, 4700, 50)]

    assert sealed[:3] == [0, 0, 1] and sum(sealed[3:]) == 1


def test_recent_rows_are_sealed_at_each_turn_and_those_of_longer_transactions_soon(app: Flask) -> None:
    sealer = Sealer()
    sealer.take_turn(1000)

    write(1, minutes_ago=0.05)
    write(1, minutes_ago=1)
    sealed = [sealer.take_turn(now) for now in (1002, 1004, 1020, 1022)]

    assert sealed == [1, 0, 1, 0]


def test_whoever_is_elected_again_after_a_pause_looks_at_everything_again(app: Flask) -> None:
    sealer = Sealer()
    sealer.take_turn(1000)
    write(1, minutes_ago=60 * 24 * 90)

    assert [sealer.take_turn(1002), sealer.take_turn(1100)] == [0, 1]


def test_a_look_goes_through_many_rows_in_windows_and_past_a_seal_that_reaches_across_them(app: Flask) -> None:
    oldest, newest = write(1, minutes_ago=90)[0], write(1)[0]
    seal_pending(everything=True)  # one seal over both
    between = write(WINDOW_ROWS + 10, minutes_ago=60)
    look = UnsealedRows()

    sizes = []
    while not look.is_over:
        sizes.append(seal_window(look))

    assert sizes == [WINDOW_ROWS - 1, 11]
    assert sorted(sealed_ids()) == [oldest, *between, newest] and audit.verify().holds


def test_what_another_sealer_took_meanwhile_is_not_sealed_twice(app: Flask) -> None:
    ids = write(2500)
    slow = UnsealedRows()
    slow.step()
    assert seal_pending() == 2500
    more = write(2)

    assert len(slow.unsealed) == 2500 and audit.seal._seal(slow) == 0 and slow.unsealed == []
    assert seal_pending() == 2

    assert sealed_ids() == ids + more and audit.verify().holds


def test_sealers_at_once_make_one_chain(app: Flask) -> None:
    ids = write(400)

    counts = at_once(app, [seal_pending, seal_pending, seal_pending, seal_pending])

    assert sum(counts) == 400 and sorted(sealed_ids()) == ids
    assert audit.verify().holds


def test_two_processes_that_seal_at_once_leave_one_unbroken_chain(app: Flask, database_url: str) -> None:
    ids = write(3000, minutes_ago=3)
    environ = demo_environ(database_url, settings.instance_path)
    seal = [sys.executable, "-m", "flask", "audit", "seal"]

    both = [subprocess.Popen(seal, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert sum(int(out.split()[0]) for out, _err in said) == 3000
    db.session.rollback()
    assert sorted(sealed_ids()) == ids
    report = audit.verify()
    assert report.holds and json.loads(head_path().read_text())["number"] == report.seals


def test_the_published_head_never_goes_back(app: Flask) -> None:
    write(1)
    seal_pending()
    write(1)
    seal_pending()
    with transaction():
        db.session.execute(text("DELETE FROM audit_seal WHERE number = 2"))
    clock.move(timedelta(seconds=2))

    seal_pending()  # the row of the seal that was cut

    assert ("seal_changed", "seal 2 is not the published one") in findings()


def test_a_process_without_pages_seals_its_own_rows(app: Flask) -> None:
    write(3, minutes_ago=10)
    sealed = threading.Event()

    stop = start_sealing_own(app, every_seconds=0.01)
    deadline = time.monotonic() + 20
    while not sealed.wait(0.02) and time.monotonic() < deadline:
        db.session.rollback()
        if len(sealed_ids()) == 3:
            sealed.set()
    stop.set()

    assert sealed.is_set()


def test_a_web_worker_that_ends_leaves_nothing_unsealed(app: Flask) -> None:
    write(2)

    seal_before_ending(app)

    db.session.rollback()
    assert audit.verify().unsealed == 0
