"""The program as production runs it, without a server: for what production alone answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.config import Mode
from app.core.db import db
from tests.core.test_settings import REAL_FIELDS
from tests.kit.settings import make_settings


@contextmanager
def production_app(database_url: str, folder: Path, **changes: Any) -> Iterator[Flask]:
    real = {**REAL_FIELDS, "ratelimit_storage_url": "memory://", "web_workers": 1, **changes}
    made = create_app(make_settings(database_url=database_url, instance_path=folder, app_mode=Mode.production, **real))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
