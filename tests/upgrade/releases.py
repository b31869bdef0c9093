"""What the released versions left behind, put where this version finds it."""

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from flask import Flask
from sqlalchemy.engine import make_url

from app import create_app
from app.core.db import db
from tests.kit.databases import Databases
from tests.kit.settings import make_settings
from tests.upgrade.postgresql_dump import load

HERE = Path(__file__).parent
RELEASES = sorted(folder.name for folder in HERE.glob("*.*.*"))
CENTURY_DAYS = 36_500  # the cookie's age is counted by the machine's own clock, which tests do not move


@dataclass(frozen=True)
class Release:
    version: str

    @property
    def folder(self) -> Path:
        return HERE / self.version

    @property
    def facts(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "facts.json").read_text())
        return content

    @contextmanager
    def put_back(self, databases: Databases, kind: str, instance: Path) -> Iterator[Flask]:
        """This version's app on that release's database, papers and secrets. Nothing is migrated yet."""
        shutil.copytree(self.folder / "documents", instance / "documents")
        shutil.copy(self.folder / "audit-head.json", instance)
        secrets = {name.lower(): value for name, value in dotenv_values(self.folder / "secrets.env").items()}
        with databases.bare(kind) as url:
            if kind == "sqlite":
                Path(make_url(url).database or "").write_bytes(gzip.decompress((self.folder / "database.sqlite3.gz").read_bytes()))
            else:
                load(url.replace("+psycopg", "", 1), gzip.decompress((self.folder / "database.sql.gz").read_bytes()).decode())
            changes = {**secrets, "session_absolute_days": CENTURY_DAYS, "test_wide_bounds": True}
            app = create_app(make_settings(database_url=url, instance_path=instance, **changes))
            yield app
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
