"""A member's own page: their data, what they may do, where they are signed in, and their passkeys."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.device_name import name_device
from app.core.access import access
from app.core.webauthn.site import find_site
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
        passkeys=queries.list_staff_passkeys(current_staff.staff_id),
        may_add_passkey=find_site() is not None,
        unread=queries.count_unread(current_staff.staff_id),
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


@blueprint.post("/bureau/me/passkeys")
@access(staff_signed_in)
def create_staff_passkey() -> ResponseReturnValue:
    site, answer = find_site(), request.form.get("answer", "")
    if site is None or not answer:
        flash(_("这个浏览器现在不能用通行密钥。请继续用动态码。"), "warn")
        return redirect(url_for("staff.show_staff"), 303)
    service.add_staff_passkey(current_staff.session, answer, site, browser_name=name_device(request.user_agent.string))
    flash(_("通行密钥已添加，下次登录可以代替动态码。"))
    return redirect(url_for("staff.show_staff"), 303)


@blueprint.post("/bureau/me/passkeys/<int:passkey_id>/removal")
@access(staff_signed_in)
def create_staff_passkey_removal(passkey_id: int) -> ResponseReturnValue:
    service.remove_staff_passkey(current_staff.session, passkey_id)
    flash(_("通行密钥已删除。"))
    return redirect(url_for("staff.show_staff"), 303)
