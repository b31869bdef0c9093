"""Whether this database is a demo or a real bureau, which is set once, when it is first filled; and the bureau's name."""

import json
import math
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy import String, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Mode
from app.core import audit, clock, outages, store_away
from app.core.audit.named import Subject
from app.core.audit_tags import InstallationTag
from app.core.db import Base, bare_read, db, roll_back, transaction
from app.core.keys import adoption, fitting
from app.core.prepared import PreparedQuery
from app.core.settings import settings

CODE_FILE = "first-run-code"
RESTORING_FILE = "restoring.json"
DEMO_NAME = "示范市医疗保障局"
UNNAMED = "医疗保障局"  # a real bureau before its name is set
_KEPT_SECONDS = 60.0  # fixed: the bureau's name is on every page and changes once in years


class Installation(Subject, Base):
    """One row: what this database is, a demo or a real bureau, and whether it was restored from a backup."""

    __tablename__ = "installation"
    audit_kind = "installation"

    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    # How often it was restored from a backup: cookies from before a restore are void (`core.web`).
    epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    restored_at: Mapped[datetime | None] = mapped_column(default=None)
    restored_from: Mapped[str] = mapped_column(String(64), default="", server_default="")  # SHA-256 of the backup, hex


class _Epoch(NamedTuple):
    epoch: int


_EPOCH = PreparedQuery(select(Installation.epoch), _Epoch)


class BureauProfile(Base):
    """One row: what was entered at the first run. BUREAU_NAME, ICP_NUMBER and POLICE_NUMBER in the environment override it."""

    __tablename__ = "bureau_profile"

    name: Mapped[str] = mapped_column(String(60))
    icp_number: Mapped[str] = mapped_column(String(60), default="")
    police_number: Mapped[str] = mapped_column(String(60), default="")
    id: Mapped[int] = mapped_column(primary_key=True, default=1)


@dataclass(frozen=True)
class Profile:
    name: str = ""
    icp_number: str = ""
    police_number: str = ""


def install(app: Flask) -> None:
    app.jinja_env.globals.update(bureau_name=bureau_name, icp_number=icp_number, police_number=police_number)


def find_kind() -> Mode | None:
    """None while the database is empty or not yet migrated."""
    if not inspect(db.engine).has_table(Installation.__tablename__):
        return None
    kind = db.session.scalar(select(Installation.kind))
    return Mode(kind) if kind else None


@transaction()
def set_kind(kind: Mode) -> None:
    """The first call also ties the database to the running secrets. A database on which this was never called is not served.

    Raises RuntimeError when the database is already of the other kind, SecretsDoNotFit when it holds what other secrets made.
    """
    known = db.session.scalar(select(Installation.kind))
    if known is None:
        db.session.add(Installation(kind=kind.value, created_at=clock.now()))
        db.session.flush()
        fitting.found(db.session.connection())
    elif known != kind.value:
        raise RuntimeError(f"this database is a {known} database and stays one")


def problems(mode: Mode) -> list[str]:
    """Sentences that say why this database must not be served in this mode."""
    if unfinished := find_unfinished_restore():
        return [f"A restore of {unfinished} was begun and not finished: run `flask backup restore {unfinished}` again."]
    kind = find_kind()
    if kind is None and mode is Mode.production and not code_path().exists():
        return ["The database holds no bureau yet: run `flask db upgrade` and `flask bureau init`, or `flask bureau init --web`."]
    if kind is not None and kind is not mode:
        return [f"The database is a {kind.value} database and cannot be served in {mode.value} mode."]
    return adoption.problems(is_set_up=kind is not None)


def remember() -> None:
    """Loads what every page needs, so that pages can be made without the database even if it goes away in the first minute."""
    _profile()
    is_first_run()
    epoch()


def code_path() -> Path:
    """The file with the code for the pages of the first run; deleted once the bureau is set up."""
    return settings.instance_path / CODE_FILE


def restoring_path() -> Path:
    """The file that marks a restore under way; deleted once it is finished."""
    return settings.instance_path / RESTORING_FILE


def find_unfinished_restore() -> str:
    """The backup file of a restore that was begun and not finished; empty when there is none."""
    path = restoring_path()
    if not path.exists():
        return ""
    try:
        return str(json.loads(path.read_text())["file"])
    except (ValueError, KeyError):  # not written by this program; while it is there nothing is served
        return f"the backup that {path} should name"


def epoch() -> int:
    """How often this installation was restored. Each process reads it once: no process serves during a restore."""
    known: int | None = current_app.extensions.get("epoch")
    if known is None:
        try:
            with bare_read() as connection:  # without a transaction: a scan may call this inside its own
                found = _EPOCH.first(connection, {})
            known = found.epoch if found is not None else 0
        except SQLAlchemyError:  # the database is away or not migrated: nobody is signed in then, and the next request tries again
            return 0
        current_app.extensions["epoch"] = known
    return known


def was_restored() -> bool:
    return epoch() > 0


def is_first_run() -> bool:
    """Whether only the pages of the first run are served: the database of a real bureau has no kind yet, and the code is there."""
    if settings.is_demo or current_app.extensions.get("is_set_up"):
        return False
    try:
        kind = find_kind()
    except Exception as error:  # pages that need no database still work; the others report themselves that it is away
        if not outages.is_store_failure(error):
            raise
        outages.store_failed(error)
        return False
    if kind is not None:
        current_app.extensions["is_set_up"] = True
        return False
    return code_path().exists()


@transaction()
def set_profile(profile: Profile, *, by: str) -> None:
    """Sets the name of the bureau, shown on every page from now on."""
    db.session.merge(BureauProfile(id=1, name=profile.name, icp_number=profile.icp_number, police_number=profile.police_number))
    audit.record(InstallationTag.named, actor=by, subject=Installation.subject_of(1))
    current_app.extensions.pop("bureau_profile", None)


def bureau_name() -> str:
    return settings.bureau_name or _profile().name or (DEMO_NAME if settings.is_demo else UNNAMED)


def icp_number() -> str:
    return settings.icp_number or _profile().icp_number


def police_number() -> str:
    return settings.police_number or _profile().police_number


def find_profile() -> Profile | None:
    """The stored profile; None before the first run."""
    row = db.session.get(BureauProfile, 1)
    return None if row is None else Profile(row.name, row.icp_number, row.police_number)


def _profile() -> Profile:
    """Each process reads it once a minute, and uses the last one it knows while the database is away; a demo has none."""
    if settings.is_demo:
        return Profile()
    known: tuple[float, Profile] = current_app.extensions.get("bureau_profile", (-math.inf, Profile()))
    if known[0] >= time.monotonic() - _KEPT_SECONDS or store_away.is_away():
        return known[1]
    try:
        found = find_profile() or Profile()
    except Exception as error:
        if not outages.is_store_failure(error):
            raise
        outages.store_failed(error)
        roll_back()
        return known[1]
    current_app.extensions["bureau_profile"] = (time.monotonic(), found)
    return found
