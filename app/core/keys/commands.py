import os

import click
from flask.cli import AppGroup

from app.core import clock
from app.core.keys.secrets_file import new_master, new_secret, read_secrets, secrets_path, write_secrets
from app.core.settings import settings

group = AppGroup("keys", help="The secrets of this installation.")


@group.command("init")
def init_keys() -> None:
    """Writes the secrets that are missing into the instance folder. Those that exist stay."""
    instance = settings.instance_path
    known = read_secrets(instance)
    added = [name for name in ("SECRET_KEY", "DATA_KEY", "AUDIT_KEY") if not getattr(settings, name.lower())]
    known |= {name: new_secret() for name in added}
    if not settings.code_masters:
        known["CODE_MASTERS"] = new_master(settings.code_digest, 0)
        added.append("CODE_MASTERS")
    if added:
        write_secrets(instance, known)
    click.echo(f"{', '.join(added)} written to {secrets_path(instance)}" if added else "nothing is missing")


@group.command("rotate")
def rotate_master() -> None:
    """Makes a new code master; the old ones verify for another 31 days, then they are dropped. Restart the workers afterwards."""
    if "CODE_MASTERS" in os.environ:
        raise click.ClickException("CODE_MASTERS comes from the environment: rotate it there, newest first.")
    known = read_secrets(settings.instance_path)
    stamp, overlap = int(clock.timestamp()), settings.master_overlap_days * 86400
    entries = [entry for entry in known.get("CODE_MASTERS", "").split(",") if entry]
    retired = [entry if entry.count(":") == 3 else f"{entry}:{stamp}" for entry in entries]
    kept = [entry for entry in retired if int(entry.rsplit(":", 1)[1]) > stamp - overlap]
    newest = max((int(entry.split(":")[0].lstrip("m")) for entry in entries), default=0)
    known["CODE_MASTERS"] = ",".join([new_master(settings.code_digest, newest), *kept])
    write_secrets(settings.instance_path, known)
    click.echo(f"master m{newest + 1} draws from the next start on; {len(kept)} retired kept, {len(retired) - len(kept)} dropped")
