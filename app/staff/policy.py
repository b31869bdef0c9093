"""Access rules: `may(Right.x)` guards each view of the bureau; `rights.py` says which role has which right."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.access import Rule
from app.core.errors import DomainError
from app.core.web import refusal_page
from app.staff.models import StaffMember
from app.staff.rights import Right as Right
from app.staff.service import note_refused
from app.staff.visitor import current_staff

SIGN_IN = "/bureau/sign-in"


def may(*rights: Right) -> Rule:
    """Lets in members signed in with both factors whose roles have at least one of these rights at this moment."""
    return Rule(f"staff:{'|'.join(right.name for right in rights)}", lambda: any(map(current_staff.may, rights)), _refuse)


def _refuse() -> ResponseReturnValue:
    if not current_staff.is_signed_in:
        return _to_sign_in()
    note_refused(current_staff.staff_id, request.endpoint or "")
    return refusal_page(DomainError("forbidden", _("您的岗位不能打开这一页。"), _("需要这项权限时，请找安全管理员。"), status=403))


def _to_sign_in() -> ResponseReturnValue:
    """Redirects to the step of signing in that is next: the password, the second factor, or choosing a password of one's own.

    After it the visitor goes to the page they asked for; if that was a page of signing in, its own `next` is kept.
    """
    came_for = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.path.startswith(SIGN_IN):
        came_for = request.args.get("next")
    if current_staff.has_session:
        return redirect(
            url_for("staff.new_password" if current_staff.is_verified else "staff.new_second_factor", next=came_for), 303
        )
    return redirect(url_for("staff.new_session", next=came_for), 303)


staff_signed_in = Rule("staff_signed_in", lambda: current_staff.is_signed_in, _to_sign_in)
has_staff_session = Rule("has_staff_session", lambda: current_staff.has_session, _to_sign_in)


def refuse_oneself(staff: StaffMember, person_id: int) -> None:
    """No member may act on their own record, by telephone, at the counter or in the roster. Raises DomainError `own_person`."""
    if staff.person_id == person_id:
        raise DomainError("own_person", _("这是您自己，请让同事来办。"), status=403)
