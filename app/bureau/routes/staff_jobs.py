"""A member's own staff jobs: what was asked for, the progress, the result and its file."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.downloads import attachment
from app.staff.policy import staff_signed_in
from app.staff.visitor import current_staff
from app.staff_jobs import queries, service

SPREADSHEET = "text/csv; charset=utf-8"


@blueprint.get("/bureau/reports")
@access(staff_signed_in)
def list_staff_jobs() -> ResponseReturnValue:
    return render_template(
        "bureau/list_staff_jobs.html", jobs=queries.list_staff_jobs(current_staff.staff_id), title_of=queries.title_of
    )


@blueprint.get("/bureau/reports/<int:report_id>")
@access(staff_signed_in)
def show_staff_job(report_id: int) -> ResponseReturnValue:
    """Shows the progress; once the job is done, its kind's template `bureau/staff_jobs/<kind>.html` shows the result."""
    staff_job = queries.get_staff_job(current_staff.staff_id, report_id)
    return render_template(
        "bureau/show_staff_job.html",
        job=staff_job,
        title=queries.title_of(staff_job),
        params=queries.params_of(staff_job),
        result=queries.result_of(staff_job),
    )


@blueprint.get("/bureau/reports/<int:report_id>/file")
@access(staff_signed_in)
def show_staff_job_file(report_id: int) -> ResponseReturnValue:
    staff_job = queries.get_staff_job(current_staff.staff_id, report_id)
    title = staff_job.file_title
    _size, pieces = service.open_file(staff_job, by=current_staff.actor)
    response = Response(pieces, content_type=SPREADSHEET if title.endswith(".csv") else "application/octet-stream")
    response.headers["Content-Disposition"] = attachment(title or f"report-{report_id}")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
