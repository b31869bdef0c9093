"""Operators of an institution: the bureau adds them, with a one-time password that is shown once."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.institutions import OperatorForm
from app.bureau.routes.blueprint import blueprint
from app.bureau.routes.institutions import CHANGE, get_own, show_page
from app.core.access import access
from app.core.errors import DomainError
from app.institutions import service
from app.institutions.queries import get_operator
from app.staff.visitor import current_staff


@blueprint.post("/bureau/institutions/<int:institution_id>/operators")
@access(CHANGE)
def create_operator(institution_id: int) -> ResponseReturnValue:
    """The response to the POST shows the one-time password."""
    institution, form = get_own(institution_id), OperatorForm()
    try:
        made = service.add_operator(
            institution,
            operator_id=form.operator_id.data or "",
            name=form.name.data or "",
            username=form.username.data or "",
            by=current_staff.actor,
        )
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what):
            raise
        return show_page(institution, operator_form=form, status=refusal.status)
    return render_template("bureau/show_operator_password.html", institution=institution, made=made)


@blueprint.post("/bureau/institutions/<int:institution_id>/operators/<int:operator_id>/reset")
@access(CHANGE)
def create_operator_reset(institution_id: int, operator_id: int) -> ResponseReturnValue:
    institution = get_own(institution_id)
    made = service.reset_operator(get_operator(institution.id, operator_id), by=current_staff.actor)
    return render_template("bureau/show_operator_password.html", institution=institution, made=made)


@blueprint.post("/bureau/institutions/<int:institution_id>/operators/<int:operator_id>/disabling")
@access(CHANGE)
def create_operator_disabling(institution_id: int, operator_id: int) -> ResponseReturnValue:
    institution = get_own(institution_id)
    service.disable_operator(get_operator(institution.id, operator_id), by=current_staff.actor)
    flash(_("已停用，这位经办人的登录都已退出。"))
    return redirect(url_for("bureau.show_institution", institution_id=institution_id), 303)
