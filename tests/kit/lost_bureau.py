"""A bureau with a backup, and the empty places it is restored into, by processes that may be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.core import audit, blobs, clock, installation
from app.core.audit.seal import seal_pending
from app.core.audit_tags import InstallationTag
from app.core.database.backup import create_backup
from app.core.database.copying import count_rows
from app.core.db import db, transaction
from app.core.settings import settings
from app.messages.models import DemoSms
from tests.kit.settings import demo_environ, make_settings


def fill_bureau(rows: int = 2000, documents: int = 40) -> None:
    """Enough for a restore to take a while: rows, sealed audit rows, documents of some size."""
    installation.set_kind(settings.app_mode)
    with transaction():
        db.session.add_all([DemoSms(phone_hash=n.to_bytes(32), text=f"短信 {n}", sent_at=clock.now()) for n in range(rows)])
        for _n in range(100):
            audit.record(InstallationTag.named, actor="system", subject="installation:1")
    seal_pending(everything=True)
    for n in range(documents):
        blobs.put(f"files/{n}", os.urandom(200_000))


def back_up(target: Path) -> int:
    """Returns how many rows are in it."""
    return create_backup(target).rows


@contextmanager
def bureau(url: str, folder: Path, **changes: Any) -> Iterator[Flask]:
    """An installation of its own, on this database."""
    app = create_app(make_settings(database_url=url, instance_path=folder, **changes))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def start_restore(url: str, folder: Path, backup: Path) -> subprocess.Popen[bytes]:
    """The command, in a process of its own: the store's threads do not live through a fork."""
    environ = demo_environ(url, folder)
    command = [sys.executable, "-m", "flask", "backup", "restore", str(backup)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def restore_killed_after(seconds: float, url: str, folder: Path, backup: Path) -> bool:
    """kill -9 so long after it has begun: its mark is there. True when it was still at work."""
    process = start_restore(url, folder, backup)
    mark = folder / installation.RESTORING_FILE
    while process.poll() is None and not mark.exists():
        time.sleep(0.002)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    was_at_work = process.poll() is None
    process.kill()
    process.wait()
    return was_at_work


def time_of_restore(url: str, folder: Path, backup: Path) -> float:
    """Seconds one takes from its mark on, in a process of its own."""
    process = start_restore(url, folder, backup)
    mark = folder / installation.RESTORING_FILE
    while process.poll() is None and not mark.exists():
        time.sleep(0.002)
    began = time.monotonic()
    assert process.wait() == 0
    return time.monotonic() - began


def assert_whole(rows: int, documents: int) -> None:
    """Every row but the one the restore wrote of itself, and its seal; every document; a log that holds."""
    assert count_rows(db.engine) == rows + 2
    assert len(list(blobs.list_names())) == documents
    report = audit.verify()
    assert report.findings == [] and report.unsealed == 0
    assert not installation.restoring_path().exists()
