"""Accepting a 12-megapixel photo against Pillow's bare re-encode to the same size, and the memory four uploads at once need.

Processor time of this process and the children it waited for, the arms taking turns; the whole of accepting counts: recognising,
a child that starts and decodes, sealing, storing, rows and audit. Memory is the peak of a process of its own that takes four
uploads at the same moment, above what it holds when idle, and of the largest child, of which there is one at a time.
"""

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import flask_migrate
from flask import Flask
from PIL import Image

from app import create_app
from app.accounts.models import Account
from app.core.db import db
from app.core.errors import DomainError
from app.documents import service
from bench.ratios import Ratio, interleaved, ratio
from bench.seed import environment
from tests.kit.documents import take_papers
from tests.kit.people import make_activated_account
from tests.kit.settings import make_settings

SIZE = (4000, 3000)
PHOTOS_A_ROUND = {"small": 2, "full": 8}
AT_ONCE = 4
GOAL, MEMORY_GOAL = "<= 1.5", "<= 250"
SUBJECT, SLOT = "bench:1", "other"


def measure(scale: str) -> list[Ratio]:
    photo = make_large_photo()
    with tempfile.TemporaryDirectory(prefix="pz-bench-documents-") as name:
        folder = Path(name)
        app = create_app(make_settings(database_url=f"sqlite:///{folder / 'bench.sqlite3'}", instance_path=folder))
        with app.app_context():
            flask_migrate.upgrade()
            take_papers(app, "bench")
            owner = make_activated_account()
            rounds = interleaved(
                lambda: _cpu(lambda: _accept(owner, photo), PHOTOS_A_ROUND[scale]),
                lambda: _cpu(lambda: _bare(photo), PHOTOS_A_ROUND[scale]),
            )
            db.session.remove()
            db.engine.dispose()
        return [
            ratio("accepting a 12-megapixel photo: CPU against the bare re-encode", rounds, GOAL),
            ratio("four uploads at once: peak memory above idle, MB", _peaks(folder, photo), MEMORY_GOAL),
        ]


def make_large_photo() -> bytes:
    """A JPEG of 12 megapixels and a few megabytes, as a telephone takes it."""
    picture = Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 60).resize(SIZE).convert("RGB")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=92)
    return written.getvalue()


def _accept(owner: Account, photo: bytes) -> None:
    page = service.accept_page(owner=owner, subject=SUBJECT, slot=SLOT, stream=io.BytesIO(photo), name="IMG_1.jpg")
    service.remove_page(page)


def _bare(photo: bytes) -> None:
    with Image.open(io.BytesIO(photo)) as image:
        image.thumbnail((2400, 2400))
        image.save(io.BytesIO(), "JPEG", quality=85)


def _cpu(act: object, times: int) -> float:
    began = _spent()
    for _ in range(times):
        act()
    return _spent() - began


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peaks(folder: Path, photo: bytes) -> list[float]:
    """One process after another, so that none profits from what the one before has left."""
    file = folder / "photo.jpg"
    file.write_bytes(photo)
    found = []
    for number in range(3):
        own = folder / f"memory{number}"
        own.mkdir()
        ended = subprocess.run(
            [sys.executable, "-m", "bench.documents", str(file), str(own)],
            env={**os.environ, **environment(f"sqlite:///{own / 'bench.sqlite3'}", own)},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(float(json.loads(ended.stdout.splitlines()[-1])))
    return found


def _print_peak(file: Path, folder: Path) -> None:
    """Run by itself: four uploads at the same moment, on threads of one process; prints megabytes above idle."""
    app = create_app(make_settings(database_url=f"sqlite:///{folder / 'bench.sqlite3'}", instance_path=folder))
    with app.app_context():
        flask_migrate.upgrade()
        take_papers(app, "bench")
        owner_id = make_activated_account().id
        db.session.remove()
    photo = file.read_bytes()
    _four_at_once(app, owner_id, _small_photo())  # from here on everything is imported and has been used
    Path("/proc/self/clear_refs").write_text("5")
    idle = _memory("VmRSS")
    _four_at_once(app, owner_id, photo)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps(round(_memory("VmHWM") - idle + child, 1)))


def _small_photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 64)).save(written, "JPEG")
    return written.getvalue()


def _four_at_once(app: Flask, owner_id: int, photo: bytes) -> None:
    start = threading.Barrier(AT_ONCE)

    def send() -> None:
        with app.app_context():
            owner = db.session.get(Account, owner_id)
            start.wait()
            try:
                _accept_patiently(owner, photo)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _accept_patiently(owner: Account, photo: bytes) -> None:
    """As the script does, which sends again what had to wait for others."""
    while True:
        try:
            service.accept_page(owner=owner, subject=f"bench:{len(photo)}", slot=SLOT, stream=io.BytesIO(photo))
        except DomainError as error:
            if error.status != 503:
                raise
            time.sleep(0.2)
        else:
            return


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    _print_peak(Path(sys.argv[1]), Path(sys.argv[2]))
