"""The numbers that citizens call, and when staff last rang each to check it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.content import HotlineForm, number_of
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import DomainError
from app.regions import queries, service
from app.regions.models import Hotline
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/content/hotlines")
@access(may(Right.manage_content))
def list_hotlines() -> ResponseReturnValue:
    return _show_hotlines(HotlineForm())


@blueprint.post("/bureau/content/hotlines")
@access(may(Right.manage_content))
def create_hotline() -> ResponseReturnValue:
    form = HotlineForm()
    try:
        service.add_hotline(
            number_of(form.agency.data),
            form.phone.data or "",
            form.label.data or "",
            form.source.data or "",
            is_checked=form.is_checked.data,
            by=current_staff.actor,
        )
    except DomainError as refusal:
        return _show_hotlines(form, form.take(refusal))
    flash(_("已添加，参保人马上就能看到。"))
    return redirect(url_for("bureau.list_hotlines"), 303)


@blueprint.get("/bureau/content/hotlines/<int:hotline_id>")
@access(may(Right.manage_content))
def edit_hotline(hotline_id: int) -> ResponseReturnValue:
    hotline = queries.get_hotline(hotline_id)
    return _show_hotline(HotlineForm(data={"phone": hotline.phone, "label": hotline.label, "source": hotline.source}), hotline)


@blueprint.post("/bureau/content/hotlines/<int:hotline_id>")
@access(may(Right.manage_content))
def update_hotline(hotline_id: int) -> ResponseReturnValue:
    hotline, form = queries.get_hotline(hotline_id), HotlineForm()
    try:
        service.correct_hotline(
            hotline.id,
            form.phone.data or "",
            form.label.data or "",
            form.source.data or "",
            is_checked=form.is_checked.data,
            by=current_staff.actor,
        )
    except DomainError as refusal:
        return _show_hotline(form, hotline, form.take(refusal))
    flash(_("已保存，参保人马上就能看到。"))
    return redirect(url_for("bureau.list_hotlines"), 303)


@blueprint.post("/bureau/content/hotlines/<int:hotline_id>/check")
@access(may(Right.manage_content))
def create_hotline_check(hotline_id: int) -> ResponseReturnValue:
    hotline = service.note_hotline_rung(hotline_id, by=current_staff.actor)
    flash(_("已记下：%(phone)s 今天核对过。", phone=hotline.phone))
    return redirect(url_for("bureau.list_hotlines"), 303)


@blueprint.post("/bureau/content/hotlines/<int:hotline_id>/position")
@access(may(Right.manage_content))
def update_hotline_position(hotline_id: int) -> ResponseReturnValue:
    service.move_hotline(hotline_id, up=request.form.get("to") == "up", by=current_staff.actor)
    return redirect(url_for("bureau.list_hotlines"), 303)


@blueprint.post("/bureau/content/hotlines/<int:hotline_id>/removal")
@access(may(Right.manage_content))
def create_hotline_removal(hotline_id: int) -> ResponseReturnValue:
    service.remove_hotline(hotline_id, by=current_staff.actor)
    flash(_("已删除这个号码。"))
    return redirect(url_for("bureau.list_hotlines"), 303)


def _show_hotlines(form: HotlineForm, status: int = 200) -> ResponseReturnValue:
    agencies = queries.list_agencies()
    form.offer(agencies)
    unchecked = {hotline.id for hotline in queries.list_unchecked_hotlines()}
    return render_template("bureau/list_hotlines.html", form=form, agencies=agencies, unchecked=unchecked), status


def _show_hotline(form: HotlineForm, hotline: Hotline, status: int = 200) -> ResponseReturnValue:
    return render_template("bureau/edit_hotline.html", form=form, hotline=hotline), status
