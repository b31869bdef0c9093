"""Writes the proxy's file, for the bureau that runs this and for the repository."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup

from app.config import Settings
from app.core.proxy.chapter import put_into, write_chapter
from app.core.proxy.nginx import Site, write_nginx
from app.core.settings import settings

group = AppGroup("proxy", help="The reverse proxy in front of this system.")
_SITE = Site()
# Nothing with which another directive could begin.
_WORD = re.compile(r"[A-Za-z0-9._:/\[\]*-]+")


def _word(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
    for word in [value] if isinstance(value, str) else value or ():
        if not _WORD.fullmatch(word):
            raise click.BadParameter(f"{word!r} is no name, address or path")
    return value


@group.command("nginx")
@click.option("--server-name", "names", multiple=True, callback=_word, help="The site's domain; PUBLIC_ORIGIN's unless said.")
@click.option("--upstream", default=None, callback=_word, help="Where gunicorn listens; HOST and PORT unless said.")
@click.option("--certificate", default=_SITE.certificate, callback=_word, show_default=True, help="File of the whole chain.")
@click.option("--certificate-key", default=_SITE.certificate_key, callback=_word, show_default=True, help="File of its key.")
@click.option("--listen", multiple=True, default=_SITE.listen, callback=_word, show_default=True, help="For https.")
@click.option("--plain-listen", multiple=True, default=_SITE.plain_listen, callback=_word, show_default=True, help="For http.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Writes this file instead of printing it.")
def print_nginx(names: tuple[str, ...], upstream: str | None, output: Path | None, **site: Any) -> None:
    """Prints nginx's file for this system's limits: /etc/nginx/conf.d/pingzheng.conf."""
    if not names:
        names = (urlsplit(settings.public_origin).hostname or "",)
    if not names[0]:
        raise click.UsageError("PUBLIC_ORIGIN is not set: say --server-name")
    written = write_nginx(current_app, settings, Site(names=names, upstream=upstream or f"{settings.host}:{settings.port}", **site))
    if output is None:
        click.echo(written, nl=False)
    else:
        output.write_text(written)
        click.echo(f"{output} is written: nginx -t && systemctl reload nginx")


@group.command("document")
def write_documents() -> None:
    """Writes deploy/nginx.conf and its part of docs/operations.md anew, as the settings are when none is set."""
    root = Path(current_app.root_path).parent
    (root / "deploy/nginx.conf").write_text(write_nginx(current_app, Settings(), _SITE))
    operations = root / "docs/operations.md"
    operations.write_text(put_into(operations.read_text(), write_chapter(current_app, Settings())))
