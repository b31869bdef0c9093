"""Alembic through Flask-Migrate, on both databases."""

from typing import Any

from alembic import context
from flask import current_app

from app.core.database.migrating import connect_for_migrating, note_step, only_ways_on
from app.core.database.release import BOOKKEEPING
from app.core.db import db
from app.core.settings import settings


def is_ours(_object: object, name: str | None, *_: object) -> bool:
    """On PostgreSQL huey's tables may still be there: 0.3.0 kept a queue in them, and may serve beside this version."""
    return not (name or "").startswith("huey_") and name not in BOOKKEEPING


def run_online() -> None:
    engine = current_app.extensions.get("migrate_engine") or db.engine
    options: dict[str, Any] = {
        "target_metadata": db.metadata,
        "render_as_batch": True,
        "compare_type": True,
        "transaction_per_migration": True,  # a long one that fails leaves those before it done
        "on_version_apply": note_step,
        "include_object": is_ours,
    }
    with connect_for_migrating(engine) as connection:
        context.configure(connection=connection, **options)
        plan = context.get_context().opts["fn"]
        context.configure(connection=connection, fn=only_ways_on(plan, is_production=not settings.is_demo), **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, not into a file.")
run_online()
