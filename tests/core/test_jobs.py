"""Work for which nobody waits: asked for with the change that needs it, done once, tried again, never lost."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app import create_app
from app.core import background, clock, jobs, outages
from app.core.db import db, transaction
from app.core.jobs.models import Job, JobState
from app.core.jobs.process import process_name
from app.core.jobs.running import LEASE, MAX_ATTEMPTS, give_back
from app.core.jobs.workers import note_seen
from tests.kit.settings import make_settings


@pytest.fixture
def done(app: Flask) -> list[int]:
    """What the job `note` was given, in order."""
    noted: list[int] = []
    jobs.register(app, "note", lambda number: noted.append(number))
    return noted


def ask(name: str = "note", **ids: int) -> None:
    with transaction():
        jobs.enqueue(name, **ids)


def the_job() -> Job:
    db.session.rollback()
    return db.session.query(Job).order_by(Job.id.desc()).first()


def test_a_job_is_done_once_the_change_is_committed(done: list[int]) -> None:
    with transaction():
        jobs.enqueue("note", number=7)
        before = list(done)

    assert (before, done) == ([], [7])
    assert the_job().state is JobState.done


def test_a_change_that_was_taken_back_asks_for_nothing(done: list[int]) -> None:
    with pytest.raises(RuntimeError, match="no"), transaction():
        jobs.enqueue("note", number=7)
        raise RuntimeError("no")

    assert done == []
    assert the_job() is None


def test_only_known_work_is_asked_for_and_only_in_a_transaction(done: list[int]) -> None:
    with pytest.raises(KeyError):
        ask("dance")
    with pytest.raises(RuntimeError):
        jobs.enqueue("note", number=7)


def test_an_id_that_is_delivered_twice_is_done_once(done: list[int]) -> None:
    ask(number=7)

    jobs.run_job(the_job().id)

    assert done == [7]


def test_what_fails_is_tried_again_later_and_given_up_in_the_end(app: Flask) -> None:
    tried: list[int] = []
    jobs.register(app, "break", lambda: tried.append(1) or 1 / 0)

    ask("break")
    jobs.sweep()
    at_once = len(tried)
    for attempt in range(MAX_ATTEMPTS):
        clock.move(timedelta(minutes=2 ** (attempt + 1)))
        jobs.sweep()

    assert (at_once, len(tried)) == (1, MAX_ATTEMPTS)
    assert (the_job().state, the_job().error) == (JobState.failed, "ZeroDivisionError")
    assert any("given up" in sentence for sentence in jobs.problems())


def test_given_up_jobs_are_tried_again_on_demand(app: Flask, done: list[int]) -> None:
    ask(number=7)
    with transaction():
        db.session.execute(text("UPDATE job SET state = 'failed'"))

    ended = app.test_cli_runner().invoke(args=["jobs", "retry"])

    assert "1 jobs" in ended.output
    assert done == [7, 7]


def test_a_job_whose_process_died_is_brought_back(done: list[int]) -> None:
    ask(number=7)
    with transaction():
        db.session.execute(text("UPDATE job SET state = 'running'"))

    jobs.sweep()
    too_early = list(done)
    clock.move(LEASE + timedelta(seconds=1))
    jobs.sweep()

    assert (too_early, done) == ([7], [7, 7])


def of_runner(name: str, **more: object) -> None:
    """The job as this process left it: begun, and never finished."""
    with transaction():
        values = {"state": JobState.running, "runner": name, "started_at": clock.now(), **more}
        db.session.execute(update(Job).values(**values))


def test_a_job_of_a_process_whose_heart_has_stopped_is_taken_over_within_a_minute(done: list[int]) -> None:
    ask(number=7)
    note_seen("gone:1")
    of_runner("gone:1")

    clock.move(timedelta(seconds=59))
    jobs.sweep()
    too_early = list(done)
    clock.move(timedelta(seconds=2))
    jobs.sweep()

    assert (too_early, done) == ([7], [7, 7])


def test_a_job_of_a_process_that_lives_is_left_to_it_for_a_quarter_of_an_hour(done: list[int]) -> None:
    ask(number=7)
    of_runner("lives:1")
    for _ in range(14):
        clock.move(timedelta(minutes=1))
        note_seen("lives:1")
        jobs.sweep()
    too_early = list(done)

    clock.move(timedelta(minutes=2))
    jobs.sweep()

    assert (too_early, done) == ([7], [7, 7])


def test_nobody_is_taken_for_dead_because_the_database_was_away(done: list[int]) -> None:
    ask(number=7)
    of_runner("could-not-say:1")
    clock.move(timedelta(minutes=2))
    outages.failed(outages.DATABASE, "OperationalError")

    jobs.sweep()
    during = list(done)
    outages.reset()
    jobs.sweep()

    assert (during, done) == ([7], [7, 7])


def test_of_two_who_did_it_one_settles_it(app: Flask) -> None:
    """The first one's heart was not heard for a minute, but it was at work all the time."""
    begun: list[int] = []

    def be_taken_over() -> None:
        begun.append(1)
        if len(begun) == 1:
            clock.move(timedelta(minutes=2))
            jobs.sweep()  # runs it again, here and now
            assert the_job().state is JobState.done
            raise OSError("what the first one says counts no more")

    jobs.register(app, "be_taken_over", be_taken_over)

    ask("be_taken_over")

    assert len(begun) == 2
    assert (the_job().state, the_job().attempts, the_job().error) == (JobState.done, 2, "")


