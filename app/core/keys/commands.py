import os
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.keys.adoption import Place, adopt_after_upgrade, adopt_by_hand, look_at_database, tell_of_masters
from app.core.keys.fitting import SecretsDoNotFit
from app.core.keys.secrets_file import new_master, new_secret, read_secrets, secrets_path, write_secrets
from app.core.private_files import alone_in
from app.core.settings import settings

NAMES = ("SECRET_KEY", "DATA_KEY", "AUDIT_KEY", "CODE_MASTERS")
group = AppGroup("keys", help="The secrets of this installation.")


@group.command("init")
@click.option("--new-database", is_flag=True, help="The database cannot be reached, and there is nothing in it yet.")
def init_keys(new_database: bool) -> None:
    """Writes the missing secrets into the instance folder, never beside a database that is filled. Those that exist stay."""
    path = secrets_path(settings.instance_path)
    with alone_in(settings.instance_path):
        known = read_secrets(settings.instance_path)
        missing = [name for name in NAMES if not getattr(settings, name.lower()) and name not in known]
        place = look_at_database()
        _refuse_beside(place, missing, path)
        if not missing:
            click.echo("nothing is missing")
            return
        if not place.is_reachable and not new_database:
            raise click.ClickException(
                "the database cannot be reached, so nobody can tell whether it was made with other secrets; nothing was written. "
                "See DATABASE_URL and start it, or, when there is nothing in it yet, run `flask keys init --new-database`."
            )
        for name in missing:
            known[name] = new_master(settings.code_digest, 0) if name == "CODE_MASTERS" else new_secret()
        write_secrets(settings.instance_path, known)
    click.echo(f"{', '.join(missing)} written to {path}")
    click.echo(what_to_keep(path))


@group.command("rotate")
def rotate_master() -> None:
    """Makes a new code master; the old ones verify for another 31 days, then they are dropped. Restart the workers afterwards."""
    if "CODE_MASTERS" in os.environ:
        raise click.ClickException("CODE_MASTERS comes from the environment: rotate it there, newest first.")
    with alone_in(settings.instance_path):
        place = look_at_database()
        known = read_secrets(settings.instance_path)
        stamp, overlap = int(clock.timestamp()), settings.master_overlap_days * 86400
        entries = [entry for entry in known.get("CODE_MASTERS", "").split(",") if entry]
        _refuse_beside(place, [] if entries else ["CODE_MASTERS"], secrets_path(settings.instance_path))
        retired = [entry if entry.count(":") == 3 else f"{entry}:{stamp}" for entry in entries]
        kept = [entry for entry in retired if int(entry.rsplit(":", 1)[1]) > stamp - overlap]
        newest = max([place.highest_master, *(int(entry.split(":")[0].lstrip("m")) for entry in entries)])
        known["CODE_MASTERS"] = ",".join([new_master(settings.code_digest, newest), *kept])
        # The file first: a database that knows a master which no file has would take the next one of that number for another's.
        write_secrets(settings.instance_path, known)
        is_told = place.is_reachable and _is_told(f"{known['CODE_MASTERS']},{settings.code_masters}")
    click.echo(f"master m{newest + 1} draws from the next start on; {len(kept)} retired kept, {len(retired) - len(kept)} dropped")
    if not is_told:
        click.echo("the database cannot be reached; it is told of the new master when the server starts")
    click.echo(f"Your copy of {secrets_path(settings.instance_path)} is out of date from now on: replace it with the new file.")


@group.command("adopt")
def adopt_secrets() -> None:
    """Puts the present secrets in the place of ones that nothing proved, unless what is stored refuses them."""
    for sentence in adopt_by_hand():
        click.echo(sentence)
    click.echo("this database belongs to the present secrets")


def what_to_keep(path: Path) -> str:
    """What a lost file means, said before it happens."""
    return (
        f"Keep a copy of {path} in another place, apart from the backups: without this file no identity or telephone number can be "
        "read, nobody of the staff can sign in, every code has to be opened anew and the audit log can no longer be verified. "
        "Nothing makes it again."
    )


def _refuse_beside(place: Place, missing: list[str], path: Path) -> None:
    """Raises ClickException beside a database that is filled and was made with other secrets, or with ones that are missing now."""
    others = [sentence for sentence in place.misfits if not any(sentence.startswith(name) for name in missing)]
    if others:
        raise click.ClickException(" ".join(others))
    if missing and place.made_with:
        if len(missing) == len(NAMES):
            said = f"This database was made with other secrets: {place.made_with}, as {path}"
        else:
            are = "is" if len(missing) == 1 else "are"
            said = f"{' and '.join(missing)} {are} missing from {path}, and this database was made with them: {place.made_with}"
        raise click.ClickException(f"{said}; nothing was written.")


def _is_told(code_masters: str) -> bool:
    try:
        tell_of_masters(code_masters)
    except DBAPIError:
        return False
    return True


def say_adopted() -> None:
    """After migrations: a database of a version without check values gets those of the running secrets.

    Raises ClickException when they are not those of the database.
    """
    try:
        for sentence in adopt_after_upgrade():
            click.echo(sentence)
    except SecretsDoNotFit as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        raise click.ClickException(f"the check values of the secrets could not be written ({type(error).__name__})") from None
