"""Writers of one SQLite file come in turn: the threads of a process in their order, processes alternately, and none is stuck."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import writers_queue
from app.core.db import bare_transaction, begin_writing, db, schema_changes
from app.core.writers_queue import WritersQueue

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
COUNT_WAITING, REMOVE = 15, 0  # GETZCNT, IPC_RMID

# Takes the turn whenever it is told to, and writes its name into a list while it has it.
OTHER_PROCESS = """
import sys
from pathlib import Path
from app.core.writers_queue import WritersQueue
queue, name, times = WritersQueue(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for _ in range(times):
    sys.stdin.readline()
    queue.enter(60)
    with open(sys.argv[4], "a") as served:
        served.write(name)
    queue.leave()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "pz.sqlite3"


@pytest.fixture
def others() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()


def start(others: list[subprocess.Popen[str]], code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own, which has said that it is ready."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    others.append(process)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def wait_until_queued(queue: WritersQueue, count: int) -> None:
    ends = time.monotonic() + PATIENCE
    while writers_queue._libc.semctl(writers_queue._set_of_user(), queue.number, COUNT_WAITING) < count:
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_threads_are_served_in_the_order_in_which_they_came(database: Path) -> None:
    queue, served = WritersQueue(database), list[int]()

    def write(number: int) -> None:
        queue.enter(PATIENCE)
        served.append(number)
        queue.leave()

    queue.enter(PATIENCE)
    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=write, args=(number,)))
        threads[-1].start()
        wait_until_queued(queue, number + 1)
    queue.leave()
    for thread in threads:
        thread.join(PATIENCE)

    assert served == list(range(12))


def test_who_waits_too_long_goes_away_and_holds_nobody_up(database: Path) -> None:
    queue = WritersQueue(database)
    queue.enter(PATIENCE)
    refused = []

    def wait_briefly() -> None:
        with pytest.raises(TimeoutError):
            queue.enter(0.01)
        refused.append(True)

    thread = threading.Thread(target=wait_briefly)
    thread.start()
    thread.join(PATIENCE)
    queue.leave()

    assert refused == [True]
    queue.enter(0.5)
    queue.leave()


def test_who_has_just_let_go_comes_after_another_process_that_waits(
    database: Path, tmp_path: Path, others: list[subprocess.Popen[str]]
) -> None:
    served = tmp_path / "served"
    queue = WritersQueue(database)
    queue.enter(PATIENCE)
    other = start(others, OTHER_PROCESS, database, "o", 20, served)
    assert other.stdin is not None
    for turn in range(20):
        other.stdin.write("now\n")
        other.stdin.flush()
        wait_until_queued(queue, 1)
        queue.leave()
        queue.enter(PATIENCE)
        assert served.read_text() == "o" * (turn + 1)
    queue.leave()

    assert other.wait(PATIENCE) == 0


def test_where_there_is_no_semaphore_nobody_waits_for_one(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers_queue, "_set_of_user", lambda: None)

    assert not WritersQueue(database).enter(PATIENCE)


@pytest.fixture
def set_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Apart from the one in which tests beside this one wait."""
    monkeypatch.setattr(writers_queue, "_KEY", 0x707B0000)
    writers_queue._set_of_user.cache_clear()
    yield
    writers_queue._libc.semctl(writers_queue._set_of_user(), 0, REMOVE)
    writers_queue._set_of_user.cache_clear()


def test_a_set_that_was_cleared_away_is_made_again(database: Path, set_of_its_own: None) -> None:
    """systemd does so when the last process of a user ends (RemoveIPC)."""
    queue = WritersQueue(database)
    assert queue.enter(PATIENCE)
    writers_queue._libc.semctl(writers_queue._set_of_user(), 0, REMOVE)

    queue.leave()
    assert queue.enter(PATIENCE)
    queue.leave()


def test_a_process_that_is_killed_in_its_turn_holds_nobody_up(database: Path, others: list[subprocess.Popen[str]]) -> None:
    holding = OTHER_PROCESS.split("print(", maxsplit=1)[0] + "queue.enter(60)\nprint('ready', flush=True)\nsys.stdin.readline()\n"
    process = start(others, holding, database, "a", 1, "-")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)

    queue = WritersQueue(database)
    queue.enter(PATIENCE)
    queue.leave()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_connection_that_is_kept_gives_its_turn_back_with_each_transaction(app: Flask) -> None:
    with schema_changes(), db.engine.connect() as kept:
        with kept.begin():
            kept.execute(text("CREATE TEMPORARY TABLE kept (id INTEGER)"))
        with bare_transaction() as other:
            begin_writing(other)
        with kept.begin():
            kept.execute(text("INSERT INTO kept VALUES (1)"))
        with bare_transaction() as other:
            begin_writing(other)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_turn_goes_back_with_the_transaction_however_it_ends(app: Flask) -> None:
    for _ in range(3):
        with bare_transaction() as connection:
            begin_writing(connection)
        with suppress(RuntimeError), bare_transaction() as connection:
            begin_writing(connection)
            raise RuntimeError
        with suppress(RuntimeError), bare_transaction() as connection:
            begin_writing(connection)
            connection.invalidate()
            raise RuntimeError
        db.session.remove()
