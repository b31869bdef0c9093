"""What this database is: a demo or a real bureau. Set once, when it is first filled."""

from datetime import datetime

from sqlalchemy import String, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Mode
from app.core import clock
from app.core.db import Base, db, transaction


class Installation(Base):
    __tablename__ = "installation"

    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    id: Mapped[int] = mapped_column(primary_key=True, default=1)


def find_kind() -> Mode | None:
    """None while the database is empty or not yet migrated."""
    if not inspect(db.engine).has_table(Installation.__tablename__):
        return None
    kind = db.session.scalar(select(Installation.kind))
    return Mode(kind) if kind else None


@transaction()
def set_kind(kind: Mode) -> None:
    """Raises RuntimeError when the database already is of the other kind."""
    known = db.session.scalar(select(Installation.kind))
    if known is None:
        db.session.add(Installation(kind=kind.value, created_at=clock.now()))
    elif known != kind.value:
        raise RuntimeError(f"this database is a {known} database and stays one")


def problems(mode: Mode) -> list[str]:
    """Sentences that say why this database must not be served in this mode."""
    kind = find_kind()
    if kind is None and mode is Mode.production:
        return ["The database holds no bureau yet: run `flask db upgrade` and `flask bureau init`."]
    if kind is not None and kind is not mode:
        return [f"The database is a {kind.value} database and cannot be served in {mode.value} mode."]
    return []
