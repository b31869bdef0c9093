from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.database import backup, copying
from app.core.database.schema_commands import SchemaGroup
from app.core.db import db

database = AppGroup("database", help="The database as a whole.")
backups = AppGroup("backup", help="Backups: the database and the documents in one file, without the secrets.")
commands = [database, backups, SchemaGroup()]


@database.command("copy")
@click.option("--to", "target_url", required=True, help="The database to fill: migrated and empty.")
def copy_database(target_url: str) -> None:
    """Copies everything into another database, for instance from SQLite to PostgreSQL."""
    target = copying.open_engine(target_url)
    with click.progressbar(length=copying.count_rows(db.engine), label="rows") as bar:
        try:
            rows = copying.copy_database(db.engine, target, bar.update)
        except copying.NotEmpty as error:
            raise click.ClickException(f"the target is not empty (table {error}); nothing was copied") from None
        except RuntimeError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{rows} rows copied; set DATABASE_URL to the new database and start again")


@backups.command("create")
@click.argument("target", type=click.Path(path_type=Path))
def create_backup(target: Path) -> None:
    """Writes a backup file, mode 0600. Keep secrets.env somewhere else."""
    with click.progressbar(length=copying.count_rows(db.engine), label="rows") as bar:
        try:
            rows = backup.create_backup(target.absolute(), bar.update)
        except FileExistsError:
            raise click.ClickException(f"{target} exists already and was left alone") from None
    click.echo(f"{rows} rows in {target}")


@backups.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_backup(source: Path) -> None:
    """Fills this installation, whose database must be migrated and empty, from a backup file."""
    try:
        rows = backup.restore_backup(source)
    except copying.NotEmpty as error:
        raise click.ClickException(f"this database is not empty (table {error}); nothing was restored") from None
    click.echo(f"{rows} rows restored; the secrets of that installation must be in place before serving")
