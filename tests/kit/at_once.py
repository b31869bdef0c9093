"""Several calls at the same moment, each in a thread and an app context of its own."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.core.db import db
from app.core.errors import DomainError


def at_once(app: Flask, calls: list[Callable[[], Any]]) -> list[Any]:
    """What each answered; a DomainError is an answer, any other error is raised here."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        with app.app_context():
            start.wait()
            try:
                answers[index] = calls[index]()
            except Exception as error:
                answers[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, DomainError):
            raise answer
    return answers


def is_somebody_waiting() -> bool:
    """On PostgreSQL, for a lock. Looked at anew each time: a transaction would see what its first look saw."""
    with db.engine.connect() as watching:
        return bool(watching.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")))


def named(answers: list[Any]) -> list[Any]:
    """Refusals by their codes, every other answer as it is."""
    return [answer.code if isinstance(answer, DomainError) else answer for answer in answers]
