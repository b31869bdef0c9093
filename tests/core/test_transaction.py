import threading

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from structlog.testing import capture_logs

from app.core import clock
from app.core.db import after_commit, bare_transaction, begin_writing, db, transaction
from app.messages.models import DemoSms


def _row(n: int) -> DemoSms:
    return DemoSms(phone_hash=n.to_bytes(32, "big"), text="0", sent_at=clock.now())


def test_writing_outside_a_transaction_fails_at_once(app: Flask) -> None:
    db.session.add(_row(1))

    with pytest.raises(DatabaseError):
        db.session.flush()
    db.session.rollback()


def test_everything_commits_together_or_not_at_all(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        db.session.add(_row(1))
        db.session.flush()
        _ = 1 / 0

    assert db.session.scalar(select(DemoSms)) is None


def test_inner_transactions_join_the_outer(app: Flask) -> None:
    seen: list[str] = []

    with transaction():
        with transaction():
            db.session.add(_row(1))
            after_commit(lambda: seen.append("after"))
        seen.append("inside")

    assert seen == ["inside", "after"]
    assert db.session.scalar(select(DemoSms)) is not None


def test_what_follows_a_commit_does_not_follow_a_failure(app: Flask) -> None:
    seen: list[str] = []

    with pytest.raises(ZeroDivisionError), transaction():
        after_commit(lambda: seen.append("after"))
        _ = 1 / 0

    assert seen == []


def test_what_follows_a_commit_and_fails_leaves_the_act_done_and_the_rest_to_follow(app: Flask) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise ValueError("13800000001 is nobody's business")

    with capture_logs() as logged, transaction():
        db.session.add(_row(1))
        after_commit(lambda: seen.append("before"))
        after_commit(fail)
        after_commit(lambda: seen.append("after"))

    assert seen == ["before", "after"]
    assert db.session.scalar(select(DemoSms)) is not None
    (line,) = logged
    assert (line["event"], line["reason"]) == ("after_commit_failed", "ValueError")
    assert "test_transaction.py" in line["places"][-1] and "13800000001" not in str(line)


def test_the_same_holds_on_a_connection_of_its_own(app: Flask) -> None:
    seen: list[str] = []

    with bare_transaction() as connection:
        begin_writing(connection)
        after_commit(lambda: 1 / 0)
        after_commit(lambda: seen.append("after"))

    assert seen == ["after"]


def test_readers_and_writers_never_meet_a_locked_database(app: Flask) -> None:
    """Eight readers, four writers: no error, and no update lost."""
    with transaction():
        db.session.add(_row(1))
    errors: list[BaseException] = []
    done = threading.Event()

    def write() -> None:
        with app.app_context():
            for _ in range(50):
                with transaction():
                    row = db.session.scalars(select(DemoSms).with_for_update()).one()
                    row.text = str(int(row.text) + 1)
                    db.session.flush()
            db.session.remove()

    def read() -> None:
        with app.app_context():
            while not done.is_set():
                db.session.execute(text("SELECT count(*) FROM demo_sms")).scalar()
                db.session.rollback()
            db.session.remove()

    def guarded(work: object) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=guarded, args=(write,)) for _ in range(4)]
    readers = [threading.Thread(target=guarded, args=(read,)) for _ in range(8)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()

    assert errors == []
    assert db.session.scalars(select(DemoSms.text)).one() == "200"
