"""数据: pages of figures that a job has counted, and their tables as files."""

from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import NotFound
from app.figures import boards
from app.figures.service import note_export
from app.figures.tables import to_csv
from app.staff.policy import Right, may
from app.staff.visitor import current_staff

_DAYS = 30  # fixed: what a page of figures shows before anything is chosen


@blueprint.get("/bureau/figures")
@access(may(Right.read_dashboard))
def show_figures() -> ResponseReturnValue:
    return _show("overview")


@blueprint.get("/bureau/figures/activations")
@access(may(Right.read_dashboard))
def show_activations() -> ResponseReturnValue:
    return _show("activations")


@blueprint.get("/bureau/figures/steps")
@access(may(Right.read_dashboard))
def show_steps() -> ResponseReturnValue:
    return _show("steps")


@blueprint.get("/bureau/figures/reviews")
@access(may(Right.read_dashboard))
def show_review_times() -> ResponseReturnValue:
    return _show("reviews")


@blueprint.get("/bureau/figures/scans")
@access(may(Right.read_dashboard))
def show_scans() -> ResponseReturnValue:
    return _show("scans")


@blueprint.get("/bureau/figures/protection")
@access(may(Right.read_dashboard))
def show_protection() -> ResponseReturnValue:
    return _show("protection")


@blueprint.get("/bureau/figures/families")
@access(may(Right.read_dashboard))
def show_families() -> ResponseReturnValue:
    return _show("families")


@blueprint.get("/bureau/figures/table")
@access(may(Right.read_dashboard))
def show_figures_table() -> ResponseReturnValue:
    """The table behind one chart, as CSV. It holds only days already counted, and the audit log notes who took it."""
    page, chart_id, days = request.args.get("page", ""), request.args.get("chart", ""), _days()
    shown = boards.show(page, days, current_staff.regions)
    if shown is None:
        raise NotFound
    chart = boards.get_chart(shown, chart_id)
    note_export(current_staff.actor, page, chart.id, days)
    name = f"{page}-{chart.id}-{_compact(shown.span.first)}-{_compact(shown.span.last)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(to_csv(chart), mimetype="text/csv", headers=headers)


def _show(name: str) -> ResponseReturnValue:
    days = _days()
    return render_template(
        "bureau/show_figures.html",
        name=name,
        page=boards.PAGES[name],
        pages=boards.PAGES,
        days=days,
        ranges=boards.RANGES,
        shown=boards.show(name, days, current_staff.regions),
    )


def _days() -> int:
    """The range asked for, or thirty days if it is not one of those offered."""
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(days) for days in boards.RANGES} else _DAYS


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")
