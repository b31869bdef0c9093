"""`kill -9` between the commit and the SMS, and in the middle of sending it: after a restart it is sent, under one key."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock, jobs
from app.core.db import db
from app.core.jobs import Job, JobState
from app.messages.models import OutgoingSms
from tests.kit.server import Server
from tests.kit.settings import demo_environ
from tests.kit.sms_gateway import SmsGateway, sms_gateway

PHONE = "13800000001"
# Seconds by which the clock is ahead after the restart: who died counts as gone by then, and the job of a code is due. More than a
# minute, because this process's clock has stood still since the test began.
AHEAD = "150"

_COMMIT_AND_DIE = """
import os, signal, sys
from datetime import timedelta
from app import create_app
from app.core.db import after_commit, transaction
from app.messages.service import send_code, send_sms

app = create_app()
with app.app_context(), transaction():
    if sys.argv[1] == "die":
        after_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    if sys.argv[2] == "warning":
        send_sms("13800000001", "warning")
    else:
        send_code("13800000001", sys.argv[2], topic=sys.argv[2].encode().ljust(32), lasts=timedelta(seconds=int(sys.argv[3])))
"""


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with sms_gateway() as running:
        yield running


@pytest.fixture
def environ(database_url: str, tmp_path: Path, gateway: SmsGateway) -> dict[str, str]:
    told = {"JOB_RUNNER": "own", "SMS_SENDER": "http", "SMS_URL": gateway.url, "TEST_CLOCK_FILE": str(tmp_path / "clock")}
    return demo_environ(database_url, tmp_path, **told)


def commit(environ: dict[str, str], *how: str) -> int:
    """Of a process that does it and ends; its return code."""
    ended = subprocess.run(
        [sys.executable, "-c", _COMMIT_AND_DIE, *how], env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    return ended.returncode


@contextmanager
def ahead(seconds: float) -> Iterator[None]:
    """This process's clock too."""
    clock.move(timedelta(seconds=seconds))
    yield
    clock.reset()


@contextmanager
def taking_jobs(environ: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """`flask jobs run`, as an installation has it."""
    log = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], env=environ, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()


def until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        db.session.rollback()
        if is_so():
            return True
        time.sleep(0.1)
    return False


def count_outgoing() -> int:
    return db.session.scalar(select(func.count()).select_from(OutgoingSms)) or 0


def is_settled() -> bool:
    """Nothing waits to be sent, and no job for it is open."""
    is_open = (Job.name == "messages.send_sms") & Job.state.in_((JobState.waiting, JobState.running))
    return not count_outgoing() and not db.session.scalar(select(func.count()).select_from(Job).where(is_open))


def test_killed_between_commit_and_sending_it_is_sent_after_the_restart_once(
    app: Flask, environ: dict[str, str], gateway: SmsGateway, database_url: str, tmp_path: Path
) -> None:
    for how in (["warning"], ["code", "300"], ["dead code", "60"]):
        assert commit(environ, "die", *how) == -signal.SIGKILL
    assert gateway.calls == [] and count_outgoing() == 3

    (tmp_path / "clock").write_text(AHEAD)
    with taking_jobs(environ):
        told = {name: environ[name] for name in ("JOB_RUNNER", "SMS_SENDER", "SMS_URL")}
        server = Server(database_url, tmp_path, **told)
        try:
            assert until(is_settled)
        finally:
            server.stop()

    assert sorted(gateway.texts_to(PHONE)) == ["code", "warning"], "each once; of the code that had died nobody hears"


def test_killed_while_the_gateway_has_it_it_is_sent_again_under_the_same_key(
    app: Flask, environ: dict[str, str], gateway: SmsGateway, tmp_path: Path
) -> None:
    with taking_jobs(environ) as first:
        gateway.on_call = lambda: os.kill(first.pid, signal.SIGKILL)
        assert commit(environ, "live", "warning") == 0
        assert first.wait(60) == -signal.SIGKILL
    gateway.on_call = lambda: None
    assert count_outgoing() == 1

    (tmp_path / "clock").write_text(AHEAD)
    object.__setattr__(app.config["SETTINGS"], "job_runner", "own")
    with taking_jobs(environ), ahead(float(AHEAD)):
        jobs.sweep()
        assert until(is_settled)

    assert gateway.texts_to(PHONE) == ["warning"] * 2
    assert len({call["body"]["key"] for call in gateway.calls}) == 1


def test_a_code_is_sent_at_once_by_who_made_it_and_leaves_nothing(app: Flask, environ: dict[str, str], gateway: SmsGateway) -> None:
    assert commit(environ, "live", "code", "300") == 0

    assert gateway.texts_to(PHONE) == ["code"]
    assert is_settled()
