import click
from flask.cli import AppGroup

from app.core import audit
from app.core.audit.verify import count_rows

group = AppGroup("audit", help="The audit log.")


@group.command("verify")
def verify_log() -> None:
    """Checks rows, seals and chain; names what was changed, missing, inserted or cut. Exit 1 when it does not hold."""
    with click.progressbar(length=count_rows(), label="audit") as bar:
        report = audit.verify(bar.update)
    for finding in report.findings:
        click.echo(f"{finding.kind}: {finding.where}")
    click.echo(f"{report.rows} rows, {report.seals} seals, {report.unsealed} not sealed yet")
    if not report.holds:
        raise click.ClickException("the audit log does not hold")
    click.echo("the audit log holds")


@group.command("seal")
def seal_log() -> None:
    """Seals now whatever is not sealed yet, however old."""
    click.echo(f"{audit.seal_pending(everything=True)} rows sealed")
