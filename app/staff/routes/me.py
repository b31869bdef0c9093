"""A member's own page: who they are here, what they may do, where they are signed in."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.access import access
from app.staff import queries, service
from app.staff.policy import staff_signed_in
from app.staff.routes.blueprint import blueprint
from app.staff.visitor import carry, current_staff


@blueprint.get("/bureau/me")
@access(staff_signed_in)
def show_staff() -> ResponseReturnValue:
    return render_template(
        "staff/show_staff.html",
        member=current_staff.member,
        sessions=queries.list_open_sessions(current_staff.staff_id),
        here=current_staff.session_id,
    )


@blueprint.post("/bureau/me/sessions/<int:session_id>/ending")
@access(staff_signed_in)
def create_session_ending(session_id: int) -> ResponseReturnValue:
    session = queries.get_own_session(current_staff.staff_id, session_id)
    service.end_session(session, by=current_staff.actor)
    if session.id == current_staff.session_id:
        carry("")
        return redirect(url_for("staff.new_session"), 303)
    flash(_("那一处已经退出。"))
    return redirect(url_for("staff.show_staff"), 303)
