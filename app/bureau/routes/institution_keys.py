"""Keys of an institution: one member asks, another approves, the secret is shown once; either may revoke a key at once."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.institutions import KeyEndForm, KeyRequestForm
from app.bureau.routes.blueprint import blueprint
from app.bureau.routes.institutions import CHANGE, SEE, get_own, key_ending, show_page
from app.core import clock
from app.core.access import access
from app.core.errors import DomainError
from app.institutions import service
from app.institutions.queries import get_grant
from app.staff.visitor import current_staff


@blueprint.post("/bureau/institutions/<int:institution_id>/key-requests")
@access(CHANGE)
def create_key_request(institution_id: int) -> ResponseReturnValue:
    institution, form = get_own(institution_id), KeyRequestForm()
    try:
        service.ask_key(institution, overlap_days=form.overlap_days.data or 0, by=current_staff.member)
    except DomainError as refusal:
        if not form.refuse(refusal.field, refusal.what):
            raise
        return show_page(institution, keys_form=form, status=refusal.status)
    flash(_("已提交。安全管理员复核以后，您在这里领取密钥。"))
    return _to(institution_id)


@blueprint.post("/bureau/institutions/<int:institution_id>/key-grants/<int:grant_id>/claim")
@access(CHANGE)
def create_key_claim(institution_id: int, grant_id: int) -> ResponseReturnValue:
    """The response to the POST shows the secret, because it cannot be shown a second time."""
    institution = get_own(institution_id)
    key, secret = service.claim_key(get_grant(grant_id, current_staff.staff_id), by=current_staff.member)
    return render_template("bureau/show_key.html", institution=institution, key=key, secret=secret)


@blueprint.post("/bureau/institutions/<int:institution_id>/keys/<int:key_id>/revocation")
@access(SEE)
def create_key_revocation(institution_id: int, key_id: int) -> ResponseReturnValue:
    institution, form = get_own(institution_id), key_ending(key_id)
    if not form.validate_on_submit():
        return show_page(institution, revocation=(key_id, form), status=422)
    service.revoke_key(institution.fixmedins_code, key_id, current_staff.actor)
    flash(_("密钥 %(number)d 已停用，下一次请求就不认了。", number=key_id))
    return _to(institution_id)


@blueprint.post("/bureau/institutions/<int:institution_id>/keys/<int:key_id>/confirmation")
@access(CHANGE)
def create_key_confirmation(institution_id: int, key_id: int) -> ResponseReturnValue:
    """After a restore from a backup: the institution has confirmed by telephone that it uses this key."""
    institution = get_own(institution_id)
    if service.confirm_keys(institution.fixmedins_code, [key_id], current_staff.actor):
        flash(_("密钥 %(number)d 已确认，下一次请求起可以用。", number=key_id))
    else:
        flash(_("这个密钥不用确认了。"))
    return _to(institution_id)


@blueprint.post("/bureau/institutions/<int:institution_id>/keys/<int:key_id>/end")
@access(SEE)
def update_key_end(institution_id: int, key_id: int) -> ResponseReturnValue:
    institution, form = get_own(institution_id), KeyEndForm()
    try:
        if not form.validate_on_submit() or form.ends_on.data is None:
            raise DomainError("day_unfit", _("请选一个日子。"), field="ends_on")
        end = clock.midnight(form.ends_on.data + timedelta(days=1))  # that day is its last
        service.end_key(institution.fixmedins_code, key_id, end, current_staff.actor)
    except DomainError as refusal:
        if refusal.field != "ends_on":
            raise
        form.ends_on.errors = [refusal.what]
        return show_page(institution, end_form=form, status=refusal.status)
    flash(_("密钥 %(number)d 用到那一天为止。", number=key_id))
    return _to(institution_id)


def _to(institution_id: int) -> ResponseReturnValue:
    return redirect(url_for("bureau.show_institution", institution_id=institution_id), 303)
