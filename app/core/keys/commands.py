import os
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from app.core import audit
from app.core.db import transaction
from app.core.keys import dropping, rotating, state, sweeping
from app.core.keys.adoption import Place, adopt_after_upgrade, adopt_by_hand, look_at_database, tell_of_rotation
from app.core.keys.audit_tags import KeysTag
from app.core.keys.checks import PLAIN
from app.core.keys.fitting import SecretsDoNotFit
from app.core.keys.secrets_file import new_master, new_secret, read_secrets, secrets_path, write_secrets
from app.core.private_files import alone_in
from app.core.settings import settings

WHICH = {"code": "CODE_MASTERS", "secret": "SECRET_KEY", "audit": "AUDIT_KEY", "data": "DATA_KEY"}
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
@click.option(
    "--which",
    "chosen",
    multiple=True,
    type=click.Choice([*WHICH, "all"]),
    default=("code",),
    help="Which secret gets a new key; may be repeated. The code masters unless it is said.",
)
@click.option(
    "--begin-in",
    "minutes",
    type=click.IntRange(0, 7 * 1440),
    default=15,
    help="Minutes until a new SECRET_KEY, AUDIT_KEY or DATA_KEY writes; every process has to be restarted before.",
)
def rotate(chosen: tuple[str, ...], minutes: int) -> None:
    """Makes new keys; the older ones go on reading. Restart the web servers and `flask jobs run` afterwards.

    A new code master draws from the next start on, its elders verify for another 31 days. A new DATA_KEY encrypts from its moment
    on, and what is stored is encrypted anew in the background: see `flask keys status`, and `flask keys drop` at the end.
    """
    families = [WHICH[one] for one in (WHICH if "all" in chosen else dict.fromkeys(chosen))]
    if elsewhere := [family for family in families if family in os.environ]:
        raise click.ClickException(
            f"{elsewhere[0]} comes from the environment: rotate it there, newest first, as docs/operations.md says."
        )
    path = secrets_path(settings.instance_path)
    with alone_in(settings.instance_path):
        place, known = look_at_database(), read_secrets(settings.instance_path)
        _refuse_beside(place, [family for family in families if not known.get(family)], path)
        try:
            said = [rotating.rotate(known, family, place, minutes) for family in families]
        except rotating.CannotRotate as error:
            raise click.ClickException(f"{error}; nothing was written") from None
        # The file first: if the database knew a key that is in no file, the next key of that number would look like a wrong one.
        write_secrets(settings.instance_path, known)
        is_told = place.is_reachable and _is_told(known)
    if is_told and place.made_with:
        with transaction():
            for family in families:
                audit.record(KeysTag.rotated, actor="system", subject=f"secret:{family}", key=_newest(known[family]))
    for sentence in said:
        click.echo(sentence)
    if not is_told:
        click.echo("the database cannot be reached; it is told of the new keys when the server starts")
    click.echo(
        f"Your copy of {path} is out of date from now on: put the new file into the safe beside the old one, "
        "which stays for as long as you keep backups from before."
    )


@group.command("status")
def status() -> None:
    """Says which key of each secret writes, which only read, what still needs these, and how far re-encrypting has come."""
    for sentence in state.sentences():
        click.echo(sentence)


@group.command("sweep")
@click.option("--again", is_flag=True, help="Look at everything once more, also at what was finished.")
def sweep(again: bool) -> None:
    """Encrypts anew, now and to the end, what stands under older DATA_KEYs; the web server does it in the background as well."""
    if again:
        sweeping.start_again()
    sweeper = sweeping.Sweeper()
    while sweeper.take_turn(seconds=5.0):
        click.echo(".", nl=False, err=True)
    for sentence in state.sentences():
        click.echo(sentence)


@group.command("drop")
@click.argument("family", type=click.Choice(PLAIN))
@click.argument("key_id", metavar="ID")
def drop(family: str, key_id: str) -> None:
    """Takes a key out of the list, such as `DATA_KEY k1`, unless something still needs it: that is said, and the key stays."""
    if family in os.environ:
        raise click.ClickException(f"{family} comes from the environment: see `flask keys status`, then take it out there.")
    path = secrets_path(settings.instance_path)
    with alone_in(settings.instance_path):
        known = read_secrets(settings.instance_path)
        _refuse_beside(look_at_database(), [], path)
        try:
            dropping.drop(known, family, key_id)
        except dropping.StillNeeded as error:
            raise click.ClickException(f"{error}; nothing was dropped") from None
        write_secrets(settings.instance_path, known)
    with transaction():
        audit.record(KeysTag.dropped, actor="system", subject=f"secret:{family}", key=key_id)
    click.echo(f"{family} {key_id} is dropped; restart the web servers and `flask jobs run`")
    click.echo(
        f"Put the new {path} into the safe; backups from before {key_id} was replaced open only with the old file: keep both."
    )


@group.command("adopt")
def adopt_secrets() -> None:
    """Puts the present secrets in the place of ones that nothing proved, unless what is stored refuses them."""
    for sentence in adopt_by_hand():
        click.echo(sentence)
    click.echo("this database belongs to the present secrets")


def what_to_keep(path: Path) -> str:
    """Says what losing the file would mean, before it happens."""
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


def _newest(listed: str) -> str:
    """The id of a list's first key."""
    return listed.partition(":")[0]


def _is_told(values: dict[str, str]) -> bool:
    try:
        named = {name: values.get(name) or getattr(settings, name.lower()) for name in NAMES}
        # Together with the previous masters, which may be gone from the list now: the database knows one of them.
        tell_of_rotation(named | {"CODE_MASTERS": f"{named['CODE_MASTERS']},{settings.code_masters}"})
    except DBAPIError:
        return False
    return True


def say_adopted() -> None:
    """After migrations: gives a database of a version without check values those of the running secrets.

    Raises ClickException when the running secrets are not the database's.
    """
    try:
        for sentence in adopt_after_upgrade():
            click.echo(sentence)
    except SecretsDoNotFit as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        raise click.ClickException(f"the check values of the secrets could not be written ({type(error).__name__})") from None