def test_a_job_that_could_not_be_settled_is_given_back_by_its_own_process(done: list[int]) -> None:
    ask(number=7)
    clock.move(timedelta(seconds=1))
    of_runner(process_name())

    give_back()

    assert the_job().state is JobState.waiting
    clock.move(timedelta(seconds=1))
    jobs.sweep()
    assert done == [7, 7]


def test_a_job_that_this_process_is_at_is_not_given_back(app: Flask) -> None:
    states: list[JobState] = []

    def beat() -> None:
        give_back()
        states.append(the_job().state)

    jobs.register(app, "beat", beat)

    ask("beat")

    assert (states, the_job().attempts) == ([JobState.running], 1)


def test_a_job_that_loses_its_process_again_and_again_is_given_up(done: list[int]) -> None:
    ask(number=7)
    of_runner("gone:1", attempts=MAX_ATTEMPTS)

    clock.move(timedelta(seconds=61))
    jobs.sweep()

    assert (the_job().state, the_job().error, done) == (JobState.failed, "ProcessLost", [7])


def test_regular_work_is_asked_for_by_the_elected_process(app: Flask) -> None:
    turns: list[int] = []
    jobs.every(app, "sometimes", 60, lambda: turns.append(1))

    for now in (1000.0, 1030.0, 1061.0):
        background.run_due(app, now)

    assert len(turns) == 2


def test_old_rows_are_cleared_away(done: list[int]) -> None:
    ask(number=7)

    clock.move(timedelta(days=31))
    jobs.sweep()

    assert the_job() is None


@contextmanager
def bureau(url: str, folder: Path, runner: str) -> Iterator[Flask]:
    app = create_app(make_settings(database_url=url, instance_path=folder, job_runner=runner))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_thread_of_the_web_process_takes_jobs(database_url: str, tmp_path: Path) -> None:
    with bureau(database_url, tmp_path, "inside") as app:
        came = threading.Event()
        jobs.register(app, "come", lambda: came.set())
        ask("come")
        stop = jobs.start_inside(app)
        assert stop is not None

        assert came.wait(20)
        deadline = time.monotonic() + 20
        while the_job().state is not JobState.done and time.monotonic() < deadline:
            time.sleep(0.05)
        assert the_job().state is JobState.done
        stop.set()
        for thread in threading.enumerate():
            if thread.name.startswith(("Worker-", "Scheduler", "jobs-")):
                thread.join(20)


def test_who_takes_jobs_at_once_shares_them(database_url: str, tmp_path: Path) -> None:
    """Each is done once, and nobody waits while another one is at his."""
    with bureau(database_url, tmp_path, "own") as app, ThreadPoolExecutor(4) as together:
        begun: list[int] = []
        all_at_work = threading.Barrier(4)

        def work(number: int) -> None:
            begun.append(number)
            all_at_work.wait(20)

        def take(_: int) -> int:
            with app.app_context():
                return sum(iter(jobs.run_next, False))

        jobs.register(app, "work", work)
        for number in range(8):
            ask("work", number=number)

        done = list(together.map(take, range(4)))

        assert sorted(begun) == list(range(8)) and done == [2, 2, 2, 2]
        assert set(db.session.scalars(select(Job.state))) == {JobState.done}


def test_jobs_are_begun_in_the_order_in_which_they_are_due(database_url: str, tmp_path: Path) -> None:
    with bureau(database_url, tmp_path, "own") as app:
        begun: list[int] = []
        jobs.register(app, "note", lambda number: begun.append(number))
        with transaction():
            jobs.enqueue_late("note", timedelta(seconds=20), number=2)
            jobs.enqueue_late("note", timedelta(seconds=10), number=1)
            jobs.enqueue_late("note", timedelta(hours=1), number=3)
        clock.move(timedelta(minutes=1))

        while jobs.run_next():
            pass
        clock.reset()

    assert begun == [1, 2]


def test_doctor_says_when_nobody_works(database_url: str, tmp_path: Path) -> None:
    with bureau(database_url, tmp_path, "own"):
        before = jobs.problems()
        note_seen("here:1")
        working = jobs.problems()
        clock.move(timedelta(minutes=4))
        after = jobs.problems()
        clock.reset()

    assert "flask jobs run" in before[0]
    assert working == []
    assert "since" in after[0]
