from pathlib import Path

import click
import flask_migrate
from flask.cli import AppGroup

from app.config import Mode
from app.core import installation
from app.core.database.emptying import require_name, yes_empty
from app.core.db import Base, db, schema_changes
from app.core.keys.commands import say_adopted
from app.core.settings import settings
from app.demo import service

group = AppGroup("demo", help="The demo bureau.")


@group.command("load")
@click.option("--reset", is_flag=True, help="Empties the demo database first.")
@yes_empty
def load_demo(reset: bool, typed_name: str) -> None:
    """Loads the demo bureau into an empty database and writes demo.json."""
    kind = installation.find_kind()
    if kind is Mode.production:
        raise click.ClickException("this is a real bureau's database")
    if kind is Mode.demo and not reset:
        raise click.ClickException("the demo bureau is loaded already; --reset empties it first")
    if not settings.is_demo:
        raise click.ClickException("this is a production installation: set APP_MODE=demo and another DATABASE_URL for a demo")
    if reset:
        require_name(typed_name)
    base_url = service.read_demo_file()["base_url"] if service.demo_file().exists() else _base_url()
    if reset:
        _empty()
    service.write_demo_file({**service.load_demo(), "base_url": base_url})
    click.echo(f"the demo bureau is loaded; sign-ins and keys are in {service.demo_file()}")


@group.command("start")
def start_demo() -> None:
    """What `make run` calls before serving: loads the demo bureau where there is none, renews demo.json, prints how to get in."""
    flask_migrate.upgrade()
    say_adopted()
    if not settings.is_demo:
        click.echo(f"production on http://{settings.host}:{settings.port}")
        return
    kind = installation.find_kind()
    if kind is Mode.production:
        raise click.ClickException("The database is a production database and cannot be served in demo mode.")
    if kind is None:
        content = service.load_demo()
    elif service.demo_file().exists():
        content = service.read_demo_file()
    else:
        content = service.reissue_demo_secrets()
    content["base_url"] = _base_url()
    service.write_demo_file(content)
    _print_welcome(content["base_url"], service.demo_file())


def _base_url() -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return f"http://{host}:{settings.port}"


def _print_welcome(base_url: str, demo_file: Path) -> None:
    content = service.read_demo_file()
    click.echo(f"\n  凭证 Pingzheng (demo)   {base_url}\n  keys and everything else: {demo_file}\n")
    for citizen in content["citizens"][:3]:
        click.echo(f"  to activate  {citizen['name']}  {citizen['cert_no']}  phone {citizen['phone']}")
    for citizen in content["citizens"]:
        if citizen["activated"]:
            click.echo(f"  active       {citizen['name']}  {citizen['cert_no']}  phone {citizen['phone']}  PIN {citizen['pin']}")
    click.echo("  the SMS code is shown on the page; the face check is a page with two buttons\n")


def _empty() -> None:
    with schema_changes(), db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    head = settings.instance_path / "audit-head.json"
    head.unlink(missing_ok=True)
