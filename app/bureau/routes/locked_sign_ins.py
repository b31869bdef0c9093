"""锁住的登录: sign-ins locked by guesses of their owner or a stranger; a security administrator can release them at once."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.queries.locked_sign_ins import list_locked_sign_ins
from app.bureau.routes.blueprint import blueprint
from app.core.access import access
from app.core.errors import NotFound
from app.staff import queries, service
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/staff/locked-sign-ins")
@access(may(Right.manage_staff))
def show_locked_sign_ins() -> ResponseReturnValue:
    return render_template("bureau/list_locked_sign_ins.html", locked=list_locked_sign_ins(_agency_ids()))


@blueprint.post("/bureau/staff/locked-sign-ins/releases")
@access(may(Right.manage_staff))
def create_sign_in_release() -> ResponseReturnValue:
    subject = request.form.get("subject", "")
    known = next((each for each in list_locked_sign_ins(_agency_ids()) if each.subject == subject), None)
    if known is None:
        raise NotFound(_("这个登录没有锁住，或者刚刚已经解开。"))
    service.release(subject, by=current_staff.actor)
    flash(_("已解开，%(name)s现在可以登录。", name=known.name))
    return redirect(url_for("bureau.show_locked_sign_ins"), 303)


def _agency_ids() -> frozenset[int]:
    return frozenset(agency.id for agency in queries.list_reached(current_staff.regions))
