"""Pingzheng: a self-hosted medical-insurance electronic credential (医保电子凭证)."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings, SettingsError, load_settings
from app.core import (
    access,
    assets,
    bodies,
    clock,
    connecting,
    display,
    health,
    hooks,
    installation,
    limits,
    locale,
    logs,
    origin,
    outages,
    proxy,
    strict_transport,
    web,
)
from app.core.cli import PlainGroup
from app.core.crypto import Vault
from app.core.database import encryption_notes, fitness
from app.core.db import db, let_go, migrate
from app.core.engines import prepare_engine
from app.core.keys.adoption import tell_of_rotation

# Lower features know nothing of higher ones; import-linter enforces this order (pyproject.toml).
FEATURES = (
    "config",
    "core.audit",
    "core.keys",
    "core.database",
    "core.jobs",
    "core.proxy",
    "regions",
    "roster",
    "messages",
    "accounts",
    "staff",
    "credentials",
    "passkeys",
    "proofs",
    "activation",
    "documents",
    "staff_jobs",
    "letters",
    "reviews",
    "family",
    "mutual_aid",
    "institutions",
    "scanning",
    "help",
    "script_errors",
    "figures",
    "hotline",
    "counter",
    "oversight",
    "setup",
    "bureau",
    "pwa",
    "home",
    "demo",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Builds the app. Raises SettingsError when it must not serve with these settings."""
    settings = settings or load_settings()
    if _is_for_serving():
        settings.refuse_problems()
    settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = web.App(__name__, instance_path=str(settings.instance_path), static_folder=None)
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_keys[-1].secret if settings.secret_keys else "",  # `web` signs with the whole list
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=connecting.engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=bodies.ORDINARY,
        SESSION_COOKIE_NAME="__Host-pz" if settings.has_https else "pz",
        SESSION_COOKIE_SECURE=settings.has_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    logs.install()
    outages.install()
    if settings.test_clock_file:
        clock.follow_file(settings.test_clock_file)
    app.extensions["vault"] = Vault(settings.data_keys, settings.carried)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(app.root_path).parent / "migrations"))
    with app.app_context():
        prepare_engine(db.engine)
    for part in (locale, display, installation, limits, proxy, origin, web, assets, health, access, hooks):
        part.install(app)
    for feature in FEATURES:
        _install_feature(app, feature)
    origin.guard(app)
    strict_transport.install(app)
    access.require_rules(app)
    return app


def refuse_unfit_database(app: Flask) -> None:
    """Checks before serving that the database answers and fits this program's schema, this mode and these secrets.

    Raises SettingsError.
    """
    with app.app_context():
        try:
            found = fitness.problems() or installation.problems(app.config["SETTINGS"].app_mode)
            if not found:
                tell_of_rotation()
                installation.remember()
                encryption_notes.warn()
        except SQLAlchemyError as error:
            found = [
                f"The database does not answer ({outages.first_line(error)}): see that it runs and that DATABASE_URL is right."
            ]
        let_go()
        db.engine.dispose()
    if found:
        raise SettingsError(found[0])


def _install_feature(app: Flask, feature: str) -> None:
    """Installs whichever of these a feature has:

    `audit_tags`, `models`, `routes.blueprint(s)`, `commands.group` or `commands.commands`, `wiring.register`.
    """
    package = f"{__name__}.{feature}"
    for room in ("audit_tags", "models", "routes", "commands", "wiring"):
        if find_spec(f"{package}.{room}") is None:
            continue
        module = import_module(f"{package}.{room}")
        if room == "routes":
            for blueprint in getattr(module, "blueprints", None) or [module.blueprint]:
                app.register_blueprint(blueprint)
        elif room == "commands":
            for command in getattr(module, "commands", None) or [module.group]:
                is_plain = isinstance(command, PlainGroup) or not isinstance(command, click.Group)
                app.cli.add_command(command if is_plain else PlainGroup(command))
        elif room == "wiring":
            module.register(app)


def _is_for_serving() -> bool:
    """Whether the app is to serve. Operators' commands must run even while settings are incomplete; only serving is refused."""
    command = click.get_current_context(silent=True)
    return command is None or command.info_name == "run"
