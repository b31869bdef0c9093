import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.core.errors import DomainError
from app.core.plugins import UnknownPlugin
from app.core.settings import settings
from app.roster.providers import RosterSource, facts_of
from app.roster.providers.registry import open_source
from app.roster.service import ImportMode, ImportResult, Preview, Refusal, import_roster, remarks_on

group = AppGroup("roster", help="The roster of insured persons.")

SHOWN_WITHOUT_FILE = 20


@group.command("import")
@click.argument("file", required=False, default="")
@click.option("--mode", type=click.Choice([m.value for m in ImportMode]), default=ImportMode.all.value, show_default=True,
              help="all: one refused row and nothing is changed. good: refused rows are left out.")  # fmt: skip
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Where refused rows are written: line, field, why.")
@click.option("--encoding", default="", help="Of a CSV file; found out when not given (UTF-8, GB18030).")
@click.option("--ignore", multiple=True, metavar="COLUMN", help="A column of the file that is not wanted. May be repeated.")
@click.option("--yes", is_flag=True, help="Do not ask at a terminal whether the first rows were read rightly.")
def import_file(file: str, mode: str, errors: Path | None, encoding: str, ignore: tuple[str, ...], yes: bool) -> None:
    """Imports FILE (CSV or XLSX), else what ROSTER_SOURCE names. Run it again at any time: rows are brought up to date."""
    asks = not yes and _is_terminal()
    try:
        with closing(open_source(settings, file, encoding)) as source, _report(errors) as on_refusal, _Bar(source) as bar:
            result = import_roster(
                source,
                ImportMode(mode),
                ignored_columns=ignore,
                on_refusal=on_refusal,
                on_progress=bar.move,
                on_seen=lambda seen: _show(seen, asks),
                by="operator",
            )
            remarks = remarks_on(facts_of(source))
    except (DomainError, UnknownPlugin) as refused:
        said = f"{refused.what}{refused.next}" if isinstance(refused, DomainError) else str(refused)
        raise click.ClickException(said) from None
    for sentence in remarks:
        click.echo(sentence)
    _tell(result, errors)


class _Bar:
    """A progress bar that appears with the first report; if the total is unknown it shows only that the work goes on."""

    def __init__(self, source: RosterSource) -> None:
        self._source, self._stack = source, ExitStack()
        self._bar: Any = None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()

    def move(self, position: int) -> None:
        if self._bar is None:
            known = {"length": self._source.size} if self._source.size else {"iterable": repeat(None)}
            self._bar = self._stack.enter_context(click.progressbar(label=self._source.title, **known))
        self._bar.update(max(0, position - self._bar.pos))


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(seen: Preview, asks: bool) -> None:
    """Shows, before anything is applied, how the source was read and three masked rows. Raises Abort if the answer is no."""
    facts = seen.facts
    click.echo(f"工作表：{facts.sheet}" if facts.sheet else f"编码：{facts.encoding}" if facts.encoding else "前几行：")
    for row in seen.rows:
        click.echo("  " + "  ".join(row))
    if asks:
        click.confirm("姓名和号码读得对吗？导入", abort=True)


def _tell(result: ImportResult, errors: Path | None) -> None:
    click.echo(
        f"{result.rows} rows: {result.created} created, {result.updated} updated, "
        f"{result.unchanged} unchanged, {result.refused} refused"
    )
    if result.refused and errors:
        click.echo(f"refused rows are listed in {errors}")
    if not result.is_applied:
        raise click.ClickException("nothing was changed: correct the refused rows, or leave them out with --mode good")


@contextmanager
def _report(path: Path | None) -> Iterator[Callable[[Refusal], None]]:
    """Writes refusals to the file, with the BOM that Excel needs to read Chinese; without a file, the first ones to the screen."""
    if path is not None:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(["line", "field", "why"])
            yield lambda refusal: table.writerow([refusal.line, refusal.field, refusal.why])
        return
    shown: list[Refusal] = []

    def keep(refusal: Refusal) -> None:
        if len(shown) < SHOWN_WITHOUT_FILE:
            shown.append(refusal)

    try:
        yield keep
    finally:
        for refusal in shown:
            click.echo(f"第 {refusal.line} 行 {refusal.field}：{refusal.why}", err=True)
        if len(shown) == SHOWN_WITHOUT_FILE:
            click.echo("其余的请用 --errors FILE 写到文件里看。", err=True)
