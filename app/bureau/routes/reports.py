"""A member's own reports: what was asked for, how far it is, what came out, its file."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.downloads import attachment
from app.reports import queries, service
from app.staff.policy import staff_signed_in
from app.staff.visitor import current_staff

SPREADSHEET = "text/csv; charset=utf-8"


@blueprint.get("/bureau/reports")
@access(staff_signed_in)
def list_reports() -> ResponseReturnValue:
    return render_template(
        "bureau/list_reports.html", reports=queries.list_reports(current_staff.staff_id), title_of=queries.title_of
    )


@blueprint.get("/bureau/reports/<int:report_id>")
@access(staff_signed_in)
def show_report(report_id: int) -> ResponseReturnValue:
    """How far it is, and once it is done what its kind's template `bureau/reports/<kind>.html` makes of the result."""
    report = queries.get_report(current_staff.staff_id, report_id)
    return render_template(
        "bureau/show_report.html",
        report=report,
        title=queries.title_of(report),
        params=queries.params_of(report),
        result=queries.result_of(report),
    )


@blueprint.get("/bureau/reports/<int:report_id>/file")
@access(staff_signed_in)
def show_report_file(report_id: int) -> ResponseReturnValue:
    report = queries.get_report(current_staff.staff_id, report_id)
    title = report.file_title
    _size, pieces = service.open_file(report, by=current_staff.actor)
    response = Response(pieces, content_type=SPREADSHEET if title.endswith(".csv") else "application/octet-stream")
    response.headers["Content-Disposition"] = attachment(title or f"report-{report_id}")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
