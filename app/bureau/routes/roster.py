"""The roster: uploading a file, the result of its dry run, applying it, earlier imports, undoing one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.roster import STATUS_NAMES, ApplicationForm, RosterFileForm, UndoingForm
from app.bureau.routes.blueprint import blueprint
from app.bureau.service import roster as work
from app.core.access import access
from app.core.bodies import BodyLimit, declare
from app.core.errors import DomainError, NotFound
from app.roster import queries, service, upload_stream
from app.roster.models import InsuredStatus, RosterImport
from app.roster.service import ImportMode
from app.staff.policy import Right, may
from app.staff.visitor import current_staff

UPLOAD = BodyLimit("bureau.create_roster_upload", upload_stream.largest, "one roster file (`ROSTER_MAX_MEGABYTES`)", at_once=2)

blueprint.record_once(declare(UPLOAD))
blueprint.teardown_request(upload_stream.clean_up)


@blueprint.url_value_preprocessor
def _expect_upload(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lets a large body through only if the member may upload a roster."""
    if endpoint == UPLOAD.endpoint:
        upload_stream.expect_upload(may_send=current_staff.may(Right.manage_roster))


@blueprint.get("/bureau/roster")
@access(may(Right.manage_roster))
def show_roster() -> ResponseReturnValue:
    return _show(RosterFileForm(formdata=None))


@blueprint.post("/bureau/roster/uploads")
@access(may(Right.manage_roster))
def create_roster_upload() -> ResponseReturnValue:
    """Starts the dry run at once; the file was encrypted while it was being received."""
    form, file = RosterFileForm(), upload_stream.received()
    if not form.validate_on_submit():
        return _show(form, 422)
    try:
        if file is None:
            raise DomainError("no_file", _("还没有选文件。"), _("请先选好名册文件，再点“上传并核对”。"), field="file")
        title = form.file.data.filename if form.file.data else ""
        upload = service.keep_upload(file, title or "", by=current_staff.actor, ignored_columns=form.ignored.data or "")
    except DomainError as refused:
        if refused.field != "file":
            raise
        form.refuse(form.file, f"{refused.what}{refused.next}")
        return _show(form, 422)
    return _to_report(work.start_check(current_staff.member, upload).id)


@blueprint.post("/bureau/roster/uploads/<int:upload_id>/check")
@access(may(Right.manage_roster))
def create_roster_check(upload_id: int) -> ResponseReturnValue:
    upload = queries.get_upload(upload_id, current_staff.actor)
    return _to_report(work.start_check(current_staff.member, upload).id)


@blueprint.post("/bureau/roster/uploads/<int:upload_id>/application")
@access(may(Right.manage_roster))
def create_roster_application(upload_id: int) -> ResponseReturnValue:
    upload, form = queries.get_upload(upload_id, current_staff.actor), ApplicationForm()
    if not form.validate_on_submit():
        raise DomainError("mode_missing", _("请先选有不能导入的行时怎么办。"), _("请返回上一页选好，再导入。"))
    return _to_report(work.start_application(current_staff.member, upload, ImportMode(form.mode.data)).id)


@blueprint.post("/bureau/roster/uploads/<int:upload_id>/removal")
@access(may(Right.manage_roster))
def create_roster_removal(upload_id: int) -> ResponseReturnValue:
    upload = queries.get_upload(upload_id, current_staff.actor)
    service.discard_upload(upload.id, by=current_staff.actor)
    flash(_("上传的文件已经删除，名册没有改动。"))
    return redirect(url_for("bureau.show_roster"), 303)


@blueprint.get("/bureau/roster/imports/<int:import_id>")
@access(may(Right.manage_roster))
def show_roster_import(import_id: int) -> ResponseReturnValue:
    return _show_import(_own_import(import_id), UndoingForm(formdata=None))


@blueprint.post("/bureau/roster/imports/<int:import_id>/undoing")
@access(may(Right.manage_roster))
def create_roster_undoing(import_id: int) -> ResponseReturnValue:
    entry, form = _own_import(import_id), UndoingForm()
    if not form.validate_on_submit():
        return _show_import(entry, form, 422)
    return _to_report(work.start_undoing(current_staff.member, entry.id).id)


@blueprint.app_template_global("status_name")
def _status_name(value: str) -> str:
    return str(STATUS_NAMES[InsuredStatus(value)])


def _show(form: RosterFileForm, status: int = 200) -> ResponseReturnValue:
    undoable = queries.find_undoable()
    page = render_template(
        "bureau/show_roster.html",
        form=form,
        uploads=queries.list_uploads(current_staff.actor),
        imports=queries.list_imports(20, current_staff.regions),
        undoable_id=undoable.id if undoable is not None else 0,
        names=work.names_of,
    )
    return page, status


def _show_import(entry: RosterImport, form: UndoingForm, status: int = 200) -> ResponseReturnValue:
    undoable = queries.find_undoable()
    page = render_template(
        "bureau/show_roster_import.html",
        entry=entry,
        form=form,
        is_undoable=undoable is not None and undoable.id == entry.id,
        name=work.names_of([entry]).get(entry.by, entry.by),
        undone_name=work.names_of([entry]).get(entry.undone_by, entry.undone_by),
    )
    return page, status


def _own_import(import_id: int) -> RosterImport:
    found = queries.find_import(import_id, current_staff.regions)
    if found is None:
        raise NotFound
    return found


def _to_report(report_id: int) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_staff_job", report_id=report_id), 303)
