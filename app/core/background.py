"""Work that belongs to no request: sealing the audit log, expiry. One elected process does it; the others stand by.

The election is a lock that dies with its process (`core.locks`).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

from app.core import outages
from app.core.db import let_go
from app.core.locks import BACKGROUND, Lock
from app.core.logs import log

HOUR, DAY = 3600.0, 86400.0  # fixed: seconds


@dataclass
class Task:
    name: str
    every_seconds: float
    run: Callable[[], object]
    due: float = field(default=0.0)


def register(app: Flask, name: str, every_seconds: float, run: Callable[[], object]) -> None:
    tasks(app).append(Task(name, every_seconds, run))


def tasks(app: Flask) -> list[Task]:
    found: list[Task] = app.extensions.setdefault("background", [])
    return found


def run_due(app: Flask, now: float) -> None:
    """Runs what is due; a failing task is tried again at its next turn, and logged once until it has worked again."""
    for task in tasks(app):
        if now < task.due:
            continue
        task.due = now + task.every_seconds
        with app.app_context():
            try:
                task.run()
            except Exception as error:
                _note(error, f"task: {task.name}")
            else:
                outages.answered(f"task: {task.name}")
            finally:
                let_go()


def _note(error: Exception, what: str) -> None:
    """Logs an outage only when it begins: a task that runs every two seconds must not repeat the same error every two seconds."""
    if outages.is_store_failure(error):
        outages.store_failed(error)
    elif outages.begins(what):
        log.error("background_task_failed", task=what, exc_info=error)


def start(app: Flask) -> threading.Event:
    """Starts the loop in a thread of this process; setting the returned event ends it."""
    stop = threading.Event()
    threading.Thread(target=_loop, args=(app, stop), name="background", daemon=True).start()
    return stop


def _loop(app: Flask, stop: threading.Event) -> None:
    office = Lock(BACKGROUND)
    while not stop.wait(1.0):
        try:
            with app.app_context():
                is_elected = office.take()
            if is_elected:
                run_due(app, time.monotonic())
            else:
                stop.wait(4.0)
        except Exception as error:
            _note(error, "the election")
    office.release()
