"""Counts errors by line and engine. The table cannot grow beyond its limit, whatever is sent."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from app.core import clock
from app.core.db import db, transaction, upsert
from app.core.settings import settings
from app.script_errors.engines import UNKNOWN, Engine
from app.script_errors.models import ScriptError

MOST_ROWS = 500  # fixed: different errors; the rest is counted together
_FULL = {"module": "", "line": 0, "engine": UNKNOWN.family, "engine_version": 0}
_KEY = ("module", "line", "engine", "engine_version")


@transaction()
def count_script_error(module: str, line: int, engine: Engine) -> None:
    """module: path of one of our own scripts, below static/js. When the table is full, all new errors share one row."""
    key = {"module": module, "line": line, "engine": engine.family, "engine_version": engine.version}
    is_known = db.session.get(ScriptError, tuple(key.values())) is not None
    if not is_known and (db.session.scalar(select(func.count()).select_from(ScriptError)) or 0) >= MOST_ROWS:
        key = _FULL
    now = clock.now()
    db.session.execute(
        upsert(ScriptError)
        .values(**key, count=1, first_at=now, last_at=now)
        .on_conflict_do_update(index_elements=_KEY, set_={"count": ScriptError.count + 1, "last_at": now})
    )


@transaction()
def drop_old_script_errors() -> None:
    db.session.execute(
        delete(ScriptError).where(ScriptError.last_at < clock.now() - timedelta(days=settings.script_error_keep_days))
    )
