"""Alembic through Flask-Migrate, on both databases."""

from alembic import context
from flask import current_app

from app.core.db import db, schema_changes

config = context.config


def run_online() -> None:
    engine = current_app.extensions.get("migrate_engine") or db.engine
    with schema_changes(), engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=lambda obj, name, kind, reflected, to: not (name or "").startswith("huey_"),
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, not into a file.")
run_online()
