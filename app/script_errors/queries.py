from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import db
from app.script_errors.models import ScriptError


def list_script_errors() -> Sequence[ScriptError]:
    """All rows (service.MOST_ROWS limits them), the latest first."""
    return db.session.scalars(select(ScriptError).order_by(ScriptError.last_at.desc(), ScriptError.module, ScriptError.line)).all()
